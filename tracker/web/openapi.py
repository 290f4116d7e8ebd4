"""The description of the API, made by spectree from the code of its addresses. Mounts no page of its own."""

from collections.abc import Callable
from copy import deepcopy
from threading import Lock
from typing import Any, Final

from flask import Response, json
from spectree import Response as Answers
from spectree import SpecTree

from tracker import __version__
from tracker.web import api_models as api
from tracker.web import problems
from tracker.web.addresses import root
from tracker.web.api_questions import Nothing
from tracker.web.site import site

CONTENT_TYPE: Final = "application/openapi+json;version=3.1"  # draft-ietf-httpapi-rest-api-mediatypes
ABOUT: Final = (
    "What became of New York City's laws and orders on cooperation with federal immigration enforcement. Dates that "
    "end in _on are New York dates as the City gives them; moments that end in _at are ours, in UTC. A parameter that "
    "an address does not know is refused. Every answer has an ETag: ask again with If-None-Match. No key is needed."
)

_spec: Final = SpecTree(
    "flask",
    title="NYC Sanctuary Law Tracker",
    description=ABOUT,
    version="1",
    mode="strict",
    page_templates={},
    before=problems.refuse,
    validation_error_status=400,
    validation_error_model=api.Problem,
    naming_strategy=lambda model: model.__name__,
    nested_naming_strategy=lambda _parent, child: child,
)

_making: Final = Lock()  # spectree takes its models apart while it makes the description, the first time it is asked


def described(
    query: type[Nothing], answer: type[Any] | None = None, *, missing: bool = False
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Check what an address is asked, and put it into the description with what it answers.

    ``missing`` says that there may be nothing at the address, or that it moved.
    """
    answers = ({"HTTP_200": answer} if answer else {}) | ({"HTTP_404": api.Problem} if missing else {})
    bare = ([] if answer else ["HTTP_200"]) + (["HTTP_301"] if missing else [])

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        check = _spec.validate(query=query, resp=Answers(*bare, **answers), operation_id=view.__name__)
        checked: Callable[..., Any] = check(view)
        return checked

    return decorate


def document() -> Response:
    """The description, with this site's own address in it."""
    with _making:
        spec = deepcopy(_spec.spec)
    for path in spec["paths"].values():
        _tell(path["get"])
    spec["info"] |= {"title": site().settings.title, "x-program-version": __version__}
    spec["info"] |= {"contact": {"email": site().settings.contact}} if site().settings.contact else {}
    spec["servers"] = [{"url": root()}]
    return Response(json.dumps(spec), content_type=CONTENT_TYPE)


def _tell(operation: dict[str, Any]) -> None:
    """What spectree cannot know: problems have a media type of their own, and an address has no way to say null."""
    for status, response in operation["responses"].items():
        if status >= "400" and "content" in response:
            response["content"] = {problems.CONTENT_TYPE: response["content"]["application/json"]}
    for parameter in operation["parameters"]:
        schema = parameter["schema"]
        schema.pop("default", None) if schema.get("default") in (None, "") else None
        choices = [choice for choice in schema.pop("anyOf", []) if choice != {"type": "null"}]
        schema |= choices[0] if len(choices) == 1 else {"anyOf": choices} if choices else {}

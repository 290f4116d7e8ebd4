"""Errors for programs: problem+json (RFC 9457) under /api, pages everywhere else."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Final, cast

from flask import Response, current_app, json, request
from flask.typing import ResponseReturnValue
from pydantic import ValidationError
from werkzeug.exceptions import BadRequest, HTTPException

from tracker.errors import NotFound, TrackerError

CONTENT_TYPE: Final = "application/problem+json"
ANYWHERE: Final = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "If-None-Match",
    "Access-Control-Expose-Headers": "ETag",
}
_NOTHING: Final = "There is nothing at this address. The description of the API is at /api/v1/openapi.json."
_BROKEN: Final = "Something went wrong on our side. The record itself is not touched by this."


def or_page(page: Callable[[Any], ResponseReturnValue]) -> Callable[[Any], ResponseReturnValue]:
    """The handler of an error: a problem for who asked the API, else the page."""

    def answer(error: Any) -> ResponseReturnValue:
        return problem(error) if request.path.startswith("/api/") or request.path.endswith(".json") else page(error)

    return answer


def problem(error: Exception) -> Response:
    """What went wrong, with a sentence that says what to do; nothing of the machine."""
    if isinstance(error, HTTPException) and error.code is not None:
        detail = _NOTHING if error.code == 404 else error.description or ""
        headers = dict(error.get_response().headers) if error.code < 400 or error.code == 405 else {}
        return _answer(
            error.code, detail, {key: value for key, value in headers.items() if key in ("Allow", "Location")}
        )
    if isinstance(error, NotFound):
        return _answer(404, str(error))
    if isinstance(error, TrackerError):
        return _answer(500, str(error))
    current_app.logger.error("An answer failed", exc_info=error)
    return _answer(500, _BROKEN)


def _answer(status: int, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    title = HTTPStatus(status).phrase
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, "instance": request.path}
    return Response(json.dumps(body), status, {**ANYWHERE, **(headers or {})}, content_type=CONTENT_TYPE)


def refuse(_request: Any, _response: Any, error: Exception | None, _instance: Any, _adapter: Any) -> None:
    """Say what is wrong with the parameters, before anything is read (a hook of spectree)."""
    if error is not None:
        raise BadRequest(" ".join(dict.fromkeys(_sentence(one) for one in cast(ValidationError, error).errors())))


def _sentence(error: Any) -> str:
    name = str(error["loc"][0]) if error["loc"] else "The question"
    if error["type"] == "extra_forbidden":
        return f"This address does not take a parameter {name!r}. What it takes is in /api/v1/openapi.json."
    told = str(error["msg"]).removeprefix("Value error, ")
    return f"{name}: {told[:1].lower()}{told[1:].rstrip('.')}."

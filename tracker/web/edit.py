"""The editors' pages. Every button is a form that works without JavaScript; what is decided is decided by `editing`."""

from collections.abc import Callable
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker.coverage.folding import KINDS
from tracker.editing import curating as editing
from tracker.editing import reports
from tracker.editing import words as editor_words
from tracker.editing.acts import acts_of
from tracker.editing.curating import Hand
from tracker.editing.decisions import Made
from tracker.editing.forms import ACTS, LANGUAGES, NewAct, NewLink
from tracker.errors import BadInput
from tracker.models import SCOPES
from tracker.models.editing import CONFIDENCES, WORD_FIELDS
from tracker.models.reports import REPORT_STATES
from tracker.queries import editing as queries_editing
from tracker.web.desk import hand, signed
from tracker.web.edit_door import blueprint
from tracker.web.site import site
from tracker.wording.editing import FIELDS, OUTCOMES, ROLES
from tracker.wording.editing import KINDS as DECISIONS

PRESSED = {"accept": "published", "reject": "rejected", "wait": "review"}
JUDGED = {"accept": "accepted", "reject": "rejected"}
FORM_OF_LINK = NewLink._fields
FORM_OF_ACT = NewAct._fields

__all__ = ["blueprint"]


def _page(template: str, status: int = 200, **values: Any) -> tuple[str, int]:
    """A page with what waits at its head, and the decision that was just made, if one was."""
    with site().reading() as session:
        links, suggested = queries_editing.waiting(session)
        reported = reports.waiting(session)
        returning = queries_editing.returns_waiting(session)
        number = request.args.get("done", type=int)
        done = queries_editing.get_decision(session, number) if number is not None and 0 < number < 2**31 else None
    words = {"OUTCOMES": OUTCOMES, "ROLES": ROLES, "DECISIONS": DECISIONS, "SCOPES": SCOPES}
    counts = {"waiting": links, "suggested": suggested, "reported": reported, "returning": returning}
    return render_template(template, done=done, **counts, **words, **values), status


def _said(name: str, most: int = 2_000) -> str:
    """What was typed into a field, without what no database holds."""
    return request.form.get(name, "").replace("\0", "").strip()[:most]


def _number(name: str) -> int:
    """A row's number out of the form or the address; 0 for what is none."""
    given = request.values.get(name, "")
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 10 else 0


def _done(made: Made, endpoint: str, anchor: str = "", **values: Any) -> Response:
    return redirect(url_for(endpoint, **values, done=made.id, _anchor=anchor or None), 303)


@blueprint.errorhandler(BadInput)
def refused(error: BadInput) -> tuple[str, int]:
    return _page("edit_refused.html", 400, sentence=str(error))


@blueprint.get("")
def queue() -> tuple[str, int]:
    asked = request.args.get("view", "")
    view = asked if asked in queries_editing.VIEWS else "review"
    with site().reading() as session:
        found = queries_editing.list_links(session, view, signed().name, _number("page") or 1)
    ids = [line.id for line in found.rows]
    at = _number("at") if _number("at") in ids else next(iter(ids), 0)
    nexts = dict(zip(ids, [*ids[1:], 0], strict=False))  # the last row has none after it
    return _page("edit_queue.html", view=view, found=found, at=at, nexts=nexts, KINDS=KINDS)


@blueprint.post("/links/<int(max=2147483647):link_id>")
def judge(link_id: int) -> Response:
    """Accept, reject or move, by the button that was pressed."""
    pressed, how = _said("do"), (_said("role"), _said("reason"), _said("seen"))
    with hand() as at_work:
        if pressed == "move":
            made = at_work.move_link(link_id, _said("measure"), *how)
        else:
            made = at_work.judge_link(link_id, PRESSED.get(pressed, ""), *how)
    following = _number("next")
    view, page = _said("view") or "review", _number("page") or None
    anchor = f"link-{following}" if following else "main"
    return _done(made, "edit.queue", anchor, view=view if view != "review" else None, at=following or None, page=page)


@blueprint.get("/suggestions")
def suggestions() -> tuple[str, int]:
    with site().reading() as session:
        return _page("edit_suggestions.html", found=queries_editing.suggestions(session))


@blueprint.post("/suggestions/<int(max=2147483647):number>/decline")
def decline(number: int) -> Response:
    with hand() as at_work:
        made = at_work.decline(number, _said("reason"))
    return _done(made, "edit.suggestions")


@blueprint.get("/returns")
def returns() -> tuple[str, int]:
    """Which bills brought earlier ones back, by our rule, for an editor to say."""
    view = request.args.get("view", "")
    view = view if view in queries_editing.RETURN_VIEWS else "review"
    with site().reading() as session:
        found = queries_editing.list_returns(session, view, _number("page") or 1)
    return _page("edit_returns.html", view=view, found=found)


@blueprint.post("/returns")
def judge_return() -> Response:
    pair = _said("later", 100), _said("earlier", 100)
    with hand() as at_work:
        made = at_work.judge_return(*pair, JUDGED.get(_said("do"), ""), _said("reason"))
    view = _said("view") or "review"
    return _done(made, "edit.returns", "main", view=view if view != "review" else None, page=_number("page") or None)


@blueprint.get("/reports")
def reported() -> tuple[str, int]:
    with site().reading() as session:
        return _page("edit_reports.html", found=reports.of_readers(session))


@blueprint.post("/reports/<int(max=2147483647):number>")
def set_report(number: int) -> Response:
    """Done with it, or not yet after all, by the button that was pressed."""
    state = _said("do")
    if state not in REPORT_STATES:
        raise BadInput("Choose what becomes of the report.")
    with site().writing() as session:
        reports.set_state(session, number, state, signed().name, site().now())
    return redirect(url_for("edit.reported", _anchor="main"), 303)


@blueprint.get("/add")
def add_page() -> tuple[str, int]:
    typed = {name: request.args.get(name, "") for name in ("address", "measure")}
    if number := _number("suggestion"):
        with site().reading() as session:
            suggested = queries_editing.get_suggestion(session, number)
            typed = {"address": suggested.address, "measure": suggested.file_number}
            return _add_form(typed, note=suggested.note)
    return _add_form(typed)


def _add_form(typed: dict[str, str], sentence: str = "", note: str = "") -> tuple[str, int]:
    status = 400 if sentence else 200
    choices = {"KINDS": KINDS, "LANGUAGES": LANGUAGES, "note": note}
    return _page("edit_add.html", status, typed=typed, suggestion=_number("suggestion"), sentence=sentence, **choices)


@blueprint.post("/add")
def add() -> Response | tuple[str, int]:
    typed = {name: _said(name) for name in FORM_OF_LINK}
    try:
        with hand() as at_work:
            made = at_work.add_link(NewLink(**typed), _said("reason"), _number("suggestion") or None)
    except BadInput as error:
        return _add_form(typed, str(error))
    return _done(made, "edit.suggestions" if _number("suggestion") else "edit.add_page")


@blueprint.get("/matters")
def find_matter() -> Response:
    """From a number typed by hand to the page of its matter."""
    with site().reading() as session:
        slug = editing.matter_named(session, request.args.get("number", "").replace("\0", "")[:200]).slug
    return redirect(url_for("edit.matter", slug=slug), 303)


@blueprint.get("/matters/<slug>")
def matter(slug: str) -> tuple[str, int]:
    return _matter_page(slug)


def _matter_page(slug: str, sentence: str = "", typed: dict[str, str] | None = None) -> tuple[str, int]:
    with site().reading() as session:
        held = queries_editing.get_matter(session, slug)
        shipped = editor_words.shipped_of(session, held.file_number)
        words = editor_words.words_of(session, held.file_number)
        override = queries_editing.override_of(session, held.file_number)
        said = shipped | words
        said["popular_names"] = "\n".join(filter(None, said["popular_names"].split("; ")))
        return _page(
            "edit_matter.html",
            400 if sentence else 200,
            matter=held,
            said=said | (typed or {}),
            typed=typed or {},
            shipped=shipped,
            own=words,
            override=override,
            acts=acts_of(session, held.id),
            ACTS=ACTS,
            CONFIDENCES=CONFIDENCES,
            FIELDS=FIELDS,
            sentence=sentence,
        )


def _on_matter(slug: str, typed: dict[str, str], decide: Callable[[Hand, Any], Made]) -> Response | tuple[str, int]:
    """One decision on a matter; what cannot be taken is said above the form, with what was typed still in it."""
    try:
        with hand() as at_work:
            made = decide(at_work, queries_editing.get_matter(at_work.session, slug))
    except BadInput as error:
        return _matter_page(slug, str(error), typed)
    return _done(made, "edit.matter", "main", slug=slug)


@blueprint.post("/matters/<slug>/words")
def set_words(slug: str) -> Response | tuple[str, int]:
    typed = {name: _said(name) for name in WORD_FIELDS}
    return _on_matter(slug, typed, lambda at_work, held: at_work.set_words(held.file_number, typed, _said("reason")))


@blueprint.post("/matters/<slug>/scope")
def set_scope(slug: str) -> Response | tuple[str, int]:
    typed = {"scope": _said("scope"), "scope_reason": " ".join(_said("scope_reason").split())}
    return _on_matter(
        slug, typed, lambda at_work, held: at_work.set_scope(held.file_number, typed["scope"], typed["scope_reason"])
    )


@blueprint.post("/matters/<slug>/acts")
def add_act(slug: str) -> Response | tuple[str, int]:
    typed = {name: " ".join(_said(name).split()) for name in FORM_OF_ACT}
    return _on_matter(slug, typed, lambda at_work, held: at_work.add_act(held.id, NewAct(**typed), _said("reason")))


@blueprint.post("/matters/<slug>/acts/<int(max=2147483647):act_id>/withdraw")
def withdraw_act(slug: str, act_id: int) -> Response | tuple[str, int]:
    return _on_matter(slug, {}, lambda at_work, held: at_work.withdraw_act(act_id, _said("reason")))


@blueprint.get("/decisions")
def decisions() -> tuple[str, int]:
    subject = request.args.get("subject", "").replace("\0", "")[:200]
    with site().reading() as session:
        found = queries_editing.list_decisions(session, _number("page") or 1, subject)
    return _page("edit_decisions.html", found=found, subject=subject)


@blueprint.post("/decisions/<int(max=2147483647):number>/undo")
def undo(number: int) -> Response:
    with hand() as at_work:
        made = at_work.undo(number)
    return _done(made, "edit.decisions")

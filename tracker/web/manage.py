"""One's own subscriptions, by the link that only their address was sent; and the end of them.

Unsubscribing follows RFC 8058: one POST does it, at once, from anywhere, without log-in; GET and HEAD never do.
"""

import json
import re
from typing import Final

from flask import Blueprint, Response, redirect, render_template, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response as AnyResponse

from tracker.errors import BadInput
from tracker.language import available, current
from tracker.mail.notices import unsubscribe_path
from tracker.models.mail import Subscriber
from tracker.secret import Seal
from tracker.subscription import subscribers
from tracker.subscription.following import PERIODS, headed
from tracker.subscription.retention import my_data
from tracker.tokens import Tokens
from tracker.web import choices, guard
from tracker.web.languages import in_language
from tracker.web.site import site
from tracker.web.subscriptions import refused

blueprint = Blueprint("manage", __name__)
blueprint.after_request(guard.quiet)
blueprint.context_processor(guard.private)
blueprint.register_error_handler(BadInput, refused)

_ROW: Final = re.compile(r"period-(\d{1,18})", re.ASCII)
Answer = str | tuple[str, int] | AnyResponse


@blueprint.get("/subscriptions/<token>")
def show(token: str) -> Answer:
    with site().reading() as session:
        subscriber = _owner(session, token)
        return _page(session, token, subscriber, choices.Form(ticked=()))


def _page(session: Session, token: str, subscriber: Subscriber, form: choices.Form) -> str:
    rows = subscribers.followed(session, subscriber)
    return render_template(
        "subscriptions.html",
        token=token,
        subscriber=subscriber,
        address=Seal(site().secret).open(subscriber.sealed),
        rows=[(row, headed(row.kind, row.value)) for row in rows],
        offer=choices.offered(session),
        form=form,
        done=request.args.get("done", ""),
        ending=unsubscribe_path(subscriber, _tokens(), site().now()),
    )


@blueprint.post("/subscriptions/<token>")
def change(token: str) -> Answer:
    """Other periods, some ended, another language, with or without the note of quiet weeks."""
    given = request.form
    rows = ((_ROW.fullmatch(key), value) for key, value in given.items())
    periods = {int(row[1]): period for row, period in rows if row and period in PERIODS}
    language = given.get("language", "")
    with site().writing() as session:
        subscriber = _owner(session, token)
        subscribers.change(session, subscriber, periods, set(given.getlist("end", type=int)), site().now())
        subscriber.quiet_weeks = bool(given.get("quiet"))
        chosen = subscriber.language = language if language in available() else subscriber.language
        session.add(subscriber)
    return _back(token, "saved", chosen if language else "")


@blueprint.post("/subscriptions/<token>/add")
def add(token: str) -> Answer:
    """Follow more, at once: whoever has the link reads the mail of its address."""
    form = choices.filled_in(request.form)
    with site().writing() as session:
        subscriber = _owner(session, token)
        wanted = choices.wanted(session, form)
        if form.errors:
            return _page(session, token, subscriber, form), 422
        try:
            subscribers.add(session, subscriber, wanted, site().now())
        except subscribers.Full as error:
            form.errors["follow"] = str(error)
            return _page(session, token, subscriber, form), 422
    return _back(token, "added")


@blueprint.post("/subscriptions/<token>/pause")
def pause(token: str) -> Answer:
    with site().writing() as session:
        subscribers.pause(session, _owner(session, token), site().now())
    return _back(token, "paused")


@blueprint.post("/subscriptions/<token>/resume")
def resume(token: str) -> Answer:
    with site().writing() as session:
        subscribers.resume(session, _owner(session, token), site().now())
    return _back(token, "resumed")


@blueprint.get("/subscriptions/<token>/data.json")
def data(token: str) -> Answer:
    """All that is held of this address."""
    with site().reading() as session:
        held = my_data(session, _owner(session, token), Seal(site().secret))
    response = Response(json.dumps(held, indent=1, ensure_ascii=False) + "\n", mimetype="application/json")
    response.headers["Content-Disposition"] = 'attachment; filename="my-subscriptions.json"'
    return response


@blueprint.get("/subscriptions/<token>/delete")
def delete(token: str) -> Answer:
    with site().reading() as session:
        address = Seal(site().secret).open(_owner(session, token).sealed)
    return render_template("subscriptions_delete.html", token=token, address=address)


@blueprint.post("/subscriptions/<token>/delete")
def deleted(token: str) -> Answer:
    with site().writing() as session:
        subscribers.delete(session, _owner(session, token))
    return render_template("subscriptions_delete.html", token="", address="")


@blueprint.get("/unsubscribe/<token>")
def unsubscribe(token: str) -> Answer:
    """The button; a token that is not ours is told so."""
    _tokens().read("unsubscribe", token, site().now(), None)
    return render_template("unsubscribe.html", token=token, done="")


@blueprint.post("/unsubscribe/<token>")
def unsubscribed(token: str) -> Answer:
    """The end of all mail. Mailboxes post ``List-Unsubscribe=One-Click`` here, from their own sites."""
    never_again = "never" in request.form
    with site().writing() as session:
        subscribers.unsubscribe(session, _tokens(), token, site().now(), never_again=never_again)
    return render_template("unsubscribe.html", token=token, done="never" if never_again else "ended")


def _owner(session: Session, token: str) -> Subscriber:
    return subscribers.owner(session, _tokens(), token, site().now())


def _back(token: str, done: str, tag: str = "") -> AnyResponse:
    """The page again, in the language of the mail where that was just chosen."""
    return redirect(in_language(tag or current().tag, url_for("manage.show", token=token, done=done)), 303)


def _tokens() -> Tokens:
    return Tokens(site().secret)

"""Signing up, and confirming it. GET and HEAD change nothing: those who scan mail follow every link.

A sign-up gets the same answer whatever is held of its address.
"""

from typing import Any

from flask import Blueprint, render_template, request

from tracker import limits
from tracker.config import SubscribeConfig
from tracker.errors import BadInput, TrackerError
from tracker.language import _
from tracker.mail.notices import manage_path
from tracker.models.mail import Subscription
from tracker.secret import Seal
from tracker.subscription import subscribers
from tracker.subscription.following import PERIODS, headed
from tracker.subscription.subscribing import SignUp, checked_address
from tracker.tokens import Tokens
from tracker.web import choices, guard
from tracker.web.site import site

blueprint = Blueprint("subscriptions", __name__)
blueprint.after_request(guard.quiet)
blueprint.context_processor(guard.private)
blueprint.register_error_handler(limits.TooMany, guard.too_many)
blueprint.register_error_handler(guard.Foreign, guard.foreign)

Answer = str | tuple[str, int]


class NoMail(TrackerError):
    """Raised where a site that sends no mail is asked for some."""


@blueprint.errorhandler(NoMail)
def _no_mail(error: NoMail) -> Answer:
    return render_template("subscribe_refused.html", heading=_("No mail is sent"), sentence=str(error)), 503


@blueprint.errorhandler(BadInput)
def refused(error: BadInput) -> Answer:
    """A link that is good no more, or never was."""
    return render_template("subscribe_refused.html", heading=_("This link does not work"), sentence=str(error)), 410


def rules() -> SubscribeConfig:
    """The settings of [subscribe]. Raises NoMail on a site that has no mail server."""
    found = site().settings.subscribing
    if found is None:
        raise NoMail(_("This site sends no mail yet. Everything it knows is on its pages."))
    return found


@blueprint.get("/subscribe")
def subscribe() -> Answer:
    with site().reading() as session:
        form = choices.prefilled(session, request.args)
        return _form(choices.offered(session), form)


@blueprint.post("/subscribe")
def sign_up() -> Answer:
    guard.check_origin()
    config, now, seal = rules(), site().now(), Seal(site().secret)
    form = choices.filled_in(request.form)
    with site().reading() as session:
        limits.allowed(session, "sign-up", _limits(seal, config), now)
        wanted = choices.wanted(session, form)
        address = _address(form)
        if form.errors:
            return _form(choices.offered(session), form), 422
    with site().writing() as session:
        bounds = _limits(seal, config, address)
        if limits.allowed(session, "sign-up", bounds, now):
            limits.note_attempt(session, "sign-up", bounds, now)
            if not guard.trapped():
                asked = SignUp(address, tuple(wanted), form.language, form.quiet_weeks)
                subscribers.ask(session, seal, config, asked, now)
    return render_template("subscribe_asked.html", hours=config.confirm_hours, link=False), 202


@blueprint.post("/subscribe/link")
def send_link() -> Answer:
    """Mail the link to one's subscriptions; the same answer for all."""
    guard.check_origin()
    config, now, seal = rules(), site().now(), Seal(site().secret)
    form = choices.filled_in(request.form)
    address = _address(form)
    with site().reading() as session:
        limits.allowed(session, "link", _limits(seal, config), now)
        if form.errors:
            form.errors = {"link": form.errors["address"]}
            return _form(choices.offered(session), form), 422
    with site().writing() as session:
        bounds = _limits(seal, config, address)
        if limits.allowed(session, "link", bounds, now):
            limits.note_attempt(session, "link", bounds, now)
            if not guard.trapped():
                subscribers.send_link(session, seal, address, now)
    return render_template("subscribe_asked.html", hours=config.confirm_hours, link=True), 202


@blueprint.get("/subscribe/confirm/<token>")
def confirm(token: str) -> Answer:
    """What a link would begin, and the button that begins it."""
    with site().reading() as session:
        wish = subscribers.read_wish(session, _tokens(), token, rules(), site().now())
        lines = [_line(row, wish.periods[int(row.id or 0)]) for row in subscribers.wished_rows(session, wish)]
    return render_template("subscribe_confirm.html", lines=lines, quiet_weeks=wish.quiet_weeks, manage="")


@blueprint.post("/subscribe/confirm/<token>")
def confirmed(token: str) -> Answer:
    now = site().now()
    with site().writing() as session:
        subscriber = subscribers.confirm(session, _tokens(), token, rules(), now)
        lines = [_line(row, row.period) for row in subscribers.followed(session, subscriber)]
        manage = manage_path(subscriber, _tokens(), now)
        quiet_weeks = subscriber.quiet_weeks
    return render_template("subscribe_confirm.html", lines=lines, quiet_weeks=quiet_weeks, manage=manage)


def _line(row: Subscription, period: str) -> dict[str, Any]:
    return {"kind": row.kind, "value": row.value, "told": headed(row.kind, row.value), "period": PERIODS[period]}


def _form(offer: choices.Offered, form: choices.Form) -> str:
    return render_template("subscribe.html", offer=offer, form=form, trap=guard.TRAP)


def _address(form: choices.Form) -> str:
    try:
        return checked_address(form.address)
    except BadInput as error:
        form.errors["address"] = str(error)
        return ""


def _limits(seal: Seal, config: SubscribeConfig, address: str = "") -> tuple[limits.Limit, ...]:
    return limits.limits_of(seal, config, request.remote_addr or "", address)


def _tokens() -> Tokens:
    return Tokens(site().secret)

"""Mails about a subscription itself: please confirm, and here is your link. Pure; `mail.outbox` says when one is due.

Text and HTML say the same, made from one list of blocks. No image, nothing that reports whether it was opened.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

from markupsafe import Markup, escape

from tracker.config import MailConfig, SiteConfig
from tracker.language import _, current, ngettext, prefix, speaking
from tracker.mail.server import checked_address, one_line, parsed_address
from tracker.models.mail import Subscriber
from tracker.subscription.following import PERIODS, headed
from tracker.subscription.wishes import Asked, Wish
from tracker.tokens import Tokens

STYLE: Final = Markup("""
:root { color-scheme: light dark; supported-color-schemes: light dark; }
body { margin: 0; padding: 24px 16px; background: #fbfaf7; color: #1d1c1a; font: 16px/1.5 system-ui, "Segoe UI", Roboto, Arial, sans-serif; }
.mail { max-width: 560px; margin: 0 auto; overflow-wrap: break-word; }
.site, .small { color: #5d5a54; font-size: 14px; }
h1 { font: 600 24px/1.25 Georgia, "Times New Roman", serif; margin: 4px 0 16px; }
p { margin: 0 0 14px; } ul { margin: 0 0 14px; padding: 0 20px; }
a { color: #2f4b7c; }
.button { display: inline-block; padding: 11px 20px; border-radius: 6px; background: #2f4b7c; color: #ffffff; text-decoration: none; font-weight: 600; }
.small { border-top: 1px solid #dcd8cf; padding-top: 14px; }
.small + .small { border-top: 0; padding-top: 0; }
@media (prefers-color-scheme: dark) {
  body { background: #161614; color: #ece9e2; } .site, .small { color: #a9a59b; border-color: #3a3833; }
  a { color: #8fb0ea; } .button { background: #8fb0ea; color: #161614; }
}
""")  # noqa: E501


class Block(NamedTuple):
    """A part of a mail: ``kind`` is text, list, button or small; a list's ``text`` has one line for each item."""

    kind: str
    text: str
    link: str = ""


class Letter(NamedTuple):
    """A mail before it is one."""

    subject: str
    blocks: tuple[Block, ...]


class Sender(NamedTuple):
    """Whom a letter is for, and what links are made with."""

    subscriber: Subscriber
    site: SiteConfig
    tokens: Tokens
    now: datetime


def build(
    kind: str,
    to: str,
    subscriber: Subscriber,
    payload: Mapping[str, Any],
    site: SiteConfig,
    mail: MailConfig,
    tokens: Tokens,
    now: datetime,
    message_id: str,
) -> EmailMessage:
    """The mail of one notice: ``confirm`` or ``manage``.

    It is in the language that was asked for, or else in the subscriber's. ``payload`` of ``confirm`` is
    `confirm_payload`'s; that of ``manage`` is empty. Raises MailFailed where ``to``
    or the sender is no address, and KeyError for a kind that is none.
    """
    with speaking(payload.get("language", subscriber.language)):
        return _build(kind, to, Sender(subscriber, site, tokens, now), payload, mail, message_id)


def _build(
    kind: str, to: str, sender: Sender, payload: Mapping[str, Any], mail: MailConfig, message_id: str
) -> EmailMessage:
    subscriber, site, tokens, now = sender
    letter = _LETTERS[kind](sender, payload)
    message = EmailMessage(policy=SMTP)
    message["From"] = parsed_address(mail.sender)
    message["To"] = Address(addr_spec=checked_address(to))
    message["Subject"] = one_line(letter.subject)
    message["Date"] = format_datetime(now.astimezone(UTC))
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"
    message["List-Id"] = list_id(site)
    message["List-Unsubscribe"] = f"<{unsubscribe_link(subscriber, site, tokens, now)}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(_text(letter, site), cte="quoted-printable")
    message.add_alternative(str(_html(letter, site)), subtype="html", cte="quoted-printable")
    message["Content-Language"] = current().tag  # last: it is no header of the parts, which take all like it with them
    return message


def confirm_payload(asked: list[Asked], *, language: str, quiet_weeks: bool, hours: int) -> dict[str, Any]:
    """What the mail that asks for a confirmation must know; ``hours`` is how long its link lives. Fit for JSON."""
    return {"asked": [list(each) for each in asked], "language": language, "quiet": quiet_weeks, "hours": hours}


def list_id(site: SiteConfig) -> str:
    """The List-Id (RFC 2919) of all that is sent to subscribers, in which mailboxes sort."""
    return f"{one_line(site.title)} <updates.{urlsplit(site.base_url).hostname}>"


def manage_link(subscriber: Subscriber, site: SiteConfig, tokens: Tokens, now: datetime) -> str:
    """Where an address sees and changes what it follows."""
    return f"{site.base_url}{manage_path(subscriber, tokens, now)}"


def manage_path(subscriber: Subscriber, tokens: Tokens, now: datetime) -> str:
    """The same, within the site, in the language that is spoken."""
    return f"{prefix(current().tag)}/subscriptions/{tokens.give('manage', str(subscriber.id), subscriber.nonce, now)}"


def unsubscribe_link(subscriber: Subscriber, site: SiteConfig, tokens: Tokens, now: datetime) -> str:
    """Where one POST ends all mail to an address (RFC 8058), and a person finds a button."""
    return f"{site.base_url}{unsubscribe_path(subscriber, tokens, now)}"


def unsubscribe_path(subscriber: Subscriber, tokens: Tokens, now: datetime) -> str:
    """The same, within the site, in the language that is spoken."""
    return (
        f"{prefix(current().tag)}/unsubscribe/{tokens.give('unsubscribe', str(subscriber.id), subscriber.nonce, now)}"
    )


def _confirm(sender: Sender, payload: Mapping[str, Any]) -> Letter:
    subscriber, site, tokens, now = sender
    asked = [Asked(*each) for each in payload["asked"]]
    periods = {each.subscription_id: each.period for each in asked}
    wish = Wish(int(subscriber.id or 0), payload["language"], payload["quiet"], periods)
    token = tokens.give("confirm", str(wish), subscriber.nonce, now)
    link = f"{site.base_url}{prefix(current().tag)}/subscribe/confirm/{token}"
    # Translators: %(what)s is what is followed, %(period)s how often: "Anything that becomes law, once a week"
    lines = [
        _("%(what)s, %(period)s", what=headed(each.kind, each.value), period=PERIODS[each.period]) for each in asked
    ]
    lines += [_("A short note in weeks when nothing changed")] if payload["quiet"] else []
    ends = ngettext(
        "The link works once, and ends after %(num)s hour.",
        "The link works once, and ends after %(num)s hours.",
        int(payload["hours"]),
    )
    return Letter(
        _("Please confirm: mail from %(site)s", site=site.title),
        (
            Block("text", _("Somebody asked %(site)s to write to this address. We do not know who asked; if it was "
                            "you, please confirm it. What was asked for:", site=site.title)),
            Block("list", "\n".join(one_line(line) for line in lines)),
            Block("text", _("Open this page and press the button on it. Nothing is sent before that.")),
            Block("button", _("Confirm on the page"), link),
            Block("small", ends),
            Block("small", _("It was not you? Then do nothing: nothing begins, and this address is deleted by itself. "
                             "Or have it never written to again:"), unsubscribe_link(subscriber, site, tokens, now)),
        ),
    )  # fmt: skip


def _manage(sender: Sender, payload: Mapping[str, Any]) -> Letter:
    subscriber, site, tokens, now = sender
    return Letter(
        _("Your subscriptions at %(site)s", site=site.title),
        (
            Block("text", _("Somebody asked for the link to what this address follows. We do not know who asked; it "
                            "was sent to this address alone.")),
            Block("button", _("See and change what you follow"), manage_link(subscriber, site, tokens, now)),
            Block("text", _("On that page you can add and end subscriptions, pause all mail, download what we hold "
                            "about you, and delete it.")),
            Block("small", _("Whoever has the link can do the same: do not pass this mail on. It was not you? Then do "
                             "nothing; nothing changed.")),
        ),
    )  # fmt: skip


_LETTERS: Final[Mapping[str, Callable[[Sender, Mapping[str, Any]], Letter]]] = {"confirm": _confirm, "manage": _manage}


def _text(letter: Letter, site: SiteConfig) -> str:
    parts = []
    for block in letter.blocks:
        if block.kind == "list":
            parts.append("\n".join(f"- {line}" for line in block.text.splitlines()))
        elif block.kind == "button":
            parts.append(block.link)
        else:
            parts.append(f"{block.text} {block.link}".strip())
    return "\n\n".join([*parts, f"{one_line(site.title)}\n{site.base_url}{prefix(current().tag)}"]) + "\n"


def _html(letter: Letter, site: SiteConfig) -> Markup:
    return Markup(
        '<!doctype html>\n<html lang="{language}" dir="{direction}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark"><title>{subject}</title><style>{style}</style></head>\n'
        '<body><div class="mail">\n<p class="site">{title}</p>\n<h1>{subject}</h1>\n{blocks}\n'
        '<p class="small"><a href="{home}">{home}</a></p>\n</div></body></html>\n'
    ).format(
        subject=one_line(letter.subject),
        style=STYLE,
        title=one_line(site.title),
        blocks=Markup("\n").join(_block(block) for block in letter.blocks),
        home=site.base_url + prefix(current().tag),
        language=current().tag,
        direction=current().direction,
    )


def _block(block: Block) -> Markup:
    if block.kind == "list":
        items = Markup("").join(Markup("<li>{}</li>").format(line) for line in block.text.splitlines())
        return Markup("<ul>{}</ul>").format(items)
    if block.kind == "button":
        return Markup('<p><a class="button" href="{}">{}</a></p>').format(block.link, block.text)
    link = Markup(' <a href="{}">{}</a>').format(block.link, _("stop it here")) if block.link else ""
    attribute = Markup(' class="small"') if block.kind == "small" else ""
    return Markup("<p{}>{}{}</p>").format(attribute, escape(block.text), link)

"""A digest in words: subject, plain text, HTML, in the language that is spoken. Pure, but that it reads its templates.

What many readers are told alike is written once: an entry with its reasons, and the frame around the entries, each
with its CSS put inline. A mail is those pieces joined, with its reader's own links put in. So a hundred thousand mails
of one busy day cost a hundred thousand joins, and not so many templates.
"""

import re
import secrets
import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from typing import Final, NamedTuple

import jinja2
from css_inline import CSSInliner
from markupsafe import Markup

from tracker.config import SiteConfig, templates_folder
from tracker.digests.choosing import Target
from tracker.digests.telling import Step, heaviest
from tracker.language import N_, _, current, looked_up, looked_up_for, ngettext, prefix, speaking
from tracker.queries.digests import Face, Piece, Trouble
from tracker.subscription import following
from tracker.wording import day, listed, moment, source_name

WIDTH: Final = 74
SUBJECT: Final = 120  # characters
KEPT: Final = 4_000  # pieces that are remembered
# what is put in later; nobody can guess it, or a headline could carry a reader's own link away to another site
ENTRIES, MANAGE, UNSUBSCRIBE = (f"[{secrets.token_hex(12)}]" for _ in range(3))
_MARK: Final = re.compile(f"({'|'.join(map(re.escape, (ENTRIES, MANAGE, UNSUBSCRIBE)))})")
_HEADINGS: Final = {
    "now": N_("What just changed, %(day)s"),
    "daily": N_("What changed, %(day)s"),
    "weekly": N_("What changed this week, %(day)s"),
}


class Entry(NamedTuple):
    """One matter with what is new about it, and why the reader is told."""

    face: Face
    steps: tuple[Step, ...]
    reasons: tuple[Target, ...]


class Content(NamedTuple):
    """All that one digest says. ``ages`` is a sentence on how old the record is."""

    period: str
    on: date
    entries: tuple[Entry, ...]
    pieces: tuple[Piece, ...]
    troubles: tuple[Trouble, ...]
    ages: str
    language: str = "en"


class Caps(NamedTuple):
    """How much is shown before "and N more"; None for no end."""

    entries: int | None = 40
    steps: int | None = 12
    pieces: int | None = 8


CAPS: Final = Caps()


class Links(NamedTuple):
    """What is the reader's own."""

    manage: str
    unsubscribe: str


class Letter(NamedTuple):
    """A mail before it is one. Both readings are in parts, most of which are the same objects in very many letters."""

    subject: str
    plain_parts: tuple[str, ...]
    html_parts: tuple[str, ...]

    @property
    def plain(self) -> str:
        return "".join(self.plain_parts)

    @property
    def html(self) -> str:
        return "".join(self.html_parts)


class _Frame(NamedTuple):
    """All but the entries, of which there may be any number: it is the same for very many readers."""

    period: str
    on: date
    quiet: bool
    hidden: int
    pieces: tuple[Piece, ...]
    troubles: tuple[Trouble, ...]
    ages: str
    language: str


def subject_of(entries: Sequence[Entry]) -> str:
    """The most important step, and how many other matters: "Int 1412-2025 was adopted over the veto, and 16 more".

    The entries come the most important first; "" where there are none.
    """
    if not entries:
        return ""
    told = textwrap.shorten(heaviest(entries[0].steps).phrase, SUBJECT - 30, placeholder="...")
    others = len(entries) - 1
    # Translators: the subject of a mail: what happened to the first of several bills, and how many others there are
    return ngettext("%(told)s, and %(num)s more", "%(told)s, and %(num)s more", others, told=told) if others else told


def quiet_subject(on: date) -> str:
    """The subject of a note in a week when nothing changed."""
    return _("Nothing changed in the week to %(day)s", day=day(on))


def by_weight(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """The most important first; of equals by number."""
    return tuple(sorted(entries, key=lambda entry: (-heaviest(entry.steps).weight, entry.face.number)))


class Writer:
    """Writes digests for one site. The same content and links give the same letter."""

    def __init__(self, site: SiteConfig, postal: str, caps: Caps = CAPS) -> None:
        self._site, self._postal, self._caps = site, postal, caps
        folder = templates_folder() / "mail"
        self._css = (folder / "digest.css").read_text(encoding="utf-8")
        loader = jinja2.FileSystemLoader(folder)
        self._templates = jinja2.Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)
        self._templates.add_extension("jinja2.ext.i18n")
        # types-jinja2 does not know what an extension adds
        self._templates.install_gettext_callables(looked_up, looked_up_for, newstyle=True)  # type: ignore[attr-defined]
        self._inliner = CSSInliner(load_remote_stylesheets=False, keep_at_rules=True)
        self._entry: Callable[[Entry, str], tuple[str, str]] = lru_cache(KEPT)(self._write_entry)
        self._frame: Callable[[_Frame], tuple[tuple[str, ...], tuple[str, ...]]] = lru_cache(KEPT)(self._write_frame)

    def write(self, content: Content, links: Links) -> Letter:
        """The whole mail, in the language of the content. Entries come in the order given."""
        with speaking(content.language) as spoken:
            return self._write(content._replace(language=spoken.tag), links)

    def _write(self, content: Content, links: Links) -> Letter:
        shown = content.entries[: self._caps.entries]
        frame = _Frame(
            content.period, content.on, not content.entries, len(content.entries) - len(shown), content.pieces,
            content.troubles, content.ages, content.language,
        )  # fmt: skip
        plain, html = self._frame(frame)
        # the language is a part of the key: where nothing is translated yet, entries of two languages are equal
        written = [self._entry(entry, content.language) for entry in shown]
        return Letter(
            self.subject(content),
            tuple(_filled(plain, [each[0] for each in written], links)),
            tuple(_filled(html, [each[1] for each in written], links)),
        )

    def subject(self, content: Content) -> str:
        """The subject line of a digest."""
        if content.entries:
            return subject_of(content.entries)
        if content.troubles:
            return _("Not read as it should be: %(sources)s", sources=listed(_sources(content.troubles)))
        return quiet_subject(content.on)

    def _write_entry(self, entry: Entry, tag: str) -> tuple[str, str]:
        shown, address = entry.steps[: self._caps.steps], f"{self._home(tag)}/matters/{entry.face.slug}"
        left = len(entry.steps) - len(shown)
        hidden = ""
        if left:
            hidden = ngettext("and %(num)s more change, see its page", "and %(num)s more changes, see its page", left)
        # Translators: %(what)s is what the reader follows: "anything that becomes law and EO 50 of 2025"
        why = _("You follow %(what)s.", what=listed([following.told(*reason) for reason in entry.reasons]))
        html = self._templates.get_template("entry.html").render(
            language=tag, face=entry.face, steps=shown, address=address, hidden=hidden, why=why
        )
        lines = [_wrapped(f"{entry.face.number}: {entry.face.title}"), f"{entry.face.standing}.", address]
        lines += [_wrapped(_step_line(step), "  * ", "    ") for step in shown]
        lines += [f"  {hidden}"] if hidden else []
        lines += [_wrapped(why, "  ", "  ")]
        return "\n".join(lines) + "\n\n", self._inliner.inline_fragment(html, self._css)

    def _home(self, tag: str) -> str:
        """The address of the site in a language."""
        return self._site.base_url + prefix(tag)

    def _write_frame(self, frame: _Frame) -> tuple[tuple[str, ...], tuple[str, ...]]:
        heading, opening = _heading(frame), _opening(frame)
        troubles = [_trouble_line(trouble) for trouble in frame.troubles]
        pieces = frame.pieces[: self._caps.pieces]
        left = len(frame.pieces) - len(pieces)
        more = ngettext("and %(num)s more story", "and %(num)s more stories", left) if left else ""
        hidden = ngettext("And %(num)s more matter.", "And %(num)s more matters.", frame.hidden) if frame.hidden else ""
        told = [{"headline": piece.headline, "address": piece.address, "where": _where(piece),
                 "language": piece.language} for piece in pieces]  # fmt: skip
        html = self._templates.get_template("digest.html").render(
            site=self._site, home=self._home(frame.language), direction=current().direction, postal=self._postal,
            css=Markup(self._css), heading=heading, opening=opening, troubles=troubles, hidden=hidden, pieces=told,
            more_pieces=more, ages=frame.ages, language=frame.language, entries=ENTRIES, manage=MANAGE,
            unsubscribe=UNSUBSCRIBE,
        )  # fmt: skip
        plain = self._plain(frame, heading, opening, troubles, hidden, pieces, more)
        return _split(plain), _split(self._inliner.inline(html))

    def _plain(
        self, frame: _Frame, heading: str, opening: str, troubles: Sequence[str], hidden: str,
        pieces: Sequence[Piece], more: str,
    ) -> str:  # fmt: skip
        base = self._home(frame.language)
        head = [f"{self._site.title}\n{heading}", _wrapped(opening)]
        head += [f"{_wrapped(line)}\n{base}/sources" for line in troubles]
        rest = [f"{hidden}\n{base}/changes?scope=all"] if hidden else []
        if pieces:
            told = [f"{_wrapped(f'{piece.headline} ({_where(piece)})', '  * ', '    ')}\n    {piece.address}"
                    for piece in pieces]  # fmt: skip
            rest.append("\n".join([_("New coverage"), *told, *([f"  {more}: {base}/coverage"] if more else [])]))
        foot = [
            "-- ", _wrapped(_("You get this because you asked us, at this address, to write to you when what you "
            "follow changes.")), _("See or change what you follow:") + f"\n{MANAGE}",
            _("Unsubscribe:") + f"\n{UNSUBSCRIBE}",
            _wrapped(frame.ages), _wrapped(", ".join(filter(None, (self._site.title, self._postal)))),
        ]  # fmt: skip
        # every entry ends with a blank line of its own
        return "\n\n".join([*head, ENTRIES]) + "\n\n".join([*rest, "\n".join(foot)]) + "\n"


def _split(text: str) -> tuple[str, ...]:
    """A frame cut at its marks, which stay as parts of their own."""
    return tuple(part for part in _MARK.split(text) if part)


def _filled(parts: Iterable[str], entries: Sequence[str], links: Links) -> Iterator[str]:
    for part in parts:
        if part == ENTRIES:
            yield from entries
        else:
            yield {MANAGE: links.manage, UNSUBSCRIBE: links.unsubscribe}.get(part, part)


def _heading(frame: _Frame) -> str:
    if frame.quiet:
        return _("Sources that cannot be read") if frame.troubles else _("Nothing changed this week")
    return _(_HEADINGS[frame.period], day=day(frame.on))


def _opening(frame: _Frame) -> str:
    if frame.quiet and frame.troubles:
        return _("What you follow did not change in the record as we could read it. But not all of it could be read:")
    if frame.quiet:
        return _("The City’s record of what you follow was read, and nothing in it changed.")
    return _("What is new in the record of what you follow, the most important first.")


def _step_line(step: Step) -> str:
    if not step.label:
        return _("%(when)s: %(text)s", when=step.when, text=step.text)
    # Translators: one line of a mail: "Correction, 29 Jan 2026: The number changed ..."
    return _("%(label)s, %(when)s: %(text)s", label=step.label, when=step.when, text=step.text)


def _wrapped(text: str, first: str = "", rest: str = "") -> str:
    return textwrap.fill(
        text, WIDTH, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )


def _where(piece: Piece) -> str:
    return ", ".join(filter(None, (piece.outlet, day(piece.published_on) if piece.published_on else "")))


def _sources(troubles: Iterable[Trouble]) -> list[str]:
    return list(dict.fromkeys(source_name(trouble.source) for trouble in troubles))


def _trouble_line(trouble: Trouble) -> str:
    name, since = source_name(trouble.source), moment(trouble.began_at)
    if trouble.ended_at is None:
        told = N_("%(source)s: not read as it should be since %(since)s. What happened since may be missing.")
        return _(told, source=name, since=since)
    told = N_("%(source)s: not read as it should be from %(since)s to %(until)s.")
    return _(told, source=name, since=since, until=moment(trouble.ended_at))

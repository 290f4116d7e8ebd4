"""What editors may decide: links of articles, words, scope, acts that no source shows.

A `Hand` is one editor at work in one transaction: every method is one decision, written down by `editing.decisions` and
put into force at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Session, col, select

from tracker import identifiers, search
from tracker.coverage.articles import RULE
from tracker.coverage.stories import canonical, shown
from tracker.database import next_id
from tracker.editing import decisions
from tracker.editing import words as editor_words
from tracker.editing.acts import source_of
from tracker.editing.decisions import Made, Row, Rows, rows_of
from tracker.editing.forms import LANGUAGES, NewAct, NewLink, check_act, day_of, one_line, web_address
from tracker.errors import BadIdentifier, BadInput, NotFound
from tracker.facts import EDITOR as STARTER_EDITOR
from tracker.held import table
from tracker.ingest import take
from tracker.law import returns
from tracker.models import SCOPES, Matter
from tracker.models.editing import WORD_FIELDS, CuratedAction, Decision
from tracker.models.law import VERDICTS, RelationProposal, RelationWord
from tracker.models.sources import ARTICLE_KINDS, LINK_KINDS, LINK_OUTCOMES, LINK_ROLES, Article, Coverage
from tracker.models.suggestions import Suggestion
from tracker.scope import Rule
from tracker.truth import Trust

NOT_EDITORS: Final = (RULE, STARTER_EDITOR)
WAITING: Final = "waiting"  # of a suggestion
ADDED: Final = "editors"  # where an article came from that an editor wrote down


@dataclass(frozen=True, slots=True)
class Hand:
    """One editor, at one moment, in one transaction."""

    session: Session
    editor_id: int
    name: str
    now: datetime
    rule: Rule
    trust: Trust

    def judge_link(self, link_id: int, outcome: str, role: str, reason: str = "", seen: str | None = None) -> Made:
        """Publish, reject or send back a link. Raises NotFound, and BadInput where an editor decided so already.

        ``seen`` is the `mark` of the link as the editor saw it.
        """
        row = self._link(link_id, seen)
        if outcome not in LINK_OUTCOMES or role not in LINK_ROLES:
            raise BadInput("Choose what becomes of the link, and whether the measure is its subject or background.")
        if (row["outcome"], row["role"]) == (outcome, role) and row["decided_by"] not in NOT_EDITORS:
            raise BadInput("An editor decided so already.")
        return self._decide("link", row["file_number"], rows_of(self._decided(row, outcome, role)), reason)

    def move_link(self, link_id: int, measure: str, role: str, reason: str = "", seen: str | None = None) -> Made:
        """The article is about another measure: the link is rejected, and one to that measure is published."""
        row, meant = self._link(link_id, seen), matter_named(self.session, measure)
        if meant.file_number == row["file_number"]:
            raise BadInput(f"The link leads to {meant.file_number} already.")
        other = self._link_between(row["article_id"], meant.file_number) or row | {
            "id": next_id(self.session, Coverage.id),
            "file_number": meant.file_number,
        }
        wanted = rows_of(self._decided(row, "rejected", row["role"]), self._decided(other, "published", role))
        return self._decide("link", row["file_number"], wanted, reason)

    def add_link(self, link: NewLink, reason: str = "", suggestion: int | None = None) -> Made:
        """Publish a link that no rule found; the article is kept if it is not held yet. Raises BadInput.

        With ``suggestion`` it is what a reader suggested, which is accepted by it.
        """
        meant = matter_named(self.session, link.measure)
        if link.role not in LINK_ROLES or link.link_kind not in LINK_KINDS or not link.evidence:
            raise BadInput("Give the words by which the article names or describes the measure, and how it does.")
        held = article_at(self.session, link.address)
        article = held or self._new_article(link)
        row = self._link_between(article["id"], meant.file_number) or {
            "id": next_id(self.session, Coverage.id),
            "article_id": article["id"],
            "file_number": meant.file_number,
        }
        row = row | {"kind": link.link_kind, "score": 1.0, "evidence": link.evidence}
        suggested = [] if suggestion is None else [self._suggested(suggestion, "accepted")]
        new = [] if held else [("article", article)]
        wanted = rows_of(*new, self._decided(row, "published", link.role), *suggested)
        return self._decide("link-added", meant.file_number, wanted, reason)

    def decline(self, suggestion: int, reason: str = "") -> Made:
        """Nothing comes of what a reader suggested. Raises NotFound, and BadInput where it does not wait."""
        name, row = self._suggested(suggestion, "declined")
        return self._decide("suggestion", row["file_number"] or row["address"], rows_of((name, row)), reason)

    def set_words(self, file_number: str, words: Mapping[str, str], reason: str = "") -> Made:
        """Our own words on a matter; what reads as it was shipped is the editors' no more. Raises BadInput."""
        shipped = editor_words.shipped_of(self.session, file_number)
        now = shipped | editor_words.words_of(self.session, file_number)
        wanted: dict[str, Row | None] = {}
        for field in WORD_FIELDS:
            text = one_line(field, words[field])
            row: Row = {"file_number": file_number, "field": field, "text": text, "over": now[field]}
            row |= {"editor": self.name, "at": self.now}
            if text != now[field]:
                wanted[decisions.key_of("editor_word", row)] = None if text == shipped[field] else row
        if not wanted:
            raise BadInput("The words are as they were: nothing was decided.")
        return self._decide("words", file_number, {"editor_word": wanted}, reason)

    def set_scope(self, file_number: str, scope: str, reason: str) -> Made:
        """An editor's word on whether a matter is followed, above the rule's. Raises BadInput without a reason."""
        if scope not in SCOPES or not reason:
            raise BadInput("Choose a scope and give a sentence that says why; readers see it.")
        override = {"file_number": file_number, "scope": scope, "reason": reason, "editor": self.name, "at": self.now}
        bearers = self.session.scalars(select(Matter.id).where(Matter.file_number == file_number))
        matters = [("matter", {"id": key, "scope": scope, "scope_reason": reason}) for key in bearers]
        return self._decide("scope", file_number, rows_of(("scope_override", override), *matters), reason)

    def add_act(self, matter_id: int, act: NewAct, reason: str = "") -> Made:
        """A ruling or a guidance that no source shows, with its source. Raises BadInput."""
        matter = self._matter(matter_id)
        row = {
            "id": next_id(self.session, Decision.id),  # never given twice, so no act takes another's history over
            "matter_id": matter_id,
            "acted_on": day_of(act.acted_on, "the act"),
            "editor": self.name,
            "at": self.now,
            **{field: getattr(act, field) for field in ("name", "body", "note", "url", "confidence")},
        }
        check_act(act)
        return self._decide("act-added", matter.file_number, rows_of(("curated_action", row)), reason)

    def withdraw_act(self, act_id: int, reason: str = "") -> Made:
        """Take an editor's act out again; that it stood there stays in the history of changes. Raises NotFound."""
        act = self.session.get(CuratedAction, act_id)
        if act is None:
            raise NotFound("There is no such act of an editor's.")
        file_number = self._matter(act.matter_id).file_number
        return self._decide("act-withdrawn", file_number, {"curated_action": {str(act_id): None}}, reason)

    def judge_return(self, later: str, earlier: str, verdict: str, reason: str = "") -> Made:
        """Say whether ``later`` brings ``earlier`` back, above what the rule says. Raises NotFound and BadInput.

        NotFound where neither the rule proposed it nor an editor spoke of it.
        """
        proposals, words = table(RelationProposal), table(RelationWord)
        found = self.session.execute(
            sa.select(proposals.c.reasons).where(proposals.c.later == later, proposals.c.earlier == earlier)
        ).first()
        spoken = self.session.execute(
            sa.select(words.c.verdict, words.c.evidence).where(words.c.later == later, words.c.earlier == earlier)
        ).first()
        if found is None and spoken is None:
            raise NotFound("The rule does not propose this return any more.")
        if verdict not in VERDICTS:
            raise BadInput("Accept the return or reject it.")
        if spoken is not None and spoken.verdict == verdict:
            raise BadInput("An editor decided so already.")
        evidence = found.reasons if found is not None else spoken.evidence if spoken is not None else ""
        row = {"later": later, "earlier": earlier, "verdict": verdict, "evidence": evidence}
        return self._decide(
            "return", later, rows_of(("relation_word", row | {"editor": self.name, "at": self.now})), reason
        )

    def undo(self, number: int) -> Made:
        """Take a decision back. Raises NotFound, and BadInput where it is not the last word any more."""
        decision = self.session.get(Decision, number)
        for row in (decisions.unpacked(decision.before).get("suggestion", {}) if decision else {}).values():
            if row and row["state"] == WAITING and self._waits(row):
                raise BadInput("The same was suggested again since, and waits. Decide on that one first.")
        made = decisions.take_back(self.session, self.editor_id, number, self.now)
        self._put_into_force(made)
        return made

    def _decide(self, kind: str, subject: str, wanted: Rows, reason: str) -> Made:
        made = decisions.decide(self.session, self.editor_id, kind, subject, wanted, self.now, reason=reason)
        self._put_into_force(made)
        return made

    def _put_into_force(self, made: Made) -> None:
        """What follows from rows that were written: notes, the search index, the record of acts."""
        words = made.after.get("editor_word", {})
        for file_number in {key.partition("|")[2] for key in words}:
            editor_words.lay(self.session, file_number)
        if words:
            search.refresh(self.session)
        if "relation_word" in made.after:
            returns.settle(self.session)
        acts = made.after.get("curated_action", {})
        for key, row in acts.items():
            known = row or made.before["curated_action"][key]
            assert known is not None  # a decision changes something
            self._tell(known["matter_id"], known["url"])

    def _tell(self, matter_id: int, address: str) -> None:
        source = source_of(self.session, self._matter(matter_id), address, self.now, self.trust)
        take(self.session, source, self.rule, lambda: self.now, self.now)

    def _suggested(self, number: int, state: str) -> tuple[str, Row]:
        rows = table(Suggestion)
        found = self.session.execute(sa.select(rows).where(rows.c.id == number)).first()
        if found is None:
            raise NotFound("There is no such suggestion.")
        if found.state != WAITING:
            raise BadInput(f"That suggestion was {found.state} already.")
        said = {"state": state, "decided_by": self.name, "decided_at": self.now}
        return "suggestion", dict(found._mapping) | said

    def _waits(self, row: Row) -> bool:
        rows = table(Suggestion)
        same = (rows.c.address == row["address"], rows.c.file_number == row["file_number"], rows.c.state == WAITING)
        return self.session.execute(sa.select(rows.c.id).where(*same)).first() is not None

    def _matter(self, matter_id: int) -> Matter:
        matter = self.session.get(Matter, matter_id)
        if matter is None:
            raise NotFound("The record holds no such matter.")
        return matter

    def _link(self, link_id: int, seen: str | None) -> Row:
        links = table(Coverage)
        found = self.session.execute(sa.select(links).where(links.c.id == link_id)).first()
        if found is None:
            raise NotFound("There is no such link any more.")
        if seen is not None and seen != mark(found):
            raise BadInput("This link is not as it was when you opened the page; somebody decided on it. Look again.")
        return dict(found._mapping)

    def _link_between(self, article_id: int, file_number: str) -> Row | None:
        links = table(Coverage)
        between = (links.c.article_id == article_id, links.c.file_number == file_number)
        found = self.session.execute(sa.select(links).where(*between)).first()
        return dict(found._mapping) if found else None

    def _decided(self, row: Row, outcome: str, role: str) -> tuple[str, Row]:
        said = {"outcome": outcome, "role": role, "decided_by": self.name, "decided_at": self.now}
        return "coverage", row | said

    def _new_article(self, link: NewLink) -> Row:
        if not (link.headline and link.outlet) or link.kind not in ARTICLE_KINDS or link.language not in LANGUAGES:
            raise BadInput("This page is not held yet: give its headline, its outlet and its kind.")
        return {
            "id": next_id(self.session, Article.id),
            "address": canonical(web_address(link.address)),
            "shown_address": shown(web_address(link.address)),
            "outlet": link.outlet,
            "kind": link.kind,
            "headline": link.headline,
            "author": "",
            "published_on": day_of(link.published_on, "publication") if link.published_on else None,
            "language": link.language,
            "excerpt": "",
            "story": "",
            "topic": False,
            "source": ADDED,
            "digest": "",
            "first_seen_at": self.now,
            "last_seen_at": self.now,
        }


def mark(link: Any) -> str:
    """How a link stands, in short: of what it is, and what was decided, by whom."""
    return "|".join(map(str, (link.article_id, link.file_number, link.outcome, link.role, link.decided_by)))


def matter_named(session: Session, text: str) -> Matter:
    """The matter that a number means, in any form `identifiers` reads. Raises BadInput where the record holds none."""
    text = " ".join(text.split())
    conditions = [sa.func.lower(col(Matter.file_number)) == text.lower()]
    for parse in (identifiers.parse, identifiers.LocalLaw.parse):
        try:
            found = parse(text)
        except BadIdentifier:
            continue
        if isinstance(found, identifiers.LocalLaw):
            conditions.append(col(Matter.local_law) == found.key)
        else:
            conditions.append(col(Matter.file_number) == str(found))
    held = select(Matter).where(sa.or_(*conditions), col(Matter.removed_at).is_(None))
    matters = session.scalars(held).all()
    if len(matters) != 1:
        raise BadInput(
            f"“{text}” is no number of one measure in the record. Write it like Int 1412-2025 or EO 50-2025."
        )
    return matters[0]


def article_at(session: Session, address: str) -> Row | None:
    """The article of an address, however it is written; None where none is held."""
    articles = table(Article)
    wanted = canonical(web_address(address))
    held = session.execute(sa.select(articles).where(articles.c.address == wanted)).first()
    return dict(held._mapping) if held else None

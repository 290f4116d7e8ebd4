"""The derived columns: where a matter stands and whether it is ours to follow. Worked out in one place."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from scrapers.records import MatterRecord
from tracker import lifecycle, vocabulary
from tracker.held import table
from tracker.models import ScopeOverride
from tracker.scope import Rule
from tracker.wording import COUNCIL_KINDS


@dataclass(slots=True)
class Judge:
    """What the derived columns depend on besides the record: a day, the scope rule, and the editors' overrides.

    ``doubts`` gathers (file number, sentence) for everything that was not understood.
    """

    today: date
    rule: Rule
    overrides: dict[str, tuple[str, str]] = field(default_factory=dict)
    doubts: list[tuple[str, str]] = field(default_factory=list)

    @classmethod
    def sitting(cls, session: Session, today: date, rule: Rule) -> "Judge":
        """A judge who knows the overrides in the database."""
        rows = session.execute(sa.select(table(ScopeOverride))).all()
        return cls(today, rule, {row.file_number: (row.scope, row.reason) for row in rows})

    def standing(self, record: MatterRecord) -> dict[str, Any]:
        """The columns that `lifecycle` derives; words it does not know are noted as doubts."""
        words = vocabulary.unknown_words(record.actions, record.status)
        self.doubts += [(record.file_number, word) for word in words]
        found = lifecycle.outcome(
            record.kind, record.actions, record.status, record.enacted_on, record.local_law, self.today
        )
        return {
            "stage": found.stage.value,
            "stage_since": day(found.since),
            "is_law": found.is_law,
            "how": found.how,
            "signals": ", ".join(found.signals),
            "provisional": found.provisional,
            "disagreement": "\n".join(found.disagreements),
        }

    def scope(self, record: MatterRecord, text: str | None, verdict: tuple[str, str]) -> tuple[str, str]:
        """Label and reason: an editor's word, else the verdict the source brought, else the rule's own."""
        if record.file_number in self.overrides:
            return self.overrides[record.file_number]
        if verdict[0] and (text is None or record.kind not in COUNCIL_KINDS):
            return verdict
        judged = self.rule.judge(
            kind=record.kind, name=record.name, title=record.title, summary=record.summary or "", text=text or ""
        )
        return judged.label, judged.reason

    def decided(self, record: MatterRecord) -> bool:
        """Whether an editor has spoken on this matter."""
        return record.file_number in self.overrides

    def law_number(self, record: MatterRecord) -> str:
        """The Local Law number, if it is one: an unset number has been published as "NA"."""
        text = record.local_law
        if not text or (len(text) == 8 and text[:4].isdigit() and text[4] == "/" and text[5:].isdigit()):
            return text
        self.doubts.append((record.file_number, f'"{text}" is not a Local Law number: left out.'))
        return ""


def day(text: str) -> date | None:
    """An ISO date as a source prints it; None for none."""
    return date.fromisoformat(text) if text else None

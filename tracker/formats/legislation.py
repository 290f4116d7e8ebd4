"""A matter as schema.org Legislation (JSON-LD), for search engines. Pure.

Only what the record shows is said: a bill that is not law was passed by nobody and changes nothing, and legal force is
claimed of orders alone, whose state the record tells; whether a law is in force depends on what came after it.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from tracker import wording
from tracker.language import ENGLISH, speaking
from tracker.lifecycle import Stage
from tracker.models import Matter
from tracker.queries import Dossier, Link

CONTEXT: Final = "https://schema.org"
_COUNCIL: Final = {"@type": "GovernmentOrganization", "name": "New York City Council"}
_MAYOR: Final = {"@type": "GovernmentOrganization", "name": "Office of the Mayor of New York City"}
_CITY: Final = {"@type": "AdministrativeArea", "name": "New York City"}
_ORDERS: Final = ("Executive Order", "Emergency Executive Order")
_FORCE: Final = {Stage.IN_FORCE: "InForce", Stage.AMENDED: "InForce"} | dict.fromkeys(
    (Stage.VOID, Stage.REVOKED, Stage.EXPIRED, Stage.REPLACED), "NotInForce"
)
_CODES: Final = {"admin": "New York City Administrative Code", "charter": "New York City Charter"}
_CHANGES: Final = {"amends": "legislationAmends", "repeals": "legislationRepeals", "revokes": "legislationRepeals"}


def as_json_ld(dossier: Dossier, page: str, pages: str, language: str = "en") -> dict[str, Any] | None:
    """The object, or None for a lawsuit, which is no legislation. ``pages`` is where every matter's page lies."""
    if dossier.matter.kind == "Lawsuit":
        return None
    with speaking(ENGLISH.tag):  # what programs read is the same in every language
        return _said(dossier, page, pages, language)


def _said(dossier: Dossier, page: str, pages: str, language: str) -> dict[str, Any]:
    matter, note = dossier.matter, dossier.note
    said: dict[str, Any] = {
        "@context": CONTEXT,
        "@type": "Legislation",
        "@id": page,
        "url": page,
        "name": (note.headline or matter.name or matter.title or matter.file_number).rstrip(". "),
        "alternateName": [name.strip() for name in note.popular_names.split(";") if name.strip()],
        "description": note.sentence or matter.summary or "",
        "inLanguage": language,
        "legislationIdentifier": list(_identifiers(matter)),
        "legislationType": "Local Law" if matter.is_law else matter.kind,
        "legislationJurisdiction": _CITY,
        "dateCreated": matter.introduced_on and matter.introduced_on.isoformat(),
        "sdDatePublished": wording.new_york_date(matter.last_seen_at).isoformat(),
        "sameAs": matter.url if matter.url.startswith(("http://", "https://")) else "",
        **_passed(matter),
        **(_done(dossier, pages) if _takes_effect(matter) else {}),
    }
    return {key: value for key, value in said.items() if value}


def _identifiers(matter: Matter) -> Iterator[str]:
    if matter.is_law and matter.local_law:
        yield wording.law_name(matter.local_law)
    yield wording.number_of(matter.file_number)


def _takes_effect(matter: Matter) -> bool:
    return matter.is_law or matter.kind in _ORDERS


def _passed(matter: Matter) -> dict[str, Any]:
    """Who made it, when, and whether it is in force, as far as the record is certain."""
    if matter.kind in _ORDERS:
        stage = wording.stage_of(matter.stage)
        force = _FORCE.get(stage) if stage and not matter.disagreement else None
        dated = matter.introduced_on and matter.introduced_on.isoformat()
        legal = {"legislationLegalForce": f"{CONTEXT}/{force}"} if force else {}
        return {"legislationPassedBy": _MAYOR, "legislationDate": dated, **legal}
    if matter.is_law or matter.stage == Stage.ADOPTED:
        on = matter.enacted_on if matter.is_law else matter.stage_since
        return {"legislationPassedBy": _COUNCIL, "legislationDate": on and on.isoformat()}
    return {}


def _done(dossier: Dossier, pages: str) -> dict[str, Any]:
    """The sections and matters that it changes."""
    sections = dict.fromkeys((effect.code, effect.section) for effect in dossier.effects)
    changed: dict[str, list[Any]] = {
        "legislationChanges": [
            {"@type": "Legislation", "legislationIdentifier": f"{_CODES[code]} § {section}"}
            for code, section in sections
        ]
    }
    for link in _sure(dossier.links):
        changed.setdefault(_CHANGES[link.kind], []).append(_other(link, pages))
    return changed


def _sure(links: Iterable[Link]) -> Iterator[Link]:
    return (link for link in links if link.forward and link.kind in _CHANGES and link.confidence in ("", "high"))


def _other(link: Link, pages: str) -> dict[str, Any]:
    named = {"@type": "Legislation", "legislationIdentifier": wording.number_of(link.file_number)}
    return named | ({"@id": f"{pages}/{link.slug}"} if link.slug else {})

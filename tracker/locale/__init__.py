"""The catalogues: what readers are told, once in English and once in each language.

``python -m tracker.locale`` brings every catalogue up to what the code says now; with tags of languages it begins
those. It reads the code beside it, so it is for a checkout.
"""

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from tracker.law.effective import DAYS_AFTER
from tracker.vocabulary import ACTIONS

HERE: Final = Path(__file__).parent
ROOT: Final = HERE.parent.parent
KEYWORDS: Final = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}
METHODS: Final = [("tracker/**.py", "python"), ("templates/**.html", "jinja2")]
JINJA: Final = {
    "templates/**.html": {"trimmed": "true", "newstyle_gettext": "true", "trim_blocks": "true", "lstrip_blocks": "true"}
}
RECORD: Final = ROOT / "tracker" / "record"
# files of the starter record, and their columns with words of ours
SHIPPED: Final = {"notes.csv": ("headline", "sentence"), "effective.csv": ("basis",)}
VOCABULARY: Final = "tracker/vocabulary.py"
# what says nothing, or says it of the program that wrote the file
HEADER: Final = (
    "Report-Msgid-Bugs-To",
    "POT-Creation-Date",
    "PO-Revision-Date",
    "Last-Translator",
    "Language-Team",
    "Generated-By",
)


def messages() -> Catalog:
    """Everything the code and the templates say, and the sentences that ship with the record."""
    catalogue = Catalog()
    for file, _line, message, comments, context in extract_from_dir(
        str(ROOT), METHODS, JINJA, keywords=KEYWORDS, comment_tags=("Translators:",)
    ):
        catalogue.add(message, locations=[(file, 0)], auto_comments=comments, context=context)
    for meaning in ACTIONS.values():  # a table, in which nothing can be marked
        catalogue.add(meaning.sentence, locations=[(VOCABULARY, 0)])
    for name, columns in SHIPPED.items():
        for text in _shipped(RECORD / name, columns):
            catalogue.add(text, locations=[(f"tracker/record/{name}", 0)])
    return catalogue


def _shipped(path: Path, columns: Iterable[str]) -> Iterator[str]:
    """Our own words on the matters in the starter record; laws' terms in days have a message of their own."""
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield from (row[column] for column in columns if row[column] and not DAYS_AFTER.fullmatch(row[column]))


def update(name: str, found: Catalog) -> int:
    """Bring one catalogue (``zh_Hans``) up to date, or begin it; the number of messages that still wait for words."""
    path = HERE / f"{name}.po"
    held = Catalog(locale=Locale.parse(name))
    if path.exists():
        with path.open("rb") as file:
            held = read_po(file, locale=name)
    held.update(found, no_fuzzy_matching=True)
    held.obsolete.clear()
    held.header_comment, held.project, held.version, held.fuzzy = "", "NYC Sanctuary Law Tracker", "", False
    with path.open("wb") as file:
        write_po(file, held, width=0, sort_by_file=True, include_lineno=False, ignore_obsolete=True)
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(tuple(f'"{key}:' for key in HEADER))]
    path.write_text("".join(kept), encoding="utf-8")
    return sum(1 for message in held if message.id and not all(_forms(message.string)))


def _forms(string: object) -> tuple[str, ...]:
    return tuple(string) if isinstance(string, (list, tuple)) else (str(string or ""),)

"""The data dictionary as a page: what `export.data_dictionary` writes, in headings, lists and tables. Pure.

It reads no more of Markdown than that text uses.
"""

import re
from collections.abc import Iterator
from itertools import groupby
from typing import Final, NamedTuple

from markupsafe import Markup, escape

_CODE: Final = re.compile(r"`([^`]+)`")
_STRESS: Final = re.compile(r"(?<!\w)\*([^*]+)\*(?!\w)")
_NAME: Final = re.compile(r"`(\w+)\.csv`")
_BAR: Final = re.compile(r"(?<!\\)\|")


class Block(NamedTuple):
    """``kind`` is heading, text, list or table; ``rows`` are its cells, one row but for lists and tables.

    ``anchor`` is the name of a file, at the heading of its part.
    """

    kind: str
    rows: tuple[tuple[Markup, ...], ...]
    anchor: str = ""


def blocks(text: str) -> list[Block]:
    """The parts of the dictionary below its title and what that says to programmers."""
    lines = text.partition("\n## ")[2]
    groups = groupby(f"## {lines}".splitlines(), key=lambda line: bool(line.strip()))
    return [block for filled, group in groups if filled for block in _blocks(list(group))]


def _blocks(lines: list[str]) -> Iterator[Block]:
    first = lines[0]
    if first.startswith("## "):
        named = _NAME.search(first)
        yield Block("heading", ((_inline(first[3:]),),), named[1] if named else "")
    elif first.startswith("|"):
        yield Block("table", tuple(_cells(line) for number, line in enumerate(lines) if number != 1))
    elif first.startswith("* "):
        items = re.split(r"^\* ", "\n".join(lines), flags=re.MULTILINE)[1:]
        yield Block("list", tuple((_inline(item),) for item in items))
    else:
        yield Block("text", ((_inline("\n".join(lines)),),))


def _cells(line: str) -> tuple[Markup, ...]:
    return tuple(_inline(cell.replace(r"\|", "|").strip()) for cell in _BAR.split(line)[1:-1])


def _inline(text: str) -> Markup:
    marked = _CODE.sub(r"<code>\1</code>", str(escape(" ".join(text.split()))))
    return Markup(_STRESS.sub(r"<em>\1</em>", marked))

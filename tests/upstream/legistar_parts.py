"""What the pages of the Council's web site are made of: form, fields, drop-down lists, grids and their pagers."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from html import escape

P = "ctl00_ContentPlaceHolder1_"
N = "ctl00$ContentPlaceHolder1$"
YEARS = ("2026", "2025", "2024", "Last Year", "Last Month", "This Year", "This Month", "This Week", "Today")
LISTS: Mapping[str, Sequence[tuple[str, str]]] = {
    "lstMax": [("10", "10"), ("100", "100"), ("500", "500"), ("1000", "1000"), ("All", "1000000")],
    "lstYearsAdvanced": [("All Years", "All"), ("Session 2024-2025", "M.mtText2|'13'"), *((y, y) for y in YEARS)],
    "lstType": [("-Select-", ""), ("Introduction", "2"), ("Land Use Application", "10"), ("Resolution", "1")],
    "lstYears": [("All Years", "All"), *((y, y) for y in YEARS), ("Next Month", "Next Month")],
}


def page_of_target(target: str) -> int:
    """Which page of a list the postback target of a pager's button asks for."""
    return int(target.rpartition("$ctl")[2]) // 2


def chosen(form: Mapping[str, str], name: str) -> str:
    """What a posted form chooses in a drop-down list, read as the site reads it: from the hidden ClientState alone.

    "" where nothing is chosen; the site then goes by what it showed before.
    """
    state = form.get(f"{P}{name}_ClientState", "")
    value = json.loads(state)["value"] if state else None
    return next((text for text, each in LISTS[name] if each == value), "")


def whole_page(title: str, action: str, body: str, state: str) -> str:
    """A page in the site's form; ``state`` is what its __VIEWSTATE holds, another one on each page."""
    hidden = {
        "ctl00_RadScriptManager1_TSM": "",
        "__EVENTTARGET": "",
        "__EVENTARGUMENT": "",
        "__VIEWSTATE": state,
        "__VIEWSTATEGENERATOR": "FEB39A26",
    }
    fields = "".join(f'<input type="hidden" name="{name}" value="{escape(value)}">' for name, value in hidden.items())
    return (
        f"<!DOCTYPE html><html><head><title>\n\t{escape(title)}\n</title></head><body>"
        f'<form name="aspnetForm" method="post" action="./{escape(action)}" id="aspnetForm">{fields}{body}</form>'
        "</body></html>"
    )


def span(name: str, html: str) -> str:
    return f'<span id="{P}{name}"><font face="Tahoma" size="2">{html}</font></span>'


def link(name: str, html: str, href: str = "", **attributes: str) -> str:
    given = {"href": href, **attributes}
    text = "".join(f' {key.rstrip("_")}="{escape(value)}"' for key, value in given.items() if value)
    return f'<a id="{P}{name}"{text}><font face="Tahoma" size="2">{html}</font></a>'


def prompted(fields: Iterable[tuple[str, str, str]]) -> str:
    """A table of prompts and values: ``lblAction`` with its prompt ``lblActionX``."""
    rows = (
        f"<tr><td>{span(f'lbl{name}X', f'{prompt}:')}</td><td>{span(f'lbl{name}', html)}</td></tr>"
        for name, prompt, html in fields
    )
    return f"<table>{''.join(rows)}</table>"


def grid_of(name: str, columns: Sequence[str], rows: Sequence[Sequence[str]], pager: str = "") -> str:
    heads = "".join(
        f'<th class="rgHeader" scope="col"><a title="Click here to sort">{column}</a></th>' for column in columns
    )
    lines = []
    for number, cells in enumerate(rows):
        kind = "rgAltRow" if number % 2 else "rgRow"
        line = "".join(f'<td><font face="Tahoma" size="2">{cell or "&nbsp;"}</font></td>' for cell in cells)
        lines.append(f'<tr class="{kind}" id="{P}{name}_ctl00__{number}" valign="top">{line}</tr>')
    if not rows:
        nothing = "<div>No records to display.</div>"
        lines.append(f'<tr class="rgNoRecords"><td colspan="{len(columns)}">{nothing}</td></tr>')
    around = f'<tr class="rgPager"><td colspan="{len(columns)}">{pager}</td></tr>' if pager else ""
    return (
        f'<div id="{P}{name}" class="RadGrid"><table class="rgMasterTable" id="{P}{name}_ctl00">'
        f"<thead>{around}<tr>{heads}</tr></thead><tbody>{''.join(lines)}</tbody></table></div>"
    )


def pager_of(grid: str, page: int, per_page: int, records: int) -> str:
    """The pager of a grid; "" where everything is on one page, as on the site."""
    pages = math.ceil(records / per_page)
    if pages < 2:
        return ""
    buttons = []
    for number in range(1, pages + 1):
        target = f"{N}{grid}$ctl00$ctl02$ctl00$ctl{2 * number:02}"
        current = ' class="rgCurrentPage" onclick="return false;"' if number == page else ""
        buttons.append(f"<a{current} href=\"javascript:__doPostBack('{target}','')\"><span>{number}</span></a>")
    first, last = (page - 1) * per_page + 1, min(page * per_page, records)
    numbers = [f"<strong>{number}</strong>" for number in (page, pages, first, last, records)]
    info = "Page {} of {}, items {} to {} of {}.".format(*numbers)
    return (
        '<table summary="Data pager"><thead><tr><th scope="col">Data pager</th></tr></thead><tbody><tr>'
        f'<td class="rgPagerCell NumericPages"><div class="rgWrap rgNumPart">{"".join(buttons)}</div>'
        f'<div class="rgWrap rgInfoPart"> {info}</div></td></tr></tbody></table>'
    )


def menu_of(name: str, records: int) -> str:
    items = "".join(f'<li><a><span class="rmText">{text}</span></a></li>' for text in (f"{records} records", "Show"))
    return f'<div id="{P}{name}" class="RadMenu"><ul class="rmRootGroup">{items}</ul></div>'


def drop_down(name: str, shown: str) -> str:
    """A drop-down list as the site's RadComboBox puts it on the page: its texts in a list, its values in a script."""
    items = "".join(f'<li class="rcbItem">{escape(text)}</li>' for text, _ in LISTS[name])
    made = {
        "_text": shown,
        "_uniqueId": N + name,
        "clientStateFieldID": f"{P}{name}_ClientState",
        "itemData": [{"value": value} if value else {"selected": True} for _, value in LISTS[name]],
    }
    script = json.dumps(made, separators=(",", ":")).replace("'", "\\u0027")
    return (
        f'<div id="{P}{name}" class="RadComboBox"><input name="{N}{name}" type="text" id="{P}{name}_Input" '
        f'value="{escape(shown)}"><div id="{P}{name}_DropDown"><ul class="rcbList">{items}</ul></div>'
        f'<input id="{P}{name}_ClientState" name="{P}{name}_ClientState" type="hidden"></div>'
        f'<script type="text/javascript">$create(Telerik.Web.UI.RadComboBox, {script}, null);</script>'
    )

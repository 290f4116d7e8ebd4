"""One bill and one meeting in the archive's shape, and where their pages are: what the tests of the pages read."""

from collections.abc import Mapping
from typing import Any

from archive_builder import document, member, row

from upstream import legistar_pages as pages
from upstream.legistar_parts import P as P

BASE = "https://legistar.council.nyc.gov"
Json = dict[str, Any]


def bill(**more: Any) -> Json:
    """Int 1412-2025 with its public dates and numbers, and with few sponsors."""
    history = [
        row(425565, "2025-10-09 13:25:00"),
        row(429004, "2025-12-18 13:30:00", 68, "Approved by Council", BodyName="City Council", PassedFlagName="Pass",
            Version="A", EventID=22114, Description="A motion was made",
            Votes=[member(7825, "Alexa Avilés", "Affirmative"), member(1, "Richard Roe, Jr.", "Negative")]),
        row(431419, "2025-12-31 16:50:00", 59, "Vetoed by Mayor", BodyName="Mayor", Version="A"),
        row(431914, "2026-01-29 11:30:00", 57, "Overridden by Council", BodyName="City Council", Version="A"),
    ]  # fmt: skip
    said: Json = {
        "LocalLaw": "2026/063", "EnactmentDate": "2026-01-29T00:00:00Z", "StatusName": "Enacted", "Version": "A",
        "Sponsors": [member(7813, "Tiffany L. Cabán"), member(1, "Richard Roe, Jr.")], "History": history,
        "Attachments": [{"ID": 5, "Name": "Summary of Int. No. 1412-A", "Link": ""}, {"ID": 6, "Name": "2. Text"}],
        "Summary": "This bill would count trees.",
    }  # fmt: skip
    return document(76557, "Int 1412-2025", **{**said, **more})


def address_of_bill(doc: Mapping[str, Any]) -> str:
    return f"{BASE}/{pages.bill_address(doc['ID'])}&Options=&Search="


def event(number: int = 22114, items: int = 2, **more: Any) -> Json:
    agenda = [{
        "ID": 429004 + n, "MatterID": 76557 + n, "MatterFile": f"Int {1412 + n:04}-2025", "MatterName": f"Trees {n}",
        "MatterType": "Introduction", "ActionName": "Approved by Council", "PassedFlagName": "Pass", "Version": "A",
    } for n in range(items)]  # fmt: skip
    return {
        "ID": number, "BodyName": "City Council", "Date": "2025-12-18T13:30:00-05:00", "AgendaStatusName": "Final",
        "MinutesStatusName": "Final", "Location": "Council Chambers - City Hall", "Items": agenda, **more,
    }  # fmt: skip


def address_of_meeting(number: int) -> str:
    return f"{BASE}/{pages.meeting_address(number)}&Options=info&Search="


def bills(count: int) -> list[Json]:
    return [bill() | {"ID": 76000 + n, "File": f"Int {n:04}-2026"} for n in range(1, count + 1)]

"""What the documents that showed a matter hash to, so that anybody can check them."""

from collections.abc import Iterable

from sqlmodel import Session, col, select

from tracker.formats.citation import Print, print_of
from tracker.models import Capture, Run


def prints(session: Session, captures: Iterable[Capture]) -> dict[int, Print]:
    """By the id of the capture. What came with the starter record is known by the fingerprint of that record."""
    held = list(captures)
    runs = {capture.run_id for capture in held if not capture.digest}
    starter = select(Run.id, Run.cursor).where(col(Run.id).in_(runs), Run.mode == "starter")
    shipped = dict(session.execute(starter).all())
    found = {capture.id: print_of(capture.digest or shipped.get(capture.run_id, "")) for capture in held}
    return {key: shown for key, shown in found.items() if shown}

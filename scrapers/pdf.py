"""The text layer of a PDF, read in a child process (see `pdf_child`). There is no OCR: a page without text is said."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from scrapers.errors import SourceBroken

CHILD = Path(__file__).with_name("pdf_child.py")
SECONDS = 30  # on the clock; the child itself stops after 20 of processor time
SPARSE = 20  # characters: a page with fewer is a picture
# what finds the interpreter and its packages; a program that opens strangers' files gets no token and no password
PASSED_ON = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "SYSTEMROOT")


class PdfText(NamedTuple):
    """The text of each page, "" for one that is only a picture."""

    pages: tuple[str, ...]

    @property
    def text(self) -> str:
        """All pages, a blank line between them."""
        return "\n\n".join(page for page in self.pages if page)

    @property
    def without_text(self) -> int:
        """How many pages are pictures."""
        return sum(len(page) < SPARSE for page in self.pages)


def looks_complete(pages: Sequence[str]) -> bool:
    """Whether there are pages, and text on every one: True says nothing about what the text says."""
    return bool(pages) and all(len(page) >= SPARSE for page in pages)


def read_pdf(body: bytes, subject: str = "the PDF", *, seconds: float = SECONDS) -> PdfText:
    """The text layer of a PDF, page by page; ``subject`` is its address, for errors.

    Raises SourceBroken for what is no PDF, is locked, or takes more than 1 GB, 20 seconds of processor or ``seconds``.
    """
    # -P: beside this module lies `html`, which must not stand in for the standard library's
    command = [sys.executable, "-P", str(CHILD)]
    environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    try:
        run = subprocess.run(command, input=body, capture_output=True, timeout=seconds, env=environment, check=False)
    except subprocess.TimeoutExpired as error:
        raise SourceBroken(subject, f"reading the PDF took more than {seconds:g} seconds; open it by hand") from error
    try:
        told = json.loads(run.stdout)
    except ValueError as error:
        last = run.stderr.decode(errors="replace").strip().rpartition("\n")[2] or f"it ended with {run.returncode}"
        raise SourceBroken(subject, f"the PDF broke the program that reads PDFs ({last}); open it by hand") from error
    if "error" in told:
        raise SourceBroken(subject, f"it cannot be read as a PDF: {told['error']}")
    return PdfText(tuple(told["pages"]))

"""A PDF's text layer: read elsewhere, within bounds, and never taken for more than it is."""

import os
from pathlib import Path

import pytest
from upstream.nyc_gov_pages import pdf

from scrapers import pdf as reader
from scrapers.errors import SourceBroken
from scrapers.pdf import PdfText, looks_complete, read_pdf

PAGE = "EXECUTIVE ORDER No. 13\nFebruary 6, 2026\nWHEREAS, (one) \\ two"


def test_each_page_is_read_by_itself() -> None:
    text = read_pdf(pdf([PAGE, "§ 2. “Quoted” text.\nZohran Kwame Mamdani\nMayor"]))
    assert text.pages == (PAGE, "§ 2. “Quoted” text.\nZohran Kwame Mamdani\nMayor")
    assert text.text == "\n\n".join(text.pages)
    assert text.without_text == 0 and looks_complete(text.pages)


def test_a_page_that_is_a_picture_is_counted_and_kept_in_its_place() -> None:
    text = read_pdf(pdf([PAGE, "", "", "7"]))
    assert text.pages == (PAGE, "", "", "7")
    assert text.without_text == 3 and not looks_complete(text.pages)
    assert text.text == f"{PAGE}\n\n7"


def test_a_scan_without_any_text_is_no_error() -> None:
    text = read_pdf(pdf(["", ""]))
    assert text == PdfText(("", "")) and text.text == ""


def test_no_pages_are_not_complete() -> None:
    assert not looks_complete(())


@pytest.mark.parametrize("body", [b"", b"<html>403</html>", b"%PDF-1.4\n%%EOF", pdf([PAGE])[:200]])
def test_what_is_no_pdf_is_refused_by_its_address(body: bytes) -> None:
    with pytest.raises(SourceBroken, match="cannot be read as a PDF") as caught:
        read_pdf(body, "https://www.nyc.gov/eo-13.pdf")
    assert caught.value.subject == "https://www.nyc.gov/eo-13.pdf"


def test_a_child_that_dies_takes_nothing_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    child = tmp_path / "child.py"
    child.write_text("import os, sys\nprint('PDFium fell over', file=sys.stderr)\nsys.stderr.flush()\nos.abort()\n")
    monkeypatch.setattr(reader, "CHILD", child)
    with pytest.raises(SourceBroken, match="PDFium fell over"):
        read_pdf(b"%PDF")


def test_a_child_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    child = tmp_path / "child.py"
    child.write_text("import sys, threading\nthreading.Event().wait()\n")
    monkeypatch.setattr(reader, "CHILD", child)
    with pytest.raises(SourceBroken, match=r"more than 0\.2 seconds"):
        read_pdf(b"%PDF", seconds=0.2)


def test_the_child_is_told_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    child = tmp_path / "child.py"
    child.write_text("import json, os\nprint(json.dumps({'pages': sorted(os.environ)}))\n")
    monkeypatch.setattr(reader, "CHILD", child)
    monkeypatch.setenv("TRACKER_LEGISTAR_TOKEN", "secret")
    assert "TRACKER_LEGISTAR_TOKEN" in os.environ
    assert "TRACKER_LEGISTAR_TOKEN" not in read_pdf(b"%PDF").pages

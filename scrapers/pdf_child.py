"""The pages of a PDF as text: bytes on standard input, JSON on standard output.

A program of its own, run by `pdf.read_pdf`: PDFium is not safe in threads (it takes the whole process down), and a
stranger's file must not take more than its share of memory and time. It imports nothing of the house.
"""

import json
import sys
from typing import Final

import pypdfium2 as pdfium  # type: ignore[import-untyped]

MEMORY: Final = 1 << 30  # bytes of address space
SECONDS: Final = 20  # of processor time


def limit() -> None:
    """Takes from this process what it does not need, where the system can do that."""
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


def pages_of(body: bytes) -> list[str]:
    """The text layer of each page; "" for a page without one. Raises PdfiumError for what is no PDF."""
    pages = []
    document = pdfium.PdfDocument(body)
    try:
        for page in document:
            layer = page.get_textpage()
            pages.append(layer.get_text_range().replace("\r\n", "\n").replace("\x00", "").strip())
            layer.close()
            page.close()
    finally:
        document.close()
    return pages


def main() -> None:
    limit()
    try:
        told: dict[str, object] = {"pages": pages_of(sys.stdin.buffer.read())}
    except (pdfium.PdfiumError, MemoryError) as error:
        told = {"error": str(error) or "it needs too much memory"}
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    main()

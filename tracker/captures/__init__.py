"""The store of captures: every answer that was used, as it came, under the digest of its own bytes.

A blob lies in ``ab/cdef….zst``: the SHA-256 of the raw bytes, cut after two letters, packed with Zstandard. It is there
whole or not at all, and two answers with the same bytes are one blob. Where and when an answer was read is a row of
`Response`; the row is written after the blob, so that a stop in between leaves at most a blob that nothing names,
which `prune` takes away.

What is made from several answers (a matter with its history and votes) cites a *manifest*: a small JSON blob that
lists them, which is kept like any other and itself keeps its parts.
"""

from tracker.captures.archive import Archive, answers
from tracker.captures.manifests import Part, manifest, parts_of
from tracker.captures.store import Fault, Store
from tracker.captures.upkeep import Pruned, missing, prune
from tracker.captures.warc import Choice, write_warc

__all__ = [
    "Archive",
    "Choice",
    "Fault",
    "Part",
    "Pruned",
    "Store",
    "answers",
    "manifest",
    "missing",
    "parts_of",
    "prune",
    "write_warc",
]

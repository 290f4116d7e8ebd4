"""Somebody waits for a long read: a bar where a person looks, and an ear for the word to stop."""

import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import click

from scrapers.errors import Stopped


def watch(things: Iterable[Any], what: str = "documents", stop: Callable[[], bool] = lambda: False) -> Iterator[Any]:
    """Pass things on, with a bar that counts them where somebody is looking. Raises Stopped when told to."""
    if not sys.stderr.isatty():
        yield from _until(things, stop)
        return
    with click.progressbar(things, label=what, file=sys.stderr, show_pos=True, update_min_steps=500) as bar:
        yield from _until(bar, stop)


def _until(things: Iterable[Any], stop: Callable[[], bool]) -> Iterator[Any]:
    for thing in things:
        if stop():
            raise Stopped("this run", "it was told to stop; nothing of it was stored, and the next run begins again")
        yield thing

"""Bring the catalogues up to date: ``python -m tracker.locale [LANGUAGE ...]``."""

import sys

import click

from tracker.locale import HERE, messages, update

found = messages()
for name in sys.argv[1:] or sorted(path.stem for path in HERE.glob("*.po")):
    click.echo(f"{name}: {update(name, found)} of {len(found)} messages wait for words")

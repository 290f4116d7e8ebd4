"""The commands for coverage: ``tracker add-article``, ``import-articles``, ``relink``, ``backfill-news``."""

from pathlib import Path

import click

from tracker.cli.sync import say, visiting_by_hand
from tracker.coverage.folding import KINDS
from tracker.setting import Setting, with_setting


@click.command("add-article")
@click.argument("address")
@click.option("--kind", type=click.Choice(list(KINDS)), default="news", show_default=True)
@with_setting
def add_article(setting: Setting, address: str, kind: str) -> None:
    """Read the page at ADDRESS, keep its headline, and link it to the measures it is about."""
    from tracker.sync.news import add_article as add

    with visiting_by_hand(setting) as visit:
        story, found = add(visit, address, kind)
    click.echo(f"{story.outlet}: {story.title}")
    for link in found.links:
        click.echo(f"  {link.outcome:<9} {link.file_number}, {link.kind}, {link.score:.2f}: {link.evidence}")
    if not found.links:
        click.echo("  It names no measure of the record.")


@click.command("import-articles")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@with_setting
def import_articles(setting: Setting, file: Path) -> None:
    """Take in a bibliography: CSV of address, outlet, kind, headline; author, published_on, language, excerpt."""
    from tracker.coverage.bibliography import read_bibliography
    from tracker.sync.news import add_bibliography

    stories = read_bibliography(file)
    with visiting_by_hand(setting) as visit:
        say(add_bibliography(visit, stories, str(file)))


@click.command()
@click.option("--if-changed", is_flag=True, help="Only where a matter, a name or a rule is another than the last time.")
@with_setting
def relink(setting: Setting, if_changed: bool) -> None:
    """Match every article again, after a new matter, name or rule; what a person decided stays."""
    from tracker.locks import only_one
    from tracker.sync.news import RELINKED
    from tracker.sync.news import relink as again

    with visiting_by_hand(setting) as visit, only_one(setting.engine, RELINKED):
        say(again(visit, if_changed=if_changed))


@click.command("backfill-news")
@click.argument("matter")
@click.option("--days", type=click.IntRange(1, 3660), default=90, show_default=True, help="How far back.")
@click.option("--pages", type=click.IntRange(0, 1000), default=50, show_default=True, help="Pages to read at most.")
@with_setting
def backfill_news(setting: Setting, matter: str, days: int, pages: int) -> None:
    """Ask GDELT and the search feeds what was written about MATTER ("Int 1412-2025"), and keep what is about it."""
    from tracker.locks import only_one
    from tracker.sync.backfill import BACKFILL, backfill

    with visiting_by_hand(setting) as visit, only_one(setting.engine, BACKFILL):
        say(backfill(visit, matter, days, pages))

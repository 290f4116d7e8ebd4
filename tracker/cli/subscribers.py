"""The commands about subscribers: ``tracker purge``, ``tracker subscribers``. They say numbers, and no address."""

import os

import click

from tracker.database import reading, writing
from tracker.setting import Setting, now, with_setting


@click.command()
@with_setting
def purge(setting: Setting) -> None:
    """Delete what is over: sign-ups that nobody confirmed, ended addresses, used links, counts of attempts."""
    from tracker.subscription.retention import AT_ONCE
    from tracker.subscription.retention import purge as purge_once

    totals = [0, 0, 0, 0]
    full = True
    while full:
        with writing(setting.engine) as session:
            gone = purge_once(session, setting.config.subscribe, now())
        totals = [total + more for total, more in zip(totals, gone, strict=True)]
        full = gone.addresses == AT_ONCE
    click.echo(
        f"Deleted {totals[0]:,} addresses, {totals[1]:,} subscriptions of others, {totals[2]:,} used links and "
        f"{totals[3]:,} counted attempts."
    )


@click.group()
def subscribers() -> None:
    """Those who asked for mail."""


@subscribers.command()
@with_setting
def count(setting: Setting) -> None:
    """Say how many there are, in which state."""
    from tracker.subscription.retention import numbers

    with reading(setting.engine) as session:
        for name, number in numbers(session).items():
            click.echo(f"{name}: {number:,}")


@subscribers.command()
@click.argument("address")
@with_setting
def allow(setting: Setting, address: str) -> None:
    """Write to ADDRESS again, once its owner asked for that: it bounced, or was never to be written to."""
    from tracker.secret import Seal, load_secret
    from tracker.subscription.subscribers import lift

    seal = Seal(load_secret(os.environ, setting.database_url))
    with writing(setting.engine) as session:
        lifted = lift(session, seal.fingerprint(address), now())
    click.echo("It can sign up again." if lifted else "Nothing kept it from signing up.")

"""The commands that write to subscribers: ``tracker digest``, ``tracker send``, ``tracker bounces``."""

import os
from pathlib import Path
from typing import Any

import click

from tracker.setting import Setting, now, with_setting
from tracker.wording import count


def tools_of(setting: Setting) -> Any:
    """What sending stands on, from the settings and the environment."""
    from tracker.digests.letter import Writer
    from tracker.health import SMTP_PASSWORD, SMTP_USER
    from tracker.mail.envelope import Packer, signer
    from tracker.mail.sender import Tools
    from tracker.mail.server import Mailer
    from tracker.secret import Seal, load_secret
    from tracker.tokens import Tokens

    config = setting.config
    secret = load_secret(os.environ, setting.database_url)
    login = os.environ.get(SMTP_USER, ""), os.environ.get(SMTP_PASSWORD, "")
    return Tools(
        config.site,
        config.mail,
        Seal(secret),
        Tokens(secret),
        Writer(config.site, config.mail.postal),
        Packer(config.site, config.mail, signer(config.mail)),
        lambda: Mailer(config.mail, *login),
    )


@click.command()
@click.argument("period", type=click.Choice(["daily", "weekly", "now"]))
@click.option("--dry-run", "folder", type=click.Path(path_type=Path, file_okay=False), help="Write .eml files there.")
@click.option("--release", is_flag=True, help="Mail it although so much is due: you have looked.")
@click.option("--skip", is_flag=True, help="Tell nobody what is due: it was no news.")
@with_setting
def digest(setting: Setting, period: str, folder: Path | None, release: bool, skip: bool) -> None:
    """Put what is new for each subscriber into the outbox; with --dry-run, nothing is kept and nothing goes out.

    What is so much that it may be no news waits until --release or --skip is given.
    """
    from tracker.digests import composing
    from tracker.digests.rehearsal import rehearse
    from tracker.errors import Held
    from tracker.locks import only_one

    if bool(folder) + release + skip > 1:
        raise click.UsageError("Give one of --dry-run, --release and --skip.")
    if folder is not None:
        written = rehearse(setting.engine, period, now(), tools_of(setting), folder)
        click.echo(f"{count(written, 'mail')} written to {folder}.")
        return
    with only_one(setting.engine, f"digest-{period}"):
        if skip:
            passed = composing.skip(setting.engine, period, now())
            click.echo(f"What was due is passed over, for {count(passed, 'subscription')}.")
            return
        done = composing.compose(setting.engine, period, now(), rules=None if release else setting.config.digests)
    if done.held:
        raise Held(
            f"{done.held} Nothing was written. Look with 'tracker digest {period} --dry-run DIR', then give --release "
            "or --skip."
        )
    told = f"{count(done.digests, 'digest')} with {count(done.changes, 'change')} for {done.slot}"
    click.echo(told + (f"; {done.quiet:,} without any." if done.quiet else "."))


@click.command()
@with_setting
def send(setting: Setting) -> None:
    """Hand what is in the outbox to the mail server, and tell the site's contact of errors that readers report."""
    from tracker.cli.sync import stopping
    from tracker.editing.reports import tell
    from tracker.errors import ConfigError
    from tracker.mail.deliveries import waiting
    from tracker.mail.sender import send as send_all

    mail = setting.config.mail
    if not mail.paused and not (mail.host and mail.sender):
        if waiting(setting.engine)[0]:
            raise ConfigError("[mail] host and sender are not both set, so nothing can be sent. What is due waits.")
        click.echo("Nothing is due.")
        return
    with stopping() as stop:
        done = send_all(setting.engine, tools_of(setting), now, stop)
    if done.paused:
        click.echo("[mail] paused is true: nothing was sent, and what is due waits.")
        return
    for line in tell(setting.engine, setting.config, os.environ, now()):
        click.echo(line)
    click.echo(
        f"{count(done.sent, 'mail')} sent; {done.again:,} to be tried again, {done.failed:,} given up, "
        f"{done.suppressed:,} not wanted any more."
    )


@click.command()
@click.argument("mailbox", type=click.Path(path_type=Path, exists=True))
@with_setting
def bounces(setting: Setting, mailbox: Path) -> None:
    """Read reports, complaints and mails that ask for the end from MAILBOX (a maildir or an mbox file)."""
    from tracker.mail.bounces import read_mailbox

    done = read_mailbox(setting.engine, tools_of(setting).tokens, mailbox, now())
    click.echo(
        f"{count(done.read, 'message')} read: {count(done.permanent, 'address', 'addresses')} to be written to no "
        f"more, {done.complaints:,} for a complaint, {done.ended:,} ended by mail; {done.temporary:,} reports that end "
        f"nothing, {done.unknown:,} on no mail of ours."
    )

"""The command ``tracker editor``: who may curate.

A password is asked for, or read from standard input; on the command line other people of the machine could read it.
"""

import sys

import click

from tracker.database import reading
from tracker.errors import BadInput
from tracker.setting import Setting, now, with_setting

STDIN = click.option("--stdin", "piped", is_flag=True, help="Read the password from standard input, one line.")


@click.group()
def editor() -> None:
    """Editors: make, list, disable them; give a new password."""


@editor.command()
@click.argument("name")
@STDIN
@with_setting
def add(setting: Setting, name: str, piped: bool) -> None:
    """Make the editor NAME, who then signs in at /edit."""
    from tracker.editing.editors import add_editor

    add_editor(setting.engine, name, _password(piped), now())
    click.echo(f"{name} may sign in at {setting.config.site.base_url}/edit now.")


@editor.command()
@click.argument("name")
@STDIN
@with_setting
def password(setting: Setting, name: str, piped: bool) -> None:
    """Give NAME a new password; every sign-in of theirs ends, and one who was disabled may come in again."""
    from tracker.editing.editors import set_password

    set_password(setting.engine, name, _password(piped))
    click.echo(f"{name} has a new password.")


@editor.command()
@click.argument("name")
@with_setting
def disable(setting: Setting, name: str) -> None:
    """Let NAME in no more, at once. What they decided stays."""
    from tracker.editing.editors import disable as shut_out

    shut_out(setting.engine, name, now())
    click.echo(f"{name} may sign in no more.")


@editor.command("list")
@with_setting
def list_all(setting: Setting) -> None:
    """Name every editor."""
    from tracker.editing.editors import list_editors
    from tracker.wording import moment

    with reading(setting.engine) as session:
        for each in list_editors(session):
            ended = f", disabled {moment(each.disabled_at)}" if each.disabled_at else ""
            click.echo(f"{each.name}: since {moment(each.created_at)}{ended}")


def _password(piped: bool) -> str:
    if piped:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise BadInput("There is no terminal to ask for a password. Give it on standard input, with --stdin.")
    given: str = click.prompt("Password, 12 characters or more", hide_input=True, confirmation_prompt=True)
    return given

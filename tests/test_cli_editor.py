"""``tracker editor``: editors are made by command, and no password stands on a command line."""

from pathlib import Path

import desk
import pytest
from click.testing import CliRunner, Result

from tracker.cli.main import main
from tracker.database import connect
from tracker.models.editing import Editor

PASSWORD = desk.PASSWORD


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/x.db"


def editor(url: str, *arguments: str, given: str = "") -> Result:
    return CliRunner().invoke(main, ["editor", *arguments, "--database-url", url], input=given)


def test_an_editor_is_made_listed_and_disabled(url: str) -> None:
    made = editor(url, "add", "ann", "--stdin", given=f"{PASSWORD}\n")
    assert (made.exit_code, made.stdout) == (0, "ann may sign in at http://127.0.0.1:8000/edit now.\n")
    assert editor(url, "list").stdout.startswith("ann: since ")
    assert editor(url, "disable", "ann").exit_code == 0
    assert ", disabled " in editor(url, "list").stdout
    assert editor(url, "password", "ann", "--stdin", given="another long password\n").exit_code == 0
    assert ", disabled " not in editor(url, "list").stdout
    engine = connect(url)
    (row,) = desk.rows(engine, Editor)
    engine.dispose()
    assert row.password.startswith("$argon2id$")


@pytest.mark.parametrize(
    ("arguments", "given", "said", "code"),
    [
        (("add", "bob", "--stdin"), "short\n", "12 characters or more", 65),
        (("add", "bob", "--stdin"), "", "12 characters or more", 65),
        (("add", "bob"), f"{PASSWORD}\n", "no terminal to ask", 65),
        (("add", "press", "--stdin"), f"{PASSWORD}\n", "Give a name", 65),
        (("password", "bob", "--stdin"), f"{PASSWORD}\n", "no editor 'bob'", 66),
        (("disable", "bob"), "", "no editor 'bob'", 66),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(
    url: str, arguments: tuple[str, ...], given: str, said: str, code: int
) -> None:
    answer = editor(url, *arguments, given=given)
    assert answer.exit_code == code
    assert said in answer.stderr and answer.stderr.count("\n") == 1
    assert PASSWORD not in answer.output

"""The house keeps its shape: imports go one way, nothing grows past its size, no error is swallowed."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MODULES = sorted(path for package in ("scrapers", "tracker") for path in (ROOT / package).rglob("*.py"))
OWN = [path for path in MODULES if "migrations" not in path.parts]

# what a module may import: itself and everything above it
LAYERS: tuple[tuple[str, ...], ...] = (
    ("scrapers",),
    ("tracker", "tracker.errors", "tracker.language"),
    ("tracker.secret", "tracker.networks"),
    ("tracker.tokens",),
    ("tracker.identifiers", "tracker.vocabulary", "tracker.coverage.stories"),
    ("tracker.coverage.outlets", "tracker.figures"),
    ("tracker.lifecycle", "tracker.scope", "tracker.press.terms", "tracker.press.text", "tracker.press.phrases"),
    ("tracker.press.citations",),
    ("tracker.law.lineage", "tracker.law.effective", "tracker.law.textdiff"),
    ("tracker.locale",),
    ("tracker.config", "tracker.models", "tracker.wording"),
    ("tracker.orders.relations", "tracker.press.knowledge", "tracker.next_steps", "tracker.law.standing"),
    (
        "tracker.press.resolve",
        "tracker.press.named",
        "tracker.law.sections",
        "tracker.formats.citation",
        "tracker.law.sponsoring",
    ),
    ("tracker.formats.atom", "tracker.formats.sitemaps"),
    ("tracker.press.names", "tracker.press.seen"),
    ("tracker.press.fit",),
    ("tracker.press.rivals",),
    ("tracker.press.describe",),
    ("tracker.press.matching",),
    ("tracker.orders.chains",),
    ("tracker.orders.scope", "tracker.orders.titles"),
    ("tracker.orders.corpus",),
    ("tracker.models.sources", "tracker.models.mail", "tracker.models.editing", "tracker.models.suggestions"),
    ("tracker.models.reports",),
    ("tracker.models.digests", "tracker.models.law"),
    ("tracker.mail.outbox",),
    ("tracker.subscription.following", "tracker.subscription.wishes"),
    (
        "tracker.database",
        "tracker.migrations",
        "tracker.changes",
        "tracker.search",
        "tracker.wording.hearings",
        "tracker.wording.editing",
    ),
    ("tracker.wording.changes", "tracker.formats.calendars"),
    ("tracker.as_of",),
    ("tracker.coverage.folding",),
    (
        "tracker.held",
        "tracker.timeline",
        "tracker.captures",
        "tracker.coverage.bibliography",
        "tracker.locks",
        "tracker.children",
    ),
    ("tracker.queries", "tracker.truth", "tracker.identity"),
    ("tracker.readings", "tracker.formats.legislation"),
    ("tracker.judge", "tracker.ledger"),
    ("tracker.posting", "tracker.record", "tracker.queries.lists", "tracker.queries.changes", "tracker.editing.words"),
    (
        "tracker.facts",
        "tracker.restage",
        "tracker.queries.sources",
        "tracker.queries.disagreements",
        "tracker.export.cells",
        "tracker.hearings",
        "tracker.queries.hearings",
        "tracker.queries.coverage",
        "tracker.queries.milestones",
        "tracker.editing.suggestions",
        "tracker.editing.decisions",
        "tracker.editing.editors",
        "tracker.mail.server",
    ),
    ("tracker.law.returns",),
    ("tracker.queries.lineage", "tracker.queries.law", "tracker.queries.versions", "tracker.queries.prints"),
    ("tracker.ingest", "tracker.export.columns", "tracker.health", "tracker.queries.search", "tracker.queries.feeds"),
    ("tracker.export.coverage", "tracker.editing.reports"),
    ("tracker.sync.archive", "tracker.export.files", "tracker.classify", "tracker.queries.api"),
    ("tracker.editing.acts", "tracker.editing.forms"),
    ("tracker.mail.notices", "tracker.subscription.subscribing"),
    ("tracker.limits", "tracker.subscription.subscribers"),
    ("tracker.subscription.retention",),
    ("tracker.digests.choosing", "tracker.digests.becoming", "tracker.digests.telling"),
    ("tracker.digests.runs", "tracker.digests.readers"),
    ("tracker.queries.digests", "tracker.digests.holding"),
    ("tracker.digests.letter", "tracker.mail.deliveries"),
    ("tracker.digests.content", "tracker.mail.envelope", "tracker.mail.bounces"),
    ("tracker.digests.composing", "tracker.mail.sender", "tracker.digests.archive"),
    ("tracker.digests.rehearsal",),
    ("tracker.sync.visit",),
    ("tracker.coverage.articles",),
    (
        "tracker.sync.backfill",
        "tracker.sync.council",
        "tracker.sync.mayor",
        "tracker.sync.hearings",
        "tracker.sync.news",
    ),
    ("tracker.editing.curating",),
    ("tracker.queries.editing",),
    ("tracker.sync.sources",),
    ("tracker.check", "tracker.schedule"),
    ("tracker.web",),
    ("tracker.setting", "tracker.watch", "tracker.output"),
    ("tracker.cli.captures", "tracker.cli.sync", "tracker.cli.parse", "tracker.cli.schedule", "tracker.cli.match"),
    ("tracker.cli.news", "tracker.cli.editor", "tracker.cli.digests", "tracker.cli.subscribers", "tracker.cli.lineage"),
    ("tracker.cli.main",),
    ("tracker.__main__",),
)
HEIGHT = {name: height for height, names in enumerate(LAYERS) for name in names}


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def layer_of(module: str) -> str:
    """The longest listed name that holds the module: tracker.web.pages is tracker.web."""
    while module and module not in HEIGHT:
        module = module.rpartition(".")[0]
    return module


def imports(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            known = {name_of(each) for each in MODULES}
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield node.lineno, inner if inner in known else node.module


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_go_one_way(path: Path) -> None:
    here = layer_of(name_of(path))
    for line, module in imports(path):
        if module.split(".")[0] in ("scrapers", "tracker"):
            there = layer_of(module)
            assert HEIGHT[there] < HEIGHT[here] or there == here or there == "tracker", (
                f"{path.name}:{line} imports {module}, which stands above it or beside it"
            )


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_flask_stays_in_the_web(path: Path) -> None:
    if "web" not in path.parts:
        assert not [module for _, module in imports(path) if module.split(".")[0] == "flask"]


@pytest.mark.parametrize("path", OWN, ids=name_of)
def test_no_module_and_no_function_outgrows_its_size(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert source.count("\n") <= 350
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 60, f"{node.name} is too long"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_error_is_swallowed(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ExceptHandler):
            broad = node.type is None or getattr(node.type, "id", "") in ("Exception", "BaseException")
            silent = all(isinstance(step, ast.Pass | ast.Continue) for step in node.body)
            assert not (broad and silent), f"{path.name}:{node.lineno} swallows an error"


@pytest.mark.parametrize("path", OWN, ids=name_of)
def test_no_message_stands_inside_another_string(path: Path) -> None:
    """What gathers messages for the catalogues does not look into f-strings."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.JoinedStr):
            for call in (inner for inner in ast.walk(node) if isinstance(inner, ast.Call)):
                marks = isinstance(call.func, ast.Name) and call.func.id in ("_", "N_", "ngettext", "pgettext")
                written = any(isinstance(each, ast.Constant) for each in call.args)
                assert not (marks and written), f"{path.name}:{node.lineno} hides a message"


@pytest.mark.parametrize("path", OWN, ids=name_of)
def test_only_the_command_reads_the_machines_own_clock(path: Path) -> None:
    """Every other module is given the moment: a test can then be any day."""
    if path.name != "setting.py":
        source = path.read_text(encoding="utf-8")
        assert not [call for call in ("datetime.now(", "date.today(", "time.time(") if call in source]

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
    ("tracker.identifiers", "tracker.vocabulary", "tracker.stories"),
    ("tracker.outlets", "tracker.figures"),
    ("tracker.lifecycle", "tracker.scope", "tracker.press_terms", "tracker.press_text", "tracker.press_phrases"),
    ("tracker.press_citations",),
    ("tracker.lineage", "tracker.effective", "tracker.textdiff"),
    ("tracker.locale",),
    ("tracker.config", "tracker.models", "tracker.wording"),
    ("tracker.order_relations", "tracker.press_knowledge", "tracker.next_steps", "tracker.standing"),
    ("tracker.press_resolve", "tracker.named", "tracker.law", "tracker.citation", "tracker.sponsoring"),
    ("tracker.atom", "tracker.sitemaps"),
    ("tracker.press_names", "tracker.press_seen"),
    ("tracker.press_fit",),
    ("tracker.press_rivals",),
    ("tracker.press_describe",),
    ("tracker.press",),
    ("tracker.order_chains",),
    ("tracker.order_scope", "tracker.order_titles"),
    ("tracker.orders",),
    ("tracker.models_sources", "tracker.models_mail", "tracker.models_editing", "tracker.models_suggestions"),
    ("tracker.models_reports",),
    ("tracker.models_digests", "tracker.models_law"),
    ("tracker.outbox",),
    ("tracker.following", "tracker.wishes"),
    (
        "tracker.database",
        "tracker.migrations",
        "tracker.changes",
        "tracker.search",
        "tracker.wording_hearings",
        "tracker.wording_editing",
    ),
    ("tracker.wording_changes", "tracker.calendars"),
    ("tracker.as_of",),
    ("tracker.coverage",),
    (
        "tracker.held",
        "tracker.timeline",
        "tracker.captures",
        "tracker.bibliography",
        "tracker.locks",
        "tracker.children",
    ),
    ("tracker.queries", "tracker.truth", "tracker.identity"),
    ("tracker.readings", "tracker.legislation"),
    ("tracker.judge", "tracker.ledger"),
    ("tracker.posting", "tracker.record", "tracker.queries_lists", "tracker.queries_changes", "tracker.editor_words"),
    (
        "tracker.facts",
        "tracker.restage",
        "tracker.queries_sources",
        "tracker.queries_disagreements",
        "tracker.export_cells",
        "tracker.hearings",
        "tracker.queries_hearings",
        "tracker.queries_coverage",
        "tracker.queries_milestones",
        "tracker.suggestions",
        "tracker.decisions",
        "tracker.editors",
        "tracker.mail",
    ),
    ("tracker.returns",),
    ("tracker.queries_lineage", "tracker.queries_law", "tracker.queries_versions", "tracker.queries_prints"),
    ("tracker.ingest", "tracker.export_columns", "tracker.health", "tracker.queries_search", "tracker.queries_feeds"),
    ("tracker.export_coverage", "tracker.reports"),
    ("tracker.sync", "tracker.export", "tracker.classify", "tracker.queries_api"),
    ("tracker.editing_acts", "tracker.editing_forms"),
    ("tracker.notices", "tracker.subscribing"),
    ("tracker.limits", "tracker.subscribers"),
    ("tracker.retention",),
    ("tracker.choosing", "tracker.becoming", "tracker.telling"),
    ("tracker.digest_runs", "tracker.digest_readers"),
    ("tracker.queries_digests", "tracker.holding"),
    ("tracker.letter", "tracker.deliveries"),
    ("tracker.digests", "tracker.envelope", "tracker.bounces"),
    ("tracker.composing", "tracker.sender", "tracker.digest_archive"),
    ("tracker.rehearsal",),
    ("tracker.visit",),
    ("tracker.articles",),
    ("tracker.backfill", "tracker.sync_council", "tracker.sync_mayor", "tracker.sync_hearings", "tracker.sync_news"),
    ("tracker.editing",),
    ("tracker.queries_editing",),
    ("tracker.sources",),
    ("tracker.check", "tracker.schedule"),
    ("tracker.web",),
    ("tracker.setting", "tracker.watch", "tracker.output"),
    ("tracker.cli_captures", "tracker.cli_sync", "tracker.cli_parse", "tracker.cli_schedule", "tracker.cli_match"),
    ("tracker.cli_news", "tracker.cli_editor", "tracker.cli_digests", "tracker.cli_subscribers", "tracker.cli_lineage"),
    ("tracker.cli",),
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

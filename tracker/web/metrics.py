"""``/metrics`` for Prometheus, made anew from the record for each request, so that every process says the same."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from flask import Blueprint, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlmodel import Session

from tracker import health
from tracker.health import State
from tracker.models import SCOPES
from tracker.queries import sources as queries_sources
from tracker.web.site import site

blueprint = Blueprint("metrics", __name__)


class Figures(NamedTuple):
    """What is measured, read from the database at one moment."""

    states: Sequence[State]
    in_incident: frozenset[str]
    changes: dict[str, int]
    matters: dict[str, int]
    alerts: int


@blueprint.get("/metrics")
def metrics() -> Response:
    """Never kept by a cache: staleness grows while nothing is stored."""
    with site().reading() as session:
        content = exposition(figures(session, site().now()))
    return Response(content, content_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})


def figures(session: Session, now: datetime) -> Figures:
    """Every figure, of one session."""
    return Figures(
        health.states(session, site().settings.health, now),
        frozenset(health.open_incidents(session)),
        queries_sources.changes_by_source(session),
        queries_sources.matters_by_scope(session),
        queries_sources.count_alerts(session),
    )


def exposition(measured: Figures) -> bytes:
    """The figures in the text format of Prometheus."""
    registry = CollectorRegistry()
    registry.register(_Once(measured))
    return generate_latest(registry)


class _Once(Collector):
    def __init__(self, measured: Figures) -> None:
        self._measured = measured

    def describe(self) -> Iterable[Metric]:
        return ()  # nothing else is in the registry that a name could clash with

    def collect(self) -> Iterator[Metric]:
        states, measured = self._measured.states, self._measured
        yield _by_source(
            "tracker_source_last_success_timestamp_seconds",
            "When the source was last read well, in seconds since 1970. Absent where it never was.",
            ((state.source, _seconds(state.last_good)) for state in states),
        )
        yield _by_source(
            "tracker_source_last_attempt_timestamp_seconds",
            "When the source was last tried, in seconds since 1970. Absent where it never was.",
            ((state.source, _seconds(state.last_try)) for state in states),
        )
        yield _by_source(
            "tracker_source_up",
            "1 where the source is read as it should be, 0 where it fails, is stale or brings too little. Absent where "
            "it was not read yet.",
            ((state.source, None if state.kind == "unread" else int(not state.in_trouble)) for state in states),
        )
        yield _by_source(
            "tracker_source_documents_read",
            "How much the last good read brought that brought anything.",
            ((state.source, state.read) for state in states),
        )
        yield _by_source(
            "tracker_incident_open",
            "1 from the first bad sign of a source to its next good read, 0 otherwise.",
            ((state.source, int(state.source in measured.in_incident)) for state in states),
        )
        yield from _of_the_record(measured)


def _of_the_record(measured: Figures) -> Iterator[Metric]:
    changes = CounterMetricFamily(
        "tracker_source_changes", "How many changes the good reads of the source have recorded.", labels=["source"]
    )
    for source, count in sorted(measured.changes.items()):
        changes.add_metric([source], count)
    yield changes
    matters = GaugeMetricFamily("tracker_matters", "How many matters the record holds.", labels=["scope"])
    for scope in SCOPES:
        matters.add_metric([scope], measured.matters.get(scope, 0))
    yield matters
    yield GaugeMetricFamily(
        "tracker_open_alerts", "How many things in the sources were not understood.", value=measured.alerts
    )


def _by_source(name: str, told: str, values: Iterable[tuple[str, float | None]]) -> Metric:
    """One gauge with a line for each source that has a value."""
    family = GaugeMetricFamily(name, told, labels=["source"])
    for source, value in values:
        if value is not None:
            family.add_metric([source], value)
    return family


def _seconds(at: datetime | None) -> float | None:
    return at.timestamp() if at else None

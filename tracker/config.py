"""config.toml and the environment -> one frozen `Config`. Every error is one line that names the key.

Looked for in this order: ``--config``, ``TRACKER_CONFIG``, ``config.toml`` here, the one that ships with the package.
``TRACKER_DATABASE_URL`` and ``PORT`` override the file. Secrets are read from the environment alone.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tracker.errors import ConfigError
from tracker.press.terms import PressTerms
from tracker.scope import ScopeTerms

PACKAGE = Path(__file__).parent


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SiteConfig(_Section):
    """What the site says of itself."""

    title: str
    contact: str
    base_url: str = Field(pattern=r"^https?://[^/ ]+$")


class DatabaseConfig(_Section):
    """Where the record is kept."""

    url: str = Field(min_length=1)


class WebConfig(_Section):
    """Where the site is served."""

    host: str
    port: int = Field(ge=1, le=65535)
    proxies: int = Field(ge=0, le=10)
    workers: int = Field(ge=1, le=64)
    threads: int = Field(ge=1, le=64)


class ArchiveConfig(_Section):
    """The public archive of the Council's record."""

    place: str = Field(min_length=1)
    mirror: str = Field(min_length=1)


class FetchConfig(_Section):
    """How sources are asked."""

    agent: str = Field(min_length=1)
    pause_seconds: float = Field(ge=0)
    timeout_seconds: float = Field(gt=0)
    total_seconds: float = Field(gt=0)
    attempts: int = Field(ge=1, le=10)
    max_megabytes: int = Field(ge=1)
    private_hosts: tuple[str, ...]


class CapturesConfig(_Section):
    """Where the sources' raw answers are kept."""

    folder: str = Field(min_length=1)
    keep_days: int = Field(ge=1)


class AddressConfig(_Section):
    """A source that has one address."""

    address: str = Field(pattern=r"^https?://[^ ]+[^/ ]$")


class ApiConfig(AddressConfig):
    """The Council's Legistar Web API."""

    overlap_days: int = Field(ge=0, le=60)
    full_read_days: int = Field(ge=1)


class WebSiteConfig(AddressConfig):
    """The Council's Legistar site."""

    search_windows: tuple[str, ...] = Field(min_length=1)
    calendar_windows: tuple[str, ...] = Field(min_length=1)


class NycGovConfig(AddressConfig):
    """The City's site: orders and news of the Mayor."""

    window_days: int = Field(ge=1, le=366)
    news_types: tuple[str, ...] = Field(min_length=1)


class OrdersArchiveConfig(_Section):
    """The public collection of mayoral orders since 1974."""

    place: str = Field(min_length=1)
    mirror: str = Field(min_length=1)


class FeedConfig(_Section):
    """One feed of an outlet."""

    outlet: str = Field(min_length=1)
    kind: str = Field(pattern="^(news|opinion|government|advocacy)$")
    address: str = Field(pattern=r"^https?://[^ ]+$")


class NewsConfig(_Section):
    """Feeds, sitemaps and searches of news, and how far back the first two are looked through."""

    window_days: int = Field(ge=1, le=366)
    feeds: tuple[FeedConfig, ...]
    sitemaps: tuple[FeedConfig, ...]
    searches: tuple[Annotated[str, Field(pattern=r"^https?://[^ ]*\{query\}[^ ]*$")], ...]
    gdelt_address: str = Field(pattern=r"^(https?://[^ ]+)?$")


class SuggestionsConfig(_Section):
    """How often readers may suggest coverage."""

    per_hour: int = Field(ge=1)
    per_day: int = Field(ge=1)
    most_waiting: int = Field(ge=1)


class TrustConfig(_Section):
    """Whom to believe where two sources disagree; the first goes before the next."""

    council: tuple[str, ...] = Field(min_length=1)
    orders: tuple[str, ...] = Field(min_length=1)
    fresh_for_hours: int = Field(ge=1)


class ScheduleConfig(_Section):
    """When each job runs: New York wall clock, or ``every N hours``."""

    jitter_seconds: int = Field(ge=0)
    misfire_grace_seconds: int = Field(ge=1)
    jobs: dict[str, tuple[str, ...]]


class HealthConfig(_Section):
    """When a source is said to be stale or short."""

    stale_after_hours: dict[str, int]
    least_share: float = Field(ge=0, le=1)


class MailConfig(_Section):
    """The mail server, and who is told when a source fails. No host, no mail."""

    host: str
    port: int = Field(ge=1, le=65535)
    security: str = Field(pattern="^(none|starttls|tls)$")
    sender: str
    operator: str
    postal: str = ""
    unsubscribe_mailto: str = ""
    connections: int = Field(default=4, ge=1, le=32)
    paused: bool = False
    dkim_key: str = ""
    dkim_selector: str = ""


class SubscribeConfig(_Section):
    """Who may ask for mail how often, and how long what they asked for is kept."""

    confirm_hours: int = Field(ge=1, le=72)
    unconfirmed_days: int = Field(ge=3, le=366)  # more than any confirm link lives
    ended_days: int = Field(ge=0, le=3660)
    address_per_hour: int = Field(ge=1)
    address_per_day: int = Field(ge=1)
    network_per_hour: int = Field(ge=1)
    all_per_hour: int = Field(ge=1)


class DigestsConfig(_Section):
    """When so much is due at once that a person has to look before it is mailed."""

    most_unexplained: int = Field(ge=1)
    most_share: float = Field(gt=0, le=1)


class EditConfig(_Section):
    """The editors' side: how long a sign-in lasts, and how many wrong passwords are let pass."""

    idle_minutes: int = Field(ge=1)
    longest_hours: int = Field(ge=1)
    failures_per_name: int = Field(ge=1)
    failures_per_network: int = Field(ge=1)
    lockout_minutes: int = Field(ge=1)


class Config(_Section):
    """All settings, checked."""

    site: SiteConfig
    database: DatabaseConfig
    web: WebConfig
    council_archive: ArchiveConfig
    council_api: ApiConfig
    council_web: WebSiteConfig
    nyc_gov: NycGovConfig
    orders_archive: OrdersArchiveConfig
    news: NewsConfig
    suggestions: SuggestionsConfig
    trust: TrustConfig
    fetch: FetchConfig
    captures: CapturesConfig
    schedule: ScheduleConfig
    health: HealthConfig
    mail: MailConfig
    edit: EditConfig
    subscribe: SubscribeConfig
    digests: DigestsConfig
    scope: ScopeTerms
    press: PressTerms


def load_config(path: Path | None, environ: Mapping[str, str]) -> Config:
    """Read and check the settings. Raises ConfigError."""
    found = _find(path, environ)
    try:
        data = tomllib.loads(found.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{found} cannot be read: {error}") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{found} is not valid TOML: {error}") from error
    _override(data, environ)
    try:
        return Config.model_validate(data)
    except ValidationError as error:
        raise ConfigError(f"{found}: {_first(error)}") from error


def templates_folder() -> Path:
    """Where the templates are: inside the package in a wheel, beside it in a checkout."""
    inside = PACKAGE / "templates"
    return inside if inside.is_dir() else PACKAGE.parent / "templates"


def _find(path: Path | None, environ: Mapping[str, str]) -> Path:
    if path is None and environ.get("TRACKER_CONFIG"):
        path = Path(environ["TRACKER_CONFIG"])
    if path is not None:
        if not path.is_file():
            raise ConfigError(f"There is no config file {path}. Give another with --config or TRACKER_CONFIG.")
        return path
    shipped = (Path("config.toml"), PACKAGE / "config.toml", PACKAGE.parent / "config.toml")
    return next((place for place in shipped if place.is_file()), shipped[0])


def _override(data: dict[str, Any], environ: Mapping[str, str]) -> None:
    for name, section, key in (("TRACKER_DATABASE_URL", "database", "url"), ("PORT", "web", "port")):
        if environ.get(name):
            table = data.setdefault(section, {})
            if isinstance(table, dict):
                table[key] = _port(environ[name]) if name == "PORT" else environ[name]


def _port(text: str) -> int:
    if not text.isdecimal():
        raise ConfigError(f"PORT in the environment is {text!r}; it must be a number from 1 to 65535.")
    return int(text)


def _first(error: ValidationError) -> str:
    fault = error.errors(include_url=False)[0]
    section, *rest = (str(part) for part in fault["loc"])
    key = f"[{section}] {'.'.join(rest)}" if rest else f"[{section}]"
    if fault["type"] == "extra_forbidden":
        return f"{key} is not a setting. Take it out or correct its name."
    if fault["type"] == "missing":
        return f"{key} is missing."
    return f"{key}: {fault['msg']}, but it is {fault['input']!r}."

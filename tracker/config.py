"""The configuration: TOML read into frozen models that refuse what they do not know."""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationError,
    WithJsonSchema,
    model_validator,
)

from .errors import ConfigError
from .model import LabelKind

_UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d|w)")


def parse_duration(value: object) -> timedelta:
    """Read ``90s``, ``5m``, ``2h``, ``1h30m``, ``7d``; a timedelta passes through. Raises ValueError."""
    if isinstance(value, timedelta):
        return value
    text = str(value).strip()
    if not text or _DURATION.sub("", text):
        raise ValueError(f"{text!r} is no duration: write a number and a unit, as in 90s, 5m, 2h or 7d")
    return timedelta(seconds=sum(float(n) * _UNITS[unit] for n, unit in _DURATION.findall(text)))


def format_duration(value: timedelta) -> str:
    """Write a duration the way `parse_duration` reads it, largest units first."""
    rest = round(value.total_seconds() * 1000)
    parts = []
    for unit, seconds in (("d", 86400), ("h", 3600), ("m", 60), ("s", 1), ("ms", 0.001)):
        count, rest = divmod(rest, round(seconds * 1000))
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"


def _regex(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"{text!r} is no regular expression: {error}") from error
    return text


Duration = Annotated[
    timedelta,
    BeforeValidator(parse_duration),
    PlainSerializer(format_duration, return_type=str),
    WithJsonSchema(
        {"type": "string", "pattern": r"^(\d+(\.\d+)?(ms|s|m|h|d|w))+$", "examples": ["90s", "5m", "2h", "7d"]}
    ),
]
Regex = Annotated[str, AfterValidator(_regex)]
Name = Annotated[str, Field(pattern=r"^[\w .&'’()-]{1,80}$", description="letters, digits, blanks and . _ - & ( )")]


class Model(BaseModel):
    """What every table of the file shares: frozen, and no key that is not known."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class ArchiveConfig(Model):
    """Where versions are kept."""

    database: str = Field("sqlite:///writethru.db", description="a SQLAlchemy URL; WRITETHRU_DB overrides it")


class FetchConfig(Model):
    """How pages are fetched, for every source."""

    delay: Duration = Field(timedelta(seconds=2), description="least pause between two requests to one host")
    timeout: Duration = Field(timedelta(seconds=60), description="for a whole fetch, redirects included")
    max_wire_bytes: int = Field(10_000_000, ge=1, description="most bytes read from the network for one page")
    max_body_bytes: int = Field(20_000_000, ge=1, description="most bytes a page may have once decoded")
    allow_private: bool = Field(
        default=False, description="let fetches reach loopback and private addresses; WRITETHRU_ALLOW_PRIVATE=1 sets it"
    )


class ServiceConfig(Model):
    """How `writethru run` behaves."""

    listen: str = Field("127.0.0.1:8765", description="address of /healthz and /metrics; empty for none")
    log: Literal["logfmt", "json"] = Field("logfmt", description="form of the log lines on stderr")
    tick: Duration = Field(timedelta(seconds=5), description="how often due articles are looked for")
    concurrency: int = Field(16, ge=1, le=500, description="hosts visited at the same time")
    link: str = Field("", description="base address of the web page, for links in alerts")


class PageConfig(Model):
    """A section page whose links are articles."""

    url: str
    selector: str = Field("", description="CSS selector of the links; empty for all links")
    pattern: Regex = Field("", description="regular expression the address of an article matches")


class SourceConfig(Model):
    """An outlet: where its articles are found and how often it is visited."""

    name: Name
    feeds: tuple[str, ...] = Field((), description="RSS, Atom or JSON feeds")
    sitemaps: tuple[str, ...] = Field((), description="sitemaps, news sitemaps or sitemap indexes")
    pages: tuple[PageConfig, ...] = Field((), description="section pages")
    urls: tuple[str, ...] = Field((), description="single articles")
    poll: Duration = Field(timedelta(minutes=10), description="how often feeds, sitemaps and pages are read")
    every: Duration | None = Field(None, description="fixed interval between checks of an article; else it is decided")
    until: Duration = Field(timedelta(days=30), description="how long after its last change an article is watched")
    include: tuple[Regex, ...] = Field((), description="only addresses that match one of these")
    exclude: tuple[Regex, ...] = Field((), description="no address that matches one of these")
    story: str = Field("", description="every article of this source belongs to this story")
    limit: int = Field(500, ge=1, description="most articles taken from one reading of a hub")
    paused: bool = Field(default=False, description="keep what is there, look no more")


class StoryConfig(Model):
    """A story under watch: addresses that follow one event."""

    name: Name
    urls: tuple[str, ...] = ()


class RuleConfig(Model):
    """Who wants to know what. Every condition that is given must hold; within one list, any entry will do."""

    name: Name
    to: tuple[str, ...] = Field(min_length=1, description="names of targets")
    sources: tuple[str, ...] = Field((), description="names of sources")
    stories: tuple[str, ...] = Field((), description="names of stories")
    urls: tuple[Regex, ...] = Field((), description="regular expressions on the address")
    labels: tuple[LabelKind, ...] = Field((), description="kinds of change")
    min_words: int = Field(0, ge=0, description="least words added and removed together")
    added: Regex = Field("", description="regular expression on the added text")
    removed: Regex = Field("", description="regular expression on the removed text")
    first_version: bool = Field(default=False, description="also tell of articles seen for the first time")


class Secret(Model):
    """Where a secret is kept: never in the file itself."""

    env: str = Field("", description="name of an environment variable")
    file: str = Field("", description="path of a file that holds nothing else")

    def reveal(self, what: str) -> str:
        """Return the secret. Raises ConfigError, which names the place and never the value."""
        if self.env:
            value = os.environ.get(self.env, "")
            if not value:
                raise ConfigError(
                    f"the environment variable {self.env} is empty", resource=what, hint=f"export {self.env}=…"
                )
            return value
        try:
            return Path(self.file).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ConfigError("the secret's file cannot be read", resource=what, hint=f"see {self.file}") from error

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if bool(self.env) == bool(self.file):
            raise ValueError('name either env or file, as in { env = "SMTP_PASSWORD" }')
        return self


class EmailTarget(Model):
    """Mail through an SMTP server."""

    name: Name
    type: Literal["email"]
    to: tuple[str, ...] = Field(min_length=1)
    sender: str
    host: str = "localhost"
    port: int = Field(25, ge=1, le=65535)
    security: Literal["none", "starttls", "tls"] = "none"
    user: str = ""
    password: Secret | None = None
    timeout: Duration = timedelta(seconds=30)


class WebhookTarget(Model):
    """JSON posted to an address, signed as in Standard Webhooks."""

    name: Name
    type: Literal["webhook"]
    url: str
    secret: Secret | None = None
    private: bool = Field(default=False, description="the address may be a private one")


class AppriseTarget(Model):
    """Any Apprise URL; needs writethru[apprise]. The URL holds credentials, so it is a secret."""

    name: Name
    type: Literal["apprise"]
    url: Secret


Target = Annotated[EmailTarget | WebhookTarget | AppriseTarget, Field(discriminator="type")]


class Config(Model):
    """The whole file."""

    contact: str = Field("", description="an address or page where you can be reached; sent with every request")
    archive: ArchiveConfig = ArchiveConfig()
    fetch: FetchConfig = FetchConfig()
    service: ServiceConfig = ServiceConfig()
    sources: tuple[SourceConfig, ...] = ()
    stories: tuple[StoryConfig, ...] = ()
    rules: tuple[RuleConfig, ...] = ()
    targets: tuple[Target, ...] = ()

    @model_validator(mode="after")
    def _names_resolve(self) -> Self:
        for what, named in (
            ("sources", self.sources),
            ("stories", self.stories),
            ("rules", self.rules),
            ("targets", self.targets),
        ):
            names = [item.name for item in named]
            twice = {name for name in names if names.count(name) > 1}
            if twice:
                raise ValueError(f"{what}: two entries are named {min(twice)!r}")
        known = {
            "to": [t.name for t in self.targets],
            "sources": [s.name for s in self.sources],
            "stories": self.story_names,
        }
        for rule in self.rules:
            for key, names in known.items():
                for name in getattr(rule, key):
                    if name not in names:
                        raise ValueError(
                            f"rule {rule.name!r}: {key} names {name!r}, which is not configured{_nearest(name, names)}"
                        )
        return self

    @property
    def story_names(self) -> list[str]:
        """Return the names of all stories, in order of appearance."""
        names = [story.name for story in self.stories] + [source.story for source in self.sources if source.story]
        return list(dict.fromkeys(names))

    def source(self, name: str) -> SourceConfig | None:
        """Return the source of that name, or None."""
        return next((source for source in self.sources if source.name == name), None)


def _nearest(word: str, words: list[str]) -> str:
    close = difflib.get_close_matches(word, words, n=1, cutoff=0.5)
    return f" (did you mean {close[0]!r}?)" if close else ""


def default_path() -> Path:
    """Return $WRITETHRU_CONFIG, else ./writethru.toml where it exists, else ./config/writethru.toml."""
    named = os.environ.get("WRITETHRU_CONFIG")
    if named:
        return Path(named)
    here = Path("writethru.toml")
    return here if here.exists() else Path("config/writethru.toml")


def load(path: Path | None = None) -> Config:
    """Read a configuration and let the environment override it. Raises ConfigError naming file, key and value."""
    path = path or default_path()
    try:
        raw = path.read_bytes()
    except FileNotFoundError as error:
        raise ConfigError("no such file", resource=str(path), hint="writethru init writes one") from error
    except OSError as error:
        raise ConfigError("the file cannot be read", resource=str(path)) from error
    return parse(raw, str(path))


def parse(raw: bytes, name: str = "configuration") -> Config:
    """Read a configuration from TOML bytes. Raises ConfigError."""
    try:
        data = tomllib.loads(raw.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"this is no TOML: {error}", resource=name) from error
    _override(data)
    try:
        return Config.model_validate(data)
    except ValidationError as error:
        raise ConfigError("\n".join(_explain(item) for item in error.errors()), resource=name) from None


def _override(data: dict[str, Any]) -> None:
    for variable, table, key in (
        ("WRITETHRU_DB", "archive", "database"),
        ("WRITETHRU_CONTACT", None, "contact"),
        ("WRITETHRU_LISTEN", "service", "listen"),
        ("WRITETHRU_LOG", "service", "log"),
    ):
        value = os.environ.get(variable)
        if value is not None:
            place = data if table is None else data.setdefault(table, {})
            if isinstance(place, dict):
                place[key] = value
    if os.environ.get("WRITETHRU_ALLOW_PRIVATE") == "1" and isinstance(data.setdefault("fetch", {}), dict):
        data["fetch"]["allow_private"] = True


def _explain(item: Any) -> str:  # noqa: ANN401 - pydantic's ErrorDetails is a TypedDict of its core package
    location = [part for part in item["loc"] if part not in {"email", "webhook", "apprise"}]
    where = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in location).lstrip(".")
    if item["type"] == "extra_forbidden":
        known = sorted(_keys(Config, location[:-1]))
        near = _nearest(str(location[-1]), known)
        return f"{where}: no such key{near or '; known here: ' + ', '.join(known)}"
    message = str(item["msg"]).removeprefix("Value error, ")
    shown = "" if item["type"] in {"missing", "value_error"} else f" (it is {item['input']!r})"
    return f"{where}: {message}{shown}" if where else f"{message}"


def _keys(model: Any, location: list[str | int]) -> set[str]:  # noqa: ANN401 - walks annotations
    models = [model]
    for part in location:
        if isinstance(part, str):
            models = [
                found
                for each in models
                if part in each.model_fields
                for found in _models(each.model_fields[part].annotation)
            ]
    return {name for each in models for name in each.model_fields}


def _models(annotation: Any) -> list[type[BaseModel]]:  # noqa: ANN401 - walks annotations
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [found for part in get_args(annotation) for found in _models(part)]

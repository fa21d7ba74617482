"""The configuration: TOML read into frozen models that refuse what they do not know."""

from __future__ import annotations

import difflib
import json
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

from .durations import format_duration, parse_duration
from .errors import ConfigError, UsageError
from .model import LabelKind
from .urls import fetchable

_LONGEST_SHOWN = 120


def _regex(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"{text!r} is no regular expression: {error}") from error
    return text


def _positive(value: timedelta) -> timedelta:
    if value <= timedelta(0):
        raise ValueError("must be longer than 0s")
    return value


def _address(text: str) -> str:
    try:
        fetchable(text)
    except UsageError as error:
        shown = f" (it is {error.resource!r})" if error.resource else ""
        raise ValueError(f"{error.message}{shown}: {error.hint}") from None
    return text


Duration = Annotated[
    timedelta,
    BeforeValidator(parse_duration),
    PlainSerializer(format_duration, return_type=str),
    WithJsonSchema(
        {"type": "string", "pattern": r"^(\d+(\.\d+)?(ms|s|m|h|d|w))+$", "examples": ["90s", "5m", "2h", "7d"]}
    ),
]
Interval = Annotated[Duration, AfterValidator(_positive)]
Address = Annotated[str, AfterValidator(_address), Field(description="an http or https address")]
Regex = Annotated[str, AfterValidator(_regex)]
Name = Annotated[str, Field(pattern=r"^[\w .&'’()-]{1,80}$", description="letters, digits, blanks and . _ - & ( )")]


class Model(BaseModel):
    """What every table of the file shares: frozen, and no key that is not known."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class ArchiveConfig(Model):
    """Where versions are kept."""

    database: str = Field("sqlite:///writethru.db", description="a SQLAlchemy URL; WRITETHRU_DB overrides it")
    checkpoints: str = Field(
        "", description="a folder for signed checkpoints of the log, best on another disk; empty: none"
    )
    checkpoint_every: Interval = Field(timedelta(hours=1), description="how often the service writes one")


class FetchConfig(Model):
    """How pages are fetched, for every source."""

    delay: Duration = Field(timedelta(seconds=2), description="least pause between two requests to one host")
    timeout: Interval = Field(timedelta(seconds=60), description="for a whole fetch, redirects included")
    max_wire_bytes: int = Field(10_000_000, ge=1, description="most bytes read from the network for one page")
    max_body_bytes: int = Field(20_000_000, ge=1, description="most bytes a page may have once decoded")
    allow_private: bool = Field(
        default=False, description="let fetches reach loopback and private addresses; WRITETHRU_ALLOW_PRIVATE=1 sets it"
    )


class ServiceConfig(Model):
    """How `writethru run` behaves."""

    listen: str = Field("127.0.0.1:8765", description="address of /healthz and /metrics; empty for none")
    log: Literal["logfmt", "json"] = Field("logfmt", description="form of the log lines on stderr")
    tick: Interval = Field(timedelta(seconds=5), description="how often due articles are looked for")
    concurrency: int = Field(16, ge=1, le=500, description="hosts visited at the same time")
    link: str = Field("", description="base address of the web page, for links in alerts")


class PageConfig(Model):
    """A section page whose links are articles."""

    url: Address
    selector: str = Field("", description="CSS selector of the links; empty for all links")
    pattern: Regex = Field("", description="regular expression the address of an article matches")


class SourceConfig(Model):
    """An outlet: where its articles are found and how often it is visited."""

    name: Name
    feeds: tuple[Address, ...] = Field((), description="RSS, Atom or JSON feeds")
    sitemaps: tuple[Address, ...] = Field((), description="sitemaps, news sitemaps or sitemap indexes")
    pages: tuple[PageConfig, ...] = Field((), description="section pages")
    urls: tuple[Address, ...] = Field((), description="single articles")
    poll: Interval = Field(timedelta(minutes=10), description="how often feeds, sitemaps and pages are read")
    every: Interval | None = Field(None, description="fixed interval between checks of an article; else it is decided")
    until: Duration = Field(timedelta(days=30), description="how long after its last change an article is watched")
    include: tuple[Regex, ...] = Field((), description="only addresses that match one of these")
    exclude: tuple[Regex, ...] = Field((), description="no address that matches one of these")
    story: str = Field("", description="every article of this source belongs to this story")
    limit: int = Field(500, ge=1, description="most articles taken from one reading of a hub")
    render: bool = Field(default=False, description="run the page's scripts in a browser first")
    paused: bool = Field(default=False, description="keep what is there, look no more")


class StoryConfig(Model):
    """A story under watch: addresses that follow one event."""

    name: Name
    urls: tuple[Address, ...] = ()


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
            value = Path(self.file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):  # neither is chained: a decoding error carries the bytes
            raise ConfigError("the secret's file cannot be read", resource=what, hint=f"see {self.file}") from None
        if not value:
            raise ConfigError("the secret's file is empty", resource=what, hint=f"see {self.file}")
        return value

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
    timeout: Interval = timedelta(seconds=30)


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


def schema() -> str:
    """Return the JSON Schema of the file, as `config/schema.json` holds it."""
    described = {"$schema": "https://json-schema.org/draft/2020-12/schema", **Config.model_json_schema()}
    return json.dumps(described, indent=2, ensure_ascii=False) + "\n"


def parse(raw: bytes, name: str = "configuration") -> Config:
    """Read a configuration from TOML bytes. Raises ConfigError."""
    try:
        data = tomllib.loads(raw.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"this is no TOML: {error}", resource=name) from None
    _override(data)
    try:
        return Config.model_validate(data)
    except ValidationError as error:
        raise ConfigError("\n".join(_explain(item) for item in error.errors()), resource=name) from None


_OVERRIDES = (
    ("WRITETHRU_DB", "archive", "database"),
    ("WRITETHRU_CONTACT", None, "contact"),
    ("WRITETHRU_LISTEN", "service", "listen"),
    ("WRITETHRU_LOG", "service", "log"),
)


def _override(data: dict[str, Any]) -> None:
    for variable, table, key in _OVERRIDES:
        value = os.environ.get(variable)
        if value is not None:
            place = data if table is None else data.setdefault(table, {})
            if isinstance(place, dict):
                place[key] = value
    if os.environ.get("WRITETHRU_ALLOW_PRIVATE") == "1" and isinstance(data.setdefault("fetch", {}), dict):
        data["fetch"]["allow_private"] = True


def _variable_of(where: str) -> str:
    for variable, table, key in _OVERRIDES:
        if where == (f"{table}.{key}" if table else key) and variable in os.environ:
            return variable
    return ""


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


def _explain(item: Any) -> str:  # noqa: ANN401 - pydantic's ErrorDetails is a TypedDict of its core package
    location = [part for part in item["loc"] if part not in {"email", "webhook", "apprise"}]
    where = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in location).lstrip(".")
    if item["type"] == "extra_forbidden":
        known = sorted(_keys(Config, location[:-1]))
        near = _nearest(str(location[-1]), known)
        return f"{where}: no such key{near or '; known here: ' + ', '.join(known)}"
    if Secret in _place(location):
        return f'{where}: a secret never stands in the file: name where it is kept, as in {{ env = "NAME" }}'
    if item["type"] in {"union_tag_invalid", "union_tag_not_found"}:
        return f"{where}.type: {_kind_of_target(item)}"
    message = str(item["msg"]).removeprefix("Value error, ")
    value = item["input"]
    if item["type"] not in {"missing", "value_error"} and not isinstance(value, dict | list):
        message += f" (it is {_short(value)})"
    if item["type"] == "enum" and isinstance(value, str):
        message = f"no such kind: {value!r}{_nearest(value, [str(kind) for kind in LabelKind]) or f'; {message}'}"
    variable = _variable_of(where)
    message += f", set by {variable}" if variable else ""
    return f"{where}: {message}" if where else message


def _kind_of_target(item: Any) -> str:  # noqa: ANN401 - pydantic's ErrorDetails is a TypedDict of its core package
    kinds = ["email", "webhook", "apprise"]
    named = item["ctx"].get("tag")
    start = (
        f"no such kind of target: {named!r}{_nearest(str(named), kinds)}" if named else "what kind of target is this"
    )
    return f"{start}; write one of {', '.join(kinds)}"


def _keys(model: type[BaseModel], location: list[str | int]) -> set[str]:
    return {name for each in _place(location, model) for name in each.model_fields}


def _place(location: list[str | int], model: type[BaseModel] = Config) -> list[type[BaseModel]]:
    models = [model]
    for part in location:
        if isinstance(part, str):
            models = [
                found
                for each in models
                if part in each.model_fields
                for found in _models(each.model_fields[part].annotation)
            ]
    return models


def _models(annotation: Any) -> list[type[BaseModel]]:  # noqa: ANN401 - walks annotations
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [found for part in get_args(annotation) for found in _models(part)]

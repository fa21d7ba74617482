"""The tables of the file: archive, fetch, service, web, sources, stories, targets, rules; and types of their keys."""

from __future__ import annotations

import os
import re
from datetime import time, timedelta
from ipaddress import ip_network
from pathlib import Path
from string import Template
from typing import Annotated, Final, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
    model_validator,
)

from tracker.addresses.urls import fetchable, split_host_port
from tracker.durations import format_duration, format_rate, parse_duration, parse_rate
from tracker.errors import ConfigError, UsageError
from tracker.model.change import LabelKind, Significance
from tracker.model.source import Hub, HubKind
from tracker.model.version import Raw
from tracker.patterns import pattern

from .file import DEFAULT_DATABASE, database_url


class ConfigModel(BaseModel):
    """The base class of every table in the file: frozen, and unknown keys are refused."""

    # Validators are built on first use, so that a command without a configuration does not wait for them.
    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid", str_strip_whitespace=True)


def _regex(text: str) -> str:
    pattern(text)
    return text


def _positive(value: timedelta) -> timedelta:
    if value <= timedelta(0):
        raise ValueError("must be longer than 0s")
    return value


def _address(text: str) -> str:
    try:
        fetchable(text)
    except UsageError as error:
        shown = f" ({error.resource!r})" if error.resource else ""
        raise ValueError(f"{error.message}{shown}; {error.hint}") from None
    return text


def _proxy(text: str) -> str:
    # The connection to a proxy is plain HTTP, also for HTTPS pages, which it only passes on (CONNECT).
    if text and not text.startswith("http://"):
        raise ValueError('must be the address of an HTTP proxy, as in "http://proxy.example:3128"')
    if "@" in text:
        raise ValueError('the address has a password; name where it is kept, as in { env = "WRITETHRU_PROXY" }')
    return text


def _open_ntfy(text: str) -> str:
    if not re.fullmatch("ntfys?://" + NTFY_TOPIC, text, re.ASCII):
        raise ValueError(
            'name where the address is kept, as in { env = "CHAT_URL" }, because it holds credentials; only a topic of'
            ' ntfy without a password may be written here, as in "ntfys://TOPIC" or "ntfys://HOST/TOPIC"'
        )
    return text


def _listen(text: str) -> str:
    if text:
        split_host_port(text)
    return text


def _network(text: str) -> str:
    try:
        return str(ip_network(text, strict=False))
    except ValueError:
        raise ValueError(f'{text!r} is not a network; write it as in "10.0.0.0/8"') from None


# Described by hand, here and below: pydantic would describe a timedelta as ISO 8601, which the file does not take.
Duration = Annotated[
    timedelta,
    BeforeValidator(parse_duration),
    PlainSerializer(format_duration, return_type=str),
    WithJsonSchema(
        {"type": "string", "pattern": r"^(\d+(\.\d+)?(ms|s|m|h|d|w))+$", "examples": ["90s", "5m", "2h", "7d"]}
    ),
]
Rate = Annotated[
    float,
    BeforeValidator(parse_rate),
    PlainSerializer(format_rate, return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^\d+(\.\d+)?\s*/\s*[smhdw]$", "examples": ["2000/h", "50/m"]}),
]
Interval = Annotated[Duration, AfterValidator(_positive)]
Address = Annotated[str, AfterValidator(_address), Field(description="an http or https address")]
Database = Annotated[str, Field(min_length=1), AfterValidator(database_url)]
Listen = Annotated[str, AfterValidator(_listen)]
Network = Annotated[str, AfterValidator(_network)]
Regex = Annotated[str, AfterValidator(_regex)]
# The length apart from the pattern: a class of Unicode counted to 80 takes 50 ms to compile.
Name = Annotated[
    str,
    Field(pattern=r"^[\w .&'’()-]+$", max_length=80, description="1 to 80 letters, digits, spaces and . _ - & ' ( )"),
]
Origin = Annotated[
    str, Field(pattern=r"^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?$", description="scheme, host and port of a site")
]
ProxyAddress = Annotated[str, AfterValidator(_proxy)]
NTFY_TOPIC: Final = r"([\w.-]+(:\d+)?/)?[\w-]+"  # with the host, where that is not ntfy.sh
OpenNtfy = Annotated[
    str,
    AfterValidator(_open_ntfy),
    Field(description="ntfys://TOPIC, or ntfys://HOST/TOPIC for a server of your own; the only kind without a secret"),
]


class Secret(ConfigModel):
    """Where a secret is kept: never in the file itself."""

    env: str = Field("", description="name of an environment variable")
    file: str = Field("", description="path of a file that holds nothing else")

    def reveal(self, what: str) -> str:
        """Return the secret. Raises ConfigError, which names the variable or the file and never the value.

        `what` is the use of the secret, such as "target desk"; the resource of the error.
        """
        if self.env:
            value = os.environ.get(self.env, "")
            if not value:
                why = f"the environment variable {self.env} is empty or not set"
                raise ConfigError(why, resource=what, hint=f"export {self.env}=…")
            return value
        try:
            # Editors and `echo` end a file with a newline, which is not part of the secret.
            value = Path(self.file).read_text(encoding="utf-8").strip()
        except OSError as error:
            reason = (error.strerror or "unknown error").lower()
            why = f"the secret's file {self.file} cannot be read: {reason}"
            raise ConfigError(why, resource=what, hint="check its permissions") from None
        except UnicodeDecodeError:  # not chained: this error carries the bytes of the secret
            raise ConfigError(f"the secret's file {self.file} is not UTF-8 text", resource=what) from None
        if not value:
            raise ConfigError(f"the secret's file {self.file} is empty", resource=what, hint="write the secret into it")
        return value

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if bool(self.env) == bool(self.file):
            raise ValueError('name either env or file, as in { env = "SMTP_PASSWORD" }')
        return self


class Rfc3161Stamp(ConfigModel):
    """A time-stamping authority that answers RFC 3161 requests over HTTP; needs writethru[timestamp]."""

    type: Literal["rfc3161"]
    url: Address
    roots: str = Field(
        "", description="a PEM file of root certificates its tokens must lead to; empty: they are not checked"
    )
    private: bool = Field(default=False, description="allow a private address")


class WaybackConfig(ConfigModel):
    """The account at archive.org with which Save Page Now is asked for captures; see archive.org/account/s3.php."""

    key: Secret = Field(description='access key and secret with a colon between: "ACCESS:SECRET"')
    url: Address = "https://web.archive.org"


class ArchiveConfig(ConfigModel):
    """Where versions are stored, and how it is proved that they were not altered."""

    database: Database = Field(
        DEFAULT_DATABASE, description="a SQLAlchemy URL or the name of an SQLite file; WRITETHRU_DB overrides it"
    )
    checkpoints: str = Field(
        "", description="a folder for signed checkpoints of the log, best on another disk; empty: none"
    )
    checkpoint_every: Interval = Field(timedelta(hours=1), description="how often the service writes one")
    checkpoint_target: str = Field("", description="name of a target that is sent every new checkpoint")
    checkpoint_command: tuple[str, ...] = Field(
        (), description="run for every new checkpoint: its file is the last argument, its text the standard input"
    )
    keep_checks: Interval = Field(
        timedelta(days=90), description="after this, checks that found nothing new are only counted by day"
    )
    keep_alert_texts: Interval = Field(timedelta(days=30), description="how long texts of delivered alerts are kept")
    keep_alerts: Interval = Field(timedelta(days=365), description="how long delivered alerts are kept")
    wayback: WaybackConfig | None = Field(None, description='for sources with archive = ["wayback"]')
    timestamp: tuple[Rfc3161Stamp, ...] = Field((), description="authorities that time-stamp every new checkpoint")

    @model_validator(mode="after")
    def _folder_is_named(self) -> Self:
        if not self.checkpoints and (self.checkpoint_target or self.checkpoint_command or self.timestamp):
            raise ValueError('checkpoint_target, checkpoint_command and timestamp need checkpoints = "a folder"')
        return self


class FetchConfig(ConfigModel):
    """How pages are fetched, for every source."""

    delay: Duration = Field(timedelta(seconds=2), description="minimum time between two requests to one host")
    max_backoff: Interval = Field(
        timedelta(hours=2), description="longest wait until a list that fails is read again, unless `poll` is longer"
    )
    timeout: Interval = Field(timedelta(seconds=30), description="for a whole fetch, redirects included")
    max_wire_bytes: int = Field(10_000_000, ge=1, description="maximum bytes read from the network for one page")
    max_body_bytes: int = Field(20_000_000, ge=1, description="maximum size of a page once decompressed, in bytes")
    proxy: Secret | ProxyAddress = Field(
        "", description='HTTP proxy for all requests, as in "http://proxy.example:3128"; a secret if it has a password'
    )
    ca: str = Field(
        "", description="file of certificates (PEM) to trust as well, for a proxy that opens TLS connections"
    )
    allow_private: bool = Field(
        default=False,
        description="allow fetches of loopback and private addresses; WRITETHRU_ALLOW_PRIVATE=1 sets it",
    )

    @property
    def proxy_url(self) -> str:
        """Return the address of the proxy with its password, or "". Raises ConfigError if the secret is unusable."""
        if not isinstance(self.proxy, Secret):
            return self.proxy
        url = self.proxy.reveal("proxy")
        if not url.startswith("http://"):
            raise ConfigError(
                f"the secret in {self.proxy.env or self.proxy.file} is not the address of an HTTP proxy",
                resource="proxy",
                hint="write it as in http://user:password@proxy.example:3128",
            )
        return url


class ServiceConfig(ConfigModel):
    """How `writethru run` behaves."""

    listen: Listen = Field("127.0.0.1:8765", description="address of /healthz and /metrics; empty for none")
    token: Secret | None = Field(None, description="token of at least 16 characters for other machines to read these")
    networks: tuple[Network, ...] = Field((), description='networks that need no token for it, as in "10.0.0.0/8"')
    log: Literal["auto", "text", "logfmt", "json"] = Field(
        "auto", description="format of the log lines on stderr; auto: text on a terminal, or else logfmt"
    )
    tick: Interval = Field(timedelta(seconds=5), description="how often the service looks for articles that are due")
    concurrency: int = Field(16, ge=1, le=500, description="hosts visited at the same time")
    budget: Rate | None = Field(
        None,
        description='maximum requests for all sources in the long run, as in "2000/h"; unset: about 25'
        " requests for each article in its first 30 days",
    )
    storm: int = Field(
        20,
        ge=0,
        description="hold a source's alerts once this many of its articles change within ten minutes; 0: never",
    )
    link: str = Field("", description="base address of the web page, for links in alerts")


class WebConfig(ConfigModel):
    """The web pages over the archive. Other machines need a token, or a proxy that says who asks."""

    listen: Listen = Field("127.0.0.1:8766", description="address of the web pages; empty for none")
    token: Secret | None = Field(
        None, description="token to sign in with, of at least 16 characters; with admin, also to make changes"
    )
    trusted_header: str = Field(
        "", pattern=r"^[A-Za-z0-9-]*$", description="header in which a proxy names the user, as in X-Remote-User"
    )
    proxies: tuple[str, ...] = Field(
        ("127.0.0.1", "::1"), description="addresses of proxies whose trusted_header is accepted"
    )
    hosts: tuple[str, ...] = Field(
        (), description="host names under which the pages can be opened, besides localhost and IP addresses"
    )
    cors: tuple[Origin, ...] = Field(
        (), description='sites whose scripts may call the API with the token, as in "https://desk.example.org"'
    )
    admin: bool | None = Field(
        None,
        description="true: signed-in users may make changes; false: nobody may, except with --admin; unset: all users"
        " of this machine may, without signing in, unless token, trusted_header, proxies, hosts or service.link is set",
    )


class PageConfig(ConfigModel):
    """A section page whose links are articles."""

    url: Address
    selector: str = Field("", description="CSS selector of the links; empty for all links")
    pattern: Regex = Field("", description="regular expression that the address of an article must match")


class SourceConfig(ConfigModel):
    """An outlet: where its articles are found and how often it is visited."""

    name: Name
    feeds: tuple[Address, ...] = Field((), description="RSS, Atom or JSON feeds")
    sitemaps: tuple[Address, ...] = Field((), description="sitemaps, news sitemaps or sitemap indexes")
    pages: tuple[PageConfig, ...] = Field((), description="section pages")
    urls: tuple[Address, ...] = Field((), description="single articles")
    poll: Interval = Field(timedelta(minutes=10), description="how often feeds, sitemaps and section pages are read")
    every: Interval | None = Field(
        None,
        description="interval between checks of an article; after an edit, one check comes sooner; unset: chosen by how"
        " often the article changes",
    )
    budget: Rate | None = Field(None, description='maximum requests for this source in the long run, as in "200/h"')
    until: Duration = Field(timedelta(days=30), description="how long after its last change an article is watched")
    include: tuple[Regex, ...] = Field((), description="only addresses that match one of these")
    exclude: tuple[Regex, ...] = Field((), description="no address that matches one of these")
    story: str = Field("", description="every article of this source belongs to this story")
    limit: int = Field(500, ge=1, description="maximum articles taken from one feed, sitemap or section page at a time")
    render: bool = Field(default=False, description="run the page's scripts in a browser first")
    screenshots: bool = Field(
        default=False, description="with render: store a picture of the page, its images included, with each version"
    )
    proxy: Secret | ProxyAddress | None = Field(
        None, description='HTTP proxy for this source alone; "" for none; unset: that of [fetch]'
    )
    ca: str | None = Field(
        None, description="file of certificates (PEM) to trust as well for this source; unset: that of [fetch]"
    )
    paused: bool = Field(default=False, description="keep what is stored, but make no further visits")
    raw: Raw = Field(
        Raw.VERSIONS,
        description="which pages are stored whole: those that became versions, all that showed a version, or none;"
        " hash, headers and text are stored in any case",
    )
    archive: tuple[Literal["wayback"], ...] = Field(
        (), description="other archives that are asked to capture each new version; wayback needs [archive.wayback]"
    )
    keep_for: Interval | None = Field(
        None, description="delete older stored pages, except each article's newest; texts and diffs are kept"
    )
    keep_newest: int | None = Field(
        None,
        ge=0,
        description="delete all but this many stored pages of an article (with keep_for: only pages older than that)",
    )

    @property
    def hubs(self) -> list[Hub]:
        """Return the feeds, sitemaps and section pages of the source in the order of its configuration."""
        feeds = [Hub(self.name, HubKind.FEED, url) for url in self.feeds]
        maps = [Hub(self.name, HubKind.SITEMAP, url) for url in self.sitemaps]
        pages = [Hub(self.name, HubKind.PAGE, page.url, page.selector, page.pattern) for page in self.pages]
        return [*feeds, *maps, *pages]


class StoryConfig(ConfigModel):
    """A story under watch: addresses that follow one event."""

    name: Name
    urls: tuple[Address, ...] = Field((), description="articles of the story")
    follow: int = Field(
        0,
        ge=0,
        le=100,
        description="maximum articles of each host to watch because the text at these addresses links to them",
    )


class EmailTarget(ConfigModel):
    """Mail through an SMTP server."""

    name: Name
    type: Literal["email"]
    to: tuple[str, ...] = Field(min_length=1, description="mail addresses that get the alerts")
    sender: str = Field(description="mail address that the alerts come from")
    host: str = Field("localhost", description="the SMTP server")
    port: int = Field(25, ge=1, le=65535, description="its port: usually 25, 587 with starttls, 465 with tls")
    security: Literal["none", "starttls", "tls"] = Field("none", description="how the connection is encrypted")
    user: str = Field("", description="user name at the SMTP server; empty: no login")
    password: Secret | None = Field(None, description="where the password of this user is stored")
    timeout: Interval = Field(timedelta(seconds=30), description="longest time for sending one mail")
    picture: bool = Field(
        default=False, description="show a picture of the change in each mail; needs writethru[picture]"
    )


class WebhookTarget(ConfigModel):
    """JSON posted to an address, signed as in Standard Webhooks."""

    name: Name
    type: Literal["webhook"]
    url: str = Field(description="address that gets each alert as a POST request")
    secret: Secret | None = Field(None, description="where the signing key is stored; unset: requests are not signed")
    private: bool = Field(default=False, description="allow a private address")
    envelope: Literal["cloudevents", "none"] = Field(
        "cloudevents", description="the alert as the data of a CloudEvents 1.0 event, or the bare alert"
    )


class AppriseTarget(ConfigModel):
    """Any Apprise URL; needs writethru[apprise]. The URL holds credentials, so it is a secret."""

    name: Name
    type: Literal["apprise"]
    url: Secret | OpenNtfy = Field(
        description='where the Apprise URL is stored, or a topic of ntfy that anybody may write to, as in "ntfys://TOPIC"'
    )
    private: bool = Field(default=False, description="allow a private address, also for a proxy")


class CommandTarget(ConfigModel):
    """A program on this machine that gets each alert as JSON on standard input."""

    name: Name
    type: Literal["command"]
    command: tuple[str, ...] = Field(min_length=1, description="the program and its arguments; no shell is involved")
    timeout: Interval = Field(
        timedelta(seconds=30), le=timedelta(minutes=10), description="the program is killed after this"
    )
    environment: tuple[str, ...] = Field((), description="variables of the service that the program gets as well")


class DesktopTarget(ConfigModel):
    """A notice on the desktop of the user that the service runs as: notify-send on Linux, osascript on macOS."""

    name: Name
    type: Literal["desktop"]


Target = Annotated[
    EmailTarget | WebhookTarget | AppriseTarget | CommandTarget | DesktopTarget, Field(discriminator="type")
]

# -- rules: who is alerted to which changes, how and when

TEMPLATE_NAMES: Final = (
    *("rule", "headline", "previous_headline", "url", "link", "source", "story", "labels", "when", "facts"),
    *("words_added", "words_removed", "announced", "edit", "edits", "notices", "article", "version", "id"),
)
"""The names a template may use, each as $name."""

MAX_TEMPLATE_CHARACTERS: Final = 4000
MIN_DIGEST_INTERVAL: Final = timedelta(minutes=1)
MAX_DIGEST_INTERVAL: Final = timedelta(days=1)


def quiet_hours(text: str) -> tuple[time, time]:
    """Return the start and end of quiet hours such as ``22:00-07:00``. Raises ValueError."""
    start, dash, end = text.partition("-")
    if not dash:
        raise ValueError(f'{text!r} is not a range of hours; write it as in "22:00-07:00"')
    return _time(start.strip()), _time(end.strip())


def _time(text: str) -> time:
    try:
        # fromisoformat also takes seconds, time zones, and "0700" without a colon.
        return time.fromisoformat(text if len(text) == len("07:00") else "")
    except ValueError:
        raise ValueError(f'{text!r} is not a valid time of day; write it as in "07:00"') from None


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f'{text!r} is not a known time zone; write it as in "Europe/Berlin" or "UTC"') from None
    return text


def _clock(text: str) -> str:
    _time(text)
    return text


def _hours(text: str) -> str:
    if text:
        start, end = quiet_hours(text)
        if start == end:
            raise ValueError("quiet hours must not start and end at the same time")
    return text


def _template(text: str) -> str:
    template = Template(text)
    if len(text) > MAX_TEMPLATE_CHARACTERS:
        raise ValueError(f"a template may have at most {MAX_TEMPLATE_CHARACTERS} characters")
    if not template.is_valid():
        raise ValueError("a $ must be followed by a name, as in $headline; write $$ for a dollar sign")
    unknown = [name for name in template.get_identifiers() if name not in TEMPLATE_NAMES]
    if unknown:
        known = ", ".join(f"${name}" for name in TEMPLATE_NAMES)
        raise ValueError(f"${unknown[0]} is not a template name; use one of {known}")
    return text


Zone = Annotated[str, AfterValidator(_zone), Field(description="an IANA time zone")]
Clock = Annotated[str, AfterValidator(_clock), Field(description="a time of day")]
Hours = Annotated[str, AfterValidator(_hours)]
Text = Annotated[str, AfterValidator(_template)]


class DigestConfig(ConfigModel):
    """One message for many alerts, at an interval or once a day."""

    every: Interval | None = Field(None, description="how often, counted from midnight in the rule's time zone")
    at: Clock | None = Field(None, description="once a day, at this time in the rule's time zone")

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.every is None) == (self.at is None):
            raise ValueError('name either every or at, as in { every = "1h" } or { at = "07:00" }')
        if self.every is not None and not MIN_DIGEST_INTERVAL <= self.every <= MAX_DIGEST_INTERVAL:
            raise ValueError("every must be between 1m and 1d")
        return self


class RuleConfig(ConfigModel):
    """Who is alerted to which changes. A change must meet every condition given; in a list, any one entry is enough."""

    name: Name
    to: tuple[str, ...] = Field(min_length=1, description="names of targets")
    sources: tuple[str, ...] = Field((), description="names of sources")
    stories: tuple[str, ...] = Field((), description="names of stories")
    urls: tuple[Regex, ...] = Field((), description="regular expressions for the address")
    labels: tuple[LabelKind, ...] = Field((), description="the change has one of these labels")
    min_words: int = Field(0, ge=0, description="minimum number of words added and removed, in total")
    added: Regex = Field("", description="regular expression for the added text")
    removed: Regex = Field("", description="regular expression for the removed text")
    announced: bool | None = Field(
        None, description="true: the outlet noted the change; false: it altered or removed a claim without a note"
    )
    significance: Significance = Field(Significance.LOW, description="minimum significance")
    headline_only: bool = Field(default=False, description="only changes of the headline that leave the text unchanged")
    gone: Literal["suspected", "confirmed"] | None = Field(
        None, description='only pages taken down: "confirmed", or "suspected" from the first 404 on, or back again'
    )
    stale_copy: Interval | None = Field(
        None, description="only copies that still lack a correction of their original after this time"
    )
    cites: bool = Field(default=False, description="only cited passages: altered, removed, corrected, or page gone")
    story: bool = Field(
        default=False,
        description="one alert for all copies of an edition, two minutes later, and a note on copies that lag",
    )
    first_version: bool = Field(default=False, description="also alert to articles seen for the first time")
    format: Literal["link", "summary", "full"] = Field(
        "summary", description="how much a mail or chat message says: the facts, also the main edit, or all edits"
    )
    subject: Text = Field("", description="a template for the subject, as in $source: $headline")
    body: Text = Field("", description="a template for the text; replaces the format")
    quiet: Hours = Field("", description='hours in which nothing is sent, as in "22:00-07:00"; alerts wait until then')
    zone: Zone = Field("UTC", description="the time zone of quiet hours and digests")
    digest: DigestConfig | None = Field(None, description="gather alerts into one message")
    cap: Rate | None = Field(None, description="maximum messages to a target, as in 20/h; the rest is sent as a digest")

    @model_validator(mode="after")
    def _gone_is_all(self) -> Self:
        edits = {"labels", "min_words", "added", "removed", "announced", "headline_only", "stale_copy", "first_version"}
        if self.gone is not None and (others := sorted(edits & self.model_fields_set)):
            raise ValueError(f"gone is about pages, not about edits: put {', '.join(others)} into a separate rule")
        if self.cites and (others := sorted((edits | {"gone", "story"}) & self.model_fields_set)):
            raise ValueError(f"cites is about passages: put {', '.join(others)} into a separate rule")
        if LabelKind.ADDRESS in self.labels:
            raise ValueError(
                'labels: there are no alerts for "address", which only `writethru log` shows; leave it out'
            )
        return self

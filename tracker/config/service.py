"""The [fetch], [service] and [web] tables: how pages are fetched, how the service runs, where it serves its pages."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from pydantic import Field

from tracker.errors import ConfigError

from .field_types import ConfigModel, Duration, Interval, Listen, OptionalAddress, Origin, ProxyAddress, Rate
from .secret import Secret


class FetchConfig(ConfigModel):
    """How pages are fetched, for every source."""

    delay: Duration = Field(timedelta(seconds=2), description="least time between two requests to one host")
    max_backoff: Interval = Field(
        timedelta(hours=2), description="longest wait until a list that fails is read again, unless `poll` is longer"
    )
    timeout: Interval = Field(timedelta(seconds=30), description="for a whole fetch, redirects included")
    max_wire_bytes: int = Field(10_000_000, ge=1, description="most bytes read from the network for one page")
    max_body_bytes: int = Field(20_000_000, ge=1, description="most bytes a page may have once decompressed")
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
    log: Literal["auto", "text", "logfmt", "json"] = Field(
        "auto", description="format of the log lines on stderr; auto: text on a terminal, or else logfmt"
    )
    tick: Interval = Field(timedelta(seconds=5), description="how often the service looks for articles that are due")
    concurrency: int = Field(16, ge=1, le=500, description="hosts visited at the same time")
    budget: Rate | None = Field(
        None,
        description='most requests for all sources in the long run, as in "2000/h"; unset: a fixed cost a request',
    )
    storm: int = Field(
        20,
        ge=0,
        description="hold a source's alerts once this many of its articles change within ten minutes; 0: never",
    )
    callback: OptionalAddress = Field(
        "", description="public address at which WebSub hubs reach the health page; empty for none"
    )
    link: str = Field("", description="base address of the web page, for links in alerts")


class WebConfig(ConfigModel):
    """The web pages over the archive. Other machines need a token, or a proxy that says who asks."""

    listen: str = Field("127.0.0.1:8766", description="address of the web pages; empty for none")
    token: Secret | None = Field(None, description="whoever has it may read; 16 characters or more")
    trusted_header: str = Field(
        "", pattern=r"^[A-Za-z0-9-]*$", description="header in which a proxy names the user, as in X-Remote-User"
    )
    proxies: tuple[str, ...] = Field(
        ("127.0.0.1", "::1"), description="addresses of proxies whose trusted_header is accepted"
    )
    hosts: tuple[str, ...] = Field((), description="host names that requests may use")
    cors: tuple[Origin, ...] = Field(
        (), description='sites whose scripts may call the API with the token, as in "https://desk.example.org"'
    )
    admin: bool = Field(default=False, description="allow signed-in users to make changes")

"""The web page: where it is served, and to whom."""

from __future__ import annotations

from pydantic import Field

from .targets import Secret
from .values import Model


class WebConfig(Model):
    """The web page over the archive. Beyond this machine it wants a token, or a proxy that says who asks."""

    listen: str = Field("127.0.0.1:8766", description="address of the web page; empty for none")
    token: Secret | None = Field(None, description="who has it may read; 16 characters or more")
    trusted_header: str = Field(
        "", pattern=r"^[A-Za-z0-9-]*$", description="header in which a proxy names who asks, as in X-Remote-User"
    )
    proxies: tuple[str, ...] = Field(("127.0.0.1", "::1"), description="addresses whose trusted_header is believed")
    hosts: tuple[str, ...] = Field((), description="names under which the page may be asked for")
    admin: bool = Field(default=False, description="let those who signed in pause, check, accept and edit")

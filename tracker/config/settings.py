"""The service itself: its archive, its fetches, its clock."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal, Self

from pydantic import Field, model_validator

from .stamps import Stamp
from .values import Address, Duration, Interval, Listen, Model, Rate


class ArchiveConfig(Model):
    """Where versions are kept."""

    database: str = Field("sqlite:///writethru.db", description="a SQLAlchemy URL; WRITETHRU_DB overrides it")
    checkpoints: str = Field(
        "", description="a folder for signed checkpoints of the log, best on another disk; empty: none"
    )
    checkpoint_every: Interval = Field(timedelta(hours=1), description="how often the service writes one")
    checkpoint_mail: str = Field("", description="name of a target that is sent every new checkpoint")
    checkpoint_command: tuple[str, ...] = Field(
        (), description="run for every new checkpoint: its file is the last argument, its text the standard input"
    )
    timestamp: tuple[Stamp, ...] = Field((), description="who puts a time stamp on every new checkpoint")

    @model_validator(mode="after")
    def _folder_is_named(self) -> Self:
        if not self.checkpoints and (self.checkpoint_mail or self.checkpoint_command or self.timestamp):
            raise ValueError('checkpoint_mail, checkpoint_command and timestamp need checkpoints = "a folder"')
        return self


class FetchConfig(Model):
    """How pages are fetched, for every source."""

    delay: Duration = Field(timedelta(seconds=2), description="least pause between two requests to one host")
    timeout: Interval = Field(timedelta(seconds=30), description="for a whole fetch, redirects included")
    max_wire_bytes: int = Field(10_000_000, ge=1, description="most bytes read from the network for one page")
    max_body_bytes: int = Field(20_000_000, ge=1, description="most bytes a page may have once decoded")
    allow_private: bool = Field(
        default=False, description="let fetches reach loopback and private addresses; WRITETHRU_ALLOW_PRIVATE=1 sets it"
    )


class ServiceConfig(Model):
    """How `writethru run` behaves."""

    listen: Listen = Field("127.0.0.1:8765", description="address of /healthz and /metrics; empty for none")
    log: Literal["logfmt", "json"] = Field("logfmt", description="form of the log lines on stderr")
    tick: Interval = Field(timedelta(seconds=5), description="how often due articles are looked for")
    concurrency: int = Field(16, ge=1, le=500, description="hosts visited at the same time")
    budget: Rate | None = Field(
        None, description='most requests in the long run for all sources, as in "2000/h"; none: a fixed price a request'
    )
    storm: int = Field(
        20,
        ge=0,
        description="from so many articles of one source on that change within ten minutes, alerts are held; 0: never",
    )
    callback: Literal[""] | Address = Field(
        "", description="public address at which feeds' hubs reach the health page, for WebSub; empty for none"
    )
    link: str = Field("", description="base address of the web page, for links in alerts")

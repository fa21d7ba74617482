"""The [archive] table: the database, its signed checkpoints, and the authorities that time-stamp them."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from .field_types import Address, ConfigModel, Database, Interval
from .file import DEFAULT_DATABASE
from .secret import Secret


class Rfc3161Stamp(ConfigModel):
    """A time-stamping authority that answers RFC 3161 requests over HTTP; needs writethru[timestamp]."""

    type: Literal["rfc3161"]
    url: Address
    roots: str = Field(
        "", description="a PEM file of root certificates its tokens must lead to; empty: they are not checked"
    )
    private: bool = Field(default=False, description="allow a private address")


class OpenTimestampsStamp(ConfigModel):
    """An OpenTimestamps calendar, which ties checkpoints to Bitcoin blocks."""

    type: Literal["opentimestamps"]
    url: Address = "https://a.pool.opentimestamps.org"


Stamp = Annotated[Rfc3161Stamp | OpenTimestampsStamp, Field(discriminator="type")]


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
    checkpoint_mail: str = Field("", description="name of a target that is sent every new checkpoint")
    checkpoint_command: tuple[str, ...] = Field(
        (), description="run for every new checkpoint: its file is the last argument, its text the standard input"
    )
    keep_checks: Interval = Field(
        timedelta(days=90), description="after this, checks that found nothing new are only counted by day"
    )
    keep_alert_texts: Interval = Field(timedelta(days=30), description="how long texts of delivered alerts are kept")
    keep_alerts: Interval = Field(timedelta(days=365), description="how long delivered alerts are kept")
    wayback: WaybackConfig | None = Field(None, description='for sources with archive = ["wayback"]')
    timestamp: tuple[Stamp, ...] = Field((), description="authorities that time-stamp every new checkpoint")

    @model_validator(mode="after")
    def _folder_is_named(self) -> Self:
        if not self.checkpoints and (self.checkpoint_mail or self.checkpoint_command or self.timestamp):
            raise ValueError('checkpoint_mail, checkpoint_command and timestamp need checkpoints = "a folder"')
        return self

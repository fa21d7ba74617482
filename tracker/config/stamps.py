"""Who puts a time stamp on checkpoints."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from .values import Address, Model


class Rfc3161Stamp(Model):
    """An authority that answers RFC 3161 requests over HTTP; needs writethru[timestamp]."""

    type: Literal["rfc3161"]
    url: Address
    roots: str = Field(
        "", description="a PEM file of root certificates that its tokens must lead to; empty: not checked"
    )
    private: bool = Field(default=False, description="the address may be a private one")


class OpenTimestampsStamp(Model):
    """An OpenTimestamps calendar, which ties checkpoints to Bitcoin blocks."""

    type: Literal["opentimestamps"]
    url: Address = "https://a.pool.opentimestamps.org"


Stamp = Annotated[Rfc3161Stamp | OpenTimestampsStamp, Field(discriminator="type")]

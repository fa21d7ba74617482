"""The [[targets]] tables: where alerts are sent."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field

from .field_types import ConfigModel, Interval, Name
from .secret import Secret


class EmailTarget(ConfigModel):
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
    picture: bool = Field(
        default=False, description="show a picture of the change in each mail; needs writethru[picture]"
    )


class WebhookTarget(ConfigModel):
    """JSON posted to an address, signed as in Standard Webhooks."""

    name: Name
    type: Literal["webhook"]
    url: str
    secret: Secret | None = None
    private: bool = Field(default=False, description="the address may be a private one")
    envelope: Literal["cloudevents", "none"] = Field(
        "cloudevents", description="the alert as the data of a CloudEvents 1.0 event, or the bare alert"
    )


class AppriseTarget(ConfigModel):
    """Any Apprise URL; needs writethru[apprise]. The URL holds credentials, so it is a secret."""

    name: Name
    type: Literal["apprise"]
    url: Secret
    private: bool = Field(default=False, description="the address may be a private one, and so may a proxy's")


class CommandTarget(ConfigModel):
    """A program on this machine that gets each alert as JSON on standard input."""

    name: Name
    type: Literal["command"]
    command: tuple[str, ...] = Field(min_length=1, description="the program and its arguments; no shell is involved")
    timeout: Interval = Field(timedelta(seconds=30), le=timedelta(minutes=10), description="then it is killed")
    environment: tuple[str, ...] = Field((), description="variables of the service that the program gets as well")


Target = Annotated[EmailTarget | WebhookTarget | AppriseTarget | CommandTarget, Field(discriminator="type")]

"""Where alerts go, and where the secrets for it are kept."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from tracker.errors import ConfigError

from .values import Interval, Model, Name


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
    envelope: Literal["cloudevents", "none"] = Field(
        "cloudevents", description="the alert as the data of a CloudEvents 1.0 event, or the bare alert"
    )


class AppriseTarget(Model):
    """Any Apprise URL; needs writethru[apprise]. The URL holds credentials, so it is a secret."""

    name: Name
    type: Literal["apprise"]
    url: Secret
    private: bool = Field(default=False, description="the address may be a private one, and so may a proxy's")


Target = Annotated[EmailTarget | WebhookTarget | AppriseTarget, Field(discriminator="type")]

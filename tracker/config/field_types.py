"""The types of the values in a configuration, secrets among them, and the base class of its tables."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Self

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

from tracker.addresses.hosts import is_loopback_host, split_host_port
from tracker.addresses.urls import fetchable
from tracker.durations import format_duration, format_rate, parse_duration, parse_rate
from tracker.errors import ConfigError, UsageError
from tracker.patterns import pattern

from .file import database_url


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
    # A proxy is spoken to in plain HTTP, also for pages by HTTPS, which it only passes on (CONNECT).
    if text and not text.startswith("http://"):
        raise ValueError('must be the address of an HTTP proxy, as in "http://proxy.example:3128"')
    if "@" in text:
        raise ValueError('the address has a password; name where it is kept, as in { env = "WRITETHRU_PROXY" }')
    return text


def _listen(text: str) -> str:
    if text and not is_loopback_host(split_host_port(text)[0]):
        raise ValueError(
            f"{text!r} can be reached from other machines, and this page asks for no password; "
            "listen on 127.0.0.1 or [::1], behind a web server that asks for one"
        )
    return text


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


class Secret(ConfigModel):
    """Where a secret is kept: never in the file itself."""

    env: str = Field("", description="name of an environment variable")
    file: str = Field("", description="path of a file that holds nothing else")

    def reveal(self, what: str) -> str:
        """Return the secret.

        Args:
            what: the use of the secret, such as "target desk"; the resource of the error.

        Raises ConfigError, which names the variable or the file and never the value.
        """
        if self.env:
            value = os.environ.get(self.env, "")
            if not value:
                raise ConfigError(
                    f"the environment variable {self.env} is empty or not set",
                    resource=what,
                    hint=f"export {self.env}=…",
                )
            return value
        try:
            # Editors and `echo` end a file with a newline, which is not part of the secret.
            value = Path(self.file).read_text(encoding="utf-8").strip()
        except OSError as error:
            reason = (error.strerror or "it cannot be read").lower()
            raise ConfigError(
                f"the secret's file {self.file} cannot be read: {reason}",
                resource=what,
                hint="check its permissions",
            ) from None
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

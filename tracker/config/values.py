"""The kinds of value a configuration holds, and what its tables share."""

from __future__ import annotations

import difflib
import ipaddress
from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema

from tracker.durations import format_duration, format_rate, parse_duration, parse_rate
from tracker.errors import UsageError
from tracker.patterns import pattern
from tracker.urls import fetchable

_LAST_PORT = 65535


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
        shown = f" (it is {error.resource!r})" if error.resource else ""
        raise ValueError(f"{error.message}{shown}: {error.hint}") from None
    return text


def _listen(text: str) -> str:
    if not text:
        return text
    host, _, port = text.rpartition(":")
    bare = host.removeprefix("[").removesuffix("]")
    if not bare or not (port.isascii() and port.isdigit() and int(port) <= _LAST_PORT):
        raise ValueError(f'{text!r} is no address and port: write it as in "127.0.0.1:8765"')
    try:
        loopback = bare == "localhost" or ipaddress.ip_address(bare).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise ValueError(
            f"{text!r} is not on this machine alone, and the page asks for no password: "
            "listen on 127.0.0.1 or [::1] and put a web server with a password before it"
        )
    return text


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
Listen = Annotated[str, AfterValidator(_listen)]
Regex = Annotated[str, AfterValidator(_regex)]
Name = Annotated[str, Field(pattern=r"^[\w .&'’()-]{1,80}$", description="letters, digits, blanks and . _ - & ( )")]


class Model(BaseModel):
    """What every table of the file shares: frozen, and no key that is not known."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


def nearest(word: str, words: list[str]) -> str:
    """Return a hint that names the entry of *words* most like *word*, or nothing."""
    close = difflib.get_close_matches(word, words, n=1, cutoff=0.5)
    return f" (did you mean {close[0]!r}?)" if close else ""

"""Options that several commands share, and functions that turn their text into values or read the named files."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from math import isnan
from pathlib import Path
from shlex import quote
from typing import Any, Final, TypedDict, TypeVar

import click

from tracker.addresses.urls import split_host_port
from tracker.durations import parse_duration
from tracker.errors import PageError, UsageError, require_known
from tracker.model.change import EARLIER_WORDS, LabelKind, Significance
from tracker.sources.body_format import gunzip

from .app import App

F = TypeVar("F", bound=Callable[..., Any])
_DAYS: Final = {"today": 0, "yesterday": 1}
_WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def parse_when(text: str, now: datetime) -> datetime:
    """Return the time that `text` names. Raises UsageError.

    It may be a time before `now` (24h, @24h, "24h ago"), a day (today, yesterday, monday, which is the last one before
    today), or an ISO date or time. Days begin at midnight UTC, which is also the default zone.
    """
    bare = text.removeprefix("@").strip().lower()
    try:
        # First, because most people write an age; an ISO time is never a valid one.
        return now - parse_duration(bare.removesuffix("ago").strip())
    except (ValueError, OverflowError):
        pass
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    if bare in _DAYS:
        return midnight - timedelta(days=_DAYS[bare])
    if bare in _WEEKDAYS:
        return midnight - timedelta(days=(midnight.weekday() - _WEEKDAYS.index(bare) - 1) % 7 + 1)
    try:
        when = datetime.fromisoformat(text.removeprefix("@"))
        return when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)
    except (ValueError, OverflowError):  # OverflowError: the first or last day of the calendar in another zone
        hint = "write 24h, 7d, yesterday, monday or 2026-11-25T09:00"
        raise UsageError("not a valid time", resource=text, hint=hint) from None


class Time(click.ParamType[datetime]):
    """A time: 24h ago, monday, or 2026-11-24T09:00. A relative time counts back from the start of the command."""

    name = "time"

    def convert(self, value: str | datetime, _param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Return the time. Raises UsageError."""
        # click converts a default a second time.
        if isinstance(value, datetime):
            return value
        assert ctx is not None
        return parse_when(value, ctx.ensure_object(App).now)


class Count(click.IntRange):
    """A whole number; a larger one than databases and lists can hold becomes MAX_COUNT."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:  # noqa: ANN401 - click's
        """Return the number. Fails as click's own type does."""
        return min(super().convert(value, param, ctx), MAX_COUNT)


class Address(click.ParamType[str]):
    """HOST:PORT to listen on; an empty text turns listening off."""

    name = "address"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the text. Fails as click's own types do."""
        try:
            if value:
                split_host_port(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)
        return value


def label_kinds(_ctx: click.Context, _param: click.Parameter, given: tuple[str, ...]) -> tuple[LabelKind, ...]:
    """Return the labels in `given`; each text may have several, separated by commas. Raises UsageError."""
    words = [word.strip() for text in given for word in text.split(",") if word.strip()]
    require_known("label", [word for word in words if word not in EARLIER_WORDS], list(LabelKind))
    return tuple(map(LabelKind, words))


TIME: Final = Time()
MAX_COUNT: Final = 1_000_000_000
MAX_FILE_BYTES: Final = 50_000_000
HTML_ENDINGS: Final = (".html", ".htm", ".xhtml", ".html.gz", ".htm.gz", ".xhtml.gz")
NEW_FILE: Final = click.Path(dir_okay=False, path_type=Path)
KNOWN_FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)


def time(name: str, text: str, default: str | None = None) -> Callable[[F], F]:
    """Return an option that takes a time."""
    shown = default is not None
    return click.option(*name.split(), metavar="TIME", type=TIME, default=default, show_default=shown, help=text)


def since(what: str, default: str | None = None) -> Callable[[F], F]:
    """Return --since; `what` begins its help, as in "List only versions seen"."""
    return time("--since", f"{what} after this: 24h, 7d, 2026-11-24T09:00.", default)


def until(what: str) -> Callable[[F], F]:
    """Return --until."""
    return time("--until", f"{what} before this, in the same form.")


def number(
    name: str, text: str, least: int = 1, default: int | None = None, most: int | None = None
) -> Callable[[F], F]:
    """Return an option that takes a whole number from `least` to `most`."""
    allowed, shown = Count(least, most), default is not None
    return click.option(*name.split(), metavar="N", type=allowed, default=default, show_default=shown, help=text)


class Decimal(click.FloatRange):
    """A number in a range; NaN, which is neither above nor below any limit, is refused."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:  # noqa: ANN401 - click's
        """Return the number. Fails as click's own type does."""
        found = super().convert(value, param, ctx)
        return self.fail("it must be a number", param, ctx) if isnan(found) else found


def decimal(
    name: str, metavar: str, text: str, least: float, most: float | None = None, default: float | None = None
) -> Callable[[F], F]:
    """Return an option that takes a number from `least` to `most`."""
    allowed, shown = Decimal(least, most), default is not None
    return click.option(name, metavar=metavar, type=allowed, default=default, show_default=shown, help=text)


def limit(text: str, default: int | None = None, most: int | None = None) -> Callable[[F], F]:
    """Return -n, the number of things that a list has at most."""
    return number("-n --limit", text, 1, default, most)


def choice(name: str, words: Iterable[str], text: str, default: str | None = None) -> Callable[[F], F]:
    """Return an option that takes one of `words`. The argument may be named after the option: "--as kind"."""
    allowed = click.Choice([str(word) for word in words])
    return click.option(*name.split(), type=allowed, default=default, show_default=default is not None, help=text)


def form(name: str, text: str, **default: Any) -> Callable[[F], F]:  # noqa: ANN401 - handed on to click
    """Return one of the options that set `form`, each to its own name."""
    names = name.split()
    return click.option(*names, "form", flag_value=names[0].removeprefix("--"), help=text, **default)


def address(name: str, text: str) -> Callable[[F], F]:
    """Return an option that takes HOST:PORT."""
    return click.option(*name.split(), type=Address(), metavar="HOST:PORT", help=text)


def source(text: str) -> Callable[[F], F]:
    """Return --source; the name is empty if it is not given."""
    return click.option("--source", metavar="NAME", default="", callback=_stripped, help=text)


def story(text: str) -> Callable[[F], F]:
    """Return --story; the name is empty if it is not given."""
    return click.option("--story", metavar="NAME", default="", callback=_stripped, help=text)


def _stripped(_ctx: click.Context, _param: click.Parameter, name: str) -> str:
    # The configuration strips names too, and the archive must have the same ones.
    return name.strip()


def dry_run(text: str) -> Callable[[F], F]:
    """Return --dry-run."""
    return click.option("--dry-run", is_flag=True, help=text)


def labels(*names: str, text: str) -> Callable[[F], F]:
    """Return an option that takes labels, several times or separated by commas."""
    return click.option(*names, metavar="LABEL,…", multiple=True, callback=label_kinds, help=text)


class Filters(TypedDict):
    """The values of the options of `of_versions`, named as the fields of `VersionQuery`."""

    source: str
    story: str
    kinds: tuple[LabelKind, ...]
    min_words: int
    min_significance: Significance
    changes_only: bool


def of_versions(verb: str) -> Callable[[F], F]:
    """Return the filters of commands that list versions, which `verb` begins the help of: "List" or "Show"."""
    only = f"{verb} only versions"
    options = (
        source(f"{only} of this source."),
        story(f"{only} of this story."),
        labels("--label", "--kind", "kinds", text=f"{only} with these labels, such as correction,headline."),
        click.option(
            "--min-words", metavar="N", type=Count(0), default=0,
            help=f"{only} with at least this many words added and removed.",
        ),
        click.option(
            "--min-significance", type=click.Choice([word.value for word in Significance]), default="low",
            callback=lambda _ctx, _param, word: Significance(word), help=f"{only} with at least this significance.",
        ),
        click.option("--changes-only", is_flag=True, help="Leave out first versions."),
    )  # fmt: skip

    def decorate(command: F) -> F:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


def against(text: str) -> Callable[[F], F]:
    """Return --against and --key: a checkpoint, and the public key that must have signed it."""

    def decorate(command: F) -> F:
        key = click.option("--key", metavar="KEY", help="Require the checkpoint to be signed with this public key.")
        return click.option("--against", metavar="FILE", type=KNOWN_FILE, help=text)(key(command))

    return decorate


def load(name: str) -> bytes:
    """Return the bytes of a file, or of standard input for "-", with gzip decompressed.

    Raises UsageError if the file cannot be read, PageError if it is too large, also unpacked, or not valid gzip.
    """
    if name == "-":
        body = sys.stdin.buffer.read(MAX_FILE_BYTES + 1)
    else:
        try:
            with Path(name).open("rb") as file:
                body = file.read(MAX_FILE_BYTES + 1)
        except OSError as error:
            raise UsageError("the file cannot be read", resource=name) from error
    if len(body) > MAX_FILE_BYTES:
        raise PageError(f"the file is larger than {MAX_FILE_BYTES // 1_000_000} MB", resource=name)
    try:
        return gunzip(body)
    except PageError as error:  # its hint is about sitemaps
        raise PageError(error.message, resource=name) from None


def refuse_missing_file(name: str) -> None:
    """Raise UsageError if `name`, which is not a file, looks like one and not like an address."""
    ending = name.casefold().endswith((*HTML_ENDINGS, ".opml", ".xml", ".txt"))
    if name.startswith((".", "/", "~")) or (ending and "/" not in name):
        raise UsageError("there is no such file", resource=name, hint="an address starts with https://")


def require_writable(file: Path, *, force: bool) -> None:
    """Raise UsageError if `file` is there and may not be overwritten, or its folder is missing or read-only."""
    if not file.parent.is_dir():
        raise UsageError("the folder does not exist", resource=str(file), hint=f"mkdir -p {quote(str(file.parent))}")
    if file.exists() and not force:
        raise UsageError("the file already exists", resource=str(file), hint="add --force to overwrite it")
    folder = (file if file.is_dir() else file.parent).resolve()
    if not os.access(folder, os.W_OK):
        hint = "run it as a user who may write to it, or name a place in another folder"
        raise UsageError(f"this user cannot write to the folder {folder}", resource=str(file), hint=hint)


force = click.option("--force", is_flag=True, help="Overwrite the file if it exists.")
migrate = click.option("--migrate", is_flag=True, help="Create or upgrade the archive first.")
no_pace = click.option(
    "--no-pace",
    is_flag=True,
    help="Do not wait between requests, not even if a host asks for it (Retry-After). Works for loopback hosts only.",
)

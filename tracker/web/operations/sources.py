"""Sources: pause, resume, check now, edit, remove; send held alerts; check an article now."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Annotated, Any, Final

from pydantic import AfterValidator, Field

from tracker.archive.articles import force_due, get_article
from tracker.archive.sources import stored_source
from tracker.config import edits
from tracker.config.field_types import Name
from tracker.config.tables import SourceConfig
from tracker.durations import format_duration, parse_duration
from tracker.web import links
from tracker.web.actions import Actions, Body, Nothing, Operation, OperationRequest, OperationResult, Said

DEFAULT_POLL: Final[timedelta] = SourceConfig.model_fields["poll"].default


def _interval(text: str) -> str:
    return format_duration(parse_duration(text)) if text else ""


Interval = Annotated[str, AfterValidator(_interval), Field(max_length=40)]


class SourceBody(Body):
    """How a source is read."""

    poll: Interval = Field("", description='how often lists are read, as in "10m"; empty: the default')
    every: Interval = Field(
        "", description='how often an article is checked, as in "1h"; empty: as often as it changes'
    )
    include: str = Field("", max_length=2000, description="watch only addresses that match; one expression per line")
    exclude: str = Field("", max_length=2000, description="watch no address that matches; one expression per line")


class NameBody(Body):
    """The new name of a source."""

    name: Name


class AddressBody(Body):
    """An address that is no longer to be watched."""

    url: str = Field(min_length=1, max_length=4000)


def _pause(actions: Actions, request: OperationRequest[Nothing], *, paused: bool) -> OperationResult:
    actions.edit(lambda text: edits.pause(text, request.name, paused=paused), request.now)
    text = f"{request.name} is paused." if paused else f"{request.name} is checked again."
    return OperationResult(text, links.source(request.name))


def _check(actions: Actions, request: OperationRequest[Nothing]) -> OperationResult:
    with actions.archive() as archive:
        stored_source(archive, request.name)
        force_due(archive, request.now, source=request.name)
    return OperationResult("It is due now; the running service will check it next.", links.source(request.name))


def _check_article(actions: Actions, request: OperationRequest[Nothing]) -> OperationResult:
    with actions.archive() as archive:
        ident = get_article(archive, request.name).id
        force_due(archive, request.now, articles=[ident])
    return OperationResult("It is due now; the running service will check it next.", links.article(ident))


def _release(actions: Actions, request: OperationRequest[Nothing]) -> OperationResult:
    from tracker.pipeline.settle import release_storm

    with actions.archive() as archive:
        stored_source(archive, request.name)
        count = release_storm(archive, request.name, request.now)
    text = f"{count} alert{'s' * (count != 1)} of {request.name} released. None is held again for a day."
    return OperationResult(text, links.source(request.name))


def _edit(actions: Actions, request: OperationRequest[SourceBody]) -> OperationResult:
    given: dict[str, tuple[Any, Any]] = {
        "poll": (request.body.poll or format_duration(DEFAULT_POLL), format_duration(DEFAULT_POLL)),
        "every": (request.body.every, ""),
        "include": (_lines(request.body.include), []),
        "exclude": (_lines(request.body.exclude), []),
    }

    def change(text: str) -> str:
        for key, (value, default) in given.items():
            if key in request.body.model_fields_set:
                text = edits.set_key(text, "sources", request.name, key, value, default)
        return text

    actions.edit(change, request.now)
    return OperationResult(f"{request.name} saved. The running service will apply it.", links.source(request.name))


def _rename(actions: Actions, request: OperationRequest[NameBody]) -> OperationResult:
    count = actions.rename_source(request.name, request.body.name, request.now)
    text = f"{request.name} is {request.body.name} now; {count} article{'s' * (count != 1)} followed."
    return OperationResult(text, links.source(request.body.name))


def _remove(actions: Actions, request: OperationRequest[Nothing]) -> OperationResult:
    actions.edit(lambda text: edits.remove(text, "sources", request.name), request.now)
    return OperationResult(f"{request.name} is no longer watched. What is stored of it stays.", "/sources")


def _remove_address(actions: Actions, request: OperationRequest[AddressBody]) -> OperationResult:
    actions.edit(lambda text: edits.remove_address(text, request.body.url), request.now)
    return OperationResult(
        f"{request.body.url} is no longer watched. What is stored stays.", links.source(request.name)
    )


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


_AT: Final = "/sources/{name:path}"
_RENAME: Final = "Give a source another name. Versions stored so far keep the old one in the log."
_REMOVE_ADDRESS: Final = "Stop watching a feed, a sitemap, a section page or an article. What is stored stays."

SOURCES: Final = (
    Operation(f"{_AT}/pause", "Pause a source.", Nothing, partial(_pause, paused=True), Said),
    Operation(f"{_AT}/resume", "Resume a source.", Nothing, partial(_pause, paused=False), Said),
    Operation(f"{_AT}/check", "Make all of a source due now.", Nothing, _check, Said),
    Operation(f"{_AT}/release", "Send the held alerts of a source.", Nothing, _release, Said),
    Operation(f"{_AT}/edit", "Change how a source is read.", SourceBody, _edit, Said),
    Operation(f"{_AT}/rename", _RENAME, NameBody, _rename, Said),
    Operation(f"{_AT}/remove-address", _REMOVE_ADDRESS, AddressBody, _remove_address, Said),
    Operation(f"{_AT}/remove", "Stop watching a source. What is stored stays.", Nothing, _remove, Said),
    Operation("/articles/{name}/check", "Make an article due now.", Nothing, _check_article, Said),
)

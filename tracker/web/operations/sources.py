"""Sources: pause, resume, check now, edit, remove; send held alerts; check an article now."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import AfterValidator, Field

from tracker.archive.articles import force_due, get_article
from tracker.archive.sources import stored_source
from tracker.config import edits
from tracker.config.field_types import Name
from tracker.config.tables import SourceConfig
from tracker.durations import format_duration, parse_duration
from tracker.web import links
from tracker.web.actions import Actions, Body, Done, Nothing, Operation, Order, Said

if TYPE_CHECKING:
    from collections.abc import Callable

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


def _pause(paused: bool) -> Callable[[Actions, Order[Nothing]], Done]:  # noqa: FBT001 - it is what is made
    def work(do: Actions, it: Order[Nothing]) -> Done:
        do.edit(lambda text: edits.pause(text, it.name, paused=paused), it.now)
        return Done(f"{it.name} is paused." if paused else f"{it.name} is checked again.", links.source(it.name))

    return work


def _check(do: Actions, it: Order[Nothing]) -> Done:
    with do.store() as store:
        stored_source(store, it.name)
        force_due(store, it.now, source=it.name)
    return Done("It is due now; the running service will check it next.", links.source(it.name))


def _check_article(do: Actions, it: Order[Nothing]) -> Done:
    with do.store() as store:
        ident = get_article(store, it.name).id
        force_due(store, it.now, articles=[ident])
    return Done("It is due now; the running service will check it next.", links.article(ident))


def _release(do: Actions, it: Order[Nothing]) -> Done:
    from tracker.pipeline.storm import release_storm

    with do.store() as store:
        stored_source(store, it.name)
        count = release_storm(store, it.name, it.now)
    return Done(
        f"{count} alert{'s' * (count != 1)} of {it.name} released. None is held again for a day.", links.source(it.name)
    )


def _edit(do: Actions, it: Order[SourceBody]) -> Done:
    given: dict[str, tuple[Any, Any]] = {
        "poll": (it.body.poll or format_duration(DEFAULT_POLL), format_duration(DEFAULT_POLL)),
        "every": (it.body.every, ""),
        "include": (_lines(it.body.include), []),
        "exclude": (_lines(it.body.exclude), []),
    }

    def change(text: str) -> str:
        for key, (value, default) in given.items():
            if key in it.body.model_fields_set:
                text = edits.set_key(text, "sources", it.name, key, value, default)
        return text

    do.edit(change, it.now)
    return Done(f"{it.name} saved. The running service will apply it.", links.source(it.name))


def _rename(do: Actions, it: Order[NameBody]) -> Done:
    count = do.rename_source(it.name, it.body.name, it.now)
    text = f"{it.name} is {it.body.name} now; {count} article{'s' * (count != 1)} followed."
    return Done(text, links.source(it.body.name))


def _remove(do: Actions, it: Order[Nothing]) -> Done:
    do.edit(lambda text: edits.remove(text, "sources", it.name), it.now)
    return Done(f"{it.name} is no longer watched. What is stored of it stays.", "/sources")


def _remove_address(do: Actions, it: Order[AddressBody]) -> Done:
    do.edit(lambda text: edits.remove_address(text, it.body.url), it.now)
    return Done(f"{it.body.url} is no longer watched. What is stored stays.", links.source(it.name))


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


_AT: Final = "/sources/{name:path}"
_RENAME: Final = "Give a source another name. Versions stored so far keep the old one in the log."
_REMOVE_ADDRESS: Final = "Stop watching a feed, a sitemap, a section page or an article. What is stored stays."

SOURCES: Final = (
    Operation(f"{_AT}/pause", "Pause a source.", Nothing, _pause(True), Said),
    Operation(f"{_AT}/resume", "Resume a source.", Nothing, _pause(False), Said),
    Operation(f"{_AT}/check", "Make all of a source due now.", Nothing, _check, Said),
    Operation(f"{_AT}/release", "Send the held alerts of a source.", Nothing, _release, Said),
    Operation(f"{_AT}/edit", "Change how a source is read.", SourceBody, _edit, Said),
    Operation(f"{_AT}/rename", _RENAME, NameBody, _rename, Said),
    Operation(f"{_AT}/remove-address", _REMOVE_ADDRESS, AddressBody, _remove_address, Said),
    Operation(f"{_AT}/remove", "Stop watching a source. What is stored stays.", Nothing, _remove, Said),
    Operation("/articles/{name}/check", "Make an article due now.", Nothing, _check_article, Said),
)

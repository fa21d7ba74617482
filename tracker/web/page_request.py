"""What a page is asked with, and what it shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from tracker.errors import NotKnown, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from tracker.config import Config

    from .data import CachedArchive


@dataclass(frozen=True)
class View:
    """What a page shows: frozen values. Its template makes HTML of them, `as_json` its twin."""

    template: ClassVar[str] = ""

    @property
    def title(self) -> str:
        """Return what stands in the title bar, before the name of the program."""
        return ""

    def as_json(self) -> dict[str, Any]:
        """Return the JSON twin, with "schema"."""
        from .json_view import twin

        return twin(self)


@dataclass(frozen=True)
class PageRequest:
    """One question: the archive, the time, the names in the path, the query.

    *base* is what addresses of this site begin with, *here* the path and query asked for; *admin*: forms may act.
    """

    archive: CachedArchive
    now: datetime
    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    config: Config | None = None
    base: str = ""
    here: str = ""
    admin: bool = False

    def number(self, name: str) -> int:
        """Return a version number from the path. Raises NotKnown for what no version can have."""
        text = self.path[name]
        if not text.isascii() or not text.isdigit() or not 1 <= int(text[:10]) < 1_000_000:
            raise NotKnown("there is no such version", resource=text)
        return int(text)

    def one_of(self, name: str, values: tuple[str, ...]) -> str:
        """Return a parameter that is one of *values*, the first where it is not given. Raises UsageError."""
        given = self.query.get(name, "") or values[0]
        if given not in values:
            raise UsageError(f"{name} is one of {', '.join(values)}", resource=given[:80])
        return given

    def count(self, name: str, default: int, most: int) -> int:
        """Return a whole number from 0 to *most*. Raises UsageError."""
        given = self.query.get(name, "")
        if not given:
            return default
        if not given.isascii() or not given.isdigit() or len(given) > 9 or int(given) > most:
            raise UsageError(f"{name} is a number from 0 to {most}", resource=given[:80])
        return int(given)

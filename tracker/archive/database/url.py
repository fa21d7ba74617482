"""Archive URLs in SQLAlchemy's form, parsed without SQLAlchemy because importing it is slow."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from tracker.config.file import DEFAULT_DATABASE
from tracker.errors import ArchiveError

_SQLITE: Final = "sqlite:///"
# SQLAlchemy's name of the driver may be left out: there is no other.
_POSTGRESQL: Final = ("postgresql", "postgresql+psycopg")
_EXAMPLES: Final = "write sqlite:///path/to/writethru.db or postgresql+psycopg://user@host/name"


@dataclass(frozen=True, slots=True)
class DatabaseUrl:
    """The URL of an archive; `path` is the file of a SQLite archive, None for PostgreSQL."""

    text: str
    path: Path | None = None

    @property
    def shown(self) -> str:
        """The URL without its password, for messages and logs."""
        return _shown(self.text)

    @property
    def conninfo(self) -> str:
        """The URL as libpq takes it (PostgreSQL manual, 34.1.1.2)."""
        return f"postgresql://{self.text.partition('://')[2]}"


def archive_url(url: str | None = None) -> DatabaseUrl:
    """Parse a database URL. Raises ArchiveError for an invalid or unsupported one.

    None means $WRITETHRU_DB, or else `writethru.db` in the current folder.
    """
    text = url or os.environ.get("WRITETHRU_DB") or DEFAULT_DATABASE
    scheme, separator, rest = text.partition("://")
    if not separator or not scheme:
        raise ArchiveError("not a valid database URL", resource=_shown(text), hint=_EXAMPLES)
    if scheme == "sqlite":
        path = text.removeprefix(_SQLITE).partition("?")[0]
        if not text.startswith(_SQLITE) or path in {"", ":memory:"}:
            raise ArchiveError("a SQLite archive must be a file", resource=_shown(text), hint=_EXAMPLES)
        return DatabaseUrl(text, Path(path))
    if scheme not in _POSTGRESQL:
        raise ArchiveError(f"{scheme} is not a supported database", resource=_shown(text), hint=_EXAMPLES)
    found = DatabaseUrl(f"postgresql+psycopg://{rest}")
    try:
        parts = urlsplit(found.conninfo)
        _ = parts.port
    except ValueError:
        # The cause would quote the part that could not be parsed, which may be the password.
        raise ArchiveError("not a valid database URL", resource=found.shown, hint=_EXAMPLES) from None
    # libpq takes what follows the first @ for the host, and its errors would show that part of the password.
    if parts.netloc.count("@") > 1:
        hint = "write each @ in the password as %40"
        raise ArchiveError("the database URL has more than one @", resource=found.shown, hint=hint)
    return found


def _shown(url: str) -> str:
    from tracker.observe.redact import database  # its patterns take milliseconds to compile

    return database(url)

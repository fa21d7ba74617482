"""Checkpoints outside the database: the key that signs them and the folder they are written to."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from tracker.archive.database.url import archive_url
from tracker.errors import ArchiveError
from tracker.files import write_whole

from .notes import Signer, read_note

_PUBLIC: Final = "key.pub"
# File name endings of time stamps: RFC 3161 and OpenTimestamps.
STAMPS: Final = (".tsr", ".ots")


class CheckpointFolder:
    """A folder with one note for each size of the log, ``000000001234.note``, and the public key as ``key.pub``.

    The private key is stored next to a SQLite archive as ``NAME.key``, or next to this folder if the archive is on a
    server.
    """

    def __init__(self, folder: Path, url: str | None = None) -> None:
        file = archive_url(url).path
        self._folder = folder
        self._key = folder.absolute().parent / "writethru.key" if file is None else file.with_name(file.name + ".key")

    @property
    def can_sign(self) -> bool:
        """Whether the private key is there."""
        return self._key.exists()

    def signer(self) -> Signer:
        """Return the signing key, creating it on first use, readable by its owner only. Raises ArchiveError."""
        if not self._key.exists():
            Signer.new(f"writethru-{secrets.token_hex(4)}").write(self._key)
        return Signer.read(self._key)

    def public(self) -> str | None:
        """Return the public key, from the private key or else from ``key.pub``; None if neither exists."""
        if self._key.exists():
            return Signer.read(self._key).public
        try:
            return (self._folder / _PUBLIC).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            return None

    def notes(self) -> list[Path]:
        """Return the files of all notes, oldest first."""
        return sorted(self._folder.glob("*.note"))

    def newest_at(self) -> datetime | None:
        """Return when the newest note was written, or None."""
        written = [each.stat().st_mtime for each in self.notes()[-1:]]
        return datetime.fromtimestamp(written[0], UTC) if written else None

    def stamps(self, note: Path) -> dict[str, bytes]:
        """Return the time stamps next to the file of a note: the rest of the file name → content."""
        beside = sorted(note.parent.glob(f"{note.name}.*"))
        return {each.name.removeprefix(f"{note.name}."): each.read_bytes() for each in beside if each.suffix in STAMPS}

    def keep(self, note: str, public: str) -> Path:
        """Write a note to a new file and return its path.

        Raises ArchiveError if a note of the same size with another root exists.
        A note is never overwritten: two roots for the same size are the proof that the log was altered.
        """
        found = read_note(note, public)
        target = self._folder / f"{found.size:012}.note"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            if not target.exists():
                write_whole(target, note.encode())
            elif read_note(target.read_text(encoding="utf-8")).root != found.root:
                raise ArchiveError(
                    "the log no longer matches this checkpoint",
                    resource=str(target),
                    hint=f"run writethru verify --against {target}",
                )
            write_whole(self._folder / _PUBLIC, f"{public}\n".encode())
        except OSError as error:
            raise ArchiveError("the checkpoint cannot be written", resource=str(target)) from error
        return target


class Rhythm:
    """Decides when the next checkpoint is due: every `seconds` after `last`, the first at once."""

    def __init__(self, seconds: float, last: datetime | None = None) -> None:
        self._seconds = seconds
        self._last = last

    def due(self, now: datetime) -> bool:
        """Return whether a checkpoint is due. If it is, the caller must make it: the next interval starts now.

        One that was made by a clock that was ahead counts for nothing.
        """
        if self._last is not None and 0 <= (now - self._last).total_seconds() < self._seconds:
            return False
        self._last = now
        return True

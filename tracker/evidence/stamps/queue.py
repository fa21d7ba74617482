"""The queue of time stamps to request: an empty file next to the checkpoint for each, so that it survives a crash.

``000000001234.note.NAME.tsr.wanted`` means that ``000000001234.note.NAME.tsr`` is still to be requested from NAME, and
``…NAME.ots.promised`` that a calendar has promised the rest of a proof. A stamp is written before its queue file is
deleted, so a crash between the two costs at most one more request.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tracker.errors import ArchiveError
from tracker.files import write_whole

WANTED: Final = ".wanted"
PROMISED: Final = ".promised"
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9.-]+")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A pending time stamp: the checkpoint's file, the file that the stamp will be written to, and the queue file."""

    note: Path
    stamp: Path
    mark: Path


class StampQueue:
    """The queue in a folder of checkpoints. Methods raise ArchiveError if the folder cannot be written."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def want(self, note: Path, endings: Iterable[str]) -> None:
        """Queue time stamps of `note`, except existing ones. `endings` are those of their files, as in ``NAME.tsr``."""
        for ending in endings:
            stamp = note.with_name(f"{note.name}.{ending}")
            mark = stamp.with_name(stamp.name + WANTED)
            if not stamp.exists():
                with _writing(mark):
                    mark.touch()

    def waiting(self, ending: str, mark: str = WANTED) -> list[Waiting]:
        """Return the pending stamps with that ending, newest first."""
        tail = f".{ending}{mark}"
        marks = sorted(self._folder.glob(f"*.note{tail}"), reverse=True)
        found = []
        for each in marks:
            note = each.with_name(each.name.removesuffix(tail))
            found.append(Waiting(note, each.with_name(each.name.removesuffix(mark)), each))
        return [each for each in found if each.note.exists()]

    def keep(self, waiting: Waiting, stamp: bytes, *, promised: bool = False) -> None:
        """Write a stamp and remove it from the queue, or queue it as promised if the rest of it is still to come."""
        mark = waiting.stamp.with_name(waiting.stamp.name + PROMISED)
        # The stamp first, then the marks: a crash in between asks once more and loses nothing.
        with _writing(waiting.stamp):
            write_whole(waiting.stamp, stamp)
            if promised:
                mark.touch()
            for done in {mark, waiting.mark} - ({mark} if promised else set()):
                done.unlink(missing_ok=True)


def ending_of(host: str, kind: str) -> str:
    """Return the ending of an authority's files: its host, and the kind of its stamps."""
    return f"{_UNSAFE.sub('-', host).strip('.-') or 'authority'}.{kind}"


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ArchiveError("the time stamp cannot be written", resource=str(path)) from error

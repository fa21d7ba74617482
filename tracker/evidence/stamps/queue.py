"""What still waits for a time stamp: a file beside the checkpoint for each, so that the queue survives anything.

``000000001234.note.NAME.tsr.wanted`` says that NAME is still to be asked for ``000000001234.note.NAME.tsr``;
``…NAME.ots.promised`` that a calendar has promised the rest of a proof. What was fetched is written before its file of
the queue goes, so that a crash between both costs at most one more question.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tracker.archive.ledger.checkpoints import write_whole
from tracker.errors import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

WANTED: Final = ".wanted"
PROMISED: Final = ".promised"
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9.-]+")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A stamp that is still to come: *note* is the checkpoint, *stamp* the file it will be in; *mark* says so."""

    note: Path
    stamp: Path
    mark: Path


class StampQueue:
    """The queue in a folder of checkpoints. Raises ArchiveError where the folder cannot be written."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def want(self, note: Path, endings: Iterable[str]) -> None:
        """Queue stamps of *note*; those that are there, or are queued, stay. *endings* are as ``NAME.tsr``."""
        for ending in endings:
            stamp = note.with_name(f"{note.name}.{ending}")
            mark = stamp.with_name(stamp.name + WANTED)
            if not stamp.exists():
                _told(mark, mark.touch)

    def waiting(self, ending: str, mark: str = WANTED) -> list[Waiting]:
        """Return what waits for stamps of that ending, newest first."""
        tail = f".{ending}{mark}"
        marks = sorted(self._folder.glob(f"*.note{tail}"), reverse=True)
        found = []
        for each in marks:
            note = each.with_name(each.name.removesuffix(tail))
            found.append(Waiting(note, each.with_name(each.name.removesuffix(mark)), each))
        return [each for each in found if each.note.exists()]

    def keep(self, waiting: Waiting, stamp: bytes, *, promised: bool = False) -> None:
        """Write a stamp, and take it off the queue; *promised*: the rest of it is still to come."""

        def write() -> None:
            write_whole(waiting.stamp, stamp)
            mark = waiting.stamp.with_name(waiting.stamp.name + PROMISED)
            if promised:
                mark.touch()
            elif mark != waiting.mark:
                mark.unlink(missing_ok=True)
            if not (promised and mark == waiting.mark):
                waiting.mark.unlink(missing_ok=True)

        _told(waiting.stamp, write)


def ending_of(host: str, kind: str) -> str:
    """Return what the files of an authority end in: its host, and the kind of its stamps."""
    return f"{_UNSAFE.sub('-', host).strip('.-') or 'authority'}.{kind}"


def _told(path: Path, work: Callable[[], object]) -> None:
    try:
        work()
    except OSError as error:
        raise ArchiveError("the time stamp cannot be written", resource=str(path)) from error

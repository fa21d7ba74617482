"""CDX and CDXJ indexes in: where captures stand in WARC files that lie beside the index.

An index is no archive: it says where captures are, it does not hold them.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from tracker.errors import PageError, UsageError

from .files import lines, reading

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    Where = tuple[str, int]
    """Name of a WARC file, and the offset of a record in it."""

_OFFSET, _FILE = "V", "g"
_FEWEST: Final = 6
_PLAIN: Final = {9: "N b a m s k r V g", 11: "N b a m s k r M S V g"}
"""What the fields of a CDX line are where no head says so, by their number."""
_HEAD: Final = "CDX "
_LISTING: Final = "a listing of a Wayback Machine contains no captures; export them there as WARC"


def places(indexes: Sequence[Path]) -> dict[Path, list[int]]:
    """Return the offsets that the indexes name in each WARC file, in order.

    Raises UsageError where a WARC file is not there, or an index names none; PageError where it is no index.
    """
    found: dict[Path, set[int]] = {}
    for index in indexes:
        known: dict[str, Path] = {}
        with reading(index) as file:
            for name, offset in entries(lines(file, str(index)), str(index)):
                if name not in known:
                    known[name] = _beside(index, name)
                found.setdefault(known[name], set()).add(offset)
    if not found:
        raise PageError("the index contains no captures", resource=", ".join(map(str, indexes)))
    return {path: sorted(offsets) for path, offsets in found.items()}


def entries(raws: Iterable[bytes], resource: str = "") -> Iterator[Where]:
    """Yield where each capture stands. Raises PageError, with the number of the line that is none."""
    fields: list[str] = []
    for number, raw in enumerate(raws, 1):
        line = raw.decode("utf-8", "replace").strip("\r\n")
        if line.lstrip().startswith(_HEAD):
            fields = line.split()[1:]
        elif line.strip() and not line.startswith("!"):
            try:
                yield _json(line) if "{" in line else _fields(line, fields)
            except UsageError as error:
                raise UsageError(error.message, resource=resource, hint=error.hint) from None
            except (ValueError, KeyError, TypeError, AttributeError):
                raise PageError(f"line {number} is not an entry of a CDX or CDXJ index", resource=resource) from None


def _json(line: str) -> Where:
    entry = json.loads(line[line.index("{") :])
    if "filename" not in entry or "offset" not in entry:
        raise UsageError("the index does not name a WARC file", hint=_LISTING)
    return str(entry["filename"]), int(entry["offset"])


def _fields(line: str, fields: Sequence[str]) -> Where:
    values = line.split()
    names = fields or _PLAIN.get(len(values), "").split()
    if len(values) < _FEWEST:
        raise ValueError("too few fields")
    if _FILE not in names or _OFFSET not in names:
        raise UsageError("the index does not name a WARC file", hint=_LISTING)
    return values[names.index(_FILE)], int(values[names.index(_OFFSET)])


def _beside(index: Path, name: str) -> Path:
    """Return the WARC file of that name: as the index says, or by its bare name in the folder of the index."""
    inside = index.parent
    bare = name.replace("\\", "/").rpartition("/")[2]
    for path in (inside / name, inside / bare, inside / "archive" / bare):
        if path.is_file():
            return path
    raise UsageError(
        f"the WARC file {name} is not in the folder of the index",
        resource=str(index),
        hint="an index contains no captures; put the WARC files into its folder",
    )

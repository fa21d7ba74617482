"""Read CDX and CDXJ indexes: the offsets of captures in WARC files that are in the folder of the index."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from tracker.errors import PageError, UsageError

from .files import lines, reading

if TYPE_CHECKING:
    from pathlib import Path

    Location = tuple[str, int]
    """Name of a WARC file, and the offset of a record in it."""

_OFFSET, _FILE = "V", "g"
MIN_FIELDS: Final = 6
_DEFAULT_FIELDS: Final = {9: "N b a m s k r V g", 11: "N b a m s k r M S V g"}
"""Number of fields in a line of a CDX file without a header → what the fields are."""
HEADER: Final = "CDX "
_LISTING: Final = "import it alone, as a listing of a web archive"


def places(indexes: Sequence[Path]) -> dict[Path, list[int]]:
    """Return the offsets in each WARC file that the indexes name, in order.

    Raises UsageError if a WARC file is missing or an index names none, PageError if a file is not an index.
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


def entries(raws: Iterable[bytes], resource: str = "") -> Iterator[Location]:
    """Yield the location of each capture. Raises PageError with the number of an invalid line."""
    fields: list[str] = []
    for number, raw in enumerate(raws, 1):
        line = raw.decode("utf-8", "replace").strip("\r\n")
        if line.lstrip().startswith(HEADER):
            fields = line.split()[1:]
        elif line.strip() and not line.startswith("!"):
            try:
                yield _json(line) if "{" in line else _fields(line, fields)
            except UsageError as error:
                raise UsageError(error.message, resource=resource, hint=error.hint) from None
            except (ValueError, KeyError, TypeError, AttributeError):
                raise PageError(f"line {number} is not an entry of a CDX or CDXJ index", resource=resource) from None


def _json(line: str) -> Location:
    entry = json.loads(line[line.index("{") :])
    if "filename" not in entry or "offset" not in entry:
        raise UsageError("the index does not name a WARC file", hint=_LISTING)
    return str(entry["filename"]), int(entry["offset"])


def _fields(line: str, fields: Sequence[str]) -> Location:
    values = line.split()
    names = fields or _DEFAULT_FIELDS.get(len(values), "").split()
    if len(values) < MIN_FIELDS and not fields:
        raise ValueError("too few fields")
    if _FILE not in names or _OFFSET not in names:
        raise UsageError("the index does not name a WARC file", hint=_LISTING)
    return values[names.index(_FILE)], int(values[names.index(_OFFSET)])


def _beside(index: Path, name: str) -> Path:
    """Return the WARC file of that name, looked up by its path and then by its file name in the folder of the index.

    A listing may come from anybody: what lies outside the folder, by its path or by a link, is never read.
    """
    folder = index.parent
    bare = name.replace("\\", "/").rpartition("/")[2]
    for path in (folder / name, folder / bare, folder / "archive" / bare):
        if path.is_file() and path.resolve().is_relative_to(folder.resolve()):
            return path
    raise UsageError(
        f"the WARC file {name} is not in the folder of the index",
        resource=str(index),
        hint="an index contains no captures; put the WARC files into its folder",
    )

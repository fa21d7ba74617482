"""Files that appear whole or not at all, packed as their name says."""

from __future__ import annotations

import gzip
import sys
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, BinaryIO, Final, cast

from tracker.errors import PageError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MAX_LINE_BYTES: Final = 128_000_000
"""Bytes: a version with the largest page that is fetched takes a quarter of it."""
_LEVEL: Final = 9
_PART: Final = ".part"


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a name to write to; where the block ends well, the file takes the place of *path*, else it is removed."""
    part = path.with_name(path.name + _PART)
    try:
        yield part
        part.replace(path)
    except OSError as error:
        raise UsageError(f"the file cannot be written: {error.strerror or error}", resource=str(path)) from error
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def writing(path: Path) -> Iterator[BinaryIO]:
    """Give a file to write to, packed where *path* ends in .gz or .zst; the same bytes make the same file."""
    with replacing(path) as part, ExitStack() as stack:
        raw = stack.enter_context(part.open("wb"))
        if path.suffix == ".gz":
            # Neither name nor time goes into the file.
            packed = gzip.GzipFile("", "wb", compresslevel=_LEVEL, fileobj=raw, mtime=0)
            yield cast("BinaryIO", stack.enter_context(packed))
        elif path.suffix == ".zst":
            yield cast("BinaryIO", stack.enter_context(zstd.ZstdFile(raw, "wb", level=_LEVEL)))
        else:
            yield raw


@contextmanager
def reading(path: Path) -> Iterator[BinaryIO]:
    """Give a file to read, unpacked where its first bytes say that it is packed. Raises UsageError."""
    try:
        raw = path.open("rb")
    except OSError as error:
        raise UsageError(f"the file cannot be read: {error.strerror}", resource=str(path)) from error
    with raw:
        start = raw.read(4)
        raw.seek(0)
        if start.startswith(b"\x1f\x8b"):
            with gzip.GzipFile(fileobj=raw) as packed:
                yield cast("BinaryIO", packed)
        elif start == b"\x28\xb5\x2f\xfd":
            with zstd.ZstdFile(raw) as packed_too:
                yield cast("BinaryIO", packed_too)
        else:
            yield raw


def lines(file: BinaryIO, resource: str = "") -> Iterator[bytes]:
    """Yield the lines of a file. Raises PageError for one that is too long: a small packed file can hold gigabytes."""
    while line := file.readline(MAX_LINE_BYTES + 1):
        if len(line) > MAX_LINE_BYTES:
            raise PageError(f"a line is longer than {MAX_LINE_BYTES / 1e6:.0f} MB", resource=resource)
        yield line

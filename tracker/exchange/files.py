"""Files that are written completely or not at all, and compressed as their name says."""

from __future__ import annotations

import gzip
import sys
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO, Final, cast

from tracker.errors import PageError, TrackerError, UsageError
from tracker.files import settle

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

# A version with the largest page that is fetched takes a quarter of this.
MAX_LINE_BYTES: Final = 128_000_000
_LEVEL: Final = 9
_PART: Final = ".part"


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a path to write to; the file replaces `path` when the block ends, and is deleted if the block raises.

    Raises TrackerError if it cannot be written.
    """
    part = path.with_name(path.name + _PART)
    try:
        yield part
        # A reader finds the old file or the new one, never half of it, even after a power cut.
        settle(part, path)
    except OSError as error:
        raise TrackerError("the file cannot be written", resource=str(path)) from error
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def writing(path: Path) -> Iterator[BinaryIO]:
    """Yield a file to write to, compressed if `path` ends in .gz or .zst; the same bytes make the same file."""
    with replacing(path) as part, ExitStack() as stack:
        raw = stack.enter_context(part.open("wb"))
        if path.suffix == ".gz":
            # The file contains neither its name nor a time.
            packed = gzip.GzipFile("", "wb", compresslevel=_LEVEL, fileobj=raw, mtime=0)
            yield cast("BinaryIO", stack.enter_context(packed))
        elif path.suffix == ".zst":
            yield cast("BinaryIO", stack.enter_context(zstd.ZstdFile(raw, "wb", level=_LEVEL)))
        else:
            yield raw


def lines(path: Path) -> Iterator[bytes]:
    """Yield the lines of a file, decompressed if its first bytes say that it is compressed.

    Raises UsageError if it cannot be opened, PageError where compressed bytes turn out to be damaged or cut short, and
    for a line that is too long, as small compressed files may contain.
    """
    try:
        raw = path.open("rb")
    except OSError as error:
        raise UsageError(f"the file cannot be read: {error.strerror}", resource=str(path)) from error
    with raw, ExitStack() as stack:
        start = raw.read(4)
        raw.seek(0)
        opened: object = raw
        if start.startswith(b"\x1f\x8b"):
            opened = stack.enter_context(gzip.GzipFile(fileobj=raw))
        elif start == b"\x28\xb5\x2f\xfd":
            opened = stack.enter_context(zstd.ZstdFile(raw))
        file = cast("BinaryIO", opened)
        try:
            while line := file.readline(MAX_LINE_BYTES + 1):
                if len(line) > MAX_LINE_BYTES:
                    raise PageError(f"a line is longer than {MAX_LINE_BYTES / 1e6:.0f} MB", resource=str(path))
                yield line
        except (EOFError, gzip.BadGzipFile, zlib.error, zstd.ZstdError) as error:
            raise PageError("the compressed file is damaged or cut short", resource=str(path)) from error

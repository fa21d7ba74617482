"""The members of an evidence package: a ZIP file, or the folder it was unpacked to. Part of verify.py."""

from __future__ import annotations

import stat
import zipfile
import zlib
from pathlib import Path

# Packages come from strangers: all is read into memory, and a small ZIP file may unpack to any size.
MAX_PACKAGE_BYTES = 1 << 30
Members = dict[str, bytes]


def opened(place: Path) -> tuple[Members, list[tuple[str, str]]]:
    """Return the members of a package, and which of them are refused and why.

    Raises OSError, ValueError or BadZipFile if the package itself cannot be opened.
    """
    if place.is_dir():
        found = {path.relative_to(place).as_posix(): path for path in sorted(place.rglob("*"))}
        links = [(name, "it is a link") for name, path in found.items() if path.is_symlink()]
        files = {name: path for name, path in found.items() if not path.is_symlink() and not path.is_dir()}
        _require_readable(*files.values())
        return {name: path.read_bytes() for name, path in files.items()}, links
    members: Members = {}
    refused = []
    _require_readable(place)
    with zipfile.ZipFile(place) as package:
        entries = package.infolist()
        if sum(entry.file_size for entry in entries) > MAX_PACKAGE_BYTES:
            raise ValueError("it unpacks to more than 1 GiB")
        # Two programs may unpack a crafted ZIP file differently: what a person reads must be what was verified.
        if not _is_plain(place.read_bytes(), package):
            refused.append((place.name, "it has bytes that belong to no member, as forged packages do"))
        for entry in entries:
            if entry.filename in members:
                refused.append((entry.filename, "it is there twice"))
                continue
            try:
                members[entry.filename] = package.read(entry)
            except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, ValueError, OSError):
                refused.append((entry.filename, "it cannot be read"))  # the other members are verified all the same
    return members, refused


def _require_readable(*files: Path) -> None:
    """Raise ValueError unless these are files of a size that can be read: a pipe or a device may have no end."""
    if special := [each.name for each in files if not stat.S_ISREG(each.stat().st_mode)]:
        raise ValueError(f"{special[0]} is not a regular file")
    if sum(each.stat().st_size for each in files) > MAX_PACKAGE_BYTES:
        raise ValueError("it is larger than 1 GiB")


def _is_plain(data: bytes, package: zipfile.ZipFile) -> bool:
    """Return whether a ZIP file is its members, one after the other, and their directory.

    Programs differ in whether they go by the directory or by the headers, so both must say the same.
    """
    at = 0
    for entry in sorted(package.infolist(), key=lambda entry: entry.header_offset):
        name = entry.orig_filename.encode()
        head = data[at : at + 30]
        sizes = tuple(int.from_bytes(head[start : start + 4], "little") for start in (14, 18, 22))
        same = sizes == (entry.CRC, entry.compress_size, entry.file_size) and data.startswith(name, at + 30)
        same = same and int.from_bytes(head[8:10], "little") == entry.compress_type
        # No flag but that of names in UTF-8: another would make some programs look elsewhere for the end of the bytes.
        same = same and int.from_bytes(head[6:8], "little") == entry.flag_bits and entry.flag_bits in {0, 0x800}
        lengths = [int.from_bytes(head[start : start + 2], "little") for start in (26, 28)]
        if entry.header_offset != at or not same or lengths != [len(name), 0] or entry.extra or entry.comment:
            return False
        at += 30 + len(name) + entry.compress_size
    directory = sum(46 + len(entry.orig_filename.encode()) for entry in package.infolist())
    return package.start_dir == at and len(data) == at + directory + 22 and not package.comment

"""Files that are written completely or not at all, and the folders of files that ship with the package."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from .errors import TrackerError


def write_whole(target: Path, data: bytes, *, mode: int | None = None, new: bool = False) -> None:
    """Replace a file so that a reader, even after a crash at any point, finds the old one or the complete new one.

    Owner and permissions stay as they were. A file that is new gets the permissions `mode`; None: those of any new
    file. With `new`, a file is never replaced, not even one that another process has just made. Raises OSError.
    """
    # No name that another process could be writing to.
    part = target.with_name(f".{target.name}.{os.urandom(4).hex()}")
    is_new = not target.exists()
    try:
        # Closed to others until it has its permissions: the old file may be for its owner alone.
        part.touch(0o666 if is_new and mode is None else 0o600, exist_ok=False)
        part.write_bytes(data)
        if is_new and mode is not None:
            part.chmod(mode)
        keep_owner(part, target.parent if is_new else target)
        if new:
            _flush(part)
            try:
                target.hardlink_to(part)  # refused if the file exists; renaming would replace it
            except OSError:  # that it exists, or a file system without links
                if target.exists():
                    raise
                part.replace(target)
            _flush(target.parent)
        else:
            settle(part, target)
    finally:
        part.unlink(missing_ok=True)


def settle(part: Path, target: Path) -> None:
    """Give a complete file its name: flush it to disk, rename it, and flush the folder. Raises OSError."""
    _flush(part)
    part.replace(target)
    _flush(target.parent)


def permission_hint(error: OSError, folder: Path) -> str:
    """Return what to do about a file that cannot be written in `folder`; "" if `error` has another reason."""
    if error.errno == errno.ENOENT:
        return f"create the folder {folder.absolute()}"
    refused = error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}
    return f"run it as a user who may write to {folder.resolve()}" if refused else ""


def keep_owner(path: Path, like: Path) -> None:
    """Give `path` the mode of the file `like` and, if this is root, its owner; a folder gives its owner alone.

    Without it, the service could not read or write what an administrator restored or edited.
    """
    found = like.stat()
    if like.is_file():
        path.chmod(found.st_mode & 0o777)
    if os.geteuid() == 0:
        os.chown(path, found.st_uid, found.st_gid)


def shipped_folder(packed: str, beside: str, file: str) -> Path:
    """Return the folder of what ships with writethru: `packed` in the package, or `beside` it in a checkout.

    It is the first that has a `file` of that name. Raises TrackerError if none has.
    """
    package = Path(__file__).resolve().parent
    for folder in (package / packed, package.parent / beside):
        if (folder / file).is_file():
            return folder
    raise TrackerError(f"{file}, part of writethru, is missing", resource=str(package), hint="install writethru again")


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

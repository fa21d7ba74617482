"""Owner and mode of files that root makes in place of those of the service's user."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def keep_owner(path: Path, like: Path) -> None:
    """Give *path* the mode of the file *like* and, if this is root, its owner; a folder gives its owner alone.

    Without it, the service could not write what an administrator restored.
    """
    found = like.stat()
    if like.is_file():
        path.chmod(found.st_mode & 0o777)
    if os.geteuid() == 0:
        os.chown(path, found.st_uid, found.st_gid)

"""Where the program starts: a cron run with nothing to do is answered before anything heavy is imported."""

from __future__ import annotations

import atexit
import gc
import os
import signal
import sys
from collections.abc import Sequence
from typing import Final

_VALUES: Final = {"--config": "config", "-c": "config", "--db": "db"}
_FLAGS: Final = frozenset({"--due", "--quiet", "-q", "--json"})
NOTHING_DUE: Final = "Nothing to check now. When: writethru sources list. To check all the same: writethru check --all"
# The default, a collection every 700 new objects, spends a tenth of a short run on imported code that is never garbage.
MAX_NEW_OBJECTS_BEFORE_COLLECTION: Final = 50_000
# On PostgreSQL a check needs a connection anyway, so there is nothing to save.
_SQLITE: Final = "sqlite:///"


def main() -> None:
    """Run the command line."""
    # Closed, as by `2>&-`: what is written would fail, and the next file opened, such as the archive, would take its
    # number. In the order of the numbers, since each gets the lowest that is free.
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115, PTH123 - open until the end
    gc.set_threshold(MAX_NEW_OBJECTS_BEFORE_COLLECTION)
    # Otherwise the interpreter looks through all of it for garbage as it ends: a sixth of a short run.
    atexit.register(gc.freeze)
    # Pydantic would read the entry points of every installed distribution, to find plugins that we do not use.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    try:
        if not idle(sys.argv[1:]):
            from .main import main as run

            run()
    except KeyboardInterrupt:  # while modules are imported: the command line reports a later one itself
        print("writethru: interrupted", file=sys.stderr)  # noqa: T201 - stderr is where messages go
        sys.exit(128 + signal.SIGINT)


def idle(arguments: Sequence[str]) -> bool:
    """Answer `check --due` with its usual summary where nothing is due, and return whether that was done.

    Every other command, and every case that is not plain, is left to the command line proper.
    """
    options = _options(arguments)
    if options is None:
        return False
    from tracker import __version__
    from tracker.config.database import find_database
    from tracker.config.file import find_config, fingerprint
    from tracker.errors import TrackerError

    try:
        database = find_database(options.get("db", ""), options.get("config", ""))
        settings = fingerprint(find_config(options.get("config", "")), __version__)
    except TrackerError:
        return False
    # A URL with parameters may name the file in another way than its text.
    if not database.startswith(_SQLITE) or "?" in database or not _nothing_due(database, settings):
        return False
    if "json" in options:
        print('{"schema":1,"event":"summary","articles":{},"hubs":{},"new":0,"changed":0,"failed":0}')  # noqa: T201
    elif "quiet" not in options:
        print(NOTHING_DUE, file=sys.stderr)  # noqa: T201
    return True


def _nothing_due(database: str, settings: str) -> bool:
    """Return whether nothing is due within the minute that a pass waits for busy hosts. The archive must be free."""
    import fcntl
    import time
    from pathlib import Path

    from tracker.archive.idle import nothing_due

    archive = Path(database.removeprefix(_SQLITE))
    try:
        # A lock that somebody holds is left to the command proper, which says so and exits with 75.
        with archive.with_name(archive.name + ".lock").open("rb") as lock:
            # Shared, so that several such runs do not take each other for the service.
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            now = time.time_ns() // 1_000_000
            return nothing_due(archive, settings, now, now + 60_000)
    except OSError:
        return False


def _options(arguments: Sequence[str]) -> dict[str, str] | None:
    """Return the options of a plain `check`, by name; None for any other command line."""
    found: dict[str, str] = {}
    words = iter(arguments)
    commands = 0
    for word in words:
        if word in _VALUES:
            found[_VALUES[word]] = next(words, "")
        elif word in _FLAGS:
            found["quiet" if word == "-q" else word.removeprefix("--")] = word
        elif word == "check":
            commands += 1
        else:
            return None
    return found if commands == 1 else None

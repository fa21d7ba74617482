"""The child process that reads pages for the pool. See `ChildProcess` in `pool.py` for the messages.

The process that children are forked from imports this module and the extractor. Nothing here imports asyncio, structlog
or pydantic: at every start, they would take as long as the extractor itself.
"""

from __future__ import annotations

import ctypes
import fcntl
import gc
import os
import pickle
import posix
import resource
import signal
import socket
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final, TypeVar, TypeVarTuple, cast

import msgspec

from tracker.addresses.urls import hostname_of
from tracker.errors import PageError
from tracker.model.article import Reading, SamePage

from .sandbox import confine

if TYPE_CHECKING:
    from .site_rules import SiteRules

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

LENGTH_BYTES: Final = 8
STARTED: Final = "started"
ERROR: Final = "error"
MAX_CHILD_MEMORY_BYTES: Final = 1 << 30
"""Address space of a child process."""
_CHILD_OOM_SCORE: Final = "500"  # of 1000; the service itself has 0 unless it was set otherwise
_OOM_SCORE_FILE: Final = Path("/proc/self/oom_score_adj")
_STAT_FILE: Final = Path("/proc/self/stat")
_GC_THRESHOLDS: Final = (8_000, 20, 20)
_RULES: Final[list[SiteRules]] = []  # that this process was started with


def initialize(rules: tuple[dict[str, Any], ...]) -> None:
    """Limit this process, and confine it to reading pages, with `rules`: the fields of SiteRules by name."""
    _RULES[:] = [cast("SiteRules", SimpleNamespace(**fields)) for fields in rules]
    resource.setrlimit(resource.RLIMIT_AS, (MAX_CHILD_MEMORY_BYTES, MAX_CHILD_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # If the machine runs out of memory, the kernel should end this process rather than the service.
    with suppress(OSError):
        _OOM_SCORE_FILE.write_text(_CHILD_OOM_SCORE)
    # A page is some 5,000 objects, none of them in a cycle: with the default of 700, they are all examined again and
    # again while the page is read, without result.
    gc.freeze()
    gc.set_threshold(*_GC_THRESHOLDS)
    confine()


def call_with_limit(function: Callable[..., T], arguments: tuple[object, ...], seconds: float) -> T:
    """Call `function` within twice `seconds` of processor time, so that the child ends even without its parent."""
    # The limit is for the life of the process, which reads many pages.
    hard_limit = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time() + 2 * seconds) + 1, hard_limit))
    return function(*arguments)


def read(body: bytes, url: str, charset: str, status: int, prefer: str) -> Reading:
    """Return the reading of a page. Raises PageError."""
    reading = read_unless_same(body, url, charset, status, prefer, "")
    assert isinstance(reading, Reading)  # no page has an empty fingerprint
    return reading


def read_unless_same(
    body: bytes, url: str, charset: str, status: int, prefer: str, fingerprint: str
) -> Reading | SamePage:
    """Return SamePage if the page has the `fingerprint` of an earlier reading, else the result of `read`."""
    from . import extractor  # the parent does without it: its import takes 0.2 s

    rules = rules_for(hostname_of(url), _RULES)
    found = extractor.read_unless_same(
        body, url, fingerprint, charset=charset, status=status, rules=rules, prefer=prefer
    )
    if isinstance(found, Reading) and found.is_undecodable:
        raise PageError(found.detail)  # so that the page is stored as one that could not be read
    return found


def rules_for(host: str, sites: Sequence[SiteRules]) -> SiteRules | None:
    """Return the first rules for `host` or a domain that it is in, or None."""
    return next((rules for rules in sites if any(f".{host}".endswith(f".{own}") for own in rules.hosts)), None)


def do_nothing() -> None:
    """Do nothing: when it has run in a child, the process that children are forked from is ready."""


def framed(message: bytes) -> bytes:
    """Return `message` with its length before it."""
    return len(message).to_bytes(LENGTH_BYTES) + message


def _keep_only(end: socket.socket) -> socket.socket:
    """Return `end` as the only open descriptor; standard input and output go to /dev/null, the environment is cleared.

    A write to the pipes of `multiprocessing` would end the process that forks, and output could control a terminal.
    """
    # Above the standard descriptors, which are free if the service was started without them.
    kept = socket.socket(fileno=fcntl.fcntl(end.detach(), fcntl.F_DUPFD_CLOEXEC, 3))
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in range(3):
        os.dup2(nowhere, standard)
    os.closerange(3, kept.fileno())
    os.closerange(kept.fileno() + 1, os.sysconf("SC_OPEN_MAX"))
    _forget_environment()
    return kept


def _forget_environment() -> None:
    """Clear the environment, and overwrite its values in memory: they hold the service's secrets."""
    for value in posix.environ.values():
        if len(value) > 1:  # Python has a single object for each shorter one
            ctypes.memset(id(value) + bytes.__basicsize__ - 1, 0, len(value))
    os.environ.clear()
    with suppress(OSError):  # not on Linux
        fields = _STAT_FILE.read_text().rpartition(")")[2].split()
        # env_start and env_end of proc(5): the environment that the process was started with.
        start, end = int(fields[47]), int(fields[48])
        ctypes.memset(start, 0, end - start)


def serve(end: socket.socket, initialize: Callable[[*Ts], object], arguments: tuple[*Ts]) -> None:
    """Answer the parent until it closes its end: the body of the child process."""
    # Ctrl-C reaches every process of the terminal; the parent ends its children itself.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end = _keep_only(end)
    initialize(*arguments)
    # OSError: the parent was killed, and nobody is left to answer.
    with suppress(OSError), end, end.makefile("rb") as requests:
        end.sendall(framed(msgspec.msgpack.encode((STARTED, None))))
        while length := requests.read(LENGTH_BYTES):
            request = requests.read(int.from_bytes(length))
            try:
                function, asked = pickle.loads(request)  # noqa: S301 - our own parent wrote it
                result = function(*asked)
                answer = msgspec.msgpack.encode((type(result).__name__, result))
            except Exception as error:  # noqa: BLE001 - the parent raises it
                trace = "".join(traceback.format_exception(error))
                answer = msgspec.msgpack.encode((ERROR, (type(error).__name__, str(error), trace)))
            end.sendall(framed(answer))

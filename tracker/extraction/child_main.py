"""What a child process runs: it answers the parent's calls. See `child_process.py` for the messages."""

from __future__ import annotations

import pickle
import signal
import socket
import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import Final, TypeVarTuple

import msgspec

Ts = TypeVarTuple("Ts")

LENGTH_BYTES: Final = 8
STARTED: Final = "started"
ERROR: Final = "error"


def do_nothing() -> None:
    """End at once: once it has run, the process that it was forked from is ready."""


def framed(message: bytes) -> bytes:
    """Return `message` with its length before it."""
    return len(message).to_bytes(LENGTH_BYTES) + message


def serve(end: socket.socket, initialize: Callable[[*Ts], object], arguments: tuple[*Ts]) -> None:
    """Answer the parent until it closes its end: the body of the child process."""
    # Ctrl-C reaches every process of the terminal; the parent ends its children when it wants to.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    initialize(*arguments)
    # OSError: the parent was killed, and nobody is left to answer.
    with suppress(OSError), end, end.makefile("rb") as requests:
        end.sendall(framed(_encoded(STARTED, None)))
        while length := requests.read(LENGTH_BYTES):
            end.sendall(framed(_answer(requests.read(int.from_bytes(length)))))


def _answer(request: bytes) -> bytes:
    try:
        function, arguments = pickle.loads(request)  # noqa: S301 - our own parent wrote it
        result = function(*arguments)
        return _encoded(type(result).__name__, result)
    except Exception as error:  # noqa: BLE001 - the parent raises it
        return _encoded(ERROR, (type(error).__name__, str(error), "".join(traceback.format_exception(error))))


def _encoded(name: str, value: object) -> bytes:
    return msgspec.msgpack.encode((name, value))

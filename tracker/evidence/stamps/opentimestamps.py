"""OpenTimestamps proofs (https://opentimestamps.org): a tree of operations from a file's hash to Bitcoin blocks.

A calendar answers at once with a promise, and hours later with the operations that lead to a block, which complete the
proof.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from tracker.errors import ArchiveError

# With the version, 1, and the hash function of the file, SHA-256.
MAGIC: Final = b"\x00OpenTimestamps\x00\x00Proof\x00\xbf\x89\xe2\xe8\x84\xe8\x92\x94\x01\x08"
MEDIA_TYPE: Final = "application/vnd.opentimestamps.v1"
# The tags of attestations and operations, as the reference implementation (python-opentimestamps) has them.
_PENDING: Final = bytes.fromhex("83dfe30d2ef90c8e")
_BITCOIN: Final = bytes.fromhex("0588960d73d71901")
_FORK, _ATTESTATION, _SHA256, _APPEND, _PREPEND = 0xFF, 0x00, 0x08, 0xF0, 0xF1
# Without an argument: SHA-1, RIPEMD-160, SHA-256, Keccak-256, reverse and hexlify.
_UNARY: Final = frozenset({0x02, 0x03, _SHA256, 0x67, 0xF2, 0xF3})
# A calendar's answer comes from the network: neither its lengths nor its nesting are bounded by itself.
MAX_FIELD_BYTES: Final = 8192
MAX_DEPTH: Final = 200


@dataclass(frozen=True, slots=True)
class Promise:
    """The promise of a calendar to prove `commitment`."""

    calendar: str
    commitment: bytes

    @property
    def url(self) -> str:
        """The URL at which the rest of the proof will be available."""
        return f"{self.calendar.rstrip('/')}/timestamp/{self.commitment.hex()}"


@dataclass(frozen=True, slots=True)
class _Node:
    """The attestations (tag, payload) of one message, and the operations (tag, argument, result) on it."""

    attestations: tuple[tuple[bytes, bytes], ...] = ()
    operations: tuple[tuple[int, bytes, _Node], ...] = ()


def digest_to_send(data: bytes, nonce: bytes) -> bytes:
    """Return what is sent to a calendar: a hash that reveals nothing about the file.

    Without the nonce, whoever has the file could look for its hash in what calendars publish.
    """
    return hashlib.sha256(hashlib.sha256(data).digest() + nonce).digest()


def proof(data: bytes, nonce: bytes, answer: bytes) -> bytes:
    """Return the .ots file for `data` from a calendar's `answer` to `digest_to_send`. Raises ArchiveError."""
    promised = _read(answer)
    if not any(tag in {_PENDING, _BITCOIN} for _, node in _walk(promised, b"") for tag, _ in node.attestations):
        raise ArchiveError("the calendar's answer is neither a proof nor a promise")
    hashed = _Node(operations=((_SHA256, b"", promised),))
    whole = _Node(operations=((_APPEND, nonce, hashed),))
    return MAGIC + hashlib.sha256(data).digest() + _write(whole)


def promises(proof: bytes) -> list[Promise]:
    """Return the open promises of a proof; none if it is complete. Raises ArchiveError."""
    digest, tree = _opened(proof)
    found = []
    for message, node in _walk(tree, digest):
        for tag, payload in node.attestations:
            # One block is proof enough, whatever other calendars still promise.
            if tag == _BITCOIN:
                return []
            if tag == _PENDING:
                found.append(Promise(_Reader(payload).sized().decode("utf-8", "replace"), message))
    return found


def completed(proof: bytes, promise: Promise, answer: bytes) -> bytes:
    """Return `proof` with `promise` replaced by the calendar's `answer`. Raises ArchiveError."""
    digest, tree = _opened(proof)
    return MAGIC + digest + _write(_grafted(tree, digest, promise.commitment, _read(answer)))


def _grafted(node: _Node, message: bytes, at: bytes, branch: _Node) -> _Node:
    if message == at:
        kept = tuple(each for each in node.attestations if each[0] != _PENDING)
        return _Node(kept + branch.attestations, node.operations + branch.operations)
    operations = tuple(
        (tag, argument, _grafted(below, _apply(tag, argument, message), at, branch))
        for tag, argument, below in node.operations
    )
    return replace(node, operations=operations)


def _walk(node: _Node, message: bytes) -> Iterator[tuple[bytes, _Node]]:
    yield message, node
    for tag, argument, below in node.operations:
        yield from _walk(below, _apply(tag, argument, message))


def _apply(tag: int, argument: bytes, message: bytes) -> bytes:
    if tag == _SHA256:
        return hashlib.sha256(message).digest()
    if tag == _APPEND:
        return message + argument
    if tag == _PREPEND:
        return argument + message
    # Calendars do not use the other operations before a promise.
    return b""


def _opened(proof: bytes) -> tuple[bytes, _Node]:
    if not proof.startswith(MAGIC):
        raise ArchiveError("not an OpenTimestamps proof of a SHA-256 hash")
    start = len(MAGIC)
    return proof[start : start + 32], _read(proof[start + 32 :])


def _read(data: bytes) -> _Node:
    reader = _Reader(data)
    try:
        node = reader.node(0)
    except (IndexError, ValueError) as error:
        raise ArchiveError("this OpenTimestamps proof is damaged") from error
    if reader.left:
        raise ArchiveError("this OpenTimestamps proof is damaged: extra bytes at the end")
    return node


class _Reader:
    """Reads a proof. Raises IndexError if it ends too early, ValueError if it is invalid."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def left(self) -> int:
        """The number of bytes that were not read yet."""
        return len(self._data) - self._at

    def node(self, depth: int) -> _Node:
        """Read the attestations of one message and the operations on it."""
        if depth > MAX_DEPTH:
            raise ValueError("too deep")
        attestations: list[tuple[bytes, bytes]] = []
        operations: list[tuple[int, bytes, _Node]] = []
        more = True
        while more:
            tag = self._byte()
            more = tag == _FORK
            if more:
                tag = self._byte()
            if tag == _ATTESTATION:
                attestations.append((self._take(8), self.sized()))
            elif tag in {_APPEND, _PREPEND}:
                operations.append((tag, self.sized(), self.node(depth + 1)))
            elif tag in _UNARY:
                operations.append((tag, b"", self.node(depth + 1)))
            else:
                raise ValueError(f"no such operation: {tag}")
        return _Node(tuple(attestations), tuple(operations))

    def sized(self) -> bytes:
        """Read a length and that many bytes."""
        length, shift = 0, 0
        while True:
            byte = self._byte()
            length |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80 or shift > 28:
                break
        if length > MAX_FIELD_BYTES:
            raise ValueError("too long")
        return self._take(length)

    def _byte(self) -> int:
        self._at += 1
        return self._data[self._at - 1]

    def _take(self, count: int) -> bytes:
        if self.left < count:
            raise IndexError("it ends too early")
        self._at += count
        return self._data[self._at - count : self._at]


def _write(node: _Node) -> bytes:
    items = [bytes([_ATTESTATION]) + tag + _sized(payload) for tag, payload in node.attestations]
    for tag, argument, below in node.operations:
        items.append(bytes([tag]) + (_sized(argument) if tag in {_APPEND, _PREPEND} else b"") + _write(below))
    return b"".join(bytes([_FORK]) + item for item in items[:-1]) + items[-1]


def _sized(data: bytes) -> bytes:
    length, out = len(data), b""
    while length > 0x7F:
        out += bytes([length & 0x7F | 0x80])
        length >>= 7
    return out + bytes([length]) + data

"""Time stamps of checkpoints: an RFC 3161 authority signs the hash of a checkpoint together with the time.

The service posts the result of `request`. Pending stamps are files next to the checkpoint, so that
they survive a crash: the empty file ``000000001234.note.NAME.tsr.wanted`` means that ``000000001234.note.NAME.tsr`` is
still to be requested from NAME. A stamp is written before its queue file is deleted, so a crash between the two costs
at most one more request.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tracker.errors import ArchiveError, ConfigError
from tracker.files import write_whole

if TYPE_CHECKING:
    from cryptography.x509 import Certificate
    from rfc3161_client import TimeStampRequest

MEDIA_TYPE: Final = "application/timestamp-query"
WANTED: Final = ".wanted"
_CERTIFICATES: Final = 0xA0  # the tag of the certificates in SignedData (RFC 5652, 5.1)
_GRANTED: Final = frozenset({0, 1})  # granted, and granted with modifications (RFC 3161, 2.4.2)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A pending time stamp: the checkpoint's file, the file that the stamp will be written to, and the queue file."""

    note: Path
    stamp: Path
    mark: Path


class StampQueue:
    """The queue in a folder of checkpoints. Methods raise ArchiveError if the folder cannot be written."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def want(self, note: Path, endings: Iterable[str]) -> None:
        """Queue time stamps of `note`, except existing ones. `endings` are those of their files, as in ``NAME.tsr``."""
        for ending in endings:
            stamp = note.with_name(f"{note.name}.{ending}")
            mark = stamp.with_name(stamp.name + WANTED)
            if not stamp.exists():
                with _writing(mark):
                    mark.touch()

    def waiting(self, ending: str) -> list[Waiting]:
        """Return the pending stamps with that ending, newest first."""
        tail = f".{ending}{WANTED}"
        found = []
        for each in sorted(self._folder.glob(f"*.note{tail}"), reverse=True):
            note = each.with_name(each.name.removesuffix(tail))
            found.append(Waiting(note, each.with_name(each.name.removesuffix(WANTED)), each))
        return [each for each in found if each.note.exists()]

    def keep(self, waiting: Waiting, stamp: bytes) -> None:
        """Write a stamp and remove it from the queue."""
        with _writing(waiting.stamp):
            write_whole(waiting.stamp, stamp)
            waiting.mark.unlink(missing_ok=True)


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ArchiveError("the time stamp cannot be written", resource=str(path)) from error


def load(roots: bytes = b"", resource: str = "") -> list[Certificate]:
    """Return the certificates in a PEM file. Raises ConfigError if it is invalid or the library is missing."""
    try:
        import rfc3161_client  # noqa: F401 - only to know whether it is installed
        from cryptography.x509 import load_pem_x509_certificates
    except ModuleNotFoundError:
        hint = "pip install 'writethru[timestamp]'"
        raise ConfigError("RFC 3161 time stamps need rfc3161-client", hint=hint) from None
    if not roots:
        return []
    try:
        return list(load_pem_x509_certificates(roots))
    except ValueError as error:
        raise ConfigError("not a PEM file of certificates", resource=resource) from error


def request(data: bytes) -> TimeStampRequest:
    """Return the request for a token over the SHA-256 of `data`, with the authority's certificate and a nonce."""
    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

    builder = TimestampRequestBuilder().data(data).hash_algorithm(HashAlgorithm.SHA256)
    return builder.cert_request(cert_request=True).nonce(nonce=True).build()


def checked(answer: bytes, asked: TimeStampRequest, data: bytes, roots: Sequence[Certificate] = ()) -> bytes:
    """Return an authority's `answer` (a .tsr file) if it is a time stamp of `data`. Raises ArchiveError if not.

    With `roots` its signature and the chain of its certificate are verified as well.
    """
    from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response

    try:
        response = decode_timestamp_response(in_order(answer))
        if response.status not in _GRANTED:
            reason = "; ".join(response.status_string) or f"status {response.status}"
            raise ArchiveError(f"the time-stamping authority refused: {reason}")
        info = response.tst_info
    except ValueError as error:
        raise ArchiveError("not a response from a time-stamping authority") from error
    # Without the nonce, an old token of the same checkpoint could be given for a new one.
    if info.message_imprint.message != hashlib.sha256(data).digest() or info.nonce != asked.nonce:
        raise ArchiveError("the authority stamped a different hash")
    if roots:
        builder = VerifierBuilder()
        for root in roots:
            builder = builder.add_root_certificate(root)
        try:
            builder.build().verify_message(response, data)
        except (VerificationError, ValueError) as error:
            raise ArchiveError("the token is not signed by a trusted authority") from error
    return answer


def in_order(answer: bytes) -> bytes:
    """Return `answer` with its certificates in the order that DER prescribes.

    The order is not signed, and many authorities ignore it. Bytes that are not DER are returned unchanged.
    """
    try:
        response = _elements(answer, 0, len(answer))[0]
        token = _elements(answer, *response[1:3])[1]
        signed = _elements(answer, *_elements(answer, *token[1:3])[1][1:3])[0]
        found = [each for each in _elements(answer, *signed[1:3]) if each[0] == _CERTIFICATES]
    except IndexError:
        # A refusal has no token.
        return answer
    for _, start, end, _ in found:
        starts = [each[3] for each in _elements(answer, start, end)]
        parts = sorted(answer[a:b] for a, b in zip(starts, [*starts[1:], end], strict=True))
        answer = answer[:start] + b"".join(parts) + answer[end:]
    return answer


def _elements(data: bytes, start: int, end: int) -> list[tuple[int, int, int, int]]:
    """Return the tag of each element between `start` and `end`, the start and end of its content, and its own start."""
    found = []
    while start < end:
        first, length, at = data[start], data[start + 1], start + 2
        if length & 0x80:
            at += length & 0x7F
            length = int.from_bytes(data[start + 2 : at], "big")
        if at + length > end:
            raise IndexError("it ends too early")
        found.append((first, at, at + length, start))
        start = at + length
    return found

"""RFC 3161: an authority signs the hash of a checkpoint together with the time."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from tracker.errors import ArchiveError, ConfigError

if TYPE_CHECKING:
    from cryptography.x509 import Certificate
    from rfc3161_client import TimeStampRequest, TimeStampResponse

MEDIA_TYPE: Final = "application/timestamp-query"
_CERTIFICATES: Final = 0xA0  # the tag of the certificates in SignedData (RFC 5652, 5.1)
_GRANTED: Final = frozenset({0, 1})  # granted, and granted with modifications (RFC 3161, 2.4.2)


def load(roots: bytes = b"", resource: str = "") -> list[Certificate]:
    """Return the certificates in a PEM file. Raises ConfigError if it is invalid or the library is missing."""
    try:
        import rfc3161_client  # noqa: F401 - only to know whether it is installed
        from cryptography.x509 import load_pem_x509_certificates
    except ModuleNotFoundError:
        raise ConfigError(
            "RFC 3161 time stamps need rfc3161-client", hint="pip install 'writethru[timestamp]'"
        ) from None
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
    from rfc3161_client import decode_timestamp_response

    try:
        response = decode_timestamp_response(in_order(answer))
        if response.status not in _GRANTED:
            reason = "; ".join(response.status_string) or f"status {response.status}"
            raise ArchiveError(f"the authority refused: {reason}")
        info = response.tst_info
    except ValueError as error:
        raise ArchiveError("not a response from a time-stamping authority") from error
    # Without the nonce, an old token of the same checkpoint could be given for a new one.
    if info.message_imprint.message != hashlib.sha256(data).digest() or info.nonce != asked.nonce:
        raise ArchiveError("the authority stamped a different hash")
    if roots:
        _verify(response, data, roots)
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


def _verify(response: TimeStampResponse, data: bytes, roots: Sequence[Certificate]) -> None:
    from rfc3161_client import VerificationError, VerifierBuilder

    builder = VerifierBuilder()
    for root in roots:
        builder = builder.add_root_certificate(root)
    try:
        builder.build().verify_message(response, data)
    except (VerificationError, ValueError) as error:
        raise ArchiveError("the token is not signed by a trusted authority") from error

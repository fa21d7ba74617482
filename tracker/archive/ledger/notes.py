"""Checkpoints as signed notes, in the format of transparency logs (https://c2sp.org/tlog-checkpoint), with Ed25519.

Anyone with a note and the public key can later check that the archive still contains everything it had then.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tracker.errors import ArchiveError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_ED25519: Final = b"\x01"
# A private key is so many random bytes (RFC 8032, section 5.1.5).
_PRIVATE_KEY_BYTES: Final = 32
_DASH: Final = "— "
_MADE: Final = "made "


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state of a log: its `origin` (the log's name), its `size` in leaves, and their `root` in hexadecimal.

    `at` is when it was made, by the archive's clock; notes of earlier releases do not say.
    """

    origin: str
    size: int
    root: str
    at: datetime | None = None

    @property
    def body(self) -> str:
        """Return the text that is signed; the time is an extension line, as the format calls it."""
        made = f"{_MADE}{self.at.astimezone(UTC).isoformat(timespec='milliseconds')}\n" if self.at else ""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(bytes.fromhex(self.root)).decode()}\n{made}"


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key and the name it signs with."""

    name: str
    private: bytes

    @classmethod
    def new(cls, name: str) -> Signer:
        """Return a new key for `name`, which must not contain a space or a plus sign."""
        return cls(name, secrets.token_bytes(_PRIVATE_KEY_BYTES))

    @classmethod
    def read(cls, path: Path) -> Signer:
        """Read a key that `write` wrote. Raises ArchiveError."""
        try:
            name, encoded = path.read_text(encoding="utf-8").split()
            return cls(name, base64.b64decode(encoded, validate=True))
        except (OSError, ValueError) as error:
            raise ArchiveError("the signing key cannot be read", resource=str(path)) from error

    def write(self, path: Path) -> None:
        """Write the key to a new file readable by its owner only. Raises ArchiveError if the file exists."""
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise ArchiveError("the signing key cannot be written", resource=str(path)) from error
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(f"{self.name} {base64.b64encode(self.private).decode()}\n")

    @property
    def public(self) -> str:
        """Return the public key as text to publish: name, key id and key."""
        raw = _key(self.private).public_key().public_bytes_raw()
        return f"{self.name}+{_key_id(self.name, raw).hex()}+{base64.b64encode(_ED25519 + raw).decode()}"

    def sign(self, checkpoint: Checkpoint) -> str:
        """Return `checkpoint` as a signed note."""
        return self.sign_text(checkpoint.body)

    def sign_text(self, body: str) -> str:
        """Return `body`, lines without a blank one, as a signed note."""
        key = _key(self.private)
        signature = _key_id(self.name, key.public_key().public_bytes_raw()) + key.sign(body.encode())
        return f"{body}\n{_DASH}{self.name} {base64.b64encode(signature).decode()}\n"

    def signed(self, note: str) -> bool:
        """Return whether `note` is signed with this key."""
        try:
            read_note(note, self.public)
        except ArchiveError:
            return False
        return True


def read_note(note: str, public: str | None = None) -> Checkpoint:
    """Return the checkpoint in a note. Raises ArchiveError.

    If `public` is given, one of the signatures must be by that key.
    """
    # Mail programs may have converted the line ends.
    body, _, signatures = note.replace("\r\n", "\n").partition("\n\n")
    try:
        origin, size, root, *made = body.split("\n")
        at = datetime.fromisoformat(made[0].removeprefix(_MADE)) if made else None
        found = Checkpoint(origin, int(size), base64.b64decode(root, validate=True).hex(), at)
        altered = found.body != f"{body}\n"
    except (ValueError, OverflowError) as error:
        raise ArchiveError("not a checkpoint note", hint="checkpoint notes are files named NUMBER.note") from error
    if altered:
        raise ArchiveError("this checkpoint is altered", hint="get an unmodified copy of the note")
    if public is not None and not any(_is_by(public, line, found) for line in signatures.split("\n")):
        raise ArchiveError("the checkpoint is not signed with the given key", resource=public.partition("+")[0])
    return found


def _key(private: bytes) -> Ed25519PrivateKey:
    # Most services sign nothing, and would hold 6 MB for it.
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(private)


def _is_by(public: str, line: str, checkpoint: Checkpoint) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        name, _, encoded = public.split("+", 2)
        raw = base64.b64decode(encoded, validate=True)[1:]
        signer, signature = line.removeprefix(_DASH).split(" ")
        signed = base64.b64decode(signature, validate=True)
        # Base 64 has several texts for the same bytes: only one of them is taken, so that a note cannot be varied.
        strict = base64.b64encode(signed).decode() == signature
        if not strict or signer != name or signed[:4] != _key_id(name, raw):
            return False
        Ed25519PublicKey.from_public_bytes(raw).verify(signed[4:], checkpoint.body.encode())
    except (ValueError, binascii.Error, InvalidSignature):
        return False
    return True


def _key_id(name: str, raw: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + raw).digest()[:4]

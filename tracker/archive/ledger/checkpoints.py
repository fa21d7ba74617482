"""Checkpoints as signed notes, the key that signs them, and the folder outside the database that they are written to.

The format is that of transparency logs (https://c2sp.org/tlog-checkpoint), with Ed25519. Anyone with a note and the
public key can later check that the archive still contains everything it had then.
"""

from __future__ import annotations

import base64
import contextlib
import glob
import hashlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tracker.archive.database.drivers import archive_url
from tracker.errors import ArchiveError, SigningRefused
from tracker.files import permission_hint, write_whole

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
            found = cls(name, base64.b64decode(encoded, validate=True))
            _key(found.private)  # a ValueError if it is cut
        except (OSError, ValueError) as error:
            raise ArchiveError("the signing key cannot be read", resource=str(path)) from error
        return found

    def write(self, path: Path) -> None:
        """Write the key to a new file readable by its owner only. Raises ArchiveError if the file exists."""
        content = f"{self.name} {base64.b64encode(self.private).decode()}\n"
        try:
            write_whole(path, content.encode(), mode=0o600, new=True)
        except OSError as error:
            raise ArchiveError("the signing key cannot be written", resource=str(path)) from error

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


def read_checkpoint(path: Path) -> str:
    """Return the checkpoint note in a file. Raises ArchiveError if it is not text."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        hint = "a checkpoint is a text file of a few lines"
        raise ArchiveError("not a checkpoint", resource=str(path), hint=hint) from error


def read_note(note: str, public: str | None = None, *, resource: str = "") -> Checkpoint:
    """Return the checkpoint in a note. Raises ArchiveError, about `resource`, the file of the note, if it is given.

    If `public` is given, one of the signatures must be by that key.
    """
    # Mail programs may have converted the line ends.
    body, _, signatures = note.replace("\r\n", "\n").partition("\n\n")
    try:
        origin, size, root, *made = body.split("\n")
        at = datetime.fromisoformat(made[0].removeprefix(_MADE)) if made else None
        found = Checkpoint(origin, int(size), base64.b64decode(root, validate=True).hex(), at)
        altered = found.body != f"{body}\n"
    except (ValueError, OverflowError):
        hint = "checkpoint notes are files named NUMBER.note"
        raise ArchiveError("not a checkpoint note", resource=resource, hint=hint) from None
    if altered:
        raise ArchiveError("this checkpoint was altered", resource=resource, hint="get an unmodified copy of the note")
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
    except (ValueError, InvalidSignature):
        return False
    return True


def _key_id(name: str, raw: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + raw).digest()[:4]


_PUBLIC: Final = "key.pub"
NEW_KEY_HINT: Final = "start again with a new key: writethru evidence --new-key"
# File name endings of time stamps: RFC 3161 and OpenTimestamps.
STAMPS: Final = (".tsr", ".ots")


class CheckpointFolder:
    """A folder with one note for each size of the log, ``000000001234.note``, and the public key as ``key.pub``.

    The private key is stored next to a SQLite archive as ``NAME.key``, or next to this folder if the archive is on a
    server. Without a folder it is ./checkpoints, and the notes in it are not compared with the log before signing.
    """

    def __init__(self, configured: str | Path, url: str | None = None) -> None:
        file = archive_url(url).path
        self._is_configured = bool(configured)
        self._folder = folder = Path(configured or "checkpoints")
        self._key = folder.absolute().parent / "writethru.key" if file is None else file.with_name(file.name + ".key")

    def key(self) -> Signer | None:
        """Return the private key; None if it is missing or not whole, as a full disk leaves it. Raises ArchiveError."""
        try:
            return Signer.read(self._key)
        except ArchiveError as error:
            if isinstance(error.__cause__, OSError) and not isinstance(error.__cause__, FileNotFoundError):
                raise
            return None

    def signer(self, *, is_first: bool = True) -> Signer:
        """Return the signing key, creating it on first use, readable by its owner only.

        `is_first`: the archive has no checkpoint yet. Raises the errors of `require_key`.
        """
        return self.require_key(is_first=is_first) or self.renew()

    def require_key(self, *, is_first: bool) -> Signer | None:
        """Return the signing key, or None if neither it nor anything signed exists yet.

        Raises SigningRefused if it is not the key of ``key.pub`` and of the notes, ArchiveError if it was lost.
        """
        found, published = self.key(), self._published() if self._is_configured else None
        notes = self._is_configured and bool(self.notes())
        if found is None:
            if is_first and not published and not notes:
                return None
            state = "empty or damaged" if self._key.exists() else "missing"
            hint = f"copy it from a backup or from the archive's previous folder; if it is lost, {NEW_KEY_HINT}"
            raise ArchiveError(
                f"the signing key is {state}, so no checkpoint is signed", resource=str(self._key.absolute()), hint=hint
            )
        if published != found.public and (published or (notes and not any(self.own_notes()))):
            message = f"the signing key {found.name} is not the key of {self._folder}, so no checkpoint is signed"
            hint = f"find out who replaced it, and put the previous key back; if that is lost, {NEW_KEY_HINT}"
            raise SigningRefused(message, resource=str(self._key.absolute()), hint=hint)
        return found

    def renew(self) -> Signer:
        """Make a new signing key, and return it. Raises ArchiveError if that cannot be written.

        Older keys are kept: the private one beside it as ``NAME.key.…``, the public one as ``key-NAME.pub``.
        """
        made, public = Signer.new(f"writethru-{secrets.token_hex(4)}"), self._folder / _PUBLIC
        try:
            if self._key.exists():
                old = self.key()
                aside = self._key.with_name(f"{self._key.name}.{old.name if old else 'damaged'}-{secrets.token_hex(2)}")
                self._key.rename(aside)
            made.write(self._key)
            if self._is_configured and (published := self._published()):
                aside = self._folder / f"key-{published.partition('+')[0].replace('/', '-')}.pub"
                write_whole(aside, f"{published}\n".encode())
                write_whole(public, f"{made.public}\n".encode())
        except OSError as error:
            hint = permission_hint(error, self._folder)
            raise ArchiveError("the keys cannot be replaced", resource=str(self._key), hint=hint) from error
        return made

    def public(self) -> str | None:
        """Return the public key, from ``key.pub`` or else from the private key; None if neither exists."""
        if self._is_configured and (published := self._published()):
            return published  # the private key beside the archive can be replaced together with it
        found = self.key()
        return found.public if found is not None else self._published()

    def public_keys(self) -> list[str]:
        """Return the public key, and those that `renew` replaced, as far as they can be read."""
        found = [self.public()]
        folder, pattern = self._key.parent, f"{glob.escape(self._key.name)}.*"
        if self._is_configured:
            folder, pattern = self._folder, "key-*.pub"
        for path in folder.glob(pattern):
            with contextlib.suppress(ArchiveError, OSError, UnicodeDecodeError):
                found.append(path.read_text().strip() if self._is_configured else Signer.read(path).public)
        return [key for key in found if key]

    def _published(self) -> str | None:
        try:
            return (self._folder / _PUBLIC).read_text(encoding="utf-8").strip() or None
        except (OSError, UnicodeDecodeError):
            return None

    def own_notes(self) -> Iterator[tuple[Path, Checkpoint]]:
        """Yield the notes in a configured folder that are signed with the present key, newest first.

        Raises ArchiveError if one cannot be read.
        """
        public = self.public()
        for path in reversed(self.notes()) if self._is_configured and public else ():
            try:
                found = read_note(read_checkpoint(path), public)
            except OSError as error:
                hint = "make it readable: the log is compared with it before the next checkpoint is signed"
                raise ArchiveError("the checkpoint cannot be read", resource=str(path), hint=hint) from error
            except ArchiveError:
                continue  # of an older key
            yield path, found

    @property
    def unseen(self) -> str:
        """A warning that a fork would not be noticed; "" if the folder has a note of the present key."""
        if any(self.own_notes()):
            return ""
        where = f"{self._folder} has no note of this key" if self._is_configured else "no checkpoints folder is set"
        return f"{where}, so an older or different history would not be noticed"

    def notes(self) -> list[Path]:
        """Return the files of all notes, oldest first."""
        return sorted(self._folder.glob("*.note"))

    def newest_at(self) -> datetime | None:
        """Return when the newest note of the present key was written; None if there is none, or it cannot be read."""
        with contextlib.suppress(ArchiveError):  # reported when the next one is made
            for path, _ in self.own_notes():
                return datetime.fromtimestamp(path.stat().st_mtime, UTC)
        return None

    def stamps(self, note: Path) -> dict[str, bytes]:
        """Return the time stamps next to the file of a note: the rest of the file name → content."""
        beside = sorted(note.parent.glob(f"{note.name}.*"))
        return {each.name.removeprefix(f"{note.name}."): each.read_bytes() for each in beside if each.suffix in STAMPS}

    def keep(self, note: str, public: str) -> Path:
        """Write a note to a new file and return its path.

        Raises ArchiveError if a note of the same size and key with another root exists.
        A note is never overwritten: two roots for the same size are the proof that the log was altered.
        """
        found = read_note(note, public)
        target = self._folder / f"{found.size:012}.note"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            if target.exists() and read_note(read_checkpoint(target), resource=str(target)).origin != found.origin:
                target = target.with_name(f"{found.size:012}.{found.origin.replace('/', '-')}.note")  # of an older key
            if not target.exists():
                write_whole(target, note.encode())
            elif read_note(read_checkpoint(target), resource=str(target)).root != found.root:
                hint = f"run writethru verify --against {target}"
                raise ArchiveError("the log no longer matches this checkpoint", resource=str(target), hint=hint)
            if self._published() is None:
                write_whole(self._folder / _PUBLIC, f"{public}\n".encode())
        except OSError as error:
            raise ArchiveError("the checkpoint cannot be written", resource=str(target)) from error
        return target


class Rhythm:
    """Decides when the next checkpoint is due: every `seconds` after `last`, the first at once."""

    def __init__(self, seconds: float, last: datetime | None = None) -> None:
        self._seconds = seconds
        self._last = last

    def due(self, now: datetime) -> bool:
        """Return whether a checkpoint is due. If it is, the caller must make it: the next interval starts now.

        A last checkpoint in the future, made by a clock that was ahead, does not count.
        """
        if self._last is not None and 0 <= (now - self._last).total_seconds() < self._seconds:
            return False
        self._last = now
        return True

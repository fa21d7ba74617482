"""Pack the evidence of a change; a checkpoint is made for it, here or by the running service, if none covers it yet."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from tracker import __version__, compare
from tracker.archive.archive import Archive
from tracker.archive.database.drivers import archive_url
from tracker.archive.database.locking import lock
from tracker.archive.ledger.checkpoints import CheckpointFolder, read_checkpoint
from tracker.archive.ledger.log import list_checkpoints, sealed_size, sign_log, signing_problems
from tracker.archive.ledger.logcheck import Damage
from tracker.archive.opening import open_archive, require_file
from tracker.archive.state import ask_for_checkpoint
from tracker.archive.versions import get_version
from tracker.config.tables import ArchiveConfig
from tracker.errors import ArchiveLocked, UsageError
from tracker.evidence.packing import Anchor, Gathered, choose_anchor, gather, pack

MAX_CHECKPOINT_WAIT_SECONDS: Final = 30.0
CHECKPOINT_POLL_SECONDS: Final = 0.2


@dataclass(frozen=True)
class Packer:
    """Packs evidence from the archive at `database`, which `config` describes.

    `note` gets messages about a checkpoint that is made.
    """

    database: str
    config: ArchiveConfig
    now: datetime
    note: Callable[[str], None] = field(default=lambda _text: None)

    @property
    def folder(self) -> CheckpointFolder:
        """Return the folder of checkpoints and of the key that signs them."""
        return CheckpointFolder(self.config.checkpoints, self.database)

    def pack(
        self, archive: Archive, ident: str, span: tuple[int, int], file: Path, chosen: Path | None = None
    ) -> tuple[Gathered, Anchor] | list[Damage]:
        """Write the package of two versions to `file`, with the checkpoint note `chosen` as proof, or the best one.

        Returns the damage, and writes nothing, if there is any. Raises UsageError if `chosen` covers too little or the
        key is not here, ArchiveLocked if a checkpoint is needed and the service did not make one.
        """
        old, new = span
        if old >= new:
            why = "the range must name an older and a newer version"
            raise UsageError(why, resource=f"{old}..{new}", hint="write A..B, such as v1..v2")
        found = gather(archive, ident, old, new)
        if isinstance(found, list):
            return found
        anchor = self._anchor(archive, found, chosen)
        # Before anything is written: a package that is not signed proves nothing.
        signer = self.folder.key()
        if signer is None or signer.public != anchor.public:
            why = "the key that signed the checkpoint, which must sign the package too, is not here"
            hint = "put the key file next to the archive, as NAME.key; if it is lost, add --new-key"
            raise UsageError(why, resource=anchor.public.partition("+")[0], hint=hint)
        texts = (get_version(archive, ident, n).content for n in span)
        damage = pack(archive, found, compare(*texts), anchor, file, self.now, release=__version__, signer=signer)
        return damage or (found, anchor)

    def _anchor(self, archive: Archive, found: Gathered, chosen: Path | None) -> Anchor:
        """Return the checkpoint to use as proof; if none covers both versions, make one, or ask the service for one."""
        anchor = self._covering(archive, found, [chosen] if chosen else self.folder.notes(), stored=chosen is None)
        if anchor is None and chosen is not None:
            why = "this checkpoint does not cover both versions, or was signed with another key"
            raise UsageError(why, resource=str(chosen), hint="try without --checkpoint")
        if anchor is not None:
            return anchor
        # Before the lock, which would leave a file of its own behind.
        require_file(archive_url(self.database))
        try:
            with lock(self.database) as held, open_archive(self.database, held=held) as writable:
                sealed, signer, warning = sign_log(writable, self.folder, self.now)
        except ArchiveLocked as locked:
            return self._from_service(archive, found, locked.resource)
        if warning:
            self.note(f"warning: {warning}")
        if self.config.checkpoints:
            self.note(f"{self.folder.keep(sealed, signer.public)}: new checkpoint written")
        return Anchor(sealed, signer.public, {})

    def _covering(self, archive: Archive, found: Gathered, files: list[Path], *, stored: bool) -> Anchor | None:
        """Return the best checkpoint that covers both versions, of `files` and with `stored` of the archive."""
        size = sealed_size(archive, found.article, (found.old, found.new))
        notes = [(read_checkpoint(each), self.folder.stamps(each)) for each in files]
        notes += [(each, {}) for each in list_checkpoints(archive)] if stored else []
        return None if size is None else choose_anchor(notes, self.folder.public() or "", size)

    def _from_service(self, archive: Archive, found: Gathered, resource: str) -> Anchor:
        """Ask the service for a checkpoint and wait until it has made one. Raises ArchiveLocked if it does not."""
        for problem in signing_problems(archive, self.folder):
            raise problem
        with open_archive(self.database) as writable:
            ask_for_checkpoint(writable, self.now)
        self.note("Another writethru is using the archive. Waiting until it makes a checkpoint of these versions …")
        ends = time.monotonic() + MAX_CHECKPOINT_WAIT_SECONDS
        while time.monotonic() < ends:
            time.sleep(CHECKPOINT_POLL_SECONDS)
            if anchor := self._covering(archive, found, self.folder.notes(), stored=True):
                return anchor
        raise ArchiveLocked(
            f"no checkpoint covers these versions, and none was made within {MAX_CHECKPOINT_WAIT_SECONDS:.0f} s",
            resource=resource,
            hint="only `writethru run` makes one on request: see its log for “checkpoint”; if another command is using"
            " the archive, try again when it has ended",
        )

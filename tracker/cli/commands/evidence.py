"""`writethru evidence`: pack one change into a file that can be checked without the archive."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path

import click

from tracker import __version__, compare
from tracker.archive.archive import Archive
from tracker.archive.articles import get_article
from tracker.archive.ledger.checkpoints import CheckpointFolder, read_note
from tracker.archive.ledger.log import list_checkpoints, seal_log, sealed_size
from tracker.archive.ledger.logcheck import Damage
from tracker.archive.state import ask_for_checkpoint
from tracker.archive.versions import get_version
from tracker.errors import ArchiveLocked, UsageError
from tracker.evidence import packing
from tracker.evidence.packing import Anchor, Gathered, choose_anchor, gather
from tracker.evidence.verifier import OK, examine
from tracker.exchange.files import replacing
from tracker.render.text import counted, one_line

from .. import options
from ..app import App, verb
from ..exit_codes import VERIFICATION
from ..versions import Numbers
from .db import checkpoint_folder, locked_archive, read_checkpoint

MAX_CHECKPOINT_WAIT_SECONDS = 30.0
CHECKPOINT_POLL_SECONDS = 0.2


@verb()
@click.argument("ident", metavar="ID", default="")
@click.argument("span", metavar="A..B", default="")
@click.argument("file", type=options.NEW_FILE, required=False)
@click.option(
    "--checkpoint",
    metavar="NOTE",
    type=options.KNOWN_FILE,
    help="Use this checkpoint as proof. By default, the oldest one with a time stamp, or else the oldest.",
)
@options.force
@click.option(
    "--check",
    metavar="PACKAGE",
    type=click.Path(exists=True, path_type=Path),
    help="Verify a package, as a .zip or unpacked, instead of making one. Needs no archive.",
)
@click.option("--key", metavar="KEY", help="With --check: the public key that the archive publishes.")
@click.option(
    "--verifier",
    metavar="FILE",
    type=options.NEW_FILE,
    help="Write verify.py, which verifies packages with Python alone, to FILE, and show its SHA-256.",
)
def evidence(
    app: App, *, ident: str, span: str, file: Path | None, checkpoint: Path | None, force: bool, check: Path | None,
    key: str | None, verifier: Path | None,
) -> int:  # fmt: skip
    """Pack what changed between two versions, with its proofs, into FILE (a .zip) for a standards desk or a court.

    FILE contains both pages as fetched, their headers and texts, the diff, the log entries, a signed checkpoint that
    covers them, a README, and verify.py, which checks everything with Python alone. The archive signs the list of
    files. If no checkpoint covers the versions yet, one is created; a running service is asked for it. Exits with 5 if
    something is damaged.

    With --check, verify a package with the verifier of this installation. Exits with 0 if everything holds, with 4 if
    it does but no --key was given, and with 5 if something is damaged.
    """
    if check is not None:
        code, lines = examine(check, key or "")
        if app.settings.json:
            app.out.data({"ok": code == OK, "key_given": bool(key and key.strip()), "findings": lines})
            return code
        found = [each for each in lines if each.startswith(("ok ", "DAMAGED "))]
        for each in (*found, " ".join(lines[len(found) :])):
            app.out.wrapped(one_line(each))
        return code
    if verifier is not None:
        options.require_writable(verifier, force=force)
        source = packing.verifier_source()
        with replacing(verifier) as part:
            part.write_bytes(source)
        digest = hashlib.sha256(source).hexdigest()
        app.out.say({"file": str(verifier), "sha256": digest}, f"{verifier}: SHA-256 {digest}")
        return OK
    if not (ident and span and file):
        raise UsageError("give an article, two of its versions and a file", hint="writethru evidence ID A..B FILE")
    return _pack(app, ident, span, file, checkpoint, force=force)


def _pack(app: App, ident: str, span: str, file: Path, checkpoint: Path | None, *, force: bool) -> int:
    options.require_writable(file, force=force)
    with app.archive() as archive:
        known = get_article(archive, ident)
        old, new = Numbers(archive, known, app.now).pair(span)
        if old >= new:
            raise UsageError(
                "the range must name an older and a newer version", resource=span, hint="write A..B, such as v1..v2"
            )
        found = gather(archive, known.id, old, new)
        if isinstance(found, list):
            return _name_damage(app, found)
        folder = checkpoint_folder(app)
        anchor = _anchor(app, folder, archive, found, checkpoint)
        # Before anything is written: a package that is not signed proves nothing.
        signer = folder.signer() if folder.can_sign else None
        if signer is None or signer.public != anchor.public:
            raise UsageError(
                "the package must be signed with the key that signed the checkpoint, and it is not here",
                resource=anchor.public.partition("+")[0],
                hint="put the key file next to the archive, as NAME.key",
            )
        texts = (get_version(archive, known.id, n).content for n in (old, new))
        damage = packing.pack(
            archive, found, compare(*texts), anchor, file, app.now, release=__version__, signer=signer
        )
    if damage:
        return _name_damage(app, damage)
    _tell(app, found, anchor, file)
    return OK


def _anchor(app: App, folder: CheckpointFolder, archive: Archive, found: Gathered, chosen: Path | None) -> Anchor:
    """Return the checkpoint to use as proof; if none covers both versions, create one, or ask the service for one."""
    anchor = _covering(folder, archive, found, [chosen] if chosen else folder.notes(), stored=chosen is None)
    if anchor is None and chosen is not None:
        why = "this checkpoint does not cover both versions, or was signed with another key"
        raise UsageError(why, resource=str(chosen), hint="try without --checkpoint")
    if anchor is not None:
        return anchor
    try:
        with locked_archive(app) as writable:
            signer = folder.signer()
            note = seal_log(writable, signer, app.now)
    except ArchiveLocked as locked:
        return _from_service(app, folder, archive, found, locked.resource)
    if app.config_or_default.archive.checkpoints:
        app.out.note(f"{folder.keep(note, signer.public)}: new checkpoint written")
    return Anchor(note, signer.public, {})


def _covering(
    folder: CheckpointFolder, archive: Archive, found: Gathered, files: list[Path], *, stored: bool
) -> Anchor | None:
    """Return the best checkpoint that covers both versions, of those in `files` and with `stored` in the archive."""
    size = sealed_size(archive, found.article, (found.old, found.new))
    notes = [(read_checkpoint(each), folder.stamps(each)) for each in files]
    notes += [(each, {}) for each in list_checkpoints(archive)] if stored else []
    return None if size is None else choose_anchor(notes, folder.public() or "", size)


def _from_service(app: App, folder: CheckpointFolder, archive: Archive, found: Gathered, resource: str) -> Anchor:
    """Ask the service for a checkpoint, and wait until it has made one. Raises ArchiveLocked if it does not."""
    with app.archive(readonly=False) as writable:
        ask_for_checkpoint(writable, app.now)
    app.out.note("Another writethru is using the archive. Waiting until it makes a checkpoint of these versions …")
    ends = time.monotonic() + MAX_CHECKPOINT_WAIT_SECONDS
    while time.monotonic() < ends:
        time.sleep(CHECKPOINT_POLL_SECONDS)
        if anchor := _covering(folder, archive, found, folder.notes(), stored=True):
            return anchor
    raise ArchiveLocked(
        f"no checkpoint covers these versions, and none was made within {MAX_CHECKPOINT_WAIT_SECONDS:.0f} s",
        resource=resource,
        hint="only `writethru run` makes one on request: see its log for “checkpoint”; if another command is using the"
        " archive, try again when it has ended",
    )


def _name_damage(app: App, damage: list[Damage]) -> int:
    for each in damage:
        app.out.wrapped(f"{one_line(each.what)}: {one_line(each.how)}")
    app.out.note("Nothing was written, because damaged data proves nothing.")
    return VERIFICATION


def _tell(app: App, found: Gathered, anchor: Anchor, file: Path) -> None:
    note = read_note(anchor.note)
    value = {
        "file": str(file),
        "bytes": file.stat().st_size,
        "article": found.article,
        "url": found.url,
        "old_version": found.old,
        "new_version": found.new,
        "checkpoint": {"origin": note.origin, "size": note.size, "root": note.root},
        "stamps": sorted(anchor.stamps),
        "key": anchor.public,
    }
    text = (
        f"{file}: v{found.old} to v{found.new}, covered by the checkpoint of {counted(note.size, 'entry', 'entries')}"
    )
    stamps = f", with {counted(len(anchor.stamps), 'time stamp')}" if anchor.stamps else ""
    app.out.say(value, text + stamps)
    app.out.note("to get the program that checks it, whose hash is in the documentation:")
    app.out.command("writethru evidence --verifier verify.py")
    app.out.note("to check it:")
    app.out.command(f"python3 -I verify.py {file} --key '{anchor.public}'")

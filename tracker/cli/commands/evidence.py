"""`writethru evidence`: pack one change into a file that can be checked without the archive."""

from __future__ import annotations

import hashlib
from pathlib import Path

import click

from tracker.archive.articles import get_article
from tracker.archive.database.drivers import archive_url
from tracker.archive.ledger.checkpoints import read_note
from tracker.archive.opening import require_file
from tracker.errors import UsageError
from tracker.evidence import packing
from tracker.evidence.packing import Anchor, Gathered
from tracker.evidence.verifier import OK, examine
from tracker.exchange.files import replacing
from tracker.render.text import counted, one_line
from tracker.service.evidence_packages import Packer

from .. import options
from ..app import App, verb
from ..exit_codes import VERIFICATION
from ..versions import Numbers


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
@click.option("--key", metavar="KEY", help="With --check: require this public key, the one that the archive publishes.")
@click.option(
    "--verifier",
    metavar="FILE",
    type=options.NEW_FILE,
    help="Write verify.py, which verifies packages with Python alone, to FILE, and show its SHA-256.",
)
@click.option(
    "--new-key",
    is_flag=True,
    help="Sign with a new key from now on, if the old key or its history was lost. Old public keys are kept.",
)
def evidence(
    app: App, *, ident: str, span: str, file: Path | None, checkpoint: Path | None, force: bool, check: Path | None,
    key: str | None, verifier: Path | None, new_key: bool,
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
    packer = Packer(app.database, app.config_or_default.archive, app.now, app.out.note)
    if new_key and not ident:
        require_file(archive_url(app.database))
        public = packer.folder.renew().public
        app.out.say({"key": public}, public)
        app.out.note("Publish this public key. The next checkpoint is signed with it; older ones keep their key.")
        return OK
    if not (ident and span and file):
        raise UsageError("give an article, two of its versions and a file", hint="writethru evidence ID A..B FILE")
    options.require_writable(file, force=force)
    with app.archive() as archive:
        known = get_article(archive, ident)
        if new_key:
            packer.folder.renew()
        packed = packer.pack(archive, known.id, Numbers(archive, known, app.now).pair(span), file, checkpoint)
    if isinstance(packed, list):
        for damaged in packed:
            app.out.wrapped(f"{one_line(damaged.what)}: {one_line(damaged.how)}")
        app.out.note("Nothing was written, because damaged data proves nothing.")
        return VERIFICATION
    _tell(app, *packed, file)
    return OK


def _tell(app: App, found: Gathered, anchor: Anchor, file: Path) -> None:
    """Write where a package is and which checkpoint covers it, and the commands that check it."""
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
    text = f"{file}: v{found.old} to v{found.new}, covered by a checkpoint of {counted(note.size, 'entry', 'entries')}"
    stamps = f", with {counted(len(anchor.stamps), 'time stamp')}" if anchor.stamps else ""
    app.out.say(value, text + stamps)
    app.out.note("Get the program that checks it; its hash is in the documentation:")
    app.out.command("writethru evidence --verifier verify.py")
    app.out.note("Check it:")
    app.out.command(f"python3 -I verify.py {file} --key '{anchor.public}'")

"""Write an evidence package: both captures, both texts, the diff, and proofs up to a signed checkpoint.

Its contents are read from the archive and verified against the log first.
"""

from __future__ import annotations

import base64
import hashlib
import inspect
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from tracker.archive import blobs, captures
from tracker.archive.archive import Archive
from tracker.archive.database.connection import to_ms
from tracker.archive.ledger import log_proofs
from tracker.archive.ledger.checkpoints import Signer, read_note
from tracker.archive.ledger.log import (
    EVENT_ORDER,
    SELECT_EVIDENCE,
    evidence_of,
    moves_in,
    positions_of,
    prove_consistency,
    prove_entries,
)
from tracker.archive.ledger.logcheck import Damage
from tracker.archive.ledger.verify import verify
from tracker.archive.versions import import_time
from tracker.errors import ArchiveError, NotKnown
from tracker.exchange.files import replacing
from tracker.model.change import Change
from tracker.render import html
from tracker.render.json import dumps
from tracker.render.rows import DiffOptions
from tracker.views.change import EditsView

from . import verifier
from .verifier import CONSISTENCY, KEY, LATEST, NOTE, PROOF, SCREENSHOT, SIDES, SIGNATURE, SUMS, VERDICTS, VERDICTS_TEXT


@dataclass(frozen=True, slots=True)
class Anchor:
    """The signed note that covers the evidence, the public key, and the note's time stamps by file ending.

    `latest` is the newest note, if it is another one.
    """

    note: str
    public: str
    stamps: Mapping[str, bytes]
    latest: str = ""


def choose_anchor(notes: Sequence[tuple[str, Mapping[str, bytes]]], public: str, size: int) -> Anchor | None:
    """Return the oldest time-stamped note that covers `size` leaves, or the oldest if none is time-stamped.

    `notes` are pairs of a note and its time stamps; those not signed with `public` are skipped.
    """
    usable = []
    for note, stamps in notes:
        try:
            found = read_note(note, public)
        except ArchiveError:
            continue
        if found.size >= size:
            # The oldest proves most: that these versions were there so early.
            usable.append((not stamps, found.size, note, stamps))
    if not usable:
        return None
    usable.sort(key=lambda each: each[:2])  # notes with a time stamp first, then the smaller log
    latest = max(usable, key=lambda each: each[1])
    _, covered, note, stamps = usable[0]
    return Anchor(note, public, stamps, latest[2] if latest[1] > covered else "")


_SELECT_TOMBSTONES: Final = """
SELECT v.n, t.parts, t.reason FROM tombstone t JOIN version v ON v.id = t.version_id
  JOIN article a ON a.id = v.article_id
WHERE a.ident = :ident AND v.n IN (:numbers) ORDER BY v.n
"""
_SELECT_MOVES: Final = f"""
SELECT article_id, kind, n, record FROM event
WHERE kind = 'move' AND article_id = (SELECT id FROM article WHERE ident = :ident) ORDER BY {EVENT_ORDER}
"""
_SELECT_VERDICTS: Final = """
SELECT record, position FROM event WHERE kind = 'verdict' AND n > :old AND n <= :new
  AND article_id = (SELECT id FROM article WHERE ident = :ident) ORDER BY id
"""
_COLUMNS: Final = {"page.html": "body_id", "capture.json": "head_id", "content.json": "content_id"}


@dataclass(frozen=True, slots=True)
class Gathered:
    """Both versions of a change.

    `parts` are the files of both versions by name, `records` the log records by version number, `imported` the times
    at which those of the two that were not fetched were read from a file.
    """

    article: str
    url: str
    old: int
    new: int
    parts: dict[str, bytes]
    records: dict[int, bytes]
    imported: dict[int, datetime]


def gather(archive: Archive, ident: str, old: int, new: int) -> Gathered | list[Damage]:
    """Read the evidence of versions `old` and `new` of an article, and the log records of those between.

    Returns the damage instead, if there is any. Raises ArchiveError if a version was taken down.
    """
    with archive.read() as connection:
        row = connection.first(_SELECT_TOMBSTONES, ident=ident, numbers=[old, new])
    if row is not None:
        raise captures.page_gone(row.parts, row.reason, f"{ident}@{row.n}")
    names = {f"{ident}@{n}" for n in range(old, new + 1)} | {ident}
    # Of all versions between the two: their leaves name each other, so that a gap would show.
    damage = [each for each in verify(archive, article=ident).damage if each.what in names]
    if damage:
        return damage
    statement = f"{SELECT_EVIDENCE} WHERE a.ident = :ident AND v.n BETWEEN :old AND :new ORDER BY v.n"
    with archive.read() as connection:
        rows = {row.n: row for row in connection.all(statement, ident=ident, old=old, new=new)}
        blob_ids = {
            f"{side}/{name}": getattr(rows[n], column)
            for side, n in (("old", old), ("new", new))
            for name, column in _COLUMNS.items()
        }
        raw = blobs.read(connection, list(blob_ids.values()))
        moves = moves_in(connection.all(_SELECT_MOVES, ident=ident)).get(rows[new].article_id, ())
        imported = {n: at for n in (old, new) if (at := import_time(archive, ident, n)) is not None}
    # Verified above: each record is that of its leaf.
    evidence = {n: evidence_of(row, moves) for n, row in rows.items()}
    records = {n: found.record() for n, found in evidence.items()}
    parts = {name: raw[key] for name, key in blob_ids.items()}
    return Gathered(ident, evidence[new].url, old, new, parts, records, imported)


def pack(
    archive: Archive,
    found: Gathered,
    change: Change,
    anchor: Anchor,
    path: Path,
    now: datetime,
    *,
    release: str,
    signer: Signer,
) -> list[Damage]:
    """Write the package to `path`; if something is damaged, return the damage and write nothing.

    `found` is the result of `gather`, `change` the difference of the stored texts, `anchor` the checkpoint that covers
    them. The files in it get the time `now`, and `signer` signs their list. Raises ArchiveError if `path` cannot be
    written, NotKnown if the anchor does not cover a version.
    """
    files = _proofs(archive, found, anchor) | _texts(found, change) | _verdicts(archive, found, anchor)
    files["verify.py"] = verifier_source()
    files["README.txt"] = _readme(found, anchor, files, now, release).encode()
    files[SUMS] = sums = verifier.sums_of(files)
    files[SIGNATURE] = signer.sign_text(verifier.signed_sums(signer.public, sums)).encode()
    # Examined as anybody will examine it: a package that fails its own check must never be handed out.
    damage = verifier.Examination(files, anchor.public).run().damage
    if sum(map(len, files.values())) > verifier.MAX_PACKAGE_BYTES:
        damage.append((path.name, f"it would be larger than {verifier.MAX_PACKAGE_BYTES >> 20} MiB"))
    if damage:
        return [Damage(what, how) for what, how in damage]
    with replacing(path) as part, zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as package:
        for name in sorted(files, key=lambda name: (name.count("/"), name)):
            # No extra fields, comments or other flags: `verifier.opened` refuses all that programs read differently.
            info = zipfile.ZipInfo(name, now.timetuple()[:6])
            info.external_attr = 0o644 << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(info, files[name])
    return []


_IMPORT_OF_PROOFS: Final = "from tracker.archive.ledger.log_proofs import is_consistent, is_included, leaf_hash\n"


def verifier_source() -> bytes:
    """Return the verifier as one file that imports only the standard library."""
    # Made of the modules that the tests cover, so that there is no second verifier to keep in step.
    proofs = inspect.getsource(log_proofs).partition("import hashlib\n")[2].strip("\n")
    title = "# The log: RFC 6962, section 2.1; RFC 9162, sections 2.1.3.2 and 2.1.4.2."
    return inspect.getsource(verifier).replace(_IMPORT_OF_PROOFS, f"{title}\n\n{proofs}\n", 1).encode()


def _proofs(archive: Archive, found: Gathered, anchor: Anchor) -> dict[str, bytes]:
    size = read_note(anchor.note).size
    numbers = (found.old, found.new)
    positions = positions_of(archive, found.article, numbers)
    paths = prove_entries(archive, [positions.get(n) for n in numbers], size)
    proof: dict[str, Any] = {"schema": 1, "article": found.article}
    for side, n, path in zip(SIDES, numbers, paths, strict=True):
        if path is None:
            name = f"{found.article}@{n}"
            raise NotKnown("this version is not in the checkpoint", resource=name, hint="make a checkpoint first")
        proof[side] = {"version": n, "index": positions[n], "path": path}
    files = {f"leaves/v{n}.json": record for n, record in found.records.items()}
    files |= {KEY: f"{anchor.public}\n".encode(), NOTE: anchor.note.encode(), PROOF: verifier.plainly(proof)}
    files |= {f"{NOTE}.{ending}": stamp for ending, stamp in anchor.stamps.items()}
    if anchor.latest:
        consistent = prove_consistency(archive, size, read_note(anchor.latest).size)
        files |= {LATEST: anchor.latest.encode(), CONSISTENCY: verifier.plainly({"schema": 1, "path": consistent})}
    return files


def _verdicts(archive: Archive, found: Gathered, anchor: Anchor) -> dict[str, bytes]:
    """Return the files of people's verdicts: their records in the log, the proofs of these, and both as text."""
    # Read now, not by `gather`: the checkpoint may have been made since, and gave them their positions in the log.
    with archive.read() as connection:
        noted = connection.all(_SELECT_VERDICTS, ident=found.article, old=found.old, new=found.new)
    if not noted:
        return {}
    size = read_note(anchor.latest or anchor.note).size
    paths = prove_entries(archive, [row.position for row in noted], size)
    proofs = [
        None if path is None else {"index": row.position, "path": path} for row, path in zip(noted, paths, strict=True)
    ]
    records = [row.record.encode() for row in noted]
    files = {f"verdicts/{place}.json": record for place, record in enumerate(records, 1)}
    text = verifier.verdicts_of([verifier.plain(record) for record in records])
    return files | {
        VERDICTS: verifier.plainly({"schema": 1, "verdicts": proofs}),
        VERDICTS_TEXT: verifier.encoded(text),
    }


def _texts(found: Gathered, change: Change) -> dict[str, bytes]:
    """Return the files of both sides, and the diff between them."""
    files = dict(found.parts)
    texts = []
    for side, n in zip(SIDES, (found.old, found.new), strict=True):
        content, capture = (verifier.plain(found.parts[f"{side}/{name}.json"]) for name in ("content", "capture"))
        texts.append(text := verifier.text_of(content))
        files[f"{side}/text.txt"] = verifier.encoded(text)
        facts = verifier.facts_of(capture, verifier.plain(found.records[n]))
        files[f"{side}/facts.txt"] = verifier.encoded(facts)
        if screenshot := capture.get("screenshot"):
            files[f"{side}/{SCREENSHOT}"] = base64.b64decode(screenshot)
    title = f"{found.url}: v{found.old} to v{found.new}"
    return files | {
        "diff/diff.json": verifier.encoded(dumps(EditsView.of(change)) + "\n"),
        "diff/diff.patch": verifier.encoded(verifier.patch_of(*texts)),
        "diff/diff.html": verifier.encoded(html.page(title, html.diff(change, DiffOptions()))),
    }


_LATEST: Final = """
latest.note, consistency.json
                    a later checkpoint, of {size} entries, and the proof that its log begins with that of
                    checkpoint.note"""
_VERDICTS: Final = """
verdicts.txt, verdicts/
                    people's notes on the changes from v{old} to v{new}, and their records in the log
verdicts.json       the positions of these records in the log, none for those newer than the checkpoint"""
_STAMPS: Final = """
Time stamps of checkpoint.note from parties other than the archive:
{lines}
"""
_RFC3161: Final = """
    {name}
        openssl ts -verify -in {name} -data checkpoint.note -CAfile THE-AUTHORITY'S-ROOT.pem
        openssl ts -reply -in {name} -text      (shows the time and the authority)"""
_OPENTIMESTAMPS: Final = "\n    {name}    (an OpenTimestamps proof)"


def _readme(found: Gathered, anchor: Anchor, members: Mapping[str, bytes], now: datetime, release: str) -> str:
    """Return README.txt."""
    old, new = f"v{found.old}", f"v{found.new}"
    records = {n: verifier.plain(record) for n, record in found.records.items()}
    facts = [
        ("Article", found.url),
        ("Versions", f"{old} and {new} (article {found.article} of the archive)"),
        (f"{old} first seen", verifier.moment(records[found.old]["seen"])),
    ]
    if (before := records[found.new]["previous_seen"]) is not None:
        facts.append((f"v{found.new - 1} last seen", verifier.moment(before)))
    facts.append((f"{new} first seen", verifier.moment(records[found.new]["seen"])))
    for n, at in found.imported.items():
        how = f"{verifier.moment(to_ms(at))}; the archive did not fetch it from the publisher"
        facts.append((f"v{n} imported", how))
    for side, name in zip(SIDES, (old, new), strict=True):
        headline = verifier.headline_of(verifier.plain(members[f"{side}/content.json"]))
        facts.append((f"{name} headline", " ".join(headline.split())))
    for side, name in zip(SIDES, (old, new), strict=True):
        facts.append((f"{name} page", f"SHA-256 {hashlib.sha256(members[f'{side}/page.html']).hexdigest()}"))
    stamps = [f"{NOTE}.{ending}" for ending in sorted(anchor.stamps)]
    lines = "".join((_OPENTIMESTAMPS if name.endswith(".ots") else _RFC3161).format(name=name) for name in stamps)
    template = files(__package__).joinpath("package_readme.txt").read_text("utf-8")
    return template.format(
        head="\n".join(f"{name:<18}{value}" for name, value in facts),
        old=found.old,
        new=found.new,
        now=f"{now:%Y-%m-%d %H:%M} UTC",
        release=release,
        public=anchor.public,
        verdicts=_VERDICTS.format(old=found.old, new=found.new) if VERDICTS in members else "",
        extra=_LATEST.format(size=read_note(anchor.latest).size) if anchor.latest else "",
        stamps=_STAMPS.format(lines=lines.strip("\n")) if stamps else "",
        sums=verifier.SUMS,
    )

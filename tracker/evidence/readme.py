"""The README.txt of an evidence package, from the template `package_readme.txt`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from tracker.archive.ledger.notes import read_note

from . import verifier
from .verifier import NOTE

if TYPE_CHECKING:
    from .anchor import Anchor
    from .gathering import Gathered

_LATEST: Final = """
latest.note, consistency.json
                    a later checkpoint, of {size} entries, and the proof that its log begins with that of
                    checkpoint.note"""
_VERDICTS: Final = """
verdicts.txt, verdicts/
                    what people noted about the changes from v{old} to v{new}, and its records in the log
verdicts.json       the positions of these records in the log, none for those newer than the checkpoint"""
_STAMPS: Final = """
Time stamps of checkpoint.note by other parties than the archive:
{lines}
"""
_RFC3161: Final = """
    {name}
        openssl ts -verify -in {name} -data checkpoint.note -CAfile THE-AUTHORITY'S-ROOT.pem
        openssl ts -reply -in {name} -text      (shows the time and the authority)"""
_OTS: Final = """
    {name}
        ots verify -f checkpoint.note {name}    (pip install opentimestamps-client; needs a Bitcoin node)"""


def text(found: Gathered, anchor: Anchor, members: Mapping[str, bytes], now: datetime, release: str) -> str:
    """Return README.txt."""
    stamps = [f"{NOTE}.{ending}" for ending in sorted(anchor.stamps)]
    lines = "".join((_OTS if name.endswith(".ots") else _RFC3161).format(name=name) for name in stamps)
    template = files(__package__).joinpath("package_readme.txt").read_text("utf-8")
    return template.format(
        head="\n".join(f"{name:<18}{value}" for name, value in _head(found, members)),
        old=found.old,
        new=found.new,
        now=f"{now:%Y-%m-%d %H:%M} UTC",
        release=release,
        public=anchor.public,
        verdicts=_VERDICTS.format(old=found.old, new=found.new) if found.verdicts else "",
        extra=_LATEST.format(size=read_note(anchor.latest).size) if anchor.latest else "",
        stamps=_STAMPS.format(lines=lines.strip("\n")) if stamps else "",
        sums=verifier.SUMS,
    )


def _head(found: Gathered, members: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    old, new = f"v{found.old}", f"v{found.new}"
    yield "Article", found.url
    yield "Versions", f"{old} and {new} (article {found.article} of the archive)"
    records = {n: verifier.plain(record) for n, record in found.records.items()}
    yield f"{old} first seen", verifier.moment(records[found.old]["seen"])
    if (before := records[found.new]["previous_seen"]) is not None:
        yield f"v{found.new - 1} last seen", verifier.moment(before)
    yield f"{new} first seen", verifier.moment(records[found.new]["seen"])
    for side, name in zip(verifier.SIDES, (old, new), strict=True):
        yield f"{name} headline", " ".join(verifier.plain(members[f"{side}/content.json"]).get("title", "").split())
    for side, name in zip(verifier.SIDES, (old, new), strict=True):
        yield f"{name} page", f"SHA-256 {hashlib.sha256(members[f'{side}/page.html']).hexdigest()}"

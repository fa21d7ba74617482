"""What a package says of itself: for a standards desk or a court, in plain words."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from tracker.archive.ledger.notes import read_note

from . import verifier
from .verifier import NOTE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from tracker.evidence.anchor import Anchor

    from .gathering import Gathered

_TEXT: Final = """\
EVIDENCE OF A CHANGE TO A NEWS ARTICLE

{head}

Made on {now} by Writethru {release}. Times are UTC, by the clock of the machine that
fetched the pages.


WHAT IS IN HERE

old/, new/          version v{old} and version v{new}:
  page.html         the page as the server sent it, byte by byte (transfer and content codings undone)
  facts.txt         when, from which address and server, how it was asked for, every header of the answer
  text.txt          headline, standfirst, byline, text and notices, as they were read from the page
  capture.json, content.json
                    the same facts and the same text as the archive keeps them
diff/               what changed between both texts: for people (diff.html), for programs (diff.json), as a
                    patch (diff.patch)
leaves/             what the archive's log recorded of each version when it was kept
proof.json          where these records stand in the log
checkpoint.note     what the log held at one moment, signed by the archive
key.pub             the public key of the archive{extra}
verify.py           checks all of this, without the archive and without a network
SHA256SUMS          the hash of every file


HOW TO CHECK IT

With Python 3.11 or newer, in this folder or with the name of the .zip:

    python3 -I verify.py --key '{public}'

Take the key from where the archive publishes it, not from here. Exit code 0 means that all of it holds; 5 that
something does not, which is named. To check the files alone, without Python: sha256sum -c SHA256SUMS

Whoever does not trust verify.py can check by hand, or write another: the record of a version is the file in leaves/;
its hash is SHA-256 over a zero byte and the file; proof.json holds an inclusion proof as in RFC 6962 from there to
the root in checkpoint.note; the signature is Ed25519 (RFC 8032) over the note up to its blank line. The fields body,
head and content of a record are the SHA-256 of page.html, capture.json and content.json.
{stamps}

WHAT THIS PROVES

- Both pages, their headers, times and texts are, bit by bit, what the archive's log recorded. Whoever changed a
  character of them after the checkpoint was signed would have to break SHA-256.
- The holder of the key signed a checkpoint that vouches for these records. Whoever was given that checkpoint, or a
  later one, at the time can show that the log has not been rewritten since.
- No version lies unseen between v{old} and v{new}: each record names the one before it.
- The difference shown is the difference between these two texts.


WHAT IT DOES NOT PROVE

- That the pages came from the publisher. The archive says so; its log shows only that it has said the same ever
  since the checkpoint. TLS does not leave a proof behind. Other archives or witnesses can confirm it.
- That every reader was served the same page. Sites serve pages by place, device, login and test group.
- The times, beyond this: what is recorded was there when the checkpoint was signed, and when a time stamp was put
  on it, if one is here. The clock of the archive is the archive's word.
- When the edit was made: it was made at some time between the last sight of the old text and the first of the new.
- Who made the edit, or why.
- Anything that the page loads beside its HTML: pictures, scripts, comments.
- That text.txt is all that a reader saw: it is what a program read from page.html. The page itself decides.
- diff.html, the labels in diff.json and this file are drawn from the texts for people. Only {sums} speaks of
  them, and nobody signed that.
"""
_LATEST: Final = """
latest.note, consistency.json
                    a later checkpoint, of {size} entries, and the proof that its log begins with that of
                    checkpoint.note"""
_STAMPS: Final = """
Time stamps of checkpoint.note by others than the archive:
{lines}
"""
_RFC3161: Final = """
    {name}
        openssl ts -verify -in {name} -data checkpoint.note -CAfile THE-AUTHORITY'S-ROOT.pem
        openssl ts -reply -in {name} -text      (says when, and by whom)"""
_OTS: Final = """
    {name}
        ots verify -f checkpoint.note {name}    (pip install opentimestamps-client; needs a Bitcoin node)"""


def text(found: Gathered, anchor: Anchor, members: Mapping[str, bytes], now: datetime, release: str) -> str:
    """Return README.txt."""
    stamps = [f"{NOTE}.{ending}" for ending in sorted(anchor.stamps)]
    said = "".join((_OTS if name.endswith(".ots") else _RFC3161).format(name=name) for name in stamps)
    return _TEXT.format(
        head="\n".join(f"{name:<18}{value}" for name, value in _head(found, members)),
        old=found.old,
        new=found.new,
        now=f"{now:%Y-%m-%d %H:%M} UTC",
        release=release,
        public=anchor.public,
        extra=_LATEST.format(size=read_note(anchor.latest).size) if anchor.latest else "",
        stamps=_STAMPS.format(lines=said.strip("\n")) if stamps else "",
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

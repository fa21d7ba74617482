"""Verifies an evidence package made by Writethru: offline, with only Python 3.11 or newer.

    python3 -I verify.py [PACKAGE] [--key KEY]

PACKAGE is the .zip file or the folder it was unpacked to; the default is the folder of this file. KEY is the public
key of the archive as its owner publishes it. The output lists all that was verified and all damage. Exit codes: 0
everything was verified, 4 everything fits together but no key was given, so that anyone may have made it, 5 something
is damaged, 2 invalid command line.

This file does not need Writethru: Ed25519 is RFC 8032, the log is RFC 6962 and RFC 9162, and the checkpoint is a
signed note (https://c2sp.org/tlog-checkpoint).
"""

from __future__ import annotations

import argparse
import base64
import difflib
import hashlib
import json
import stat
import sys
import zipfile
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tracker.archive.ledger.log_proofs import is_consistent, is_included, leaf_hash

# The field, the order of the base point, the constant of the curve, and a square root of -1.
_P = 2**255 - 19
_L = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, _P - 2, _P) % _P
_ROOT = pow(2, (_P - 1) // 4, _P)
# X, Y, Z and T with x = X/Z, y = Y/Z and xy = T/Z: adding two points needs no division (section 5.1.4).
_Point = tuple[int, int, int, int]

VECTOR = (
    "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025 af82"
    " 6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
    "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
)
"""Public key, message and signature: test 3 of RFC 8032, section 7.1."""


def _point(data: bytes) -> _Point:
    number = int.from_bytes(data, "little")
    y, sign = number & ((1 << 255) - 1), number >> 255
    square = (y * y - 1) * pow(_D * y * y + 1, _P - 2, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * _ROOT % _P
    # One encoding for each point: without the last two, a signature could be written in other bytes (section 5.1.3).
    if (x * x - square) % _P or y >= _P or (x == 0 and sign):
        raise ValueError("not a point of the curve")
    if x & 1 != sign:
        x = _P - x
    return x, y, 1, x * y % _P


def _add(a: _Point, b: _Point) -> _Point:
    one, two = (a[1] - a[0]) * (b[1] - b[0]) % _P, (a[1] + a[0]) * (b[1] + b[0]) % _P
    three, four = 2 * a[3] * b[3] * _D % _P, 2 * a[2] * b[2] % _P
    e, f, g, h = two - one, four - three, four + three, two + one
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _times(count: int, point: _Point) -> _Point:
    total: _Point = (0, 1, 1, 0)
    while count:
        if count & 1:
            total = _add(total, point)
        point, count = _add(point, point), count >> 1
    return total


_BASE = _point((4 * pow(5, _P - 2, _P) % _P).to_bytes(32, "little"))


def is_signed(public: bytes, message: bytes, signature: bytes) -> bool:
    """Return whether `signature` (64 bytes) is the Ed25519 signature of `message` by `public` (32 bytes)."""
    if len(public) != 32 or len(signature) != 64:
        return False
    try:
        key, nonce = _point(public), _point(signature[:32])
    except ValueError:
        return False
    factor = int.from_bytes(signature[32:], "little")
    # A larger one would do as well, so that anyone could make a second valid signature of one (section 5.1.7).
    if factor >= _L:
        return False
    digest = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % _L
    left, right = _times(factor, _BASE), _add(nonce, _times(digest, key))
    return all((left[axis] * right[2] - right[axis] * left[2]) % _P == 0 for axis in (0, 1))


# Packages come from strangers: all is read into memory, and a small ZIP file may unpack to any size.
MAX_PACKAGE_BYTES = 256 << 20
Members = dict[str, bytes]


def opened(place: Path) -> tuple[Members, list[tuple[str, str]]]:
    """Return the members of a package, and which of them are refused and why.

    Raises OSError, ValueError or BadZipFile if the package itself cannot be opened.
    """
    if place.is_dir():
        found = {path.relative_to(place).as_posix(): path for path in sorted(place.rglob("*"))}
        links = [(name, "it is a link") for name, path in found.items() if path.is_symlink()]
        files = {name: path for name, path in found.items() if not path.is_symlink() and not path.is_dir()}
        _require_readable(*files.values())
        return {name: path.read_bytes() for name, path in files.items()}, links
    members: Members = {}
    refused = []
    _require_readable(place)
    with zipfile.ZipFile(place) as package:
        entries = package.infolist()
        if sum(entry.file_size for entry in entries) > MAX_PACKAGE_BYTES:
            raise ValueError(f"it unpacks to more than {MAX_PACKAGE_BYTES >> 20} MiB")
        # Two programs may unpack a crafted ZIP file differently: a person must read the bytes that were verified.
        if not _is_plain(place.read_bytes(), package):
            refused.append((place.name, "it has bytes that belong to no member, as forged packages do"))
        for entry in entries:
            if entry.filename in members:
                refused.append((entry.filename, "it appears twice"))
                continue
            if how := _how_forged(entry):
                refused.append((entry.filename, how))
                continue
            try:
                members[entry.filename] = package.read(entry)
            except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, ValueError, OSError):
                refused.append((entry.filename, "it cannot be read"))  # the other members are verified all the same
    return members, refused


def _how_forged(entry: zipfile.ZipInfo) -> str:
    """Return why a member is refused by its entry in the ZIP file; "" if it is not refused."""
    name = entry.orig_filename
    # A program that unpacks it would make a folder, or write elsewhere.
    if any(part in {"", ".", ".."} for part in name.split("/")) or not name.isprintable() or set(name) & {"\\", ":"}:
        return "it is a folder, or its name points outside the package"
    if stat.S_IFMT(entry.external_attr >> 16) not in {0, stat.S_IFREG}:
        return "it is marked as a link or another special file"
    return ""


def _require_readable(*files: Path) -> None:
    """Raise ValueError unless these are files of a size that can be read: a pipe or a device may have no end."""
    if special := [each.name for each in files if not stat.S_ISREG(each.stat().st_mode)]:
        raise ValueError(f"{special[0]} is not a regular file")
    if sum(each.stat().st_size for each in files) > MAX_PACKAGE_BYTES:
        raise ValueError(f"it is larger than {MAX_PACKAGE_BYTES >> 20} MiB")


def _is_plain(data: bytes, package: zipfile.ZipFile) -> bool:
    """Return whether a ZIP file is its members, one after the other, and their directory.

    Programs differ in whether they go by the directory or by the headers, so both must say the same.
    """
    at = 0
    for entry in sorted(package.infolist(), key=lambda entry: entry.header_offset):
        name = entry.orig_filename.encode()
        head = data[at : at + 30]
        sizes = tuple(int.from_bytes(head[start : start + 4], "little") for start in (14, 18, 22))
        same = sizes == (entry.CRC, entry.compress_size, entry.file_size) and data.startswith(name, at + 30)
        same = same and int.from_bytes(head[8:10], "little") == entry.compress_type
        # No flag but that of names in UTF-8: another would make some programs look elsewhere for the end of the bytes.
        same = same and int.from_bytes(head[6:8], "little") == entry.flag_bits and entry.flag_bits in {0, 0x800}
        lengths = [int.from_bytes(head[start : start + 2], "little") for start in (26, 28)]
        if entry.header_offset != at or not same or lengths != [len(name), 0] or entry.extra or entry.comment:
            return False
        at += 30 + len(name) + entry.compress_size
    directory = sum(46 + len(entry.orig_filename.encode()) for entry in package.infolist())
    return package.start_dir == at and len(data) == at + directory + 22 and not package.comment


OK, NO_KEY, FAILED = 0, 4, 5
SUMS, SIGNATURE, KEY, NOTE, LATEST, PROOF, CONSISTENCY = (
    "SHA256SUMS", "SHA256SUMS.sig", "key.pub", "checkpoint.note", "latest.note", "proof.json", "consistency.json",
)  # fmt: skip
SIDES = ("old", "new")
VERDICTS, VERDICTS_TEXT = "verdicts.json", "verdicts.txt"
SCREENSHOT = "screenshot.jpg"
EDITORIAL = frozenset({"paragraph", "subhead", "list-item", "quote", "dateline", "table", "box"})
NEXT = "Nothing is proven. Ask for the original .zip file, and compare --key with the key that the archive publishes."
UNREADABLE = (ValueError, KeyError, TypeError, IndexError, AttributeError, ArithmeticError, RecursionError)

# Texts that are derived from the bytes in the log.


def plain(data: bytes) -> Any:  # noqa: ANN401 - a JSON value
    """Return the JSON value in `data`."""
    return json.loads(data.decode("utf-8", "surrogatepass"))


def text_of(content: dict[str, Any]) -> str:
    """Return the news text of an article: headline, standfirst, byline, paragraphs, notices, a blank line between."""
    parts = [headline_of(content), content.get("dek", ""), ", ".join(content.get("byline", ()))]
    parts += [block["text"] for block in editorial(content)]
    parts += [f"{notice['kind']}: {notice['text']}" for notice in content.get("notices", ())]
    return "\n\n".join(part for part in parts if part) + "\n"


def headline_of(content: dict[str, Any]) -> str:
    """Return the headline as the page shows it."""
    return str(content.get("heading") or content.get("title", ""))


def editorial(content: dict[str, Any]) -> list[dict[str, str]]:
    """Return the paragraphs that are news text."""
    return [block for block in content.get("blocks", ()) if block["kind"] in EDITORIAL]


def identity_of(content: dict[str, Any]) -> str:
    """Return the identity of a version: a hash of headline, dek, byline, text and notices."""
    named = {
        "title": content.get("title", ""),
        "dek": content.get("dek", ""),
        "byline": list(content.get("byline", ())),
        "blocks": [[block["kind"], block["text"]] for block in editorial(content)],
        "notices": [[notice["kind"], notice["text"]] for notice in content.get("notices", ())],
    }
    # Left out where it is empty, so that versions stored before the field existed keep their identity.
    if content.get("heading"):
        named["heading"] = content["heading"]
    canonical = json.dumps(named, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


def facts_of(capture: dict[str, Any], leaf: dict[str, Any]) -> str:
    """Return the facts about a response besides its body, as text: the request and all headers."""
    lines = [
        f"Asked for: {capture['url']}",
        *(f"Sent on from: {hop}" for hop in capture.get("hops", ())),
        f"Answered by: {capture['final_url']}",
        f"Address of the server: {capture.get('remote_ip', '') or 'not known'}",
        f"Fetched at: {moment(leaf['fetched'])}",
        f"Took: {capture.get('elapsed', 0.0)} s",
        f"Status: {capture['status']}",
        f"Body: {leaf['body_len']} bytes once decoded, SHA-256 {leaf['body']}",
        *("", "Headers of the request, as they were sent:"),
        *(f"  {name}: {value}" for name, value in capture.get("request_headers", ())),
        *("", "Headers of the answer, as they came:"),
        *(f"  {name}: {value}" for name, value in capture.get("headers", ())),
    ]
    return "\n".join(lines) + "\n"


def moment(milliseconds: int) -> str:
    """Return a time as UTC text."""
    when = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)
    return when.isoformat(sep=" ", timespec="milliseconds").replace("+00:00", " UTC")


def verdicts_of(records: list[dict[str, Any]]) -> str:
    """Return people's verdicts on the changes as text: an entry each, oldest first."""
    entries = []
    for each in records:
        judged = f"{each['labels'] or 'none'} (shown: {each['shown'] or 'none'})"
        labels = each["shown"] if each["labels"] is None else judged
        facts = [("weight", each["weight"]), ("labels", labels), ("link", each["link"])]
        lines = [f"v{each['n']}, {moment(each['at'])}, {each['author']}"]
        lines += [f"  {name}: {value}" for name, value in facts if value]
        entries.append("\n".join([*lines, *(f"  {line}" for line in each["note"].splitlines())]))
    return "\n\n".join(entries) + "\n"


def patch_of(old: str, new: str) -> str:
    """Return the differences between two texts as a unified diff."""
    before, after = old.split("\n"), new.split("\n")
    return "\n".join(difflib.unified_diff(before, after, "old/text.txt", "new/text.txt", lineterm="")) + "\n"


def plainly(value: dict[str, Any]) -> bytes:
    """Return a proof as the bytes of its file in the package."""
    return json.dumps(value, indent=1).encode() + b"\n"


def encoded(text: str) -> bytes:
    """Return `text` as the bytes of its file in the package."""
    return text.encode("utf-8", "replace")


def sums_of(members: Members) -> bytes:
    """Return the hashes of all members except the list itself and its signature, in the format of sha256sum."""
    named = sorted(name for name in members if name not in (SUMS, SIGNATURE))
    return "".join(f"{hashlib.sha256(members[name]).hexdigest()}  {name}\n" for name in named).encode()


def signed_sums(key: str, sums: bytes) -> str:
    """Return the text that the archive signs for a package: that these are its files."""
    return f"{key.partition('+')[0]} evidence package\n{hashlib.sha256(sums).hexdigest()}\n"


class Examination:
    """Verifies the members of a package: `holds` lists all that was verified, `damage` the damaged members and how.

    Each check returns its line for `holds`, and adds its findings to `damage`.
    """

    def __init__(self, members: Members, key: str = "") -> None:
        self.members = members
        self.holds: list[str] = []
        self.damage: list[tuple[str, str]] = []
        self._key = key.strip()
        self._at = ""
        self._note = self._latest = (0, b"")
        self._leaves: dict[int, dict[str, Any]] = {}
        self._contents: dict[str, dict[str, Any]] = {}

    def run(self) -> Examination:
        """Run every check, even if another one fails."""
        sides = (lambda: self._side("old"), lambda: self._side("new"))
        logged = (self._checkpoint, self._chain, self._proofs)
        for check in (self._sums, *logged, *sides, self._diff, self._verdicts, self._stamps):
            before = len(self.damage)
            try:
                verified = check()
            except UNREADABLE:
                there = self._at in self.members
                self._fail(self._at, "it cannot be read" if there else "it is missing")
                continue
            if verified and len(self.damage) == before:
                self.holds.append(verified)
        return self

    def _fail(self, what: str, how: str) -> None:
        if (what, how) not in self.damage:
            self.damage.append((what, how))

    def _read(self, name: str) -> bytes:
        self._at = name
        return self.members[name]

    def _sums(self) -> str:
        listed = dict(line.split("  ", 1)[::-1] for line in self._read(SUMS).decode().splitlines())
        for name in sorted(set(self.members) - set(listed) - {SUMS, SIGNATURE}):
            self._fail(name, f"it is not listed in {SUMS}")
        there = {name: hashlib.sha256(data).hexdigest() for name, data in self.members.items()}
        for name in sorted(listed):
            if name not in there:
                self._fail(name, f"it is listed in {SUMS} but missing")
            elif there[name] != listed[name]:
                self._fail(name, f"it does not match its hash in {SUMS}")
        ours = {name: data for name, data in self.members.items() if name in listed}
        if not self.damage and self.members[SUMS] != sums_of(ours):
            self._fail(SUMS, "it was altered")
        key = self._key or self._read(KEY).decode().removesuffix("\n")
        signature = self._read(SIGNATURE).decode()
        body, _, line = signature.removesuffix("\n").partition("\n\n")
        expected = signed_sums(key, self.members[SUMS])
        if signature != f"{body}\n\n{line}\n" or f"{body}\n" != expected:
            self._fail(SIGNATURE, f"it is not the signature of {SUMS}")
        elif not _is_by(key, line, expected.encode()):
            self._fail(SIGNATURE, f"it is not signed with {'the given key' if self._key else KEY}")
        return f"{len(listed)} files, and no others, match their hashes in {SUMS}, which the archive signed"

    def _checkpoint(self) -> str:
        known = self._read(KEY).decode().removesuffix("\n")
        if self._key and self._key != known:
            self._fail(KEY, "it differs from the given key")
        key = self._key or known
        origin, size, root = self._signed(NOTE, key)
        self._note = self._latest = (size, root)
        verified = f"{NOTE}: a log of {size} entries, signed by {origin}"
        if LATEST in self.members:
            _, later, latest = self._signed(LATEST, key)
            self._latest = (later, latest)
            found = plain(self._read(CONSISTENCY))["path"]
            path = [bytes.fromhex(each) for each in found]
            if self.members[CONSISTENCY] != plainly({"schema": 1, "path": found}):
                self._fail(CONSISTENCY, "it was altered")
            if not is_consistent(size, root, later, latest, path):
                self._fail(CONSISTENCY, f"it does not prove that the log of {LATEST} begins with that of {NOTE}")
            verified += f"; {LATEST}: {later} entries, beginning with the same ones"
        return verified

    def _signed(self, name: str, key: str) -> tuple[str, int, bytes]:
        body, _, signatures = self._read(name).decode().partition("\n\n")
        origin, size, root = body.split("\n")[:3]
        if not any(_is_by(key, line, f"{body}\n".encode()) for line in signatures.split("\n")):
            self._fail(name, f"it is not signed with {'the given key' if self._key else KEY}")
        return origin, int(size), base64.b64decode(root, validate=True)

    def _chain(self) -> str:
        first, last = (plain(self._read(PROOF))[side]["version"] for side in SIDES)
        before = None
        for n in range(first, last + 1):
            data = self._read(f"leaves/v{n}.json")
            leaf = self._leaves[n] = plain(data)
            if leaf["n"] != n or leaf["article"] != self._leaves[first]["article"]:
                self._fail(self._at, "it belongs to another version")
            if before is not None and leaf["previous"] != before:
                self._fail(self._at, f"it does not follow leaves/v{n - 1}.json")
            before = leaf_hash(data).hex()
        return f"v{first} to v{last}: each entry names the one before it, so no version between them is missing"

    def _proofs(self) -> str:
        size, root = self._note
        verified = []
        whole = plain(self._read(PROOF))
        named = {side: {name: whole[side][name] for name in ("version", "index", "path")} for side in SIDES}
        article = self._leaves[whole["old"]["version"]]["article"]
        # The very bytes, here and below: blanks or more keys could say something that nothing verifies.
        if self.members[PROOF] != plainly({"schema": 1, "article": article, **named}):
            self._fail(PROOF, "it was altered")
        for proof in named.values():
            n, index, path = proof["version"], proof["index"], [bytes.fromhex(each) for each in proof["path"]]
            if not is_included(leaf_hash(self._read(f"leaves/v{n}.json")), index, size, path, root):
                self._fail(f"leaves/v{n}.json", f"{PROOF} does not prove that it is in the log of {NOTE}")
            verified.append(f"v{n} is entry {index}")
        return f"in that log, {' and '.join(verified)}"

    def _side(self, side: str) -> str:
        n = plain(self._read(PROOF))[side]["version"]
        leaf = self._leaves[n]
        for name, field in (("page.html", "body"), ("capture.json", "head"), ("content.json", "content")):
            if hashlib.sha256(self._read(f"{side}/{name}")).hexdigest() != leaf[field]:
                self._fail(self._at, f"it does not match leaves/v{n}.json")
        content = self._contents[side] = plain(self._read(f"{side}/content.json"))
        if identity_of(content) != leaf["identity"]:
            self._fail(self._at, f"its text does not have the identity in leaves/v{n}.json")
        if self._read(f"{side}/text.txt") != encoded(text_of(content)):
            self._fail(self._at, f"it does not match {side}/content.json")
        capture = plain(self._read(f"{side}/capture.json"))
        if self._read(f"{side}/facts.txt") != encoded(facts_of(capture, leaf)):
            self._fail(self._at, f"it does not match {side}/capture.json")
        picture = self.members.get(f"{side}/{SCREENSHOT}", b"")
        if base64.b64encode(picture).decode() != capture.get("screenshot", ""):
            self._fail(f"{side}/{SCREENSHOT}", f"it does not match {side}/capture.json")
        return f"{side}: v{n}, seen {moment(leaf['seen'])}: page, headers and text match the log"

    def _diff(self) -> str:
        old, new = (text_of(self._contents[side]) for side in SIDES)
        if self._read("diff/diff.patch") != encoded(patch_of(old, new)):
            self._fail(self._at, "it does not match the two texts")
        diff = plain(self._read("diff/diff.json"))
        for side, without in (("old", "+"), ("new", "-")):
            present = [block for block in diff["blocks"] if block[side] is not None]
            hunks = [(block[side], [text for sign, text in block["hunks"] if sign != without]) for block in present]
            blocks = sorted((place, "".join(parts)) for place, parts in hunks)
            content = self._contents[side]
            texts = [block["text"] for block in editorial(content)]
            fields = (diff["title"][side], diff["dek"][side]) == (headline_of(content), content.get("dek", ""))
            if blocks != list(enumerate(texts)) or not fields:
                self._fail(self._at, f"it does not reproduce the text in {side}/content.json")
        return "diff.json and diff.patch match both texts"

    def _verdicts(self) -> str:
        there = sum(name.startswith("verdicts/") for name in self.members)
        if not there and VERDICTS not in self.members:
            return ""
        listed = plain(self._read(VERDICTS))["verdicts"]
        if self.members[VERDICTS] != plainly({"schema": 1, "verdicts": listed}) or len(listed) != there:
            self._fail(VERDICTS, "it was altered")
        first, last = (plain(self._read(PROOF))[side]["version"] for side in SIDES)
        size, root = self._latest
        records, proven = [], 0
        for place, proof in enumerate(listed, 1):
            data = self._read(f"verdicts/{place}.json")
            records.append(record := plain(data))
            about = (record["kind"], record["article"]) == ("verdict", self._leaves[last]["article"])
            if not about or not first < record["n"] <= last:
                self._fail(self._at, "it is about another change")
            if proof is not None:
                path = [bytes.fromhex(each) for each in proof["path"]]
                if not is_included(leaf_hash(data), proof["index"], size, path, root):
                    self._fail(self._at, f"{VERDICTS} does not prove that it is in the log")
                proven += 1
        if self._read(VERDICTS_TEXT) != encoded(verdicts_of(records)):
            self._fail(VERDICTS_TEXT, "it does not match the records in verdicts/")
        return f"people's verdicts on these changes: {len(records)}, {proven} of them in the log"

    def _stamps(self) -> str:
        digest = hashlib.sha256(self._read(NOTE)).digest()
        stamps = [name for name in sorted(self.members) if name.startswith(f"{NOTE}.")]
        for name in stamps:
            if digest not in self.members[name]:
                self._fail(name, f"it is not a time stamp of {NOTE}")
        if not stamps:
            return ""
        return f"time stamps NOT CHECKED here, see README.txt: {', '.join(stamps)}"


def _is_by(key: str, line: str, body: bytes) -> bool:
    """Return whether `line`, of a signed note, is the signature of `body` by `key`, as in key.pub."""
    try:
        name, ident, encoded_key = key.split("+", 2)
        raw = base64.b64decode(encoded_key, validate=True)
        signer, _, signature = line.removeprefix("— ").partition(" ")
        signed = base64.b64decode(signature, validate=True)
    except ValueError:
        return False
    of_key = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4]
    mine = raw[:1] == b"\x01" and signer == name and signed[:4] == of_key and ident == of_key.hex()
    mine = mine and base64.b64encode(signed).decode() == signature
    return mine and is_signed(raw[1:], body, signed[4:])


def main(arguments: list[str]) -> int:
    """Verify the package that `arguments` name; return the exit code."""
    parser = argparse.ArgumentParser("verify.py", description="Check an evidence package offline.")
    parser.add_argument("package", nargs="?", type=Path, default=Path(__file__).parent, help="the .zip or its folder")
    parser.add_argument("--key", default="", help="the public key of the archive, as its owner publishes it")
    chosen = parser.parse_args(arguments)
    code, lines = examine(chosen.package, chosen.key)
    coding = sys.stdout.encoding or "utf-8"
    # The maker of the package chose its names: they must not move the cursor, or hide or add lines.
    shown = ["".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in line) for line in lines]
    text = "\n".join(shown) + "\n"
    # A terminal may lack letters that are in the names.
    sys.stdout.write(text.encode(coding, "backslashreplace").decode(coding))
    return code


def examine(package: Path, key: str) -> tuple[int, list[str]]:
    """Verify a package; return the exit code and the lines to print."""
    try:
        members, damage = opened(package)
    except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        return FAILED, [f"DAMAGED  {package}: it cannot be opened: {error}", NEXT]
    if members.keys().isdisjoint((SUMS, NOTE, PROOF)):
        return FAILED, [f"DAMAGED  {package}: it is not an evidence package, because it has no {SUMS}", NEXT]
    if not is_signed(*map(bytes.fromhex, VECTOR.split())):
        damage.append(("verify.py", "it cannot check signatures"))
    found = Examination(members, key).run()
    damage += found.damage
    lines = [f"ok       {each}" for each in found.holds] + [f"DAMAGED  {what}: {how}" for what, how in damage]
    if damage:
        return FAILED, [*lines, f"Verification failed. Problems found: {len(damage)}", NEXT]
    if not key.strip():
        lines += [
            f"Nothing is proven yet: the key was taken from {KEY}, and anyone can make a package with their own key.",
            "Compare it with the key that the archive publishes, and pass that key with --key.",
        ]
        return NO_KEY, lines
    return OK, [*lines, "Everything verified."]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

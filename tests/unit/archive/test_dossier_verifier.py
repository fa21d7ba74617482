"""The verifier's own Ed25519 and Merkle proofs, held against those of the archive."""

import hashlib
import io
import json
import sys
import zipfile
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.archive_samples import NOW
from tracker.archive import codec
from tracker.archive.ledger import merkle
from tracker.archive.ledger.evidence import Evidence
from tracker.archive.ledger.notes import Checkpoint, Signer
from tracker.evidence import packing, verifier
from tracker.evidence.ed25519 import VECTOR, is_signed
from tracker.evidence.members import Members
from tracker.model.article import Article, Block, BlockKind
from tracker.model.capture import Capture

# RFC 8032, section 7.1: tests 1 and 2, beside the one in the file.
VECTORS = [
    each.split(" ")
    for each in f"""
d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a  \
e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141\
438e7a100b
3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c 72 \
92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d29\
1612bb0c00
{VECTOR}""".strip().splitlines()
]


class TestSignatures:
    def test_the_vectors_of_the_rfc(self) -> None:
        for public, message, signature in VECTORS:
            key, said, signed = map(bytes.fromhex, (public, message, signature))
            assert is_signed(key, said, signed)
            assert not is_signed(key, said + b".", signed)
            assert not is_signed(key, said, signed[:-1])
            assert not is_signed(key[:-1], said, signed)

    def test_a_factor_beyond_the_order_is_refused(self) -> None:
        public, message, signature = (bytes.fromhex(part) for part in VECTORS[1])
        order = 2**252 + 27742317777372353535851937790883648493
        grown = int.from_bytes(signature[32:], "little") + order
        assert not is_signed(public, message, signature[:32] + grown.to_bytes(32, "little"))

    def test_what_is_no_point_is_refused(self) -> None:
        _, message, signature = (bytes.fromhex(part) for part in VECTORS[1])
        for public in (b"\xff" * 32, b"\x02" + b"\0" * 31, (1).to_bytes(31, "little") + b"\x80"):
            assert not is_signed(public, message, signature)

    @settings(max_examples=20, deadline=None)
    @given(st.binary(max_size=200), st.integers(0, 511))
    def test_it_agrees_with_cryptography(self, message: bytes, bit: int) -> None:
        private = Ed25519PrivateKey.generate()
        public, signature = private.public_key().public_bytes_raw(), private.sign(message)
        assert is_signed(public, message, signature)
        changed = bytearray(signature)
        changed[bit // 8] ^= 1 << bit % 8
        assert not is_signed(public, message, bytes(changed))


def test_the_one_file_imports_nothing_of_ours() -> None:
    said = packing.source().decode()
    assert "from .ed25519" not in said
    assert "tracker" not in said
    compile(said, "verify.py", "exec")


class TestForgery:
    """A package that somebody made up, with a log and a key of their own."""

    SIGNER = Signer.new("herald.example/archive")

    def forged(self, *, later: bool = True) -> Members:
        members: Members = {}
        records, previous = [], None
        for n in (1, 2, 3):
            article = Article(title=f"T{n}", blocks=(Block(BlockKind.PARAGRAPH, f"Text {n}."),))
            capture = Capture("https://a.example/", "https://a.example/", 200, (("A", "b"),), b"<p>", NOW, "")
            content, head = codec.dump(article), codec.dump(capture, without=("body", "sha256", "fetched_at"))
            hashes = {"content": content, "head": head, "body": capture.body}
            made = Evidence(
                article="ab", n=n, url=capture.url, seen=n, previous_seen=None, fetched=n, status=200, extractor="1",
                signature="", identity=article.sha256, body_len=3, previous=previous,
                **{name: hashlib.sha256(data).hexdigest() for name, data in hashes.items()},
            )  # fmt: skip
            previous = made.leaf()
            records.append(made.record())
            members[f"leaves/v{n}.json"] = made.record()
            for side in ("old",) if n == 1 else ("new",) if n == 3 else ():
                members |= {f"{side}/page.html": capture.body, f"{side}/capture.json": head}
                members |= {f"{side}/content.json": content}
                members[f"{side}/text.txt"] = verifier.text_of(verifier.plain(content)).encode()
                members[f"{side}/facts.txt"] = verifier.facts_of(
                    verifier.plain(head), verifier.plain(made.record())
                ).encode()
        leaves = [merkle.leaf_hash(each) for each in records]
        note = self.SIGNER.sign(Checkpoint(self.SIGNER.name, 3, merkle.root(leaves).hex()))
        sides = {
            side: {"version": n, "index": n - 1, "path": [each.hex() for each in merkle.inclusion_proof(leaves, n - 1)]}
            for side, n in (("old", 1), ("new", 3))
        }
        members["proof.json"] = verifier.plainly({"schema": 1, "article": "ab", **sides})
        members |= {"key.pub": f"{self.SIGNER.public}\n".encode(), "checkpoint.note": note.encode()}
        if later:
            more = [*leaves, merkle.leaf_hash(b"later")]
            latest = self.SIGNER.sign(Checkpoint(self.SIGNER.name, 4, merkle.root(more).hex()))
            path = [each.hex() for each in merkle.consistency_proof(more, 3)]
            members |= {
                "latest.note": latest.encode(),
                "consistency.json": verifier.plainly({"schema": 1, "path": path}),
            }
        texts = [verifier.text_of(verifier.plain(members[f"{side}/content.json"])) for side in ("old", "new")]
        members["diff/diff.patch"] = verifier.patch_of(*texts).encode()
        blocks = [{"old": 0, "new": 0, "hunks": [["-", "Text 1."], ["+", "Text 3."]]}]
        fields = {"title": {"old": "T1", "new": "T3"}, "dek": {"old": "", "new": ""}}
        members["diff/diff.json"] = json.dumps({"blocks": blocks, **fields}).encode()
        return members

    def damage(self, members: Members, key: str = "") -> set[str]:
        members["SHA256SUMS"] = sums = verifier.sums_of(members)
        members["SHA256SUMS.sig"] = self.SIGNER.sign_text(verifier.signed_sums(self.SIGNER.public, sums)).encode()
        return {what for what, _ in verifier.Examination(members, key).run().damage}

    def test_it_holds_by_its_own_key_and_by_no_other(self) -> None:
        assert self.damage(self.forged()) == set()
        assert self.damage(self.forged(later=False)) == set()
        other = Signer.new("herald.example/archive").public
        assert self.damage(self.forged(), other) == {*("key.pub", "checkpoint.note", "latest.note", "SHA256SUMS.sig")}

    def test_a_version_of_another_article_or_number_between(self) -> None:
        members = self.forged()
        members["leaves/v2.json"] = members["leaves/v2.json"].replace(b'"n":2', b'"n":7')
        assert self.damage(members) == {"leaves/v2.json", "leaves/v3.json"}
        members["leaves/v2.json"] = members["leaves/v1.json"]
        assert "leaves/v2.json" in self.damage(members)

    def test_proofs_and_texts_that_are_others(self) -> None:
        members = self.forged()
        assert self.damage(members | {"consistency.json": verifier.plainly({"schema": 1, "path": []})}) == {
            "consistency.json"
        }
        assert self.damage(members | {"old/text.txt": b"other"}) == {"old/text.txt"}
        assert self.damage(members | {"old/facts.txt": b"other"}) == {"old/facts.txt"}
        assert self.damage(members | {"diff/diff.patch": b"other"}) == {"diff/diff.patch"}
        assert self.damage(members | {"diff/diff.json": members["diff/diff.json"].replace(b"T3", b"T4")}) == {
            "diff/diff.json"
        }
        assert self.damage(members | {"new/content.json": b"[]"}) >= {"new/content.json"}
        bad = members | {"SHA256SUMS": b"\xff"}
        assert "SHA256SUMS" in {what for what, _ in verifier.Examination(bad).run().damage}
        named = members | {"SHA256SUMS": verifier.sums_of(members).replace(b"  key.pub\n", b"  key.pub \n")}
        assert {"key.pub "} <= {what for what, _ in verifier.Examination(named).run().damage}

    def test_a_list_in_another_order_is_not_as_it_was_written(self) -> None:
        members = self.forged()
        lines = verifier.sums_of(members).splitlines(keepends=True)
        members["SHA256SUMS"] = sums = b"".join(reversed(lines))
        members["SHA256SUMS.sig"] = self.SIGNER.sign_text(verifier.signed_sums(self.SIGNER.public, sums)).encode()
        assert verifier.Examination(members).run().damage == [("SHA256SUMS", "it was altered")]

    def test_names_in_a_package_control_no_terminal(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        terminal = io.TextIOWrapper(io.BytesIO(), encoding="ascii")  # one without most letters
        monkeypatch.setattr(sys, "stdout", terminal)
        members = {"x\r\x1b[2J\u202eok\nEverything verified.\n\x1b[8mé": b"", "SHA256SUMS": b""}
        with zipfile.ZipFile(tmp_path / "made.zip", "w") as package:
            for name, data in members.items():
                package.writestr(name, data)
        assert verifier.main([str(tmp_path / "made.zip")]) == verifier.FAILED
        terminal.seek(0)
        said = terminal.read()
        assert said.replace("\n", "").isprintable()
        assert "Everything verified." not in said.splitlines()

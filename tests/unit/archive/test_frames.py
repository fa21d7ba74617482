import json
import random
import shutil
import subprocess
import tracemalloc
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Literal

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.archive_samples import capture, change, content
from tracker.archive import blobs, codec
from tracker.archive.blobs import Recent
from tracker.archive.ledger.log import Evidence
from tracker.archive.ledger.log_proofs import leaf_hash
from tracker.errors import ArchiveError
from tracker.model.article import Article, BlockKind
from tracker.model.capture import Capture, HostState, RobotsRecord
from tracker.model.change import Change, Fact, FactKind, LabelKind

PAGE = random.Random(7).randbytes(40_000)
EDITED = PAGE[:20_000] + b"one more sentence" + PAGE[20_000:]


@given(st.binary(max_size=400), st.binary(max_size=400) | st.none())
def test_bytes_read_back_as_they_were(raw: bytes, base: bytes | None) -> None:
    frame, needs_base = blobs.encode(raw, base)
    assert blobs.decode(frame, len(raw), base if needs_base else None) == raw
    assert blobs.decode(blobs.patch(raw, base or b""), len(raw), base) == raw


def test_a_base_is_used_where_it_is_like_the_page_even_in_part() -> None:
    frame, needs_base = blobs.encode(EDITED, PAGE)
    assert needs_base
    assert len(frame) < 100
    raw = " ".join(random.Random(9).choices(["river", "mayor", "flood", "street", "rose"], k=9000)).encode()
    frame, needs_base = blobs.encode(raw, PAGE)
    assert not needs_base
    assert blobs.decode(frame, len(raw)) == raw
    fresh = random.Random(8).randbytes(30_000)
    frame, needs_base = blobs.encode(PAGE[:10_000] + fresh, PAGE)
    assert needs_base
    assert len(frame) < 30_200


@pytest.mark.parametrize("place", range(0, 60, 7))
def test_damage_is_an_error_and_never_other_bytes(place: int) -> None:
    frame, _ = blobs.encode(EDITED, PAGE)
    place %= len(frame)
    broken = frame[:place] + bytes([frame[place] ^ 4]) + frame[place + 1 :]
    with suppress(ArchiveError):
        assert blobs.decode(broken, len(EDITED), PAGE) == EDITED


def test_a_base_must_fit_and_no_version_is_far_from_the_first() -> None:
    frame, _ = blobs.encode(EDITED, PAGE)
    for length, base in ((len(EDITED), EDITED), (len(EDITED) - 1, PAGE), (len(EDITED) + 1, PAGE)):
        with pytest.raises(ArchiveError, match="damaged"):
            blobs.decode(frame, length, base)
    with pytest.raises(ArchiveError, match="damaged"):
        blobs.decode(frame[:-6], len(EDITED), PAGE)
    for n in range(1, 501):
        at, links = n, 0
        while (before := blobs.base_of(at)) is not None:
            at, links = before, links + 1
        assert at == 1
        assert links <= 9


@pytest.mark.parametrize(
    ("n", "base"), [(1, None), (2, 1), (3, 1), (4, 3), (5, 1), (6, 5), (7, 5), (8, 7), (9, 1), (40, 39)]
)
def test_the_base_of_a_version(n: int, base: int | None) -> None:
    assert blobs.base_of(n) == base


@pytest.mark.skipif(shutil.which("zstd") is None, reason="needs the zstd command")
def test_the_stock_tool_reads_a_frame(tmp_path: Path) -> None:
    frame, _ = blobs.encode(EDITED, PAGE)
    (tmp_path / "base").write_bytes(PAGE)
    (tmp_path / "frame.zst").write_bytes(frame)
    command = ["zstd", "-d", "-q", "--patch-from=base", "frame.zst", "-o", "out"]
    subprocess.run(command, check=True, cwd=tmp_path)
    assert (tmp_path / "out").read_bytes() == EDITED


def test_what_was_used_last_stays_and_putting_again_is_a_use() -> None:
    recent = Recent(10)
    recent.put("a", b"aaaa")
    recent.put("b", b"bbbb")
    assert recent.get("a") == b"aaaa"
    recent.put("c", b"cccc")
    assert recent.get("b") is None
    assert recent.get("a") == b"aaaa"
    assert recent.get("c") == b"cccc"
    recent = Recent(8)
    for name in "aba":
        recent.put(name, name.encode() * 4)
    recent.put("c", b"cccc")
    assert recent.get("a") == b"aaaa"
    assert recent.get("b") is None
    recent = Recent(4)
    recent.put("a", b"aaaa")
    recent.put("b", b"bbbbb")
    assert recent.get("a") == b"aaaa"
    assert recent.get("b") is None


def test_what_is_kept_takes_about_as_much_memory_as_is_counted() -> None:
    recent, size = Recent(), 900
    tracemalloc.start()
    try:
        for number in range(300):
            recent.put(str(number), orjson.dumps(f"{number:{size}}"))
        taken = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert taken < 2 * 300 * size


texts = st.text(st.characters(codec=None), max_size=30) | st.text('\0\ud800\udfff\U0001f30a"\\\u2028', max_size=4)
times = st.datetimes(timezones=st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes))))
st.register_type_strategy(str, texts)
st.register_type_strategy(datetime, times)
floats = st.floats(allow_nan=False, allow_infinity=False)


@given(st.from_type(Article))
def test_articles_read_back_as_they_were(article: Article) -> None:
    again = codec.load(Article, codec.dump(article))
    assert again == article
    assert again.sha256 == article.sha256


@given(st.builds(Change))
def test_changes_read_back_as_they_were(made: Change) -> None:
    assert codec.load(Change, codec.dump(made)) == made


@given(st.builds(HostState))
def test_hosts_read_back_as_they_were(state: HostState) -> None:
    assert codec.load(HostState, codec.dump(state)) == state


def test_values_read_back_as_they_were_and_what_json_cannot_say_is_refused() -> None:
    for each in (content(2), change(2), HostState("h", robots=RobotsRecord(200, "x", datetime.now(UTC)))):
        assert codec.load(type(each), codec.dump(each)) == each
    with pytest.raises(ValueError, match="not JSON compliant"):
        codec.dump(Odd(("a", None), score=float("nan")))


def test_defaults_and_what_can_be_derived_take_no_room_and_fields_may_be_kept_apart() -> None:
    assert codec.dump(Article()) == b"{}"
    assert codec.dump(Article(title="Flood")) == b'{"title":"Flood"}'
    whole = capture(1)
    head = codec.dump(whole, without=("body", "sha256"))
    assert whole.body not in head
    assert codec.load(Capture, head, body=whole.body, sha256=whole.sha256) == whole
    found = Change(moved_words=3)
    assert codec.dump(replace(found, facts=(Fact(FactKind.DATE, "Monday", "Tuesday"),))) == codec.dump(found)


@dataclass(frozen=True)
class Odd:
    """What the model does not hold today and the codec reads all the same."""

    pair: tuple[str, datetime | None]
    side: Literal["old", "new"] = "old"
    inner: Article | None = None
    many: tuple[tuple[int, ...], ...] = ()
    score: float = 0.0


@pytest.mark.parametrize("inner", [None, content(1)])
def test_other_shapes(inner: Article | None) -> None:
    odd = Odd(("a", datetime.now(UTC)), "new", inner, ((1, 2), ()))
    assert codec.load(Odd, codec.dump(odd)) == odd
    assert codec.load(Odd, codec.dump(Odd(("a", None)))) == Odd(("a", None))
    assert codec.load(Odd, b'{"pair":["a",null],"inner":null}') == Odd(("a", None))


@given(st.from_type(Article))
def test_the_stored_form_is_the_one_json_writes(article: Article) -> None:
    stored = codec.dump(article)
    plain = json.loads(stored.decode("utf-8", "surrogatepass"))
    text = json.dumps(plain, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    assert text.encode("utf-8", "surrogatepass") == stored


def written(plain: dict[str, object]) -> bytes:
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


@given(st.text(st.characters(exclude_categories=["Cs"])), st.integers(-(2**62), 2**62))
def test_a_leaf_hashes_the_form_json_writes(text: str, number: int) -> None:
    vouched = Evidence(text, number, text, number, None, 1, 200, text, text, "a", "b", "c", "d", 5, None)
    assert vouched.leaf() == leaf_hash(written({"form": 2, **asdict(vouched)}))


def test_words_read_back_as_members_of_their_enumeration():
    [block] = codec.load(Article, b'{"blocks":[{"kind":"quote","text":"x"}]}').blocks
    assert block.kind is BlockKind.QUOTE
    [label] = codec.load(Change, b'{"labels":[{"evidence":"","kind":"flap"}],"significance":"high"}').labels
    assert label.kind is LabelKind.FLAP
    with pytest.raises(KeyError, match="no-kind"):
        codec.load(Article, b'{"blocks":[{"kind":"no-kind","text":"x"}]}')
    with pytest.raises(KeyError, match="mood"):
        codec.load(Article, b'{"mood":"good"}')

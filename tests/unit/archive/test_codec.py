import json
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.archive_samples import capture, change, content
from tracker.archive import codec
from tracker.archive.ledger.evidence import Evidence
from tracker.archive.ledger.log_proofs import leaf_hash
from tracker.model.article import Article, BlockKind
from tracker.model.capture import Capture, HostState, RobotsRecord
from tracker.model.change import Change, Fact, FactKind, LabelKind

texts = st.text(st.characters(codec=None), max_size=30) | st.text('\0\ud800\udfff\U0001f30a"\\\u2028', max_size=4)
zones = st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))
times = st.datetimes(timezones=zones)
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


def test_the_usual() -> None:
    for each in (content(2), change(2), HostState("h", robots=RobotsRecord(200, "x", datetime.now(UTC)))):
        assert codec.load(type(each), codec.dump(each)) == each


def test_defaults_take_no_room() -> None:
    assert codec.dump(Article()) == b"{}"
    assert codec.dump(Article(title="Flood")) == b'{"title":"Flood"}'


def test_fields_may_be_kept_apart() -> None:
    whole = capture(1)
    head = codec.dump(whole, without=("body", "sha256"))
    assert whole.body not in head
    assert codec.load(Capture, head, body=whole.body, sha256=whole.sha256) == whole


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


def test_what_json_cannot_say_is_refused() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        codec.dump(Odd(("a", None), score=float("nan")))


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
    plain = {"form": 2, **asdict(vouched)}
    assert vouched.leaf() == leaf_hash(written(plain)).hex()
    first = {name: value for name, value in plain.items() if name not in {"source", "change"}} | {"form": 1}
    assert vouched.leaf(1) == leaf_hash(written(first)).hex()


def test_what_can_be_derived_again_is_not_stored():
    found = Change(moved_words=3)
    assert codec.dump(replace(found, facts=(Fact(FactKind.DATE, "Monday", "Tuesday"),))) == codec.dump(found)


def test_words_read_back_as_members_of_their_enumeration():
    [block] = codec.load(Article, b'{"blocks":[{"kind":"quote","text":"x"}]}').blocks
    assert block.kind is BlockKind.QUOTE
    [label] = codec.load(Change, b'{"labels":[{"evidence":"","kind":"flap"}],"significance":"high"}').labels
    assert label.kind is LabelKind.FLAP
    with pytest.raises(KeyError, match="no-kind"):
        codec.load(Article, b'{"blocks":[{"kind":"no-kind","text":"x"}]}')
    with pytest.raises(KeyError, match="mood"):
        codec.load(Article, b'{"mood":"good"}')

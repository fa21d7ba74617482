"""What is kept of the bytes that were used last."""

from tracker.archive.blob_cache import Recent


def test_what_was_used_last_stays() -> None:
    recent = Recent(10)
    recent.put("a", b"aaaa")
    recent.put("b", b"bbbb")
    assert recent.get("a") == b"aaaa"
    recent.put("c", b"cccc")
    assert recent.get("b") is None
    assert recent.get("a") == b"aaaa"
    assert recent.get("c") == b"cccc"


def test_putting_again_counts_once_and_is_a_use() -> None:
    recent = Recent(8)
    for name in "aba":
        recent.put(name, name.encode() * 4)
    recent.put("c", b"cccc")
    assert recent.get("a") == b"aaaa"
    assert recent.get("b") is None


def test_what_is_too_long_is_not_kept() -> None:
    recent = Recent(4)
    recent.put("a", b"aaaa")
    recent.put("b", b"bbbbb")
    assert recent.get("a") == b"aaaa"
    assert recent.get("b") is None

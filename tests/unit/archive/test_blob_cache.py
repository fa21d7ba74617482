"""What is kept of the bytes that were used last."""

import tracemalloc

import orjson

from tracker.archive.blobs import Recent


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

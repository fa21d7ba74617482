"""Sums that are kept for a while."""

import weakref
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from tests.archives import temporary_archive
from tracker.web.data import CachedArchive


class Key:
    pass


def test_a_sum_is_made_once_until_it_is_forgotten_or_old():
    cache = CachedArchive(temporary_archive())
    made: list[int] = []

    def make() -> int:
        made.append(1)
        return len(made)

    assert [cache.kept("a", make), cache.kept("a", make), cache.kept("b", make)] == [1, 1, 2]
    cache.forget()
    assert cache.kept("a", make) == 3
    assert cache.kept("old", make, fresh=0.0) == 4
    while (found := cache.kept("old", make)) == 4:  # it is kept for some times what it took
        Event().wait(0.05)
    assert found == 5


def test_what_many_ask_for_at_once_is_made_once():
    cache = CachedArchive(temporary_archive())
    made: list[int] = []

    def slow() -> int:
        made.append(1)
        Event().wait(0.05)
        return 7

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: cache.kept("a", slow), range(8)))
    assert (found, made) == ([7] * 8, [1])


def test_what_is_old_is_let_go():
    cache = CachedArchive(temporary_archive())

    def fill() -> list[weakref.ref[Key]]:
        keys = [Key() for _ in range(50)]
        for key in keys:
            cache.kept(key, lambda: 1, fresh=0.0)
        return [weakref.ref(key) for key in keys]

    old = fill()
    for number in range(600):
        Event().wait(0.1)
        cache.kept(f"new {number}", lambda: 1)
        if all(key() is None for key in old):
            return
    pytest.fail("what is old is kept")


def test_what_a_user_changes_clears_all_but_lasting_results():
    cache = CachedArchive(temporary_archive())
    made = iter(range(10))
    assert [cache.kept("counts", made.__next__), cache.kept("tally", made.__next__, lasting=True)] == [0, 1]
    cache.forget()
    assert [cache.kept("counts", made.__next__), cache.kept("tally", made.__next__, lasting=True)] == [2, 1]

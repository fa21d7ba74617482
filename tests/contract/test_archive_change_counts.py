"""The counts of changes that the archive keeps are those that counting anew gives, whatever was done to it."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final

from hypothesis import given
from hypothesis import strategies as st

from tests.archive_samples import NOW, URL, change, intent, minutes, watch
from tests.archives import temporary_archive
from tests.counted_anew import counted_anew
from tracker.archive.archive import Archive
from tracker.archive.articles import add_targets, get_article
from tracker.archive.change_counts import count_changes
from tracker.archive.commits import commit_check
from tracker.archive.readings import save_readings
from tracker.archive.sources import list_sources, rename_source
from tracker.archive.takedowns import prune_pages, take_down
from tracker.errors import UsageError
from tracker.model.change import Change, LabelKind
from tracker.model.version import Reread, Rereading, UpdatedChange
from tracker.model.watch import Tracked

LABELS: Final = (LabelKind.NUMBER, LabelKind.CORRECTION, LabelKind.INSERT, LabelKind.FLAP)
Labelled = tuple[list[LabelKind], bool | None]


def made(n: int, labelled: Labelled) -> Change:
    kinds, announced = labelled
    led = replace(change(n, *kinds), announced=announced)
    return led if kinds else replace(led, labels=())


def store(archive: Archive, tracked: Tracked, labelled: Labelled) -> None:
    n = tracked.versions + 1
    led = made(n, labelled) if n > 1 else None
    assert commit_check(archive, intent(tracked, n, minutes(n), change=led)).version == n


def relabel(archive: Archive, tracked: Tracked, labelled: Labelled) -> None:
    n = tracked.versions
    if n > 1:
        rereads = [Reread(n, "8", Rereading.SAME, signature="main")]
        save_readings(archive, tracked.id, rereads, [UpdatedChange(n, made(n, labelled))], NOW)


def delete(archive: Archive, tracked: Tracked, n: int | None) -> None:
    if tracked.versions >= (n or 1):
        take_down(archive, tracked.id, "court", NOW, n)


def prune(archive: Archive, tracked: Tracked, _: None) -> None:
    prune_pages(archive, tracked.source, NOW)


def move(archive: Archive, tracked: Tracked, source: str) -> None:
    add_targets(archive, source, [], NOW, claimed=[tracked.id])


def rename(archive: Archive, tracked: Tracked, _: None) -> None:
    with suppress(UsageError):  # The name may be taken.
        rename_source(archive, tracked.source, f"{tracked.source} & Sons", NOW, lambda: None)


Step = tuple[int, Callable[[Archive, Tracked, Any], None], Any]
article = st.integers(0, 1)
labelled = st.tuples(st.lists(st.sampled_from(LABELS), max_size=4), st.sampled_from([True, False, None]))
steps = st.lists(
    st.one_of(
        st.tuples(article, st.just(store), labelled),
        st.tuples(article, st.just(store), labelled),
        st.tuples(article, st.just(delete), st.integers(1, 3) | st.none()),
        st.tuples(article, st.just(move), st.sampled_from(["Herald", "Post"])),
        st.tuples(article, st.sampled_from([prune, rename]), st.none()),
    ),
    max_size=14,
)


def carry_out(archive: Archive, steps: list[Step]) -> None:
    """Do these steps to two articles of one source, and compare the counts after each."""
    idents = [watch(archive, f"{URL}/{place}").id for place in range(2)]
    for place, do, what in steps:
        do(archive, get_article(archive, idents[place]), what)
        for source in list_sources(archive):
            assert count_changes(archive, source) == counted_anew(archive, source), (do.__name__, source)


@given(steps)
def test_whatever_was_done(steps: list[Step]) -> None:
    with temporary_archive() as archive:
        carry_out(archive, steps)


def test_on_each_database(archive: Archive) -> None:
    number, flap = ([LabelKind.NUMBER, LabelKind.NUMBER], False), ([LabelKind.FLAP], None)
    carry_out(archive, [(place, store, each) for each in (number, number, flap) for place in (0, 1)])
    assert count_changes(archive, "Herald").kinds == ((LabelKind.FLAP, 2), (LabelKind.NUMBER, 2))
    corrected = ([LabelKind.CORRECTION], True)
    tracked = get_article(archive, f"{URL}/0")
    relabel(archive, tracked, corrected)
    move(archive, tracked, "Post")
    assert count_changes(archive, "Post").kinds == ((LabelKind.CORRECTION, 1), (LabelKind.NUMBER, 1))
    assert count_changes(archive, "Post") == counted_anew(archive, "Post")
    delete(archive, tracked, 2)
    assert count_changes(archive, "Post").changes == 0
    assert count_changes(archive, "Herald") == counted_anew(archive, "Herald")

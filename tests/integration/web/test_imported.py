"""The page of a version that was imported, and of one that was fetched."""

from dataclasses import replace

from tests.archive_samples import intent, minutes, watch
from tests.archives import archive_at
from tracker.archive.commits import commit_check
from tracker.views.values import iso

from .conftest import client_of


async def test_the_page_of_an_imported_version_says_that_it_was_not_fetched(tmp_path):
    with archive_at(tmp_path / "w.db") as store:
        tracked = watch(store)
        commit_check(store, replace(intent(tracked, 1, minutes(1)), imported_at=minutes(9)))
        commit_check(store, intent(tracked, 2, minutes(10)))
    async with client_of(f"sqlite:///{tmp_path / 'w.db'}") as client:
        pages = [await client.get(f"/articles/{tracked.id}/{n}") for n in (1, 2)]
        versions = [(await client.get(f"/articles/{tracked.id}/{n}.json")).json() for n in (1, 2)]
    assert ["did not fetch this version from the outlet" in page.text for page in pages] == [True, False]
    assert [each["imported"] for each in versions] == [iso(minutes(9)), None]

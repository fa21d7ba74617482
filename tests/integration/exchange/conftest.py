"""Archives to write from."""

import pytest

from tests.archive_samples import grow, intent, minutes, watch
from tests.archives import temporary_archive
from tests.integration.exchange.pages import fill
from tracker.archive.archive import Archive
from tracker.archive.commits import commit_check
from tracker.model.change import LabelKind


@pytest.fixture
def full() -> Archive:
    """Return an archive of two articles of two sources, with three versions and one."""
    store = temporary_archive()
    flood = watch(store, stories=("Weather", "Town"))
    grow(store, flood, 3)
    other = watch(store, "https://post.example/b", source="Post", title="")
    commit_check(store, intent(other, 1, minutes(1.5)))
    commit_check(store, intent(other, 2, minutes(9), kinds=(LabelKind.CORRECTION, LabelKind.NAME)))
    return store


@pytest.fixture
async def morning() -> Archive:
    """Return an archive of the captures of a morning."""
    store = temporary_archive()
    history = await fill(store)
    assert (history.kept, history.unchanged, history.refused) == (5, 1, 0)
    return store

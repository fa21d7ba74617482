"""Files that are written whole, and those that ship with the package."""

import pytest

from tracker.errors import TrackerError
from tracker.files import shipped_folder, write_whole


def test_a_write_that_fails_leaves_the_folder_as_it_was(tmp_path):
    taken = tmp_path / "taken"
    taken.mkdir()
    with pytest.raises(IsADirectoryError):
        write_whole(taken, b"new")
    assert list(tmp_path.iterdir()) == [taken]


def test_an_installation_without_its_files_says_so():
    with pytest.raises(TrackerError, match="which ships with writethru, is missing"):
        shipped_folder("_config", "config", "none.txt")

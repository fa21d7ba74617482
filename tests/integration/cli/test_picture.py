"""`writethru picture`: a change as a file."""

import errno
from pathlib import Path

import pytest

from tests.archive_samples import URL
from tests.command_line import objects
from tracker.addresses.urls import article_id

pytest.importorskip("resvg_py")
ID = article_id(URL)


def test_the_newest_change_becomes_a_picture_and_its_alt_text_is_printed(kept, tmp_path):
    said = kept("picture", ID, "-o", str(tmp_path / "change.png")).stdout
    assert said.startswith("Herald, changed between ")
    assert (tmp_path / "change.png").read_bytes().startswith(b"\x89PNG")


def test_as_svg_and_as_json(kept, tmp_path):
    file = tmp_path / "change.svg"
    [made] = objects(kept("picture", f"{ID}@v2", "-o", str(file), "--json"))
    assert (made["file"], made["width"], made["height"]) == (str(file), 1200, 675)
    assert made["alt"].startswith("Herald, changed between ")
    assert file.read_text().startswith("<svg ")
    assert "versions 1 and 2" in file.read_text()


def test_other_files_and_those_that_exist_are_refused(kept, tmp_path):
    assert "must end in .png or .svg" in kept("picture", ID, "-o", str(tmp_path / "change.jpg"), code=2).stderr
    file = tmp_path / "change.png"
    file.write_bytes(b"mine")
    assert "already exists" in kept("picture", ID, "-o", str(file), code=2).stderr
    kept("picture", ID, "-o", str(file), "--force")
    assert file.read_bytes().startswith(b"\x89PNG")


def test_a_picture_that_cannot_be_written_leaves_no_file(kept, tmp_path, monkeypatch):
    write = Path.write_bytes

    def full(path: Path, data: bytes) -> int:
        write(path, data[:10])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    assert "no space left" in kept("picture", ID, "-o", str(tmp_path / "change.svg"), code=1).stderr
    assert not [each for each in tmp_path.iterdir() if "svg" in each.name]

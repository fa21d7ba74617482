"""`writethru picture`: a change as a file."""

import pytest

from tests.archive_samples import intent, minutes, watch
from tests.archives import new_archive_at
from tests.command_line import command, objects
from tracker.archive.commits import commit_check
from tracker.archive.opening import open_archive

pytest.importorskip("resvg_py")


@pytest.fixture
def place(tmp_path):
    url = new_archive_at(tmp_path / "news.db")
    with open_archive(url) as archive:
        tracked = watch(archive)
        for n in range(1, 4):
            commit_check(archive, intent(tracked, n, minutes(n)))
    return url, tracked.id


def test_the_newest_change_becomes_a_picture_and_its_alt_text_is_printed(place, tmp_path):
    url, ident = place
    said = command("--db", url, "picture", ident, "-o", str(tmp_path / "change.png")).stdout
    assert said.startswith("Herald, changed between ")
    assert (tmp_path / "change.png").read_bytes().startswith(b"\x89PNG")


def test_as_svg_and_as_json(place, tmp_path):
    url, ident = place
    file = tmp_path / "change.svg"
    [made] = objects(command("--db", url, "picture", f"{ident}@v2", "-o", str(file), "--json"))
    assert (made["file"], made["width"], made["height"]) == (str(file), 1200, 675)
    assert made["alt"].startswith("Herald, changed between ")
    assert file.read_text().startswith("<svg ")
    assert "versions 1 and 2" in file.read_text()


def test_other_files_and_those_that_exist_are_refused(place, tmp_path):
    url, ident = place
    assert "must end in .png or .svg" in command(
        "--db", url, "picture", ident, "-o", str(tmp_path / "change.jpg"), code=2
    ).stderr  # fmt: skip
    file = tmp_path / "change.png"
    file.write_bytes(b"mine")
    assert "already exists" in command("--db", url, "picture", ident, "-o", str(file), code=2).stderr
    command("--db", url, "picture", ident, "-o", str(file), "--force")
    assert file.read_bytes().startswith(b"\x89PNG")

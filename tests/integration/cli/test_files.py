"""diff OLD NEW and extract: files, no archive."""

import errno
import gzip
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.archive_samples import URL
from tests.command_line import objects, outputs
from tracker.addresses.urls import article_id
from tracker.cli.pages import compared, sides

from .conftest import ARTICLE

texts = st.lists(
    st.lists(st.sampled_from(["three", "four", "boats", "sank.", "The", "é", " ", "\n", "1,240"]), max_size=8).map(
        "".join
    ),
    max_size=6,
).map("\n\n".join)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(texts, texts)
def test_plain_texts_come_back_exactly(tmp_path, old, new):
    names = tmp_path / "old.txt", tmp_path / "new.txt"
    for name, text in zip(names, (old, new), strict=True):
        name.write_bytes(text.encode())
    change = compared(*sides(str(names[0]), str(names[1])))
    olds = sorted((b.old, b.old_text) for b in change.blocks if b.old is not None)
    news = sorted((b.new, b.new_text) for b in change.blocks if b.new is not None)
    gap = "\n\n" if any("\n\n" in text.strip("\n") for text in (old, new)) else "\n"
    assert gap.join(text for _, text in olds) == old
    assert gap.join(text for _, text in news) == new


def test_a_wire_s_one_paragraph_a_line_is_split_at_its_lines(run, tmp_path):
    (tmp_path / "old.txt").write_bytes(b"One.\r\nThree boats sank.\r\nEnd.")
    (tmp_path / "new.txt").write_bytes(b"One.\r\nFour boats sank.\r\nEnd.\r\n(Updates with toll.)\r\n")
    made = objects(run("diff", "old.txt", "new.txt", "--json"))[0]
    assert [block["op"] for block in made["blocks"]] == ["same", "edit", "same", "insert"]
    new = [text for block in made["blocks"] for op, text in block["hunks"] if op != "-"]
    assert "".join(new) == "One.Four boats sank.End.(Updates with toll.)\r\n"


def test_diff_of_two_texts(run, tmp_path):
    (tmp_path / "old.txt").write_text("One.\n\nThree boats sank.\n\nEnd.\n")
    (tmp_path / "new.txt").write_text("One.\n\nFour boats sank.\n\nEnd.\n\nMore.\n")
    shown = run("diff", "old.txt", "new.txt").stdout
    assert "~ [-Three-]{+Four+} boats sank." in shown
    assert "  End.\n" in shown
    assert "+ {+More.+}" in shown
    made = objects(run("diff", "old.txt", "new.txt", "--json"))[0]
    assert [block["op"] for block in made["blocks"]] == ["same", "edit", "same", "insert"]
    run("diff", "old.txt", "new.txt", "--exit-code", code=3)
    run("diff", "old.txt", "old.txt", "--exit-code")
    assert "The headline, dek and byline are the same." in run("diff", "old.txt", "old.txt", "--headline").stdout


def test_a_file_that_is_not_there_is_named(run, tmp_path):
    (tmp_path / "old.txt").write_text("One line.", encoding="utf-8")
    told = run("diff", "old.txt", "missing.txt", code=2).stderr
    assert "missing.txt: there is no such file" in told
    assert "missing: there is no such file" in run("diff", "old.txt", "missing", code=2).stderr
    assert "lost.txt: there is no such file" in run("diff", "lost.txt", "missing.txt", code=2).stderr


def test_diff_of_two_pages(run, tmp_path):
    (tmp_path / "old.html").write_text(ARTICLE.format(count="three"))
    (tmp_path / "new.html").write_text(ARTICLE.format(count="four"))
    assert "after [-three-]{+four+} boats" in run("diff", "old.html", "new.html").stdout
    assert "Headline" not in run("diff", "old.html", "new.html", "--headline").stdout


def test_diff_reads_standard_input(run, tmp_path):
    (tmp_path / "old.txt").write_text("One.")
    assert "One{+, two+}." in run("diff", "old.txt", "-", stdin="One, two.").stdout


@pytest.mark.parametrize("name", ["page.html", "page.html.gz", "-"])
def test_extract(run, tmp_path, name):
    body = ARTICLE.format(count="three").encode()
    (tmp_path / "page.html").write_bytes(body)
    (tmp_path / "page.html.gz").write_bytes(gzip.compress(body))
    stdin = body if name == "-" else None
    shown = run("extract", name, "--url", "https://herald.example/harbour", stdin=stdin).stdout
    assert "title      Harbour closed" in shown
    assert "paragraph" in shown
    made = objects(run("extract", name, "--json", stdin=stdin))[0]
    assert made["schema"] == 1
    assert made["page"] == "article"
    assert made["published"] == "2026-11-25T08:00:00Z"


def test_extract_never_passes_escapes_on(run):
    page = ARTICLE.format(count="\x1b]0;owned\x07three\u202e")
    for args in (("extract", "-"), ("extract", "-", "--json")):
        shown = run(*args, stdin=page).stdout
        assert "\x1b" not in shown
        assert "\u202e" not in shown


def test_broken_files(run, tmp_path):
    (tmp_path / "bad.gz").write_bytes(b"\x1f\x8bnothing")
    assert "bad.gz: the gzip'd body is damaged" in run("extract", "bad.gz", code=1).stderr
    assert "cannot be read" in run("extract", "missing.html", code=2).stderr
    assert run("extract", "-", stdin="").stdout.startswith("page       empty")


def test_a_gzip_bomb_is_refused(run, tmp_path):
    (tmp_path / "bomb.gz").write_bytes(gzip.compress(bytes(60_000_000), 1))
    assert "bomb.gz: the gzip'd body unpacks to more than 50 MiB" in run("extract", "bomb.gz", code=1).stderr


def test_a_gzip_file_is_read_whole_or_refused(run, tmp_path):
    packed = gzip.compress(ARTICLE.format(count="three").encode())
    (tmp_path / "cut.html.gz").write_bytes(packed[:-20])
    assert "cut.html.gz: the gzip'd body is cut short" in run("extract", "cut.html.gz", code=1).stderr
    (tmp_path / "parts.html.gz").write_bytes(gzip.compress(b"<!-- saved -->") + packed)
    assert "Harbour closed" in run("extract", "parts.html.gz").stdout


def test_environment_twins(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").write_text("One.")
    (tmp_path / "b.txt").write_text("Two.")
    assert outputs("diff", "a.txt", "b.txt", env={"WRITETHRU_DIFF_EXIT_CODE": "1"}).exit_code == 3
    assert outputs("diff", "a.txt", "b.txt", env={"WRITETHRU_JSON": "1"}).stdout.startswith('{"schema":2')


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

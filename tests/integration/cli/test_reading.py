"""log, show, diff, stats and alerts list against an archive; diff OLD NEW and extract with files."""

import errno
import gzip
import json
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.archive_samples import URL, article_id, content
from tests.command_line import objects, outputs
from tests.integration.exchange.pages import page as article_page
from tracker.cli.commands.diff import compared, sides
from tracker.model.change import LabelKind

ID = article_id(URL)


def test_log_lists_newest_first_with_its_sums_or_says_when_nothing_matches(kept):
    lines = kept("log").stdout.splitlines()
    assert [line.split()[1] for line in lines] == ["v2→v3", "v1→v2", "v1"]
    assert "2026-11-25T09:03:00Z +2 −2 number “River floods 3 streets”" in lines[0]
    assert "headline      edit" in kept("log", "--stat").stdout
    assert json.loads(kept("stats", "--json").stdout)["versions"] == 3
    assert "versions                          3" in kept("stats").stdout
    result = kept("log", "--kind", "correction")
    assert result.stdout == ""
    assert "No versions match." in result.stderr
    assert kept("log", "--kind", "correction", "-q").stderr == ""


def test_log_json_is_the_contract(kept):
    found = objects(kept("log", ID, "--json", "--reverse"))
    assert [each["version"] for each in found] == [1, 2, 3]
    assert found[0]["change"] is None
    assert found[1]["url"] == URL
    assert found[1]["sha256"] == content(2).sha256
    assert found[1]["change"]["labels"][0]["kind"] == "number"
    assert found == list(reversed(objects(kept("--json", "log", "--all"))))


@pytest.mark.parametrize(
    ("options", "count"),
    [
        (("--kind", "number"), 2),
        (("--kind", "correction,headline"), 0),
        (("--kind", "number,correction"), 2),
        (("-n", "1"), 1),
        (("--changes-only",), 2),
        (("--min-words", "100"), 0),
        (("--min-significance", "low"), 3),
        (("--min-significance", "medium"), 2),
        (("--min-significance", "high"), 0),
        (("--label", "stealth"), 0),
        (("--label", "number"), 2),
        (("--substance", "claim"), 2),
        (("--substance", "form"), 0),
        (("--noted", "yes"), 2),
        (("--noted", "no"), 0),
        (("--noted", "yes", "--substance", "claim", "-n", "1"), 1),
        (("--source", "Herald"), 3),
        (("--since", "2026-11-25T09:02"), 2),
        (("--until", "2026-11-25T09:01:30"), 1),
        ((URL,), 3),
        ((ID[:5],), 3),
    ],
)
def test_log_filters(kept, options, count):
    assert len(objects(kept("log", "--json", *options))) == count


def test_show_gives_text_meta_html_raw_and_headers_also_by_time(kept):
    assert kept("show", f"{ID[:6]}@1").stdout.startswith("River floods 1 streets\n\nBy Ada Lark, Jo Reed\n")
    meta = kept("show", ID, "--meta").stdout
    assert "version        3 of 3" in meta
    assert content(3).sha256 in meta
    assert "between 09:02 and 09:03 UTC on 25 Nov 2026" in meta
    assert "<h1>River floods 2 streets</h1>" in kept("show", f"{ID}@v2", "--html").stdout
    assert b"<h1>River floods 2 streets</h1>" in kept("show", f"{ID}@-2", "--raw").stdout_bytes
    headers = kept("show", f"{ID}@first", "--headers").stdout
    assert headers.splitlines()[:2] == [f"200 {URL}?final", "Content-Type: text/html"]
    found = objects(kept("show", f"{ID}@last", "--json"))[0]
    assert found["content"]["text"] == content(3).text
    assert objects(kept("show", ID, "--json", "--headers"))[0]["status"] == 200
    assert "version        2 of 3" in kept("show", f"{ID}@2026-11-25T09:02:30", "--meta").stdout
    assert kept("show", ID, "--meta", "--meta").stdout == kept("show", ID, "--meta").stdout


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("show", f"{ID}@2026-11-24"), ("there is no version before",)),
        (("show", "ffff"), ("writethru: ffff: ", "hint: ")),
        (("show", f"{ID}@9"), ("hint: versions are v1 to v3",)),
        (("show", f"{ID}@yesterday"), ("no such article or version", "ID@2h")),
        (("diff", ID, "soon"), ("not a valid version or time",)),
        (("diff", ID, "1", "2", "3"), ("hint: give one range: ID A..B",)),
        (("diff", f"{ID}@1", "2..3"), ("hint: give one range: ID A..B",)),
        (("diff", ID, "first"), ("v1 is the first version, so there is nothing before it", "@v1")),
        (("diff", f"{ID}@v1"), ("v1 is the first version, so there is nothing before it",)),
        (("log", "-n", "-1"), ("-1 is not in the range x>=1",)),
        (("diff", ID, "--context", "-1"), ("-1 is not in the range x>=0",)),
        (("diff", ID, "3..1"), ("must name the older version first", "hint: write v1..v3")),
        (("log", "--substance", "nope"), ("is not one of '",)),
        (("log", "--noted", "nope"), ("is not one of '",)),
        (("log", "--source", "Heralt"), ("did you mean 'Herald'?",)),
        (("log", "--kind", "corection"), ("hint: did you mean 'correction'?",)),
        (("log", "--kind", "xyzzy"), (LabelKind.CORRECTION,)),
    ],
)
def test_what_cannot_be_shown_is_named_with_what_to_do(kept, args, said):
    shown = kept(*args, code=2).stderr
    assert all(each in shown for each in said), shown


def test_versions_can_be_named_as_people_do_and_watch_says_how_to_add(kept):
    assert kept("show", ID, "v2").stdout == kept("show", ID, "2").stdout == kept("show", f"{ID}@v2").stdout
    assert kept("show", ID, "-2").stdout == kept("show", f"{ID}@v2").stdout
    assert "the version is given twice" in kept("show", f"{ID}@v2", "v1", code=2).stderr
    assert kept("diff", ID, "1-3").stdout == kept("diff", ID, "v1-v3").stdout == kept("diff", ID, "1..3").stdout
    assert f"writethru add {URL}" in kept("watch", URL, code=2).stderr
    assert f"writethru log {ID}" in kept("watch", ID, code=2).stderr


def test_diff_newest_change_and_ranges(kept):
    newest = kept("diff", ID).stdout
    assert newest.startswith(f"{ID[:8]}@v2 → {ID[:8]}@v3  between 09:02 and 09:03 UTC on 25 Nov 2026\n")
    assert "The river rose over [-2-]{+3+} streets" in newest
    assert kept("diff", ID, "2..3").stdout == kept("diff", ID, "v3").stdout == newest
    assert kept("diff", ID, "v2", "v3").stdout == kept("diff", ID, "2", "last").stdout == newest
    assert kept("diff", ID, "-2..-1").stdout == kept("diff", f"{ID}@3").stdout == newest
    assert "· all 2 edits noted by the outlet" in kept("diff", ID, "first..last").stdout
    wide = objects(kept("diff", ID, "first..last", "--json"))[0]
    assert (wide["old_version"], wide["new_version"]) == (1, 3)
    joined = ["".join(t for op, t in b["hunks"] if op != "+") for b in wide["blocks"] if b["old"] is not None]
    assert "\n\n".join(joined) == content(1).text


@pytest.mark.parametrize(
    ("option", "shown"),
    [
        ("--word", "[-2-]{+3+}"),
        ("--headline", "Headline: [-2-]{+3+}"),
        ("--side-by-side", " ~ "),
        ("--stat", "headline      edit"),
        ("--facts", "~\tnumber\theadline\t2\t3\n"),
        ("--patch", "+River floods 3 streets"),
        ("--html", "<ins "),
        ("--changes-only", "The river rose over [-2-]{+3+}"),
    ],
)
def test_diff_forms(kept, option, shown):
    assert shown in kept("diff", ID, option).stdout


def test_facts_of_a_diff_are_told_as_json_and_as_a_table(kept, tmp_path):
    (made,) = objects(kept("diff", ID, "--facts", "--json"))
    assert [(fact["kind"], fact["old"], fact["new"], fact["where"]) for fact in made["facts"]] == [
        ("number", "2", "3", "title"),
        ("number", "2 streets", "3 streets", "text"),
    ]
    assert (made["schema"], made["new_version"]) == (2, 3)
    assert objects(kept("diff", ID, "--json"))[0]["facts"] == made["facts"]
    shown = kept("diff", ID, "--facts", "--width", "70").stdout
    assert "  FACT    WHERE     BEFORE" in shown
    (tmp_path / "a.txt").write_text("The pier was old.\n")
    (tmp_path / "b.txt").write_text("The pier was very old.\n")
    assert "No facts changed." in kept("diff", "a.txt", "b.txt", "--facts", "--width", "70").stdout


def test_diff_fits_its_width_has_colours_and_an_exit_code(kept):
    narrow = kept("diff", ID, "--width", "40").stdout.splitlines()[4:]
    assert max(map(len, narrow)) <= 40
    assert "\x1b[9;31m2\x1b[0m \x1b[4;32m3\x1b[0m" in kept("--color", "always", "diff", ID).stdout
    kept("diff", ID, "--exit-code", code=3)
    kept("diff", ID, "2..2", "--exit-code")
    said = kept("diff", "https://herald.example/news/other.html", "1..2", code=2).stderr
    assert "no article with this address" in said or "no such article" in said
    assert "file" not in said


def test_the_archive_is_named_by_db_and_is_no_folder(kept, tmp_path):
    (tmp_path / "folder").mkdir()
    assert "folder: this is a folder, not an archive" in kept("--db", "folder", "log", code=1).stderr
    assert len(objects(kept("log", "--json", "--db", str(tmp_path / "writethru.db")))) == 3


@pytest.mark.parametrize(
    "asked", ["log", "import history.jsonl", "db compact", "db move new.db", "reextract", "prune --older-than 1d"]
)
def test_no_archive_says_the_command_and_leaves_no_file(run, asked):
    result = run(*asked.split(), code=1)
    assert "no archive found" in result.stderr
    assert list(Path().iterdir()) == []
    # Where there is a configuration already, `init` writes none and creates no archive.
    assert (
        "hint: create one with writethru init, or with writethru db upgrade if you have a configuration"
        in result.stderr
    )
    run("db", "upgrade")
    assert run("log").stdout == ""


@pytest.mark.parametrize(
    "args", [("diff", ID, "--facts", "--words"), ("diff", ID, "--html", "--patch"), ("show", ID, "--raw", "--meta")]
)
def test_of_two_forms_neither_wins(kept, args):
    result = kept(*args, code=2)
    assert result.stdout == ""
    assert f"{args[2]} and {args[3]} cannot be combined" in result.stderr


@pytest.mark.parametrize("args", [("log", "-n"), ("log", "--min-words"), ("search", "mayor", "-n"), ("stories", "-n")])
def test_a_huge_number_is_no_bug(kept, args):
    kept(*args, "9" * 20)


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


def test_diff_of_two_texts_and_of_standard_input(run, tmp_path):
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
    (tmp_path / "old.txt").write_text("One.")
    assert "One{+, two+}." in run("diff", "old.txt", "-", stdin="One, two.").stdout


def test_a_file_that_is_not_there_is_named(run, tmp_path):
    (tmp_path / "old.txt").write_text("One line.", encoding="utf-8")
    told = run("diff", "old.txt", "missing.txt", code=2).stderr
    assert "missing.txt: there is no such file" in told
    assert "missing: there is no such file" in run("diff", "old.txt", "missing", code=2).stderr
    assert "lost.txt: there is no such file" in run("diff", "lost.txt", "missing.txt", code=2).stderr


def test_diff_of_two_pages(run, tmp_path):
    (tmp_path / "old.html").write_text(article_page("three").decode())
    (tmp_path / "new.html").write_text(article_page("four").decode())
    assert "after [-three-]{+four+} boats" in run("diff", "old.html", "new.html").stdout
    assert "Headline" not in run("diff", "old.html", "new.html", "--headline").stdout


@pytest.mark.parametrize("name", ["page.html", "page.html.gz", "-"])
def test_extract(run, tmp_path, name):
    body = article_page("three")
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
    local = body.replace(b"2026-11-25T08:00:00Z", b"2026-11-24T23:30:00-08:30")
    assert re.search(r"published +2026-11-24T23:30:00-08:30 ", run("extract", "-", stdin=local).stdout)
    assert objects(run("extract", "-", "--json", stdin=local))[0]["published"] == "2026-11-24T23:30:00-08:30"


def test_extract_never_passes_escapes_on(run):
    page = article_page("\x1b]0;owned\x07three\u202e").decode()
    for args in (("extract", "-"), ("extract", "-", "--json")):
        shown = run(*args, stdin=page).stdout
        assert "\x1b" not in shown
        assert "\u202e" not in shown


def test_gzip_files_are_read_whole_or_refused_and_broken_files_named(run, tmp_path):
    (tmp_path / "bad.gz").write_bytes(b"\x1f\x8bnothing")
    assert "bad.gz: the gzip data is damaged" in run("extract", "bad.gz", code=1).stderr
    assert "cannot be read" in run("extract", "missing.html", code=2).stderr
    assert run("extract", "-", stdin="").stdout.startswith("page       empty")
    (tmp_path / "bomb.gz").write_bytes(gzip.compress(bytes(60_000_000), 1))
    assert "bomb.gz: the gzip data unpacks to more than 50 MiB" in run("extract", "bomb.gz", code=1).stderr
    packed = gzip.compress(article_page("three"))
    (tmp_path / "cut.html.gz").write_bytes(packed[:-20])
    assert "cut.html.gz: the gzip data is cut short" in run("extract", "cut.html.gz", code=1).stderr
    (tmp_path / "parts.html.gz").write_bytes(gzip.compress(b"<!-- saved -->") + packed)
    assert "Harbour closed" in run("extract", "parts.html.gz").stdout


def test_environment_twins(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").write_text("One.")
    (tmp_path / "b.txt").write_text("Two.")
    assert outputs("diff", "a.txt", "b.txt", env={"WRITETHRU_DIFF_EXIT_CODE": "1"}).exit_code == 3
    assert outputs("diff", "a.txt", "b.txt", env={"WRITETHRU_JSON": "1"}).stdout.startswith('{"schema":2')


pytest.importorskip("resvg_py")


def test_the_newest_change_becomes_a_picture_as_png_or_svg_with_its_alt_text(kept, tmp_path, monkeypatch):
    said = kept("picture", ID, "-o", str(tmp_path / "change.png")).stdout
    assert said.startswith("Herald, changed between ")
    assert (tmp_path / "change.png").read_bytes().startswith(b"\x89PNG")
    file = tmp_path / "change.svg"
    [made] = objects(kept("picture", f"{ID}@v2", "-o", str(file), "--json"))
    assert (made["file"], made["width"], made["height"]) == (str(file), 1200, 675)
    assert made["alt"].startswith("Herald, changed between ")
    assert file.read_text().startswith("<svg ")
    assert "versions 1 and 2" in file.read_text()
    monkeypatch.chdir(tmp_path)
    assert f"wrote {ID[:8]}-v2-v3.png" in kept("picture", ID).stderr
    assert (tmp_path / f"{ID[:8]}-v2-v3.png").read_bytes() == (tmp_path / "change.png").read_bytes()
    assert "already exists" in kept("picture", ID, code=2).stderr


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

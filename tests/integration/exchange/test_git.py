"""A git repository out of an archive."""

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from tests.archive_samples import NOW, URL, minutes
from tests.integration.exchange.pages import job
from tracker.archive.articles import get_article
from tracker.archive.captures import get_capture
from tracker.archive.takedowns import take_down
from tracker.archive.verdicts import save_verdict
from tracker.archive.versions import get_version
from tracker.errors import ArchiveError, UsageError
from tracker.exchange import git
from tracker.exchange.export import Selection
from tracker.model.article import Block, BlockKind
from tracker.model.change import Verdict, Weight


def ask(folder: Path, *arguments: str) -> str:
    return subprocess.run(["git", "-C", str(folder), *arguments], check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("# Not a heading", r"\# Not a heading"),
        ("1. Not a list", r"1\. Not a list"),
        ("- Nor this", r"\- Nor this"),
        ("[login](https://evil.example)", r"\[login\](https://evil.example)"),
        ("![x](https://evil.example/pixel)", r"\!\[x\](https://evil.example/pixel)"),
        ("<script>alert()</script>", r"\<script\>alert()\</script\>"),
        ("a_b *c* `d` &amp;", r"a\_b \*c\* \`d\` \&amp;"),
        ("2026 was warm - 1.5 degrees & more.", "2026 was warm - 1.5 degrees & more."),
    ],
)
def test_text_is_no_markup(full, text, shown):
    kept = get_version(full, get_article(full, URL).id, 1)
    content = replace(kept.content, blocks=(Block(BlockKind.PARAGRAPH, text),), notices=())
    assert git.text_of(replace(kept, content=content)).endswith(f"\n\n{shown}\n")


def test_the_same_versions_make_the_same_commits_with_the_headline_on_the_page(full, tmp_path):
    kept = get_version(full, get_article(full, URL).id, 1)
    shown = replace(kept, content=replace(kept.content, heading="Bridges closed"))
    assert git.text_of(shown).startswith("# Bridges closed\n")
    assert git.message_of(shown).startswith("Bridges closed\n")
    for name in ("a", "b"):
        git.write(job(full, tmp_path / name))
    a, b = (ask(tmp_path / name, "rev-parse", "main") for name in ("a", "b"))
    assert a == b


def test_a_commit_a_version_with_its_true_date(full, tmp_path):
    made = job(full, tmp_path / "repo")
    git.write(made)
    assert made.tally.versions == 5
    log = ask(tmp_path / "repo", "log", "--reverse", "--format=%an|%ad|%cd|%s", "--date=raw").splitlines()
    first = int(minutes(1).timestamp())
    assert log[0] == f"Herald|{first} +0000|{first} +0000|River floods 1 streets"
    assert log[1].startswith(f"Post|{first + 30} +0000|")
    assert len(log) == 5
    ident = get_article(full, URL).id
    path = f"Herald/flood-{ident}.md"
    assert ask(tmp_path / "repo", "status", "--porcelain") == ""
    assert (tmp_path / "repo" / path).read_text() == (
        "# River floods 3 streets\n\nAda Lark · Jo Reed\n\n> update-note: Updates with 3\n\n"
        "The river rose over 3 streets of the old town on Monday.\n\nNobody was hurt, the mayor’s office said.\n"
    )
    assert len(ask(tmp_path / "repo", "log", "--format=%h", "--", path).splitlines()) == 3
    body = ask(tmp_path / "repo", "log", "-1", "--format=%b", "--", path)
    assert "+2 -2 words: number\n\nnumber: 2 → 3\n" in body
    assert f"Writethru-Version: {ident}@3" in body


def test_an_export_goes_on_where_the_last_one_ended(full, tmp_path):
    git.write(job(full, tmp_path / "whole"))
    folder = tmp_path / "parts"
    # The same versions make the same commits.
    jobs = [job(full, folder, Selection(until=minutes(2.5))), job(full, folder), job(full, folder)]
    for each in jobs:
        git.write(each)
    assert [each.tally.versions for each in jobs] == [3, 2, 0]
    assert ask(folder, "rev-parse", "main") == ask(tmp_path / "whole", "rev-parse", "main")
    with pytest.raises(UsageError, match="not among the selected versions"):
        git.write(job(full, folder, Selection(source="Herald")))


def test_an_article_older_than_the_last_commit_is_added_and_no_version_twice(full, tmp_path):
    folder = tmp_path / "repo"
    # As if the other article had been imported, or stored a little late, after the first export.
    jobs = [job(full, folder, Selection(source="Herald")), job(full, folder), job(full, folder)]
    for each in jobs:
        git.write(each)
    assert [each.tally.versions for each in jobs] == [3, 2, 0]
    assert len(set(ask(folder, "log", "--format=%(trailers:key=Writethru-Version,valueonly)").split())) == 5
    assert "# River floods 3 streets" in (folder / f"Herald/flood-{get_article(full, URL).id}.md").read_text()


def test_verdicts_are_notes_that_git_log_shows(full, tmp_path):
    ident = get_article(full, URL).id
    git.write(job(full, tmp_path / "repo", Selection(until=minutes(4))))
    head = ask(tmp_path / "repo", "rev-parse", "main")
    save_verdict(full, Verdict(ident, 2, minutes(20), "ada", Weight.ROUTINE, note="Two lines:\n– of it"))
    save_verdict(full, Verdict(ident, 2, minutes(21), "bo", Weight.SIGNIFICANT))
    for _ in range(2):
        git.write(job(full, tmp_path / "repo", Selection(until=minutes(4))))
        assert ask(tmp_path / "repo", "rev-parse", "main") == head
        log = ask(tmp_path / "repo", "log", "--format=%N%(trailers:key=Writethru-Version,valueonly)")
        assert "2026-11-25T09:20:00Z routine · Two lines: – of it · by ada\n" in log
        assert f"2026-11-25T09:21:00Z significant · by bo\n{ident}@2" in log
        assert log.count(" · by ") == 2
        notes = ask(tmp_path / "repo", "rev-parse", "refs/notes/verdicts")
    git.write(job(full, tmp_path / "other"))
    assert ask(tmp_path / "other", "rev-parse", "refs/notes/verdicts") != ""
    assert notes == ask(tmp_path / "repo", "rev-parse", "refs/notes/verdicts")


def test_pages_and_what_was_taken_out(full, tmp_path):
    ident = get_article(full, URL).id
    take_down(full, ident, "court order", NOW, 3)
    made = job(full, tmp_path / "repo", Selection(articles=(ident,)), with_captures=True)
    git.write(made)
    assert (made.tally.pages, made.tally.without_page) == (2, 1)
    page = tmp_path / "repo" / f"Herald/flood-{ident}.html"
    assert page.read_bytes() == get_capture(full, ident, 2).body
    assert page.with_suffix(".md").read_text() == "(deleted: court order)\n"


def test_a_folder_of_something_else_is_left_alone(full, tmp_path):
    (tmp_path / "a.txt").write_text("mine")
    with pytest.raises(UsageError, match="neither empty"):
        git.write(job(full, tmp_path))
    other = tmp_path / "other"
    git.write(job(full, other, Selection(source="Nobody")))
    git.write(job(full, other, Selection(source="Nobody")))
    ask(other, "-c", "user.name=a", "-c", "user.email=b", "commit", "-q", "--allow-empty", "-m", "mine")
    with pytest.raises(UsageError, match="was not made by writethru export"):
        git.write(job(full, other))


def test_git_that_fails_or_is_missing_is_told(full, tmp_path, monkeypatch):
    folder = tmp_path / "repo"
    git.write(job(full, folder, Selection(until=minutes(1.2))))
    (folder / ".git" / "refs" / "heads" / "main.lock").write_text("")
    with pytest.raises(ArchiveError, match="git could not import"):
        git.write(job(full, folder))
    (folder / ".git" / "HEAD").write_text("nonsense")
    with pytest.raises(ArchiveError, match="git failed"):
        git.write(job(full, folder))
    monkeypatch.setenv("PATH", "")
    with pytest.raises(UsageError, match="needs git"):
        git.write(job(full, tmp_path / "new"))


@pytest.mark.parametrize(
    ("source", "url", "path"),
    [
        ("Herald", "https://h.example/2026/flood.html", "Herald/flood.html-{}.md"),
        ("../../etc", "https://h.example/", "etc/h.example-{}.md"),
        ("Süd Zeitung", "https://h.example/a/%20..%20", "Süd-Zeitung/20..-20-{}.md"),
        ("..", "https://h.example/..", "source/{}.md"),
    ],
)
def test_paths_stay_inside(full, source, url, path):
    version = replace(get_version(full, get_article(full, URL).id, 1), source=source, url=url)
    assert git.path_of(version) == path.format(version.article)

"""Slips of the hand: named at once, never found in the configuration, and no file is overwritten unasked."""

import errno
import json
import tempfile
import tomllib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.command_line import objects
from tests.integration.cli.conftest import alter
from tracker.archive.opening import open_archive
from tracker.archive.sources import get_host, save_host

SECTION = """<!doctype html><html><head><title>City</title></head><body>
<main><h2><a href="/2026/11/25/harbour-closed.html">Harbour closed for the night</a></h2></main>
<aside><a href="/2026/11/25/other-news-of-the-day.html">Other news of the day</a></aside></body></html>"""


@pytest.fixture
def section(site) -> str:
    site.pages["/city"] = ("text/html", SECTION)
    return f"http://{site.address}/city"


def configured(tmp_path: Path) -> str:
    return (tmp_path / "writethru.toml").read_text()


@pytest.mark.parametrize(("option", "value"), [("--selector", "a[[["), ("--pattern", "(((")])
def test_what_is_no_selector_or_pattern_is_refused(desk, section, tmp_path, option, value):
    before = configured(tmp_path)
    assert repr(value) in desk("add", section, option, value, code=2).stderr
    assert configured(tmp_path) == before


def test_a_selector_is_applied_and_another_is_not_dropped_in_silence(desk, section, tmp_path):
    assert ", 1 article now, watched in" in desk("add", section, "--selector", "main h2 a").stdout
    pages = tomllib.loads(configured(tmp_path))["sources"][-1]["pages"]
    assert pages == [{"url": section, "selector": "main h2 a"}]
    desk("add", section, "--selector", "main h2 a")
    again = desk("add", section, "--selector", "main a", code=1)
    assert "already watched with the selector 'main h2 a'" in again.stderr
    assert "already watched" in desk("add", section, "--selector", "main h2 a").stdout


def test_one_address_that_is_watched_already_and_one_that_is_missing_are_a_partial_failure(desk, site):
    url = f"http://{site.address}/2026/11/25/harbour-closed.html"
    desk("add", url)
    desk("add", url, f"http://{site.address}/nothing", code=4)


def test_a_configuration_that_cannot_work_is_refused_by_check(desk, section, tmp_path):
    good = configured(tmp_path)
    for name, bad, said in (
        ("selector", f'[[sources]]\nname = "Bad"\npages = [{{ url = "{section}", selector = "a[[[" }}]\n', "'a[[['"),
        ("budget", '[[sources]]\nname = "Bad"\nbudget = "many"\n', "is not a rate"),
    ):
        (tmp_path / "writethru.toml").write_text(good + bad)
        assert said in desk("config", "check", code=78).stderr, name


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ('[web]\nlisten = "0.0.0.0:8766"\n', "other machines could read the pages without a password"),
        ('[archive]\ndatabase = "mysql://herald.example/news"\n', "mysql is not a supported database"),
    ],
)
def test_what_no_command_could_use_is_refused_by_check(desk, tmp_path, wrong, said):
    (tmp_path / "writethru.toml").write_text(configured(tmp_path) + wrong)
    assert said in desk("config", "check", code=78).stderr


@pytest.mark.parametrize("command", [("check", "--source"), ("log", "--story"), ("stories", "--source")])
def test_a_name_that_is_not_there_is_a_usage_error(desk, command):
    assert "Typo" in desk(*command, "Typo", code=2).stderr


@pytest.mark.parametrize("command", [["run", "--web"], ["run", "--listen"], ["serve", "--listen"]])
def test_an_address_that_is_none_is_refused_by_the_name_of_its_option(desk, command):
    said = desk(*command, "1.2.3", code=2).stderr
    assert f"'{command[1]}'" in said
    assert "'1.2.3' is not a host and port" in said


def test_a_list_that_was_read_is_not_called_unchanged(desk):
    said = desk("check", "--no-pace").stdout
    assert "feed     read " in said
    assert ": 1 article, 1 new" in said
    assert "unchanged" not in said
    assert desk("check", "--due").stderr.startswith("Nothing is due. To see when: writethru sources list.")
    again = desk("check", "--all", "--no-pace")
    assert "feed" not in again.stdout
    assert again.stderr.startswith("1 list read (no new articles); ")


def test_single_addresses_say_when_they_were_visited(desk, site, tmp_path):
    url = f"http://{site.address}/2026/11/25/harbour-closed.html"
    gone = f"http://{site.address}/2026/11/25/gone.html"
    desk("add", url, "--source", "Single")
    desk("add", gone, "--source", "Single", "--as", "article")
    desk("check", "--no-pace", code=4)
    seen, missing = objects(desk("sources", "list", "Single", "--json"))
    assert seen["last_ok"]
    assert seen["next"]
    assert (seen["failures"], seen["error"], missing["last_ok"], missing["failures"]) == (0, "", None, 1)
    assert "404" in missing["error"]
    line = desk("sources", "list", "Single").stdout.splitlines()[1]
    assert "never" not in line
    assert json.loads(desk("stats", "--json").stdout)["versions"] == 1


def test_a_host_that_rests_is_named_as_the_reason_why_nothing_was_checked(desk, site):
    desk("check", "--no-pace")
    with open_archive("sqlite:///writethru.db") as archive:
        until = datetime.now(UTC) + timedelta(hours=1)
        save_host(archive, replace(get_host(archive, site.address), not_before=until, failures=3))
    said = desk("check", "--all").stderr
    assert f"no requests to {site.address} until {until:%H:%M:%S} UTC, because it failed" in said
    assert "paused" not in said


WRITERS = [("export", "--format", "jsonl", "-o"), ("evidence", "--verifier"), ("sources", "export"), ("backup",)]


@pytest.mark.parametrize("command", WRITERS, ids=" ".join)
def test_a_file_is_not_overwritten_unless_asked(desk, command):
    Path("out").write_text("mine")
    assert "already exists" in desk(*command, "out", code=2).stderr
    assert Path("out").read_text() == "mine"
    if command != ("backup",):
        desk(*command, "out", "--force")
        assert Path("out").read_bytes() != b"mine"


@pytest.mark.parametrize("command", WRITERS, ids=" ".join)
def test_a_missing_folder_is_a_usage_error_and_a_file_that_cannot_be_written_an_error(desk, command, monkeypatch):
    assert "hint: mkdir -p none" in desk(*command, "none/out", code=2).stderr

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    assert "cannot be written: no space left on device" in desk(*command, "out", code=1).stderr
    assert not list(Path().glob("out*"))


@pytest.mark.parametrize(
    ("schema", "hint"), [("9999", "upgrade writethru"), ("0001", "run: writethru --db copy.db db upgrade")]
)
def test_a_backup_of_another_release_is_named(desk, schema, hint):
    desk("backup", "copy.db")
    alter(f"UPDATE alembic_version SET version_num = '{schema}'", "copy.db")
    said = desk("restore", "copy.db", "--force", code=1).stderr
    assert said.startswith("writethru: copy.db: ")
    assert f"hint: {hint}" in said


@pytest.mark.parametrize("started", [("run",), ("check",)])
def test_a_missing_temporary_folder_is_named_at_the_start(desk, monkeypatch, started):
    def unusable() -> str:
        raise FileNotFoundError(errno.ENOENT, "No usable temporary directory found in ['/tmp', '/var/tmp']")

    monkeypatch.setattr(tempfile, "gettempdir", unusable)
    said = desk(*started, code=1).stderr
    assert "pages cannot be read: No usable temporary directory found in ['/tmp', '/var/tmp']" in said
    assert "set TMPDIR" in said

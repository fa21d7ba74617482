"""`check --due` with nothing due answers from the archive alone, and never when a full pass would do something."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from tests.archive_samples import URL, grow, watch
from tests.archives import archive_at
from tests.command_line import command
from tracker.archive.archive import Archive
from tracker.archive.articles import force_due
from tracker.archive.database.locking import lock
from tracker.archive.hosts import get_host, save_host
from tracker.archive.memos import get_memo, save_memo
from tracker.archive.opening import open_archive
from tracker.archive.outbox import enqueue_alerts
from tracker.cli.start import idle
from tracker.model.alert import Alert

HOUR = timedelta(hours=1)
archived = partial(open_archive, "sqlite:///writethru.db")
CONFIG = f'[[sources]]\nname = "Herald"\nurls = ["{URL}"]\n'


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A configuration and an archive after one pass, with one article that is due in an hour."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "writethru.toml").write_text(CONFIG)
    with archive_at(Path("writethru.db")) as archive:
        grow(archive, watch(archive), 3)
        set_next_check(archive, datetime.now(UTC) + HOUR)
    command("check", "--due")
    return tmp_path


def set_next_check(archive: Archive, when: datetime) -> None:
    with archive.write() as connection:
        connection.run("UPDATE article SET next_check_at = :when", when=when)


def test_says_what_a_full_pass_says(folder, capsys):
    assert idle(["check", "--due"])
    assert capsys.readouterr().err == command("check", "--due").stderr
    assert idle(["check", "--json"])
    assert capsys.readouterr().out == command("check", "--json").stdout


def test_what_is_due_is_checked(folder):
    with archived() as archive:
        force_due(archive, datetime.now(UTC))
    assert not idle(["check", "--due"])


def test_what_is_due_within_the_minute_is_waited_for(folder):
    with archived() as archive:
        set_next_check(archive, datetime.now(UTC) + timedelta(seconds=50))
    assert not idle(["check"])


def test_host_that_asked_for_a_pause_is_not_visited(folder):
    with archived() as archive:
        force_due(archive, datetime.now(UTC))
        save_host(archive, replace(get_host(archive, "herald.example"), not_before=datetime.now(UTC) + HOUR))
    assert idle(["check"])


def test_alert_that_waits_is_delivered(folder):
    with archived() as archive:
        enqueue_alerts(archive, [Alert("a", "r", "t", "", 1, "{}")], datetime.now(UTC))
    assert not idle(["check"])


def test_changed_configuration_is_read(folder):
    (folder / "writethru.toml").write_text(CONFIG + f'[[sources]]\nname = "Other"\nurls = ["{URL}?other"]\n')
    assert not idle(["check"])


def test_archive_that_was_given_other_settings_since_is_given_these_again(folder):
    other = folder / "other.toml"
    other.write_text(CONFIG + '[[sources]]\nname = "Mercury"\n')
    command("check", "--source", "Mercury", "--config", str(other), "--db", "writethru.db")
    assert not idle(["check"])


def test_clock_that_was_set_back_is_noticed(folder):
    with archived() as archive:
        save_memo(archive, "idle", get_memo(archive, "idle"), datetime.now(UTC) + HOUR)
    assert not idle(["check"])


def test_archive_in_use_is_reported_by_the_full_pass(folder):
    with lock("sqlite:///writethru.db"):
        assert not idle(["check"])


def test_checkpoint_that_is_due_is_made(folder):
    (folder / "writethru.toml").write_text(f'[archive]\ncheckpoints = "notes"\ncheckpoint_every = "1h"\n{CONFIG}')
    command("check", "--due")
    assert idle(["check"])
    with archived() as archive:
        ends, settings = get_memo(archive, "idle").split()
        assert int(ends) / 1000 == pytest.approx(datetime.now(UTC).timestamp() + 3600, abs=60)
        save_memo(archive, "idle", f"{int(ends) - 3_600_000} {settings}", datetime.now(UTC))
    assert not idle(["check"])


@pytest.mark.parametrize("arguments", [["check", "--all"], ["check", "abc"], ["run"], [], ["check", "--no-pace"]])
def test_other_commands_are_left_alone(folder, arguments):
    assert not idle(arguments)


@pytest.mark.parametrize("name", ["missing.toml", "broken.toml"])
def test_errors_are_left_to_the_command(folder, name):
    (folder / "broken.toml").write_text("[")
    assert not idle(["check", "--config", name])
    assert not idle(["check", "--db", "nowhere.db"])

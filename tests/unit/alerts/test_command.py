"""The channel that runs a program: what it gets, when it counts as failed, and that nothing of it stays behind."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.alert_samples import delivery
from tests.waiting import holders, until
from tracker.alerts.channels import channel_of
from tracker.alerts.channels.command import CommandNotifier
from tracker.config.root import Config
from tracker.config.tables import CommandTarget
from tracker.errors import ConfigError, DeliveryError

NOW = datetime(2026, 11, 27, tzinfo=UTC)


def target(script: str, **options: object) -> CommandTarget:
    return CommandTarget(name="script", type="command", command=("/bin/sh", "-c", script), **options)


async def failure(made: CommandTarget) -> str:
    with pytest.raises(DeliveryError) as caught:
        await CommandNotifier(made).send(delivery(), NOW)
    assert not caught.value.permanent
    return caught.value.message


async def test_the_program_gets_the_alert_and_its_key_and_few_variables(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("SMTP_PASSWORD", "secret")
    monkeypatch.setenv("CHAT_TOKEN", "token")
    script = f"cat >{tmp_path}/alert; env >{tmp_path}/env"
    await CommandNotifier(target(script, environment=("CHAT_TOKEN",))).send(delivery(), NOW)
    assert json.loads((tmp_path / "alert").read_text()) == delivery().payload
    variables = (tmp_path / "env").read_text()
    assert f"WRITETHRU_ALERT_ID={delivery().key}\n" in variables
    assert "CHAT_TOKEN=token\n" in variables
    assert "secret" not in variables


async def test_a_program_that_appends_to_a_file_writes_one_alert_a_line(tmp_path: Path) -> None:
    for _ in range(2):
        await CommandNotifier(target(f"cat >>{tmp_path}/alerts.jsonl")).send(delivery(), NOW)
    lines = (tmp_path / "alerts.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in lines] == [delivery().payload] * 2


async def test_another_status_is_a_failure_with_its_last_words() -> None:
    assert await failure(target("echo first >&2; printf 'no \\033[31mroom' >&2; exit 3")) == (
        "exited with status 3: no \\x1b[31mroom"
    )
    assert await failure(target("exit 1")) == "exited with status 1"


async def test_a_program_that_reads_nothing_may_accept() -> None:
    await CommandNotifier(target("exit 0")).send(delivery(), NOW)


async def test_what_hangs_is_killed_with_all_it_started(tmp_path: Path) -> None:
    with holders(tmp_path / "held") as is_held:
        script = f"exec 3>{tmp_path}/held; sleep 300 & wait"
        assert await failure(target(script, timeout=timedelta(seconds=1))) == "did not end within 1 s"
        await until(lambda: not is_held())


async def test_a_program_that_is_missing_is_named() -> None:
    missing = CommandTarget(name="script", type="command", command=("/nowhere/notify",))
    assert await failure(missing) == "cannot be started: No such file or directory"
    with pytest.raises(ConfigError, match="there is no program '/nowhere/notify'"):
        channel_of(missing).check(missing, Config())
    unset = target("exit 0", environment=("NOT_SET_ANYWHERE",))
    with pytest.raises(ConfigError, match="NOT_SET_ANYWHERE is not set"):
        channel_of(unset).check(unset, Config())

import stat
from datetime import timedelta
from pathlib import Path

import pytest

from tracker.config.root import load
from tracker.config.tables import WebhookTarget
from tracker.demo.harness import create_workspace, make_secret, write_config
from tracker.demo.schedule import demo_schedule
from tracker.errors import UsageError

BASES = {"ledger": "http://127.0.0.1:1", "courier": "http://127.0.0.2:2"}


def test_the_configuration_is_one_the_service_accepts(tmp_path: Path) -> None:
    workspace = create_workspace(tmp_path / "demo", 2.0)
    secret = make_secret(0)
    write_config(workspace, demo_schedule(), BASES, "http://127.0.0.1:3/alerts", secret)
    config = load(workspace.config)
    assert [source.name for source in config.sources] == ["The Harbor Ledger", "Inland Courier"]
    assert {source.every for source in config.sources} == {timedelta(seconds=0.5)}
    assert config.archive.database == f"sqlite:///{tmp_path}/demo/writethru.db"
    assert len(config.stories[0].urls) == 2
    assert len(config.rules) == 5
    (target,) = config.targets
    assert isinstance(target, WebhookTarget)
    assert target.private
    assert target.secret is not None
    assert target.secret.reveal("webhook") == secret
    assert stat.S_IMODE(workspace.secret.stat().st_mode) == 0o600
    assert secret not in workspace.config.read_text(encoding="utf-8")


def test_a_directory_is_replaced_only_if_a_demo_created_it(tmp_path: Path) -> None:
    workspace = create_workspace(tmp_path / "demo", 1.0)
    (workspace.directory / "writethru.db").write_text("old")
    assert not (create_workspace(tmp_path / "demo", 1.0).directory / "writethru.db").exists()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    (tmp_path / "file").write_text("a file")
    (tmp_path / "link").symlink_to(workspace.directory)
    for name in ("mine", "file", "link"):
        with pytest.raises(UsageError, match="was not created by writethru demo"):
            create_workspace(tmp_path / name, 1.0)
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "years of work"

"""Commands that write a file: none overwrites one unasked, and all fail alike."""

from pathlib import Path

import pytest

from .conftest import alter

WRITERS = [
    ("export", "--format", "jsonl", "-o"),
    ("evidence", "--verifier"),
    ("sources", "export"),
    ("backup",),
]


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

import sys
from pathlib import Path

import pytest

from tests.command_line import command, objects


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "con fig"))
    (tmp_path / "writethru.toml").write_text('contact = "desk@example.org"\n')
    return tmp_path


def test_a_users_unit_runs_this_program_with_this_configuration(place):
    done = command("service", "install", "--user")
    unit = place / "con fig" / "systemd" / "user" / "writethru.service"
    assert str(unit) in done.stdout
    assert "systemctl --user enable --now writethru.service" in done.stderr
    text = unit.read_text()
    program = Path(sys.executable).with_name("writethru")
    assert f"ExecStart={program} run --migrate" in text
    assert f"Environment=WRITETHRU_CONFIG={place / 'writethru.toml'}" in text
    assert f"Environment=WRITETHRU_DB=sqlite:///{place / 'writethru.db'}" in text
    assert f"WorkingDirectory={place}" in text
    assert "WantedBy=default.target" in text
    for only_system in (
        "DynamicUser",
        "User=",
        "ProtectHome",
        "StateDirectory",
        "/opt/",
        "/var/lib",
        "Secrets",
        "/run/",
    ):
        assert only_system not in text


def test_a_users_folder_is_not_read_as_a_specifier_of_systemd(place, monkeypatch):
    folder = place / "100%news here"
    folder.mkdir()
    (place / "writethru.toml").rename(folder / "writethru.toml")
    monkeypatch.chdir(folder)
    text = command("service", "install", "--user", "--dry-run").stdout
    assert f"\nWorkingDirectory={place}/100%%news here\n" in text
    assert f'\nEnvironment="WRITETHRU_CONFIG={place}/100%%news here/writethru.toml"\n' in text


def test_a_system_unit_keeps_its_protection(place, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/opt/writethru/bin/python3")
    monkeypatch.setattr(Path, "exists", lambda _self: True)
    done = command("service", "install", "--system", "--timer", "--force", "--into", str(place / "units"))
    assert "Let it read the configuration:\n  chmod 644 /etc/writethru/writethru.toml\n" in done.stderr
    text = (place / "units" / "writethru-check.service").read_text()
    assert "ExecStart=/opt/writethru/bin/writethru check --due" in text
    assert "DynamicUser=yes" in text
    assert "WRITETHRU_CONFIG=/etc/writethru/writethru.toml" in text
    assert "OnCalendar" in (place / "units" / "writethru-check.timer").read_text()


def test_a_unit_that_differs_is_not_replaced_unasked(place):
    unit = place / "units" / "writethru.service"
    unit.parent.mkdir()
    unit.write_text("mine")
    assert "--force" in command("service", "install", "--user", "--into", "units", code=2).output
    assert unit.read_text() == "mine"
    command("service", "install", "--user", "--into", "units", "--force")
    assert "ExecStart" in unit.read_text()
    command("service", "install", "--user", "--into", "units")  # the same unit is no trouble


def test_who_runs_the_service_has_to_be_chosen():
    assert "--user" in command("service", "install", code=2).output


@pytest.mark.parametrize("folder", ["/home/ada/.local/share/pipx/venvs/writethru", "/root/venv", "/tmp/venv"])
def test_a_system_service_is_not_installed_from_a_folder_that_it_cannot_read(folder, monkeypatch):
    monkeypatch.setattr(sys, "executable", f"{folder}/bin/python")
    monkeypatch.setattr(Path, "exists", lambda _self: True)
    assert "/opt/writethru" in command("service", "install", "--system", "--dry-run", code=2).output


def test_json_has_each_unit_and_whether_it_was_written(place):
    dry = objects(command("service", "install", "--user", "--json", "--dry-run"))
    assert not (place / "con fig").exists()
    wet = objects(command("service", "install", "--user", "--json"))
    assert [each["written"] for each in dry + wet] == [False, True]
    assert dry[0]["text"] == wet[0]["text"] == Path(wet[0]["file"]).read_text()

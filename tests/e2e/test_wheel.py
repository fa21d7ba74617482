"""The wheel, installed into an empty environment and used outside the checkout."""

import email
import os
import shutil
import subprocess
import sys
import time
import urllib.request
import zipfile
from pathlib import Path

import pytest

from tests.e2e.installed_wheel import ENVIRONMENT, installed, writethru


def other_pythons() -> list[Path]:
    """Return an interpreter of each further supported release that is on this machine, on PATH or in pyenv."""
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    found = []
    for minor in range(11, 15):
        release = f"3.{minor}"
        if release == f"3.{sys.version_info.minor}":
            continue
        standing = sorted(pyenv.glob(f"{release}.*/bin/python"))
        on_path = shutil.which(f"python{release}", path=os.defpath)
        if standing or on_path:
            found.append(standing[-1] if standing else Path(on_path or ""))
    return found


OTHERS = other_pythons()


def test_init_doctor_and_completion(program, tmp_path):
    assert "it watches nothing yet" in writethru(program, tmp_path, "init")
    assert "ok       archive" in writethru(program, tmp_path, "doctor", "--offline")
    assert "_WRITETHRU_COMPLETE" in writethru(program, tmp_path, "completion", "bash")
    assert writethru(program, tmp_path, "db", "upgrade").startswith("schema ")
    assert "ok, 0 sources" in writethru(program, tmp_path, "config", "check")


def test_it_is_imported_by_the_name_of_its_distribution(program, tmp_path):
    code = """
import tracker, writethru, writethru.model.article, tracker.model.article
assert writethru is tracker and writethru.extract is tracker.extract
assert writethru.model.article is tracker.model.article
from writethru.model.change import Change
import tracker.classify.label, tracker.model.change
assert Change is tracker.model.change.Change
"""
    python = program.with_name("python")
    subprocess.run([python, "-W", "error", "-c", code], cwd=tmp_path, env=ENVIRONMENT, check=True, timeout=60)
    (typed,) = program.parents[1].glob("lib/*/site-packages/writethru/py.typed")
    assert typed.exists()


def test_all_has_what_each_extra_needs(wheel):
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (each for each in archive.namelist() if each.endswith("/METADATA"))
        about = email.message_from_bytes(archive.read(name))
    needs: dict[str, set[str]] = {}
    for line in about.get_all("Requires-Dist", []):
        requirement, _, extra = line.partition("; extra == ")
        needs.setdefault(extra.strip("'\""), set()).add(requirement)
    assert set(needs) - {"", "all"} >= {"browser", "exchange", "picture", "postgres", "xlsx"}
    assert needs["all"] == set().union(*(needs[extra] for extra in about.get_all("Provides-Extra", [])))


def test_run_serves_its_page_and_ends_when_told(program, tmp_path):
    writethru(program, tmp_path, "init")
    command = [program, "run", "--log", "text", "--listen", "", "--web", "127.0.0.1:0"]
    with subprocess.Popen(command, cwd=tmp_path, env=ENVIRONMENT, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        address = process.stderr.readline().partition("web pages: ")[2].strip()
        with urllib.request.urlopen(address, timeout=30) as page:
            assert page.status == 200
        process.terminate()
        assert process.wait(timeout=60) == 0


@pytest.mark.parametrize("python", OTHERS, ids=[each.resolve().name for each in OTHERS])
def test_it_installs_and_starts_on_each_other_python_that_is_here(wheel, python, tmp_path):
    program = installed(wheel, python, tmp_path / "venv")
    assert "it watches nothing yet" in writethru(program, tmp_path, "init", "here")
    told = writethru(program, tmp_path / "here", "doctor", "--offline")
    assert "ok       page parsers" in told
    assert "ok       archive" in told


def test_demo_plays_and_takes_its_service_along_when_it_is_ended(program, tmp_path):
    env = ENVIRONMENT | {"PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        [program, "demo"], cwd=tmp_path, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as demo:
        assert demo.stdout is not None
        assert any("not-noted" in line for line in demo.stdout)
        service = children_of(demo.pid)
        assert service
        demo.terminate()
        demo.communicate(timeout=90)
        deadline = time.monotonic() + 90
        while any(Path(f"/proc/{pid}").exists() for pid in service):
            assert time.monotonic() < deadline, "the service still runs"
            time.sleep(0.05)


def children_of(pid: int) -> list[int]:
    """Return the processes that a process started."""
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

"""The wheel, installed into an empty environment and used outside the checkout."""

import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "WRITETHRU_"))}


@pytest.fixture(scope="module")
def program(tmp_path_factory) -> Path:
    """The `writethru` of an environment that holds the wheel and what it depends on, nothing else."""
    folder = tmp_path_factory.mktemp("wheel")
    uv = Path(sys.executable).with_name("uv")
    subprocess.run([uv, "build", "--wheel", "--quiet", "--out-dir", folder, ROOT], check=True, timeout=300)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "venv"], check=True, timeout=120)
    (wheel,) = folder.glob("*.whl")
    python = folder / "venv" / "bin" / "python"
    subprocess.run([uv, "pip", "install", "--quiet", "--python", python, wheel], check=True, timeout=600)
    found: Path = python.with_name("writethru")
    return found


def writethru(program: Path, folder: Path, *arguments: str, code: int = 0) -> str:
    done = subprocess.run(
        [program, *arguments], cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, check=False, timeout=240
    )
    assert done.returncode == code, done.stderr
    return done.stdout


def test_init_doctor_and_completion(program, tmp_path):
    assert "it watches nothing yet" in writethru(program, tmp_path, "init")
    assert "ok       archive" in writethru(program, tmp_path, "doctor", "--offline")
    assert "_WRITETHRU_COMPLETE" in writethru(program, tmp_path, "completion", "bash")
    assert writethru(program, tmp_path, "db", "upgrade").startswith("schema ")
    assert "ok, 0 sources" in writethru(program, tmp_path, "config", "check")


def test_run_serves_its_page_and_ends_when_told(program, tmp_path):
    command = [program, "run", "--log", "text", "--listen", "", "--web", "127.0.0.1:0"]
    with subprocess.Popen(command, cwd=tmp_path, env=ENVIRONMENT, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        address = process.stderr.readline().partition("web pages: ")[2].strip()
        with urllib.request.urlopen(address, timeout=30) as page:
            assert page.status == 200
        process.terminate()
        assert process.wait(timeout=60) == 0


def test_demo_plays_and_takes_its_service_along_when_it_is_ended(program, tmp_path):
    env = ENVIRONMENT | {"PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        [program, "demo"], cwd=tmp_path, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as demo:
        assert demo.stdout is not None
        assert any("stealth" in line for line in demo.stdout)
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

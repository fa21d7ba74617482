"""The wheel of this checkout, installed into empty environments and used outside the checkout."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UV = Path(sys.executable).with_name("uv")
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "WRITETHRU_"))}


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([UV, "build", "--wheel", "--quiet", "--out-dir", folder, ROOT], check=True, timeout=300)
    (built,) = folder.glob("*.whl")
    return Path(built)


@pytest.fixture(scope="session")
def program(wheel: Path) -> Path:
    """The `writethru` of an environment that holds the wheel and what it depends on, nothing else."""
    return installed(wheel, Path(sys.executable), wheel.parent / "venv")


def installed(wheel: Path, python: Path, folder: Path) -> Path:
    """Install the wheel into a new environment of *python* and return its `writethru`."""
    subprocess.run([UV, "venv", "--quiet", "--python", python, folder], check=True, timeout=120)
    subprocess.run([UV, "pip", "install", "--quiet", "--python", folder, wheel], check=True, timeout=600)
    return folder / "bin" / "writethru"


def writethru(program: Path, folder: Path, *arguments: str, code: int = 0, env: Mapping[str, str] = ENVIRONMENT) -> str:
    """Run the installed program in `folder`, expect that exit code, and return what it wrote to stdout."""
    done = subprocess.run(
        [program, *arguments],
        cwd=folder,
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert done.returncode == code, done.stderr
    return done.stdout

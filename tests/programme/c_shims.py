"""Small C libraries to load before libc: a clock that can be set, a disk that records what is done, one that fails."""

import shutil
import subprocess
from pathlib import Path

import pytest


def build(folder: Path, name: str) -> Path:
    """Compile the file `name` and return the library, for LD_PRELOAD; skip the test if there is no C compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        pytest.skip("SKIPPED, NOT PASSED: this test needs a C compiler")
    source, library = Path(__file__).with_name(f"{name}.c"), folder / f"{name}.so"
    command = [compiler, "-O1", "-shared", "-fPIC", "-o", str(library), str(source), "-ldl", "-pthread"]
    subprocess.run(command, check=True, capture_output=True)
    return library

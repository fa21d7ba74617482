"""X1: extraction compiled with `make compile` passes the tests of extraction and their random pages.

python -m tests.nightly.compiled

Compiles a copy of this checkout, which takes some minutes. This needs gcc and the headers of Python.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from .report import progress, report, say

HOME = Path(__file__).parents[2]
TESTS = ("tests/unit/extraction", "tests/integration/extraction", "tests/programme/test_f1_properties.py")


def run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command in `folder` and return its result; print the end of its output if it fails."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        say(f"{' '.join(command)[:200]}: {done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-1500:]}")
    return done


def main() -> int:
    if not shutil.which("gcc"):
        say("NOT RUN, NOT PASSED: there is no gcc")
        return 1
    with tempfile.TemporaryDirectory(prefix="wt-compiled-") as place, progress("compiled") as tell:
        folder = Path(place)
        for name in ("Makefile", "pyproject.toml", "tracker", "tests", "config", "migrations"):
            source = HOME / name
            if source.is_dir():
                shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("*.so", "__pycache__"))
            else:
                shutil.copy(source, folder / name)
        tell("compiling")
        built = run(["make", "--old-file=setup", f"BIN={Path(sys.executable).parent}", "compile"], folder)
        package = folder / "tracker" / "extraction"
        interpreted = len(list(package.glob("[a-z]*.py"))) - len(list(package.glob("*.so")))
        tell("testing")
        tested = run([sys.executable, "-m", "pytest", "--timeout", "600", *TESTS], folder)
    figures = {
        "make compile": (built.returncode, "==", 0),
        "modules left as Python": (interpreted, "<=", 4),
        "exit code of the tests": (tested.returncode, "==", 0),
    }
    return report("compiled", figures)


if __name__ == "__main__":
    sys.exit(main())

"""F2: coverage-guided fuzzing of six entry points, five minutes each, with atheris (installed into .cache/nightly).

python -m tests.nightly.fuzz [--seconds 300] [TARGET…]

Inputs that break a target are left in .cache/nightly/found/TARGET. Add them to tests/programme/found/TARGET with the
fix.
"""

import argparse
import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

from tests.programme.fuzz_targets import TARGETS, seeds

from .report import progress, report, say

HOME = Path(__file__).parents[2] / ".cache" / "nightly"
ATHERIS = "atheris==3.0.0"
MIN_EXECUTIONS_A_SECOND = 20.0
"""Below this the fuzzer hardly ran; it extracts each page twice."""


def have_atheris() -> bool:
    """Return whether atheris is installed, or could be."""
    if not (HOME / "lib" / "atheris").is_dir():
        uv = Path(sys.executable).with_name("uv")
        command = [str(uv), "pip", "install", "--quiet", "--target", str(HOME / "lib"), ATHERIS]
        return subprocess.run(command, check=False).returncode == 0
    return True


def run(name: str, seconds: int) -> tuple[int, float]:
    """Fuzz one target in a process; return how many inputs broke it and the executions a second."""
    corpus, found = HOME / "corpus" / name, HOME / "found" / name
    for folder in (corpus, found):
        folder.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds(name)):
        (corpus / f"seed-{number}").write_bytes(seed[:4000])
    limits = ["-rss_limit_mb=2048", "-timeout=20", "-max_len=4000", "-print_final_stats=1"]
    places = [f"-max_total_time={seconds}", f"-artifact_prefix={found}/", str(corpus)]
    command = [sys.executable, "-m", "tests.nightly.fuzz", "--inside", name, *limits, *places]
    done = subprocess.run(command, capture_output=True, text=True, check=False, errors="replace")
    count = re.search(r"stat::number_of_executed_units:\s*(\d+)", done.stderr)
    if done.returncode:
        sys.stderr.write("\n".join(done.stderr.splitlines()[-40:]) + "\n")
    return int(done.returncode != 0), int(count[1]) / seconds if count else 0.0


def main() -> int:
    if sys.argv[1:2] == ["--inside"]:
        sys.path.insert(0, str(HOME / "lib"))
        atheris = importlib.import_module("atheris")
        with atheris.instrument_imports(include=["tracker"]):
            for module in [each for each in sys.modules if each.startswith("tracker")]:
                del sys.modules[module]
            del sys.modules["tests.programme.fuzz_targets"]
            target = importlib.import_module("tests.programme.fuzz_targets").TARGETS[sys.argv[2]]
        atheris.Setup([sys.argv[0], *sys.argv[3:]], target)
        atheris.Fuzz()
        return 0
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=int, default=300)
    parser.add_argument("targets", nargs="*", default=list(TARGETS), metavar="TARGET")
    options = parser.parse_args()
    os.environ["PYTHONHASHSEED"] = "0"
    if not have_atheris():
        say("NOT RUN, NOT PASSED: atheris cannot be installed here")
        return 1
    figures: dict[str, tuple[float, str, float]] = {}
    with progress("fuzz") as tell:
        for name in options.targets:
            tell(f"{name}, for {options.seconds} s")
            broken, pace = run(name, options.seconds)
            figures[f"{name}: broken"] = (broken, "==", 0)
            figures[f"{name}: executions a second"] = (round(pace, 1), ">=", MIN_EXECUTIONS_A_SECOND)
    return report("fuzz", figures)


if __name__ == "__main__":
    sys.exit(main())

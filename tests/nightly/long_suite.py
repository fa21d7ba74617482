"""K1, K3, C3, F1, U1: the tests of the suite that an environment variable makes longer, at full length.

python -m tests.nightly.long_suite [FILE…]

Each file runs in a process of its own. A test with an error counts as failed. An upgrade is killed at every statement:
$WRITETHRU_UPGRADES is how many lie between two kills.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree as ET

from .report import progress, report, say

HOME = Path(__file__).parents[2]
LENGTHS = {
    "WRITETHRU_KILLS": 200,
    "WRITETHRU_STOPS": 50,
    "WRITETHRU_POWER_CUTS": 2000,
    "WRITETHRU_EXAMPLES": 6000,
    "WRITETHRU_UPGRADES": 1,
}
FILES = (
    "tests/e2e/test_kill.py",
    "tests/integration/archive/test_disk.py",
    "tests/integration/alerts/test_storm.py",
    "tests/programme/test_c3_sigterm.py",
    "tests/programme/test_f1_properties.py",
    "tests/programme/test_k3_power_loss.py",
    "tests/programme/test_u1_upgrade.py",
    "tests/unit/addresses/test_urls.py",
    "tests/unit/diff/test_comparison.py",
)


def run(file: str) -> tuple[int, int]:
    """Run one file of tests at full length; return how many passed and how many failed."""
    lengths = {variable: str(length) for variable, length in LENGTHS.items()}
    with tempfile.TemporaryDirectory(prefix="wt-long-") as folder:
        results = Path(folder) / "results.xml"
        command = [sys.executable, "-m", "pytest", "-n0", "--timeout", "7200", f"--junitxml={results}", file]
        done = subprocess.run(command, cwd=HOME, env=os.environ | lengths, capture_output=True, text=True, check=False)
        if done.returncode:
            say(done.stdout[-3000:] + done.stderr[-1500:])
        if not results.exists():
            return 0, 1
        suites = ET.parse(results).getroot().findall("testsuite")
    total, failures, errors, skipped = (
        sum(int(suite.get(name, 0)) for suite in suites) for name in ("tests", "failures", "errors", "skipped")
    )
    return total - failures - errors - skipped, failures + errors


def main() -> int:
    files = sys.argv[1:] or FILES
    passed = failed = 0
    with progress("long_suite") as tell:
        for file in files:
            tell(file)
            counts = run(file)
            passed, failed = passed + counts[0], failed + counts[1]
    figures = {
        "tests passed": (passed, ">=", len(files)),
        "tests failed": (failed, "==", 0),
    }
    return report("long_suite", figures)


if __name__ == "__main__":
    sys.exit(main())

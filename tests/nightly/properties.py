"""F1: the properties of `tests/programme/test_f1_properties.py`, with 30,000 examples in all.

python -m tests.nightly.properties [--examples 6000]
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys

from .verdict import heard, told

PROPERTIES = 5
"""Tests that get the whole of --examples each; two more get a share."""


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--examples", type=int, default=6000)
    options = parser.parse_args()
    command = [
        *(sys.executable, "-m", "pytest", "-n0", "--no-cov", "-v", "-o", "timeout=3000"),
        "tests/programme/test_f1_properties.py",
    ]
    env = os.environ | {"WRITETHRU_EXAMPLES": str(options.examples)}
    with heard("properties") as tell:
        tell(f"{options.examples} examples for each of {PROPERTIES} properties")
        code = subprocess.run(command, env=env, check=False).returncode
    return told(
        "properties",
        {
            "examples": (float(PROPERTIES * options.examples), ">=", 30_000.0),
            "properties that do not hold": (float(code), "==", 0.0),
        },
    )


if __name__ == "__main__":
    sys.exit(main())

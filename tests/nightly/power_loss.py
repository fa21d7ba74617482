"""K3: the power goes 2,000 times while versions are kept; none that was acknowledged may be lost.

python -m tests.nightly.power_loss [--cycles 2000] [--versions 600]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.programme.power import cycles, recorded

from .verdict import heard, told


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cycles", type=int, default=2000)
    parser.add_argument("--versions", type=int, default=600)
    options = parser.parse_args()
    quick = "/dev/shm" if Path("/dev/shm").is_dir() else None
    with tempfile.TemporaryDirectory(prefix="wt-power-", dir=quick) as made, heard("power_loss") as tell:
        folder = Path(made)
        tell(f"{options.versions} versions are kept, and what the disk is told is written down")
        before, steps = recorded(folder, options.versions)
        (folder / "left").mkdir()
        tell(f"the power goes {options.cycles} times")
        acknowledged, wrong = cycles(folder / "left", before, steps, options.cycles)
        tell(f"and {options.cycles // 20} times on a disk that lies")
        _, seen = cycles(folder / "left", before, steps, options.cycles // 20, liar=True)
    for each in wrong[:20]:
        sys.stderr.write(each + "\n")
    figures = {
        "cycles": (options.cycles, ">=", options.cycles),
        "most acknowledged before a loss": (acknowledged, ">=", options.versions * 0.9),
        "syncs": (sum(step.op == "s" for step in steps), ">=", options.versions),
        "cycles with a loss": (len(wrong), "==", 0),
        "losses seen on a disk that lies": (len(seen), ">=", 1),
    }
    return told("power_loss", {name: (float(a), sign, float(b)) for name, (a, sign, b) in figures.items()})


if __name__ == "__main__":
    sys.exit(main())

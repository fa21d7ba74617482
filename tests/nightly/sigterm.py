"""C3: SIGTERM at 50 random moments: exit 0 within 20 s each, nothing lost, nothing told twice.

python -m tests.nightly.sigterm [--stops 50]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.programme.press import Press
from tests.programme.test_c3_sigterm import PATIENCE, PAUSE, QUICK, stopped_again_and_again

from .verdict import heard, told


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--stops", type=int, default=50)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="wt-stop-") as made, Press(articles=4) as press, heard("sigterm") as tell:
        folder = Path(made)
        tell(f"{options.stops} stops within three seconds of a version, and a third as many before one")
        press.write(folder, f"sqlite:///{folder}/archive.db", service=PAUSE, source=QUICK)
        found = stopped_again_and_again(folder, press, options.stops)
    return told(
        "sigterm",
        {
            "stops that ended with 0": (found["stops"], ">=", options.stops),
            "longest stop, seconds": (found["longest"], "<=", PATIENCE),
            "versions kept and told once": (found["versions"], ">=", options.stops),
        },
    )


if __name__ == "__main__":
    sys.exit(main())

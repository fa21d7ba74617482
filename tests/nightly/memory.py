"""R4: the service stores 20,000 versions, and its memory reaches a plateau.

python -m tests.nightly.memory [--versions 20000] [--minutes 120]
"""

import sys
import tempfile
import time
from pathlib import Path

from tests.archives import new_archive_at
from tests.programme.news_site import NUMBERS, NewsSite
from tests.service import RunningService

from .report import progress, read_options, report

ARTICLES = 40
PADDING = "x" * 4000
"""Makes every page large enough to fill the caches within a quarter of the run."""
EDITION_SECONDS = 2.0
MAX_LAST_QUARTER_GROWTH = 0.02


class PaddedSite(NewsSite):
    """A site whose every edition has bytes of its own, as those of real sites have."""

    def respond(self, path: str) -> tuple[str, str]:
        kind, text = super().respond(path)
        return (
            kind,
            f"{text}<!-- {self.edition} {int(time.monotonic() / EDITION_SECONDS)} {PADDING} -->" if text else "",
        )


def main() -> int:
    options = read_options(__doc__, versions=20_000, minutes=120.0)
    samples: list[tuple[int, float]] = []
    with (
        progress("memory") as tell,
        PaddedSite(articles=ARTICLES) as site,
        tempfile.TemporaryDirectory(prefix="wt-memory-") as made,
    ):
        folder = Path(made)
        site.write_config(folder, new_archive_at(folder / "archive.db"), every="500ms", poll="10s")
        with RunningService(folder) as service:
            ends = time.monotonic() + options.minutes * 60
            while (stored := len(service.versions)) < options.versions and time.monotonic() < ends:
                time.sleep(EDITION_SECONDS)
                site.edition = site.edition % len(NUMBERS) + 1
                samples.append((stored, service.memory_mb))
                if len(samples) % 15 == 0:
                    tell(f"{stored} versions, {service.memory_mb:.1f} MB")
            code = service.stop(60)
            crashes = len(service.logged("crash"))
    before = max(memory for stored, memory in samples if stored <= samples[-1][0] * 0.75)
    last = max(memory for stored, memory in samples if stored > samples[-1][0] * 0.75)
    figures = {
        "versions stored": (samples[-1][0], ">=", options.versions * 0.99),
        "memory after three quarters, MB": (round(before, 1), "<=", 400.0),
        "growth in the last quarter": (round(last / before - 1, 4), "<=", MAX_LAST_QUARTER_GROWTH),
        "crashes in the log": (crashes, "==", 0),
        "exit code": (code, "==", 0),
    }
    return report("memory", figures)


if __name__ == "__main__":
    sys.exit(main())

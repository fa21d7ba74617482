"""R4: the service stores 20,000 versions, and its memory reaches a plateau.

python -m tests.nightly.memory [--versions 20000] [--minutes 120] [--samples FILE]

With --samples, each sample is written to a file as a line of JSON: versions stored, and megabytes of the service, of
its heap alone (anonymous memory), and of its children that read pages.
"""

import json
import sys
import tempfile
import time
from contextlib import suppress
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


def measure(service: RunningService) -> dict[str, float]:
    """Return the memory of the service, of its heap, and of its children, in megabytes."""
    own = service.process.pid
    children = [pid for pid in _descendants(own) if pid != own]
    return {
        "rss": service.memory_mb,
        "heap": _rollup(own, "Pss_Anon:"),
        "children": sum(_rollup(pid, "Pss:") for pid in children),
    }


def _descendants(pid: int) -> list[int]:
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            found += [one for child in task.read_text().split() for one in _descendants(int(child))]
    return found


def _rollup(pid: int, name: str) -> float:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith(name):
                return int(line.split()[1]) / 1024
    return 0.0


def main() -> int:
    options = read_options(__doc__, versions=20_000, minutes=120.0, samples=None)
    samples: list[tuple[int, float]] = []
    lines: list[str] = []
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
                    measured = measure(service)
                    lines.append(json.dumps({"versions": stored} | measured))
                    tell(f"{stored} versions, " + ", ".join(f"{name} {mb:.1f} MB" for name, mb in measured.items()))
                    if options.samples is not None:
                        options.samples.write_text("\n".join(lines) + "\n")
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

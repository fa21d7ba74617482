"""What a check costs from socket to committed row, ours beside webchanges, urlwatch and changedetection.io.

    benchmarks/pipeline.py [--quick] [--only NAME,…] [--rounds N]

1,000 pages of 32 to 150 KB on 50 loopback hosts, served by a process of its own, in four passes: first sight; the
same text with other noise around it (counters, tokens, "served" lines), sent whole; the same again, 304 for whoever
asks for it by ETag; an edit of a death toll and a new last paragraph on every page. Ours is the service's own runtime
held open on the empty archive that `init` makes, pace off, reading for stories included; the peers run as their
documentation has it, installed from PyPI into .cache/peers: urlwatch and webchanges with the filter that users choose
for articles, `css: article`, and once more on whole pages, with `html2text`. CPU is user and system time of all
processes of each, memory the peaks of its processes added up, and for ours also what is held at the end with shared
pages counted once. A change reported in the second and third pass is false, one not reported in the fourth is missed.

The month of an article is 1 new page, 44 unchanged ones and 2.6 changed ones, as in docs/explanation/scale.md: once on
sites that answer 304 for the unchanged ones, once on sites that send them whole, with other noise each time. The
machine's speed changes within minutes, so ours and the two with `css: article` are run in turns, and the median of each
pass counts. Prints tables and, last, one line of JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, Protocol

from _pipeline_pages import url as url_of
from _processes import peak, peer, pss, spent

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).resolve().parent
PASSES = ("new", "noise", "304", "changed")
CSS = "-css"
NAMES = ("writethru", f"urlwatch{CSS}", f"webchanges{CSS}", "urlwatch", "webchanges", "changedetection.io")
IN_TURNS = NAMES[:3]
COMPARED_WITH = NAMES[1]
MONTHS = {
    "with_304": {"new": 1, "304": 44, "changed": 2.6},
    "without_304": {"new": 1, "noise": 44, "changed": 2.6},
}
"""How often an article is visited in a month, by pass: on sites that answer 304, and on sites that do not."""


class Runner(Protocol):
    """Visits every page once and says what it took for changed."""

    def visit(self) -> int: ...
    def cpu(self) -> float: ...
    def memory(self) -> float: ...
    def close(self) -> None: ...


class Site:
    """The pages' own process."""

    def __init__(self, process: subprocess.Popen[str], port: int) -> None:
        self._process = process
        self.port = port

    def turn(self, phase: str) -> int:
        """Begin a phase; return how many pages were asked for in the one before."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(phase + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


@contextmanager
def site(count: int) -> Iterator[Site]:
    command = [sys.executable, str(HERE / "_pipeline_pages.py"), str(count)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield Site(process, int(process.stdout.readline()))
        finally:
            process.kill()


class Ours:
    """The service's runtime, held open by a process that visits when told to."""

    def __init__(self, folder: Path, urls: list[str]) -> None:
        configure(folder, urls)
        # What creates an archive stays in memory (36 MB) until the service is started again.
        upgrade = [sys.executable, "-m", "tracker", "db", "upgrade"]
        subprocess.run(upgrade, cwd=folder, check=True, capture_output=True)
        self._process = subprocess.Popen(
            [sys.executable, HERE / "_pipeline_ours.py", folder / "writethru.toml"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=(folder / "log").open("wb"),
            text=True,
        )
        self.stories, self.story_seconds = 0, 0.0
        self._in, self._out = self._process.stdin, self._process.stdout
        self._line()

    def _line(self) -> str:
        assert self._out is not None
        line = self._out.readline()
        assert line, "ours ended"
        return line

    def visit(self) -> int:
        assert self._in is not None
        self._in.write("visit\n")
        self._in.flush()
        outcomes = json.loads(self._line())
        self.stories += outcomes["stories"]
        self.story_seconds += outcomes["story_seconds"]
        return int(outcomes.get("changed", 0))

    def cpu(self) -> float:
        return spent(self._process.pid)

    def memory(self) -> float:
        return peak(self._process.pid)

    def pss(self) -> float:
        return pss(self._process.pid)

    def close(self) -> None:
        self._process.kill()
        self._process.wait()


@dataclass
class Command:
    """A peer that is a command run once a pass."""

    command: list[str | Path]
    again: list[str | Path]
    folder: Path
    ran: bool = False
    seen: int = 0
    text: str = ""
    env: dict[str, str] = field(default_factory=dict)

    def visit(self) -> int:
        command = self.again if self.ran else self.command
        self.ran = True
        done = subprocess.run(
            command, cwd=self.folder, env={**os.environ, **self.env}, capture_output=True, text=True, check=False
        )
        self.text = done.stdout
        return self.changed()

    def changed(self) -> int:
        return changes_told(self.text)

    def cpu(self) -> float:
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime

    def memory(self) -> float:
        return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024

    def close(self) -> None:
        """Nothing is left running."""


class ChangeDetection(Command):
    """changedetection.io keeps one line a snapshot in each watch's history.txt."""

    def changed(self) -> int:
        kept = sum(len(p.read_text().splitlines()) for p in self.folder.glob("ds/*/history.txt"))
        new, self.seen = kept - self.seen, kept
        return new


def changes_told(text: str) -> int:
    """Count the changes in what webchanges or urlwatch prints."""
    return len(re.findall(r"^\d+\. CHANGED", text, re.MULTILINE))


def configure(folder: Path, urls: list[str]) -> None:
    """Write our configuration for the pages."""
    (folder / "writethru.toml").write_text(
        f'contact = "b@example.org"\n[archive]\ndatabase = "sqlite:///{folder}/writethru.db"\n'
        f'[fetch]\nallow_private = true\n[[sources]]\nname = "Paper"\nurls = {json.dumps(urls)}\n'
    )


def peer_command(
    name: str, programs: Path, folder: Path, urls: list[str], text_filter: str = "html2text"
) -> list[str | Path]:
    """Write the jobs of webchanges or urlwatch, and return the command that does them once."""
    (folder / "urls.yaml").write_text("\n---\n".join(f"url: {url}\nfilter: [{text_filter}]" for url in urls))
    (folder / "c.yaml").write_text("report: {stdout: {enabled: true, color: false}}\n")
    store = "--database" if name == "webchanges" else "--cache"
    jobs = "--jobs" if name == "webchanges" else "--urls"
    return [programs / name, jobs, "urls.yaml", "--config", "c.yaml", store, "kept.db"]


def runner(name: str, folder: Path, urls: list[str]) -> Runner | None:
    if name == "writethru":
        return Ours(folder, urls)
    program = name.removesuffix(CSS)
    programs = peer(program)
    if programs is None:
        return None
    if name == "changedetection.io":
        base: list[str | Path] = [programs / name, "-h", "127.0.0.1", "-p", "18055", "-d", "ds", "-b", "-l", "ERROR"]
        named = [part for url in urls for part in ("-u", url)]
        env = {"ALLOW_IANA_RESTRICTED_ADDRESSES": "true", "FETCH_WORKERS": "10", "MINIMUM_SECONDS_RECHECK_TIME": "0"}
        return ChangeDetection([*base, "-C", *named], [*base, "-r", "all"], folder, env=env)
    command = peer_command(program, programs, folder, urls, "css: article" if name != program else "html2text")
    return Command(command, command, folder)


def measure(name: str, count: int) -> dict[str, Any]:
    """Run one program through the four passes, in this process alone, so that its children are counted alone."""
    figures: dict[str, Any] = {}
    with site(count) as pages, tempfile.TemporaryDirectory() as folder:
        urls = [url_of(pages.port, number) for number in range(count)]
        found = runner(name, Path(folder), urls)
        if found is None:
            return {"error": "cannot be installed here"}
        pages.turn("new")
        for phase in PASSES:
            if phase != "new":
                pages.turn(phase)
            before = found.cpu()
            changed = found.visit()
            figures[phase] = {"cpu": found.cpu() - before, "changed": changed}
            figures[phase]["requests"] = pages.turn(phase)
        figures["memory_mb"] = found.memory()
        if isinstance(found, Ours) and found.stories:
            figures["story_ms"] = found.story_seconds * 1000 / found.stories
            figures["pss_mb"] = found.pss()
        found.close()
    return figures


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="100 pages")
    parser.add_argument("--data", type=Path, help="not used; every benchmark takes it")
    parser.add_argument("--only", default="", help="programs, comma-separated")
    parser.add_argument("--rounds", type=int, default=3, help="runs of ours and the peers with css: article, in turns")
    parser.add_argument("--alone", help=argparse.SUPPRESS)
    options = parser.parse_args()
    count = 100 if options.quick else 1000
    if options.alone:
        print(json.dumps(measure(options.alone, count)))
        return 0
    names = options.only.split(",") if options.only else NAMES
    rounds: dict[str, list[dict[str, Any]]] = {name: [] for name in names}
    print(
        f"{'CPU ms a page':20} {'first':>7} {'noise':>7} {'304':>7} {'edited':>7} {'all':>7}"
        "   memory  requests  false  missed"
    )
    for number in range(1 if options.quick else options.rounds):
        for name in rounds if number == 0 else [each for each in IN_TURNS if each in rounds]:
            command = [sys.executable, __file__, "--alone", name, *(["--quick"] if options.quick else [])]
            done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
            rounds[name].append(json.loads(done.stdout.splitlines()[-1]))
            print(row(name, rounds[name][-1], count), flush=True)
    found = {name: median_of(runs) for name, runs in rounds.items()}
    print()
    for name, figures in found.items():
        print(row(name, figures, count))
        if "story_ms" in figures:
            story_ms, pss_mb = figures["story_ms"], figures["pss_mb"]
            print(
                f"{'':20} of that, stories: {story_ms:.2f} ms a stored version; with shared pages once: {pss_mb:.0f} MB"
            )
    months = {name: month_of(figures, count) for name, figures in found.items() if "error" not in figures}
    ratios = ratios_of(months)
    print_months(months, ratios, rounds, count)
    print(json.dumps({"benchmark": "pipeline", "pages": count, "figures": found, "months": months, "ratios": ratios}))
    return 0


def median_of(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the last run with the median CPU of each pass; memory and stories are medians too."""
    if "error" in runs[-1]:
        return runs[-1]
    figures = dict(runs[-1])
    for phase in PASSES:
        figures[phase] = figures[phase] | {"cpu": median(run[phase]["cpu"] for run in runs)}
    return figures | {
        name: median(run[name] for run in runs) for name in ("memory_mb", "story_ms", "pss_mb") if name in figures
    }


def month_of(figures: dict[str, Any], count: int) -> dict[str, float]:
    """Return the milliseconds of CPU that an article costs in a month, for each kind of site."""
    return {
        kind: round(sum(times * figures[phase]["cpu"] / count * 1000 for phase, times in visits.items()), 2)
        for kind, visits in MONTHS.items()
    }


def ratios_of(months: dict[str, dict[str, float]]) -> dict[str, float]:
    """Return our months divided by those of urlwatch with `css: article`; nothing where one of them was not run."""
    if NAMES[0] not in months or COMPARED_WITH not in months:
        return {}
    return {kind: round(months[NAMES[0]][kind] / months[COMPARED_WITH][kind], 3) for kind in MONTHS}


def print_months(
    months: dict[str, dict[str, float]], ratios: dict[str, float], rounds: dict[str, list[dict[str, Any]]], count: int
) -> None:
    """Print the month of every program, and ours against urlwatch with `css: article`, of the medians and each turn."""
    print(f"\n{'CPU ms a month':20} {'with 304':>10} {'without':>10}   1 new page, 44 unchanged, 2.6 changed")
    for name, month in months.items():
        print(f"{name:20}" + "".join(f" {month[kind]:10.1f}" for kind in MONTHS))
    if ratios:
        turns = [
            ratios_of({name: month_of(run, count) for name, run in zip(IN_TURNS, runs, strict=False)})
            for runs in zip(*(rounds[name] for name in (NAMES[0], COMPARED_WITH)), strict=True)
        ]
        for kind, ratio in ratios.items():
            each = ", ".join(f"{turn[kind]:.3f}" for turn in turns)
            print(f"{kind}, ours ÷ {COMPARED_WITH}: {ratio:.3f} (turns: {each})")


def row(name: str, figures: dict[str, Any], count: int) -> str:
    if "error" in figures:
        return f"{name:20} {figures['error']}"
    each = [figures[phase]["cpu"] / count * 1000 for phase in PASSES]
    asked = sum(figures[phase]["requests"] for phase in PASSES)
    false = figures["noise"]["changed"] + figures["304"]["changed"]
    missed = count - figures["changed"]["changed"]
    text = "".join(f" {ms:7.2f}" for ms in (*each, sum(each)))
    return f"{name:20}{text}  {figures['memory_mb']:5.0f} MB  {asked:8}  {false:5}  {missed:6}"


if __name__ == "__main__":
    sys.exit(main())

"""What a check costs from socket to committed row, ours beside webchanges, urlwatch and changedetection.io.

    benchmarks/pipeline.py [--quick] [--only NAME,…] [--rounds N]

1,000 pages of 32 to 150 KB on 50 loopback hosts, served by a process of its own, in four passes: first sight; the
same text with other noise around it (counters, tokens, "served" lines), sent whole; the same again, 304 for whoever
asks for it by ETag; an edit of a death toll and a new last paragraph on every page. Ours is the service's own runtime
held open on the empty archive that `init` makes, pace off, reading for stories included; the peers run as their
documentation has it, with their html2text filter where they have one, installed from PyPI into .cache/peers. CPU is
user and system time of all processes of each, memory the peaks of its processes added up, and for ours also what is
held at the end with shared pages counted once. A change reported in the second and third pass is false, one not
reported in the fourth is missed. The machine's speed changes within minutes, so ours and urlwatch, which it is compared
with, are run in turns, and the median of each pass counts. Prints a table and, last, one line of JSON.
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
NAMES = ("writethru", "urlwatch", "webchanges", "changedetection.io")
IN_TURNS = NAMES[:2]


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


def peer_command(name: str, programs: Path, folder: Path, urls: list[str]) -> list[str | Path]:
    """Write the jobs of webchanges or urlwatch, and return the command that does them once."""
    (folder / "urls.yaml").write_text("\n---\n".join(f"url: {url}\nfilter: [html2text]" for url in urls))
    (folder / "c.yaml").write_text("report: {stdout: {enabled: true, color: false}}\n")
    store = "--database" if name == "webchanges" else "--cache"
    jobs = "--jobs" if name == "webchanges" else "--urls"
    return [programs / name, jobs, "urls.yaml", "--config", "c.yaml", store, "kept.db"]


def runner(name: str, folder: Path, urls: list[str]) -> Runner | None:
    if name == "writethru":
        return Ours(folder, urls)
    programs = peer(name)
    if programs is None:
        return None
    if name == "changedetection.io":
        base: list[str | Path] = [programs / name, "-h", "127.0.0.1", "-p", "18055", "-d", "ds", "-b", "-l", "ERROR"]
        named = [part for url in urls for part in ("-u", url)]
        env = {"ALLOW_IANA_RESTRICTED_ADDRESSES": "true", "FETCH_WORKERS": "10", "MINIMUM_SECONDS_RECHECK_TIME": "0"}
        return ChangeDetection([*base, "-C", *named], [*base, "-r", "all"], folder, env=env)
    command = peer_command(name, programs, folder, urls)
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
    parser.add_argument("--rounds", type=int, default=3, help="runs of ours and urlwatch, in turns")
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
    if all("error" not in found.get(name, {"error": ""}) for name in IN_TURNS):
        ours, theirs = ([cpu_of(run) for run in (found[name], *rounds[name])] for name in IN_TURNS)
        whole, *each = (f"{mine / other:.3f}" for mine, other in zip(ours, theirs, strict=True))
        print(f"all four passes, ours against {IN_TURNS[1]}: {whole} ({', '.join(each)})")
    print(json.dumps({"benchmark": "pipeline", "pages": count, "figures": found}))
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


def cpu_of(figures: dict[str, Any]) -> float:
    """Return the seconds of CPU of all four passes."""
    return float(sum(figures[phase]["cpu"] for phase in PASSES))


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

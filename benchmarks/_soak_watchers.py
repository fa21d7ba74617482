"""Those who watch: ours and three peers, each started, left alone for a while, stopped, and asked what it kept."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from _processes import peak, peer, spent

from tracker.addresses.urls import identity
from tracker.archive.articles import list_articles
from tracker.archive.opening import open_archive
from tracker.archive.versions import iter_versions
from tracker.demo.harness import ServiceProcess
from tracker.model.change import LabelKind
from tracker.model.version import VersionQuery

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker.model.article import Article
    from tracker.model.version import Version


@dataclass(frozen=True, slots=True)
class Page:
    """A page to watch, and what somebody who knows it by heart would set up for it.

    *selector* holds the article's own elements, *without* those in them to leave out, *lines* a pattern of lines that
    are none of it.
    """

    url: str
    selector: str = ""
    without: str = ""
    lines: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """A text that was kept as news, and when; *flaps* where the watcher itself says so and tells nobody."""

    at: float
    text: str
    flaps: bool = False


class Watcher(Protocol):
    """Looks at every page each *every* seconds from start to stop, or until it is killed; it can be started again."""

    def start(self) -> None: ...
    def stop(self) -> None: ...
    def kill(self) -> None: ...
    def states(self) -> dict[str, list[State]]: ...
    def cost(self) -> tuple[float, float]:
        """Return CPU seconds and MB."""


@dataclass
class Spell:
    """A process that stays: what it costs is read while it runs."""

    cpu: float = 0.0
    memory: float = 0.0

    def read(self, pid: int) -> None:
        self.cpu, self.memory = max(self.cpu, spent(pid)), max(self.memory, peak(pid))


class Ours:
    """`writethru run` as it is installed, with nothing said about any page."""

    def __init__(self, folder: Path, pages: Sequence[Page], every: float, hosts: Sequence[str]) -> None:
        self._folder, self._pages = folder, pages
        by_host = {host: [page.url for page in pages if page.url.startswith(host + "/")] for host in hosts}
        sources = "\n".join(
            f'[[sources]]\nname = "Outlet {n}"\nurls = {json.dumps(urls)}\nevery = "{every:g}s"\n'
            for n, urls in enumerate(by_host.values())
        )
        config = folder / "writethru.toml"
        config.write_text(
            f'contact = "bench@writethru.invalid"\n[archive]\ndatabase = "sqlite:///{folder}/writethru.db"\n'
            '[fetch]\ntimeout = "10s"\n[service]\nlisten = ""\nlog = "json"\ntick = "500ms"\nconcurrency = 16\n'
            + sources
        )
        self._service = ServiceProcess(config, folder / "service.jsonl", lambda _: None)
        self._spell = Spell()

    def start(self) -> None:
        self._service.start()

    def stop(self) -> None:
        if self._service.pid is not None:
            self._spell.read(self._service.pid)
        self._service.stop()

    def kill(self) -> None:
        if self._service.pid is not None:
            os.kill(self._service.pid, signal.SIGKILL)
        self._service.stop()

    def states(self) -> dict[str, list[State]]:
        found: dict[str, list[State]] = {}
        known = {identity(page.url): page.url for page in self._pages}
        with open_archive(f"sqlite:///{self._folder}/writethru.db", readonly=True) as store:
            for tracked in list_articles(store):
                url = next((known[i] for i in (identity(tracked.url), *self._before(tracked.url)) if i in known), None)
                if url is not None:
                    versions = iter_versions(store, VersionQuery(article=tracked.id, reverse=True))
                    found.setdefault(url, []).extend(_state(version) for version in versions)
        return {url: sorted(states, key=lambda each: each.at) for url, states in found.items()}

    @staticmethod
    def _before(url: str) -> tuple[str, ...]:
        """Return under which identity an address may have been asked for before it moved."""
        return (identity(url.removesuffix("-moved")),)

    def cost(self) -> tuple[float, float]:
        return self._spell.cpu, self._spell.memory


def _state(version: Version) -> State:
    labels = {label.kind for label in version.change.labels} if version.change else set()
    return State(version.seen.timestamp(), _text(version.content), LabelKind.FLAP in labels)


def _text(article: Article) -> str:
    *others, last = article.byline or ("",)
    names = f"{', '.join(others)} and {last}" if others else last
    return "\n".join([article.title, article.dek, f"By {names}", article.text, *(n.text for n in article.notices)])


@dataclass
class Cron:
    """A command of which cron runs one at a time: webchanges and urlwatch say that cron is how to run them."""

    command: list[str | Path]
    folder: Path
    pages: Sequence[Page]
    every: float
    cpu: float = 0.0
    memory: float = 0.0
    _over: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None
    _process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._over.clear()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        if self._thread is not None:
            self._thread.join()

    def kill(self) -> None:
        self._over.set()
        if self._process is not None and self._process.returncode is None:
            with suppress(ProcessLookupError):
                os.kill(self._process.pid, signal.SIGKILL)
        self.stop()

    def _run(self) -> None:
        due = time.monotonic()
        while not self._over.wait(max(due - time.monotonic(), 0.0)):
            with (self.folder / "log").open("ab") as log:
                self._process = subprocess.Popen(self.command, cwd=self.folder, stdout=log, stderr=log)
                _, status, used = os.wait4(self._process.pid, 0)
                self._process.returncode = os.waitstatus_to_exitcode(status)
            self.cpu += used.ru_utime + used.ru_stime
            self.memory = max(self.memory, used.ru_maxrss / 1024)
            due = max(due + self.every, time.monotonic())

    def cost(self) -> tuple[float, float]:
        return self.cpu, self.memory

    def _by_url(self, rows: Sequence[tuple[str, float, str]]) -> dict[str, list[State]]:
        """Give rows of (id, time, text) to pages: both programs name a page by the SHA-1 of its address."""
        urls = {hashlib.sha1(page.url.encode(), usedforsecurity=False).hexdigest(): page.url for page in self.pages}
        found: dict[str, list[State]] = {}
        for ident, at, text in sorted(rows, key=lambda row: row[1]):
            states = found.setdefault(urls[ident], [])
            # After a failure the same text is written down anew, and nothing said of it.
            if not states or states[-1].text != text:
                states.append(State(at, text))
        return found


class Webchanges(Cron):
    """Attempts that failed are kept with the text of the last that did not; they are no states."""

    _ROWS = (
        "import json,msgpack,sqlite3,sys\n"
        "for guid,at,packed in sqlite3.connect('kept.db').execute('SELECT * FROM webchanges'):\n"
        "    row=msgpack.unpackb(packed)\n"
        "    row['t'] or row['err'] or print(json.dumps([guid,at,row['d']]))\n"
    )

    def states(self) -> dict[str, list[State]]:
        python = str(self.command[0]).removesuffix("webchanges") + "python"
        done = subprocess.run([python, "-c", self._ROWS], cwd=self.folder, check=True, stdout=subprocess.PIPE)
        rows = [json.loads(line) for line in done.stdout.splitlines()]
        return self._by_url([(ident, float(at), text) for ident, at, text in rows])


class Urlwatch(Cron):
    """Rows with tries are attempts that failed."""

    def states(self) -> dict[str, list[State]]:
        with closing(sqlite3.connect(self.folder / "kept.db")) as database:
            rows = database.execute("SELECT guid, timestamp, data FROM CacheEntry WHERE NOT coalesce(tries, 0)")
            return self._by_url([(ident, float(at), text) for ident, at, text in rows])


class ChangeDetection:
    """changedetection.io stays and looks by itself; one line of history.txt is one state."""

    def __init__(self, program: Path, folder: Path, pages: Sequence[Page], every: float) -> None:
        self._folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self._pages: list[str | Path] = []
        self._command: list[str | Path] = [program, "-h", "127.0.0.1", "-p", str(port), "-d", "ds", "-C", "-l", "ERROR"]
        for number, page in enumerate(pages):
            settings: dict[str, Any] = {
                "time_between_check": {"weeks": 0, "days": 0, "hours": 0, "minutes": 0, "seconds": round(every)},
                "time_between_check_use_default": False,
            }
            if page.selector:
                settings["include_filters"] = [page.selector]
                settings["subtractive_selectors"] = [page.without] if page.without else []
                settings["ignore_text"] = [f"/{page.lines}/"] if page.lines else []
            self._pages += ["-u", page.url, f"-u{number}", json.dumps(settings)]
        self._process: subprocess.Popen[bytes] | None = None
        self._spell = Spell()

    def start(self) -> None:
        env = {**os.environ, "ALLOW_IANA_RESTRICTED_ADDRESSES": "true", "MINIMUM_SECONDS_RECHECK_TIME": "0"}
        with (self._folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [*self._command, *self._pages],
                cwd=self._folder,
                env=env,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        # They are in its store from now on.
        self._pages = []

    def stop(self) -> None:
        assert self._process is not None
        self._spell.read(self._process.pid)
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        assert self._process is not None
        # All of its group: a child that lives on would go on looking.
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def states(self) -> dict[str, list[State]]:
        found = {}
        for history in self._folder.glob("ds/*/history.txt"):
            url = json.loads((history.parent / "watch.json").read_text())["url"]
            rows = [line.split(",", 1) for line in history.read_text().splitlines()]
            kept = [(float(at), history.parent / name) for at, name in rows]
            found[url] = [State(at, path.read_text()) for at, path in kept if path.exists()]
        return found

    def cost(self) -> tuple[float, float]:
        return self._spell.cpu, self._spell.memory


def watcher(name: str, folder: Path, pages: Sequence[Page], every: float, hosts: Sequence[str]) -> Watcher | None:
    """Set *name* up in *folder*, by selector where pages have one; None where it cannot be installed."""
    if name == "writethru":
        return Ours(folder, pages, every, hosts)
    programs = peer(name)
    if programs is None:
        return None
    if name == "changedetection.io":
        return ChangeDetection(programs / name, folder, pages, every)
    jobs = (_webchanges if name == "webchanges" else _urlwatch)(pages)
    # JSON is YAML too.
    (folder / "jobs.yaml").write_text("\n---\n".join(json.dumps(job, ensure_ascii=False) for job in jobs))
    program: list[str | Path] = [programs / name]
    config: dict[str, Any] = {"report": {"stdout": {"enabled": True, "color": False}}}
    if name == "urlwatch":
        _add(programs, "html2text")
        (folder / "config.yaml").write_text(json.dumps(config))
        command = [*program, "--urls", "jobs.yaml", "--config", "config.yaml", "--cache", "kept.db"]
        return Urlwatch(command, folder, pages, every)
    # Else no more than the last four states of a page are kept.
    (folder / "config.yaml").write_text(json.dumps({**config, "database": {"max_snapshots": 0}}))
    command = [*program, "--jobs", "jobs.yaml", "--config", "config.yaml", "--database", "kept.db"]
    return Webchanges(command, folder, pages, every)


def _add(programs: Path, package: str) -> None:
    uv = Path(sys.executable).with_name("uv")
    subprocess.run([uv, "pip", "install", "-q", "--python", programs / "python", package], check=True)


def _webchanges(pages: Sequence[Page]) -> list[dict[str, Any]]:
    def steps(page: Page) -> list[Any]:
        if not page.selector:
            return ["html2text"]
        css = {"css": {"selector": page.selector, **({"exclude": page.without} if page.without else {})}}
        return [css, "html2text", *([{"delete_lines_containing": {"re": page.lines}}] if page.lines else [])]

    return [_job(page, steps(page)) for page in pages]


def _urlwatch(pages: Sequence[Page]) -> list[dict[str, Any]]:
    text = {"html2text": {"method": "pyhtml2text", "unicode_snob": True, "body_width": 0}}

    def steps(page: Page) -> list[Any]:
        if not page.selector:
            return [text]
        css = {"css": {"selector": page.selector, **({"exclude": page.without} if page.without else {})}}
        return [css, text, *([{"grepi": page.lines}] if page.lines else [])]

    return [_job(page, steps(page)) for page in pages]


def _job(page: Page, steps: list[Any]) -> dict[str, Any]:
    # Their remedy for a page that shows one of several states by turns: it must differ from each of the last three.
    return {"url": page.url, "filter": steps, **({"compared_versions": 3} if page.selector else {})}

"""The program as a process: pipes that close, interrupts, pagers, a terminal of 80 columns that no page steers."""

import json
import os
import pty
import re
import signal
import subprocess
import sys
import tomllib
import urllib.request
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.archive_samples import NOW, URL, article_id, capture, intent, minutes, watch
from tests.archives import archive_at
from tests.loopback import free_port
from tracker import compare
from tracker.archive.commits import commit_check
from tracker.archive.outbox import bury_delivery, claim_deliveries, enqueue_alerts
from tracker.model.alert import Alert
from tracker.model.article import Article, Block, BlockKind, Notice, NoticeKind
from tracker.model.source import Habit, HabitKind
from tracker.model.version import NewVersion
from tracker.render.text import cells

MAIN = "from tracker.cli.main import main; main()"
INTERRUPTIBLE = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
"""A shell has what it started in the background ignore interrupts, the tests with all that they start."""
PROGRAM = [sys.executable, "-c", MAIN]


@pytest.fixture
def place(kept, tmp_path):
    return tmp_path


def on_terminal(place: Path, *args: str, **env: str) -> str:
    """Run the program on a pseudo terminal of 80 columns and return what it wrote."""
    parent, child = pty.openpty()
    try:
        process = subprocess.Popen(
            [*PROGRAM, *args],
            cwd=place,
            stdin=child,
            stdout=child,
            stderr=child,
            env={**os.environ, "TERM": "xterm", "COLUMNS": "80", "PAGER": "cat", **env},
        )
        os.close(child)
        written = b""
        while True:
            try:
                more = os.read(parent, 65536)
            except OSError:
                break
            if not more:
                break
            written += more
        process.wait(timeout=90)
    finally:
        os.close(parent)
    return written.decode().replace("\r\n", "\n")


COLOURS, MARKS = "\x1b[9;31m2\x1b[0m \x1b[4;32m3\x1b[0m", "[-2-]{+3+}"


@pytest.mark.parametrize(
    ("options", "env", "shown", "plain"),
    [
        ((), {}, COLOURS, False),
        ((), {"NO_COLOR": "1"}, MARKS, False),
        ((), {"TERM": "dumb"}, MARKS, True),
        (("--color", "never"), {}, MARKS, True),
    ],
)
def test_a_terminal_gets_colours_or_marks(place, options, env, shown, plain):
    written = on_terminal(place, *options, "diff", URL, **env)
    assert shown in written
    assert "\x1b" not in written or not plain


@pytest.mark.parametrize(("args", "code"), [(("log", "nope"), 2), (("nope",), 2), (("verify",), 0)])
def test_a_closed_stderr_changes_neither_the_exit_code_nor_the_data(place, args, code):
    done = subprocess.run(
        ["/bin/sh", "-c", 'exec "$@" 2>&-', "sh", *PROGRAM, *args], cwd=place, stdout=subprocess.PIPE, check=False
    )
    assert (done.returncode, done.stdout) == (code, b"")


@pytest.mark.parametrize(
    ("closed", "args", "code"),
    [(">&-", ("log",), 0), (">&-", ("export", "--format", "jsonl"), 0), ("<&-", ("extract", "-"), 0)],
)
def test_a_closed_stdin_or_stdout_is_an_empty_one(place, closed, args, code):
    done = subprocess.run(
        ["/bin/sh", "-c", f'exec "$@" {closed}', "sh", *PROGRAM, *args], cwd=place, stderr=subprocess.PIPE, check=False
    )
    assert (done.returncode, b"internal error" in done.stderr) == (code, False)


def test_an_interrupt_while_modules_are_imported_is_reported_like_any_other(place):
    interrupted = (
        "import tracker.cli.app as a; a.import_module = lambda *_: signal.raise_signal(signal.SIGINT); "
        "from tracker.cli.main import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTIBLE + interrupted, "log"],
        cwd=place, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (130, "\nwritethru: interrupted\n")


@pytest.mark.parametrize(
    "args", [("log",), ("show", URL, "--meta"), ("verify",), ("sql", "SELECT * FROM versions_readable")]
)
def test_lists_and_messages_fit_80_columns(place, args):
    shown = on_terminal(place, "--color", "never", *args)
    assert len(shown.splitlines()) >= 3
    assert max(cells(line) for line in shown.splitlines()) <= 80


def test_search_shows_times_as_the_log_does(place):
    shown = on_terminal(place, "--color", "never", "search", "mayor")
    assert re.search(r"  v1–?(v\d)?  (\d+ \w{3} )?(\d{4} )?\d\d:\d\d to ", shown), shown


def test_a_pipe_that_closes_is_no_failure(place):
    command = f"exec 3>&1; {{ '{sys.executable}' -c '{MAIN}' log --all --json; echo $? >&3; }} | true"
    done = subprocess.run(["sh", "-c", command], cwd=place, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "0\n"
    assert done.stderr == ""


def test_interrupt_exits_with_130(place, tmp_path):
    page = tmp_path / "page.html"
    os.mkfifo(page)
    process = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTIBLE + MAIN, "extract", str(page)],
        cwd=place,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    with page.open("wb"):  # it waits until somebody reads
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=90)
    assert process.returncode == 130
    assert said.decode().strip() == "writethru: interrupted"


def test_check_on_a_terminal_shows_progress_and_fits(desk, tmp_path):
    shown = on_terminal(tmp_path, "check", "--all", "--no-pace")
    assert "“Harbour closed”" in shown
    assert "2 checked" in shown  # the last count is always drawn, those before it only where there was time
    assert "1 list read (1 new article); articles: 1 new" in shown


def test_sources_on_a_terminal(desk, site, tmp_path):
    site.pages.clear()
    desk("check", "--all", "--no-pace", code=4)
    shown = on_terminal(tmp_path, "sources", "list")
    assert shown.startswith("Herald\n  0 articles, 0 versions")
    assert f"\n  feed     http://{site.address}/feed.xml\n           ok never · next: in " in shown
    assert "         ! failed 1 time: " in shown


def test_the_service_stops_when_told(tmp_path):
    (tmp_path / "writethru.toml").write_text('[service]\nlisten = ""\n[web]\nlisten = ""\n')
    process = subprocess.Popen(
        [*PROGRAM, "run", "--migrate", "--no-pace", "--log", "json", "--listen", ""],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    lines = []
    for line in process.stderr:
        lines.append(json.loads(line))
        if lines[-1]["event"] in {"started", "no contact"}:
            process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=60) == 0
    assert lines[-1]["event"] == "stopped"
    assert "listening" not in {each["event"] for each in lines}
    [slow] = [each["detail"] for each in lines if each["event"] == "no contact"]
    assert slow == "No contact address is set, so sites on other machines are visited at the slowest rate."
    process.stderr.close()
    if process.stdout is not None:
        process.stdout.close()


def test_a_service_that_watches_nothing_starts_and_says_what_next(tmp_path):
    (tmp_path / "writethru.toml").touch()
    command = [*PROGRAM, "run", "--log", "text", "--listen", "", "--web", "127.0.0.1:0"]
    with subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        address = process.stdout.readline().partition("web pages: ")[2].strip()
        assert "run `writethru add URL`" in process.stdout.readline()
        with urllib.request.urlopen(address, timeout=30) as page:
            assert "writethru add" in page.read().decode()
        process.terminate()
        assert process.wait(timeout=90) == 0
    assert (tmp_path / "writethru.db").exists()


def test_add_offers_to_write_a_configuration(tmp_path):
    parent, child = pty.openpty()
    command = [*PROGRAM, "add", "--as", "feed", "https://herald.example/feed.xml"]
    with subprocess.Popen(command, cwd=tmp_path, stdin=child, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as made:
        os.close(child)
        os.write(parent, b"\ndesk@herald.example\n")
        said = made.communicate(timeout=60)[0].decode()
    os.close(parent)
    assert "each site is visited at the slowest rate, one request every 30 s." in said
    assert tomllib.loads((tmp_path / "writethru.toml").read_text())["contact"] == "desk@herald.example"
    assert "There is no configuration here. Write writethru.toml? [Y/n]" in said
    assert "watched in herald.example" in said
    assert "https://herald.example/feed.xml" in (tmp_path / "writethru.toml").read_text()


def test_run_offers_to_write_a_configuration_and_starts(tmp_path):
    parent, child = pty.openpty()
    command = [*PROGRAM, "run", "--listen", "", "--web", f"127.0.0.1:{free_port()}"]
    with subprocess.Popen(command, cwd=tmp_path, stdin=child, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as made:
        os.close(child)
        os.write(parent, b"\ndesk@herald.example\n")
        assert made.stdout is not None
        assert any(b"started" in line for line in made.stdout)
        made.terminate()
        made.communicate(timeout=60)
    os.close(parent)
    assert made.returncode == 0
    assert tomllib.loads((tmp_path / "writethru.toml").read_text())["contact"] == "desk@herald.example"


@pytest.mark.parametrize(("answer", "kind"), [(b"\n", "feeds"), (b"n\n", "pages")])
def test_add_shows_the_feed_of_a_home_page_and_asks(desk, site, tmp_path, answer, kind):
    site.pages["/"] = ("text/html", "<title>World</title><link rel=alternate type=application/rss+xml href=/world.xml>")
    site.pages["/world.xml"] = site.pages["/feed.xml"]
    parent, child = pty.openpty()
    command = [*PROGRAM, "add", "--source", "World", f"http://{site.address}/"]
    with subprocess.Popen(command, cwd=tmp_path, stdin=child, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as made:
        os.close(child)
        os.write(parent, answer)
        said = made.communicate(timeout=60)[0].decode()
    os.close(parent)
    assert "“Herald news”, 1 article, for example:\n  Harbour closed\nFeed found: watch it? [Y/n]" in said
    source = tomllib.loads((tmp_path / "writethru.toml").read_text())["sources"][-1]
    assert set(source) == {"name", kind}
    assert "Does the site have a feed?" not in said
    assert ("hint: give --selector or --pattern for the links to articles" in said) == (kind == "pages")


def test_a_terminal_shows_what_is_being_fetched(desk, site, tmp_path):
    url = f"http://{site.address}/feed.xml"
    shown = on_terminal(tmp_path, "add", url)
    assert f"fetched, now {url[:20]}" in shown
    assert "1 article now, already" in shown


ID = article_id(URL)
EVIL = "\x1b[2J\x1b]0;own\x07\x9b31m\x9d8;;x\x9c\r\x08\u202e\u2066\u200b\U000e0041\x7f\x00"
FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200b\U000e0000-\U000e007f]")


def content(n: int) -> Article:
    def text(words: str) -> str:
        return f"{words} {EVIL}{n} {EVIL}"

    return Article(
        title=text("Flood reaches streets:"),
        dek=text("Dek"),
        byline=(text("Ada Lark"),),
        section=text("Local"),
        lang="en",
        canonical_url=f"https://herald.example/{EVIL}",
        blocks=(
            Block(BlockKind.PARAGRAPH, text("The river rose over streets of the old town on Monday, killing")),
            Block(BlockKind.PARAGRAPH, f"“Nobody {EVIL} was hurt,” the mayor said."),
            Block(BlockKind.PROMO, text("Read more"), f"why {EVIL}"),
        ),
        notices=(Notice(NoticeKind.CORRECTION, text("Correction: the number of streets is")),),
        fields=(("title", f"h1{EVIL}"),),
    )


def kept_version(n: int) -> NewVersion:
    made = compare(content(n - 1), content(n)) if n > 1 else None
    return NewVersion(content(n), capture(n, minutes(n)), "1", "body", made)


@pytest.fixture
def hostile(desk, tmp_path):
    with archive_at(Path("writethru.db")) as store:
        tracked = watch(store)
        for n in (1, 2):
            habits = (Habit(HabitKind.HOUSE, "0" * 16, f"Write {EVIL} to us", 5, NOW + timedelta(hours=1)),)
            commit_check(store, replace(intent(tracked, n, minutes(n), habits=habits), version=kept_version(n)))
        enqueue_alerts(store, [Alert("k", f"rule {EVIL}", "desk", ID, 2, {})], NOW)
        (delivery,) = claim_deliveries(store, NOW, 60)
        bury_delivery(store, delivery.id, f"the target said {EVIL}")
    body = f"<html><body><h1>Flood {EVIL}</h1><article>" + f"<p>The river {EVIL} rose, the mayor said here.</p>" * 5
    (tmp_path / "old.html").write_text(body, encoding="utf-8", newline="")
    (tmp_path / "new.html").write_text(body.replace("mayor", f"may{EVIL}or"), encoding="utf-8", newline="")
    (tmp_path / "old.txt").write_text(f"One {EVIL} line 1.", encoding="utf-8", newline="")
    (tmp_path / "new.txt").write_text(f"One {EVIL} line 2 {EVIL}.", encoding="utf-8", newline="")
    return desk


FORMS = "--inline --side-by-side --word --headline --stat --facts --patch --html --changes-only".split()
COMMANDS = [
    ("log",),
    ("log", "--stat"),
    ("show", ID),
    ("show", ID, "--meta"),
    ("show", ID, "--html"),
    ("show", ID, "--headers"),
    *(("diff", ID, form) for form in FORMS),
    ("diff", "old.html", "new.html"),
    ("diff", "old.txt", "new.txt"),
    ("diff", "old.txt", "new.txt", "--patch"),
    ("blame", ID),
    ("extract", "old.html"),
    ("sources", "test", "old.html", "--show", "text,classes,meta,removed,rules"),
    ("sources", "test", "old.html", "--url", "https://herald.example/a"),
    ("sources", "rules", "Herald"),
    ("sources", "list"),
    ("stats",),
    ("stats", "source", "Herald"),
    ("alerts", "list"),
]


@pytest.mark.parametrize("color", ["never", "always"])
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_page_text_never_steers_the_terminal(hostile, command, color):
    shown = hostile(*command, "--color", color).stdout
    bare = re.compile(r"\x1b\[[\d;]*m").sub("", shown) if color == "always" else shown
    assert FORBIDDEN.findall(bare) == []


@pytest.mark.parametrize("command", [c for c in COMMANDS if not {"--html", "--patch"} & set(c)], ids=" ".join)
def test_json_escapes_it_and_loses_nothing(hostile, command):
    shown = hostile(*command, "--json").stdout
    assert FORBIDDEN.findall(shown) == []
    for line in shown.splitlines():
        tells_change = command[0] in {"log", "show", "diff"}
        assert json.loads(line)["schema"] == (2 if tells_change else 1)


def test_an_error_that_names_a_hostile_thing_is_safe(hostile):
    assert FORBIDDEN.findall(hostile("show", f"x{EVIL.replace(chr(0), '')}", code=2).stderr) == []

"""Real servers: the command, live events, an end that lets go."""

import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from pathlib import Path

import httpx

from tests.archive_samples import content
from tests.archives import new_archive_at
from tests.command_line import command
from tests.integration.web.newsroom_archive import NOW, build, store_article

COMMAND = (sys.executable, "-c", "from tracker.cli.main import main; main()")


@contextmanager
def serving(cwd: Path, *arguments: str, stream: str = "stdout") -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Run a command and give the address of its pages, once it says it on `stream`, and its process."""
    process = subprocess.Popen(
        [*COMMAND, *arguments], cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        lines = (re.search(r"http://[^\s/\"]+", line) for line in getattr(process, stream))
        found = next((each for each in lines if each), None)
        assert found, process.communicate()
        yield found[0], process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def test_serve_alone_and_end_at_a_signal_while_somebody_listens(tmp_path):
    kept = build(tmp_path / "w.db")
    command = ("--db", kept.url, "serve", "--listen", "127.0.0.1:0")
    with serving(tmp_path, *command) as (address, process), httpx.Client(base_url=address, timeout=30) as client:
        assert "Latest changes" in client.get("/").text
        assert client.get("/", headers={"host": "evil.example"}).status_code == 421
        with client.stream("GET", "/events") as stream:
            lines = stream.iter_lines()
            assert next(lines).startswith("retry:")
            told = threading.Event()
            adding = threading.Thread(target=_add_until, args=(told, kept.url))
            adding.start()
            try:
                assert next(line for line in lines if line) == "event: version"
                assert next(lines).startswith('data: {"count": ')
            finally:
                told.set()
                adding.join()
            process.send_signal(signal.SIGTERM)
            assert process.wait(60) == 0


def _add_until(told: threading.Event, url: str) -> None:
    """Add version after version: those from before the server looked for the first time are no news to it."""
    for number in count(1):
        states = [(NOW + timedelta(minutes=1), b"x", content(number))]
        store_article(url, f"https://new.example/{number}", states, "New")
        if told.wait(0.5):
            return


def test_an_admin_signs_in_with_the_token_that_is_printed(tmp_path):
    kept = build(tmp_path / "w.db")
    with serving(tmp_path, "--db", kept.url, "serve", "--listen", "127.0.0.1:0", "--admin", "--json") as (
        address,
        process,
    ):
        assert process.stderr is not None
        token = process.stderr.readline().split()[-1]
        with httpx.Client(base_url=address, timeout=30) as client:
            done = client.post("/login", data={"token": token}, headers={"origin": address})
            assert done.status_code == 303
            assert "Check now" in client.get(f"/articles/{kept.articles['bridge']}").text


def test_it_refuses_to_be_read_by_others(tmp_path):
    refused = command("--db", f"sqlite:///{tmp_path}/w.db", "serve", "--listen", "0.0.0.0:0", code=78)
    assert "without a password" in refused.stderr


def test_it_says_what_is_wrong(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "no archive found" in command("serve", "--listen", "127.0.0.1:0", code=1).stderr
    new_archive_at(tmp_path / "writethru.db")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        # As with run, the code is one on which the service is started again until the port is free.
        done = command("serve", "--listen", f"127.0.0.1:{taken.getsockname()[1]}", code=1)
    assert "another process listens on this address" in done.stderr

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email.utils import parsedate_to_datetime
from html import unescape
from pathlib import Path

import httpx

from tests.archive_samples import content
from tests.archives import new_archive_at
from tests.command_line import command
from tests.integration.web.conftest import client_of
from tests.integration.web.newsroom_archive import NOW, build, store_article
from tracker.web import links

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


def test_serve_alone_and_end_at_a_signal_while_a_connection_is_open(tmp_path):
    kept = build(tmp_path / "w.db")
    command = ("--db", kept.url, "serve", "--listen", "127.0.0.1:0")
    with serving(tmp_path, *command) as (address, process), httpx.Client(base_url=address, timeout=30) as client:
        assert "Latest changes" in client.get("/").text
        assert client.get("/", headers={"host": "evil.example"}).status_code == 421
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0


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


URL = "https://ledger.example/2026/11/25/narrows-bridge-barge"


async def test_version_page_says_when_it_was_seen_and_where(client, kept):
    version = await client.get(f"/articles/{kept.articles['bridge']}/3")
    assert parsedate_to_datetime(version.headers["memento-datetime"]).tzinfo is not None
    assert version.headers["link"] == f'<{URL}>; rel="original"'


async def test_no_link_of_any_page_leads_nowhere(client, kept):
    long = kept.articles["long"]
    # Version 3 was taken out: its page says so, and is no page.
    gone = {f"/articles/{long}/{end}" for end in ("3", "2..3", "3..4")}
    wrong, seen, todo = [], set(), ["/"]
    while todo:
        path = todo.pop()
        if path in seen:
            continue
        seen.add(path)
        answer = await client.get(path)
        if answer.status_code != (404 if path.partition("?")[0] in gone else 200):
            wrong.append(f"{path}: {answer.status_code}")
        if "text/html" in answer.headers["content-type"]:
            found = (unescape(each) for each in re.findall(r'href="(/[^"]*)"', answer.text))
            # One view of every page: the other two link to the same.
            todo += [link for each in found if "view=" not in (link := each.partition("#")[0])]
    assert wrong == []
    assert len(seen) > 300


async def test_names_may_hold_what_paths_are_made_of(tmp_path):
    url, name, story = new_archive_at(tmp_path / "w.db"), "AP / Reuters?#%2F", "Storm / coast"
    states = [(NOW + timedelta(minutes=n), b"x", content(n)) for n in (1, 2)]
    store_article(url, "https://wire.example/1", states, name, story)
    async with client_of(url) as client:
        for path, text in ((links.source(name), name), (links.story(story), story)):
            for full in (path, f"{path}.json", f"{path}.atom", f"/api/v1{path}"):
                answer = await client.get(full)
                assert answer.status_code == 200, full
                assert text in unescape(answer.text), full
        assert f'href="{links.source(name)}"' in (await client.get("/sources")).text

"""Secrets: every kind is configured, everything that uses one fails, and none appears in any output."""

import json
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.command_line import outputs
from tests.loopback import free_port
from tests.service import RunningService

from .news_site import NewsSite

SECRETS = {
    "webhook key": "d2h5LXdvdWxkLXlvdS1wcmludC10aGlzLWtleQ==",
    "webhook address": "T0K3N1NTHEPATH",
    "apprise": "ch4tp4ssw0rd",
    "mail": "sm7pPassw0rdXYZ",
    "database": "dbP4ssw0rdXYZ",
    "page address": "t0k3nOfASubscriber",
    "page token": "r34d3rsT0kenOfThePage",
}
CONFIG = """contact = "desk@example.org"
[archive]
database = "{database}"
[fetch]
allow_private = true
timeout = "1s"
[service]
listen = "127.0.0.1:{port}"
log = "json"
tick = "200ms"
[web]
listen = "127.0.0.1:{web}"
token = {{ env = "PAGE_TOKEN" }}
[[sources]]
name = "Press"
feeds = ["{base}/feed.xml?token={page}", "http://127.0.0.1:9/feed?api_key={page}"]
every = "300ms"
poll = "500ms"
[[rules]]
name = "all"
to = ["hook", "chat", "mail"]
[[targets]]
name = "hook"
type = "webhook"
url = "http://127.0.0.1:9/hooks/{hook}?secret={hook}"
secret = {{ file = "{folder}/hook.secret" }}
private = true
[[targets]]
name = "chat"
type = "apprise"
url = {{ env = "CHAT_URL" }}
private = true
[[targets]]
name = "mail"
type = "email"
host = "127.0.0.1"
port = 9
security = "none"
user = "desk"
password = {{ env = "MAIL_PASSWORD" }}
sender = "desk@example.org"
to = ["editor@example.org"]
"""
ENV = {
    "NO_COLOR": "1",
    "CHAT_URL": f"json://user:{SECRETS['apprise']}@127.0.0.1:9/",
    "MAIL_PASSWORD": SECRETS["mail"],
    "PAGE_TOKEN": SECRETS["page token"],
}
COMMANDS = (
    ("sources", "list"),
    ("config", "show"),
    ("config", "check"),
    ("doctor", "--timeout", "1"),
    ("alerts", "list"),
    ("alerts", "test"),
    ("stats",),
    ("check", "--all", "--no-pace", "-vv"),
    ("log", "--all", "--json"),
    ("export", "--format", "jsonl", "--with-captures", "--with-checks"),
    ("verify",),
    ("db", "current"),
)


SHOWN_BY_COMMANDS = {"page address", "webhook address"}
"""Addresses are in the configuration as they are. Commands show them, but logs and pages must not."""


def leaks_in(what: str, text: str, *, except_for: set[str] | frozenset[str] = frozenset()) -> list[str]:
    """Return the secrets that are in `text`, by name."""
    return [f"{name} in {what}" for name, secret in SECRETS.items() if secret in text and name not in except_for]


@pytest.fixture
def free_ports() -> tuple[int, int]:
    return free_port(), free_port()


PAGES = ("/", "/sources", "/alerts", "/index.json", "/sources.json", "/alerts.json", "/nothing", "/?token=nothing")


def get(url: str) -> str:
    """Return the headers and text that a logged-in reader gets."""
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {SECRETS['page token']}"})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return f"{answer.headers}{answer.read().decode()}"
    except urllib.error.HTTPError as error:
        with error:
            return f"{error.headers}{error.read().decode()}"


@pytest.mark.slow
def test_no_secret_appears_in_any_output(tmp_path: Path, free_ports: tuple[int, int], monkeypatch) -> None:
    leaks: list[str] = []
    with NewsSite() as site:
        (tmp_path / "hook.secret").write_text(f"whsec_{SECRETS['webhook key']}\n")
        (tmp_path / "writethru.toml").write_text(
            CONFIG.format(
                database=f"sqlite:///{tmp_path}/archive.db",
                folder=tmp_path,
                base=site.base,
                page=SECRETS["page address"],
                hook=SECRETS["webhook address"],
                port=free_ports[0],
                web=free_ports[1],
            )
        )
        with RunningService(tmp_path, "--migrate", env=ENV) as service:
            service.until("versions are stored", lambda: service.has_stored(2))
            site.edition = 2
            service.until(
                "every target failed", lambda: len({each["target"] for each in service.logged("postponed")}) > 2
            )
            health, web = free_ports
            for place in (f"{health}/healthz", f"{health}/metrics", *(f"{web}{path}" for path in PAGES)):
                leaks += leaks_in(f"the page {place}", get(f"http://127.0.0.1:{place}"))
            service.stop()
            log = "\n".join(map(json.dumps, service.entries)) + "\n".join(service.output)
            assert log.count("postponed") >= 3
            leaks += leaks_in("the log", log)
        archive = b"".join(path.read_bytes() for path in tmp_path.glob("archive.db*"))
        assert len(archive) > 100_000
        private = {name: secret for name, secret in SECRETS.items() if name not in SHOWN_BY_COMMANDS}
        leaks += [f"{name} in the archive" for name, secret in private.items() if secret.encode() in archive]
        monkeypatch.chdir(tmp_path)
        for command in COMMANDS:
            done = outputs(*command, env=ENV | {"WRITETHRU_ALLOW_PRIVATE": "1"})
            assert "internal error" not in done.stderr, done.stderr
            assert done.stdout + done.stderr, command
            leaks += leaks_in(f"stdout of {' '.join(command)}", done.stdout, except_for=SHOWN_BY_COMMANDS)
            leaks += leaks_in(f"stderr of {' '.join(command)}", done.stderr)
    assert leaks == []


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg://desk:{}@127.0.0.1:9/news",
        "postgresql+psycopg://desk:a/{}@127.0.0.1:9/news",
        "postgresql+psycopg://desk:a@{}@127.0.0.1:9/news",
        "postgresql+psycopg://desk@127.0.0.1:9/news?password={}",
    ],
    ids=["plain", "slash", "at", "query"],
)
def test_a_password_in_the_database_url_is_not_shown(tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "writethru.toml").write_text(f'[archive]\ndatabase = "{url.format(SECRETS["database"])}"\n')
    for command in (("log",), ("doctor", "--offline"), ("run",), ("config", "show")):
        done = outputs(*command)
        assert done.exit_code or command[0] == "config", command
        assert leaks_in(" ".join(command), done.stdout + done.stderr) == []

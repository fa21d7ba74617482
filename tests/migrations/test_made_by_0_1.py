"""An archive that release 0.1 made, with all that it can hold, is there and reads as before once it is upgraded.

`made_by_0_1/` was written by the commands and services of that release over a day of an invented web: articles that
were edited, taken down and restored, recaptures, a storm, links that a story follows, a decision of every kind,
verdicts, texts of NewsEdits, subscriptions of WebSub, fitted rates, a quarantined page, pages that were pruned, taken
down and repacked, and alerts that wait. `archive.postgres.jsonl.xz` is the same archive after its `db move`.

`said.json.xz` has what the commands of that release said of it: `log`, `stories`, `story decisions`, `story show`,
`note` and `alerts list`, and hashes of all texts and pages. `early.note` is a checkpoint of the first hour, `notes/`
has a later one with its time stamps, and `every_key.toml` is a configuration with every key of that release.
"""

import json
import lzma
import shutil
import zipfile
from collections import Counter
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import time_machine

from tests.command_line import command, objects
from tests.migrations.test_fixtures import fill
from tests.postgres import Server
from tracker.archive import migrations
from tracker.archive.opening import open_archive
from tracker.archive.stories import list_decisions
from tracker.config.root import load
from tracker.demo.http_server import HttpRequest, HttpResponse, LoopbackServer
from tracker.render.json import dumps

STORED = Path(__file__).parent / "made_by_0_1"
KEY = (STORED / "key.pub").read_text().strip()
# Words that later releases have for the same things, and what they say in other ways or in more detail.
RENAMED = {"stealth": "not-noted", "unclear": "words", "wording": "words"}
SAID_OTHERWISE = {"schema", "significance", "held", "evidence"}


@cache
def said() -> dict[str, Any]:
    """Return what release 0.1 said of the archive."""
    return dict(json.loads(lzma.decompress((STORED / "said.json.xz").read_bytes())))


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Give the address of the archive, upgraded, in a folder with its checkpoints and its configuration."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WRITETHRU_ALLOW_PRIVATE", "1")
    shutil.copytree(STORED / "notes", "notes")
    for name in ("writethru.key", "archive.db.key"):
        shutil.copyfile(STORED / "writethru.key", name)
    server: Server | None = None
    if request.param == "sqlite":
        Path("archive.db").write_bytes(lzma.decompress((STORED / "archive.db.xz").read_bytes()))
        made = f"sqlite:///{tmp_path}/archive.db"
    else:
        server = request.getfixturevalue("postgres")
        made = server.create()
        migrations.upgrade(made, "0014")
        fill(made, lzma.decompress((STORED / "archive.postgres.jsonl.xz").read_bytes()).decode())
    configuration = (STORED / "writethru.toml").read_text().replace("DATABASE", made)
    Path("writethru.toml").write_text(configuration.replace("[[sources]]", "[[sources]]\npaused = true"))
    command("db", "upgrade")
    yield made
    if server is not None:
        server.drop(made)


def holds(now: object, then: object, place: str = "") -> None:
    """Assert that what was said then is said now, in today's words; what is new may stand beside it."""
    if isinstance(then, dict):
        assert isinstance(now, dict), place
        for key in then.keys() - SAID_OTHERWISE:
            holds(now[key], then[key], f"{place}.{key}")
    elif isinstance(then, list):
        assert isinstance(now, list), place
        assert len(now) == len(then), place
        for each, before in zip(now, then, strict=True):
            holds(each, before, f"{place}[]")
    else:
        assert now == then or (isinstance(then, str) and now == RENAMED.get(then)), place


def test_it_holds_what_an_early_checkpoint_has(url: str) -> None:
    told = command("--db", url, "verify", "--against", str(STORED / "early.note"), "--key", KEY).stderr
    assert "Verified 31 versions (contents of 30 read): everything matches the log." in told
    assert "with 12 checkpoints in the archive" in told
    assert "The log begins with the 11 entries of the checkpoint" in told


def test_every_version_and_verdict_reads_as_before(url: str) -> None:
    holds(objects(command("--db", url, "log", "--all", "--json")), said()["log"])
    holds(objects(command("--db", url, "note", "--json")), said()["verdicts"])
    for name, digest in said()["texts"].items():
        shown = json.loads(command("--db", url, "show", name.replace("@", "@v"), "--json").stdout)
        texts = [block["text"] for block in shown["content"]["blocks"]]
        assert sha256("\n".join(texts).encode()).hexdigest() == digest, name
    for name, digest in said()["pages"].items():
        page = command("--db", url, "show", name.replace("@", "@v"), "--raw", code=int(digest == "-"))
        assert digest == "-" or sha256(page.stdout_bytes).hexdigest() == digest, name


def test_every_story_and_decision_reads_as_before(url: str) -> None:
    assert {each["verdict"] for each in said()["decisions"]} == {
        *("accept", "reject", "split", "merge", "rename", "pin", "origin", "own"),
    }
    with open_archive(url) as archive:
        holds([json.loads(dumps(each)) for each in list_decisions(archive)], said()["decisions"])
    listed = {each["story"]: each for each in objects(command("--db", url, "stories", "--json"))}
    holds(listed, {each["story"]: each for each in said()["stories"]})
    assert len(listed) == len(said()["stories"])
    for story, then in said()["timelines"].items():
        holds(json.loads(command("--db", url, "story", "show", story, "--json").stdout), then, story)


def test_alerts_that_wait_go_out_once(url: str) -> None:
    then = {each["id"]: each for each in said()["alerts"]}
    holds(objects(command("--db", url, "alerts", "list", "--json", "-n", "500")), [*then.values()])
    waiting = {each["id"] for each in then.values() if each["state"] == "pending"}
    assert {then[each]["rule"] for each in waiting} == {"all", "failing", "daily", "quiet", "stealth", "editions"}
    got: list[dict[str, Any]] = []

    def receive(request: HttpRequest) -> HttpResponse:
        got.append(json.loads(request.body)["data"])
        return HttpResponse(204)

    # A minute that is in the quiet hours of no rule.
    with LoopbackServer(receive) as receiver, time_machine.travel("2026-12-01T23:59:05Z"):
        file = Path("writethru.toml")
        file.write_text(file.read_text().replace("http://127.0.2.9:18432", receiver.base))
        for _ in range(2):
            command("check", "--due")
    told = Counter(alert["id"] for each in got for alert in each.get("alerts", [each]) if "note" not in alert)
    assert set(told) == waiting
    assert set(told.values()) == {1}
    left = [each["state"] for each in objects(command("alerts", "list", "--json", "-n", "500"))]
    assert set(left) == {"delivered"}


def test_its_time_stamps_are_packed_into_evidence(url: str) -> None:
    changed = next(each for each in said()["log"] if each["url"].endswith("/news/ferry") and each["version"] == 2)
    packed = command("evidence", changed["article"], "1..2", "e.zip", "--checkpoint", "notes/000000000057.note")
    assert url
    with zipfile.ZipFile("e.zip") as members:
        names = " ".join(members.namelist())
    assert packed.exit_code == 0
    for stamp in ("stamps.test.tsr", "calendar.test.ots", "slow.test.ots"):
        assert stamp in names
    command("evidence", "--check", "e.zip", "--key", KEY)


def test_a_configuration_with_every_key_starts_with_warnings() -> None:
    warned = load(STORED / "every_key.toml").warnings
    for key in ("service.callback", "archive.checkpoint_mail", "archive.timestamp[2]", "labels", "significance"):
        assert sum(key in each for each in warned) == 1, key
    assert len(warned) == 5, warned

"""What a page says never steers the terminal, whatever command shows it and however."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.archive_samples import NOW, URL, capture, intent, minutes, watch
from tests.archives import archive_at
from tracker import compare
from tracker.addresses.urls import article_id
from tracker.archive.commits import commit_check
from tracker.archive.outbox import bury_delivery, claim_deliveries, enqueue_alerts
from tracker.model.alert import Alert
from tracker.model.article import Article, Block, BlockKind, Notice, NoticeKind
from tracker.model.source import Habit, HabitKind
from tracker.model.version import NewVersion

ID = article_id(URL)
EVIL = "\x1b[2J\x1b]0;own\x07\x9b31m\x9d8;;x\x9c\r\x08\u202e\u2066\u200b\U000e0041\x7f\x00"
SGR = re.compile(r"\x1b\[[\d;]*m")
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
    bare = SGR.sub("", shown) if color == "always" else shown
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

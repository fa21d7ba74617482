import itertools
import re

import pytest
from msgspec.json import decode, encode

from tests.integration.web.conftest import BEARER, admin, place_in, send
from tests.loopback import LoopbackSites
from tracker.config.root import load
from tracker.model.change import Significance
from tracker.web.pages.alerts import Replayed

CONFIG = """# kept
[[targets]]
name = "newsdesk"
type = "webhook"
url = "{url}/hook"
private = true

[[rules]]
name = "All corrections"  # ours
to = ["newsdesk"]
labels = ["correction"]
added = 'a\\d'
digest = {{ every = "1h" }}
"""


WRONG = {
    "to": ("", "nobody", "newsdesk, x"),
    "urls": ("(", "a\n("),
    "added": ("(",),
    "sources": ("x" * 99,),
    "name": ("x\r\n[[sources]]",),
    "labels": ("x",),
    "min_words": ("-1",),
    "significance": ("grave",),
    "announced": ("maybe",),
    "digest": ("1h",),
}


async def respond(host, path):
    status = b"200 OK" if path == "/hook" else b"500 No"
    yield b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@pytest.fixture(scope="module")
def receiver():
    with LoopbackSites(["127.0.3.11"], respond, keep_alive=False) as sites:
        yield f"http://127.0.3.11:{sites.port}"


@pytest.fixture
def place(tmp_path, kept, receiver):
    return place_in(tmp_path, kept, CONFIG.format(url=receiver))


async def test_a_rule_is_shown_what_it_would_have_sent_and_then_saved(place):
    path, _ = place
    before = path.read_text()
    fields = {"name": "Headlines", "to": "newsdesk", "labels": "headline", "replaces": ""}
    async with admin(place) as client:
        shown = await send(client, "/rule", **fields)
        assert re.search(r"<strong>[1-9]\d* alerts</strong>", shown.text)
        assert 'value="Headlines"' in shown.text
        assert path.read_text() == before
        none = await send(client, "/rule", **fields, added="no such words")
        assert "<strong>0 alerts</strong>" in none.text
        saved = await send(client, "/rule/save", **fields)
        assert (await client.get(saved.headers["location"])).text.count("Rule Headlines saved.") == 1
        assert path.read_text().startswith(before)
        for name, values in WRONG.items():
            for value, goal in itertools.product(values, ("/rule", "/rule/save")):
                wrong = {**fields, "replaces": "Headlines", name: value}
                assert (await send(client, goal, **wrong)).status_code == 400, (name, value)
    assert [each.name for each in load(path).rules] == ["All corrections", "Headlines"]


async def test_a_rule_is_changed_and_nothing_else_of_the_file_and_then_removed(place):
    path, _ = place
    async with admin(place) as client:
        page = (await client.get("/rule?name=All%20corrections")).text
        fields = dict(re.findall(r'<input id="(\w+)" name="\w+" value="([^"]*)"', page))
        assert (fields["labels"], fields["added"]) == ("correction", "a\\d")
        fields |= {"replaces": "All corrections", "labels": "correction, not-noted", "min_words": "5", "added": ""}
        preview = await send(client, "/rule", **fields)
        assert "messages</strong>" in preview.text or " in " in preview.text
        await send(client, "/rule/save", **fields)
        (rule,) = load(path).rules
        assert ([str(each) for each in rule.labels], rule.min_words, rule.added) == (["correction", "not-noted"], 5, "")
        assert rule.digest is not None
        assert 'name = "All corrections"  # ours' in path.read_text()
        assert (await client.get("/rule?name=None")).status_code == 404
        await send(client, "/rules/All%20corrections/remove")
        assert load(path).rules == ()
        assert (await send(client, "/rules/All%20corrections/remove")).status_code == 404


async def test_programs_write_rules(place):
    path, _ = place
    async with admin(place) as client:
        rule = {"name": "Silent", "to": ["newsdesk"], "announced": False, "significance": "high"}
        shown = await client.post("/api/v1/preview-rule", json=rule, headers=BEARER)
        assert encode(decode(shown.content, type=Replayed)) == shown.content
        assert shown.json()["count"] == len(shown.json()["alerts"]) > 0
        assert (await client.post("/api/v1/rules", json=rule, headers=BEARER)).status_code == 200
        assert (await client.post("/api/v1/rules", json=rule, headers=BEARER)).status_code == 400
        await client.post("/api/v1/rules/Silent", json={"announced": None, "labels": ["not-noted"]}, headers=BEARER)
        made = load(path).rules[1]
        removed = await client.post("/api/v1/rules/Silent/remove", json={}, headers=BEARER)
    assert (made.announced, made.significance) == (None, Significance.HIGH)
    assert [str(each) for each in made.labels] == ["not-noted"]
    assert removed.status_code == 200
    assert [each.name for each in load(path).rules] == ["All corrections"]


async def test_a_target_gets_a_sample(place, receiver):
    path, _ = place
    async with admin(place) as client:
        done = await send(client, "/targets/newsdesk/test", sample="headline")
        assert "newsdesk accepted the sample alert" in (await client.get(done.headers["location"])).text
        assert (await send(client, "/targets/nobody/test")).status_code == 404
        assert (await send(client, "/targets/newsdesk/test", sample="x")).status_code == 400
    path.write_text(path.read_text().replace("/hook", "/broken"))
    async with admin(place) as client:
        answer = await client.post("/api/v1/targets/newsdesk/test", json={}, headers=BEARER)
        assert (answer.status_code, answer.json()["error"]["status"]) == (502, 502)
        assert "500" in answer.json()["error"]["message"]


async def test_where_no_target_is_configured_the_page_says_what_to_do(place):
    path, _ = place
    path.write_text("# nothing\n")
    async with admin(place) as client:
        assert 'href="/alerts#targets"' in (await client.get("/rule")).text

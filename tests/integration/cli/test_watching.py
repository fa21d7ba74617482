"""init, add, sources and their rules, check, doctor, config, db and alerts against a web site on loopback."""

import json
import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.archive_samples import NOW, intent, minutes
from tests.archives import archive_at
from tests.command_line import objects
from tests.integration.exchange.pages import page as article_page
from tracker.archive.articles import add_targets
from tracker.archive.commits import commit_check
from tracker.archive.database.locking import lock
from tracker.config.file import own_folder, rule_folders, shipped_config
from tracker.errors import ConfigError
from tracker.extraction.learned_boilerplate import line_key
from tracker.extraction.site_rules import load_rules
from tracker.model.source import Habit, HabitKind, Target

from .conftest import alter

TARGETS = """
[[rules]]
name = "all"
to = ["hook"]

[[targets]]
name = "hook"
type = "webhook"
url = "http://{site}/hook"
private = true

[[targets]]
name = "secretive"
type = "webhook"
url = "http://{site}/hook"
secret = {{ env = "NO_SUCH_SECRET" }}
"""


def configured(tmp_path: Path) -> dict[str, Any]:
    return tomllib.loads((tmp_path / "writethru.toml").read_text(encoding="utf-8"))


def configure(tmp_path: Path, text: str) -> None:
    """Add to the configuration."""
    with (tmp_path / "writethru.toml").open("a") as file:
        file.write(text)


def test_init_writes_and_refuses_to_overwrite(run, tmp_path):
    shown = run("init", "here").stdout
    assert "cd here" in shown
    assert "here/schema.json: lets an editor complete and check the configuration" in shown
    assert shown.count("\n  ") == 4
    assert "sources" not in configured(tmp_path / "here")
    assert (tmp_path / "here" / "schema.json").exists()
    assert (tmp_path / "here" / "writethru.db").exists()
    assert "there is already a configuration" in run("init", "here", code=2).stderr
    run("config", "check", "-c", "here/writethru.toml")
    assert objects(run("init", "other", "--json", "--examples"))[0]["config"] == "other/writethru.toml"
    assert len(configured(tmp_path / "other")["sources"]) > 3
    assert "# [[sources]]" in (tmp_path / "here" / "writethru.toml").read_text()


@pytest.mark.parametrize("command", ["run", "check"])
def test_without_a_configuration_nothing_starts_and_nothing_is_made(run, tmp_path, command):
    said = run(command, code=78).stderr
    assert "there is no writethru.toml here" in said
    assert "run `writethru init`" in said
    assert list(tmp_path.iterdir()) == []


def test_add_recognises_an_article_and_a_feed(desk, site, tmp_path):
    site.pages["/world.xml"] = site.pages["/feed.xml"]
    url = f"http://{site.address}/2026/11/25/harbour-closed.html"
    result = desk("add", url, f"http://{site.address}/world.xml")
    assert "article " in result.stdout
    assert "“Harbour closed”, watched in Herald" in result.stdout
    assert "“Herald news”, 1 article now, watched in Herald" in result.stdout
    (source,) = configured(tmp_path)["sources"]
    assert source["urls"] == [url]
    assert len(source["feeds"]) == 2
    assert "already watched" in desk("add", url).stdout
    assert json.loads(desk("stats", "--json").stdout)["articles"] == 1
    site.pages["/2026/11/25/again.html"] = site.pages["/2026/11/25/harbour-closed.html"]
    again = f"http://{site.address}/2026/11/25/again.html"
    assert "watched in Herald, story Harbour" in desk("add", "--story", "Harbour", again).stdout
    assert "already watched in Herald" in desk("add", again).stdout


def test_add_sets_how_often_the_articles_of_a_source_are_checked(desk, site, tmp_path):
    said = desk("add", "--as", "article", "--every", "30m", "https://other.example/a")
    assert "in other.example, its articles checked every 30m" in said.stdout
    assert configured(tmp_path)["sources"][-1]["every"] == "30m"
    assert (
        objects(desk("add", "--as", "article", "--every", "1h", "--json", "https://other.example/a"))[0]["every"]
        == "1h"
    )
    assert configured(tmp_path)["sources"][-1]["every"] == "1h"
    for wrong in ("often", "0s"):
        assert "--every" in desk("add", "--as", "article", "--every", wrong, "https://other.example/a", code=2).stderr
    alone = ("add", "--as", "article", "--story", "Storm", "--every", "1h", "https://third.example/a")
    assert "--every applies to a source" in desk(*alone, code=2).stderr


def test_add_to_a_story_dry_run_and_stdin(desk, site, tmp_path):
    url = f"http://{site.address}/2026/11/25/harbour-closed.html"
    before = (tmp_path / "writethru.toml").read_text()
    made = objects(desk("add", "--story", "Storm", "--dry-run", "--json", "-", stdin=f"# mine\n{url}\n"))
    assert made[0]["kind"] == "article"
    assert made[0]["added"] is True
    assert (tmp_path / "writethru.toml").read_text() == before
    desk("add", "--story", "Storm", url)
    assert configured(tmp_path)["stories"] == [{"name": "Storm", "urls": [url]}]
    desk("add", "--story", "Storm", "--as", "feed", "https://other.example/feed")
    assert configured(tmp_path)["sources"][-1] == {
        "name": "other.example", "feeds": ["https://other.example/feed"], "story": "Storm",
    }  # fmt: skip


def test_add_says_what_failed_and_goes_on(desk, site):
    url = f"http://{site.address}/2026/11/25/harbour-closed.html"
    result = desk("add", f"http://{site.address}/nothing", url, code=4)
    assert "/nothing: not added: " in result.stderr
    assert "name its kind: writethru add --as article" in result.stderr
    desk("add", f"http://{site.address}/nothing", code=1)
    assert "hint: did you mean https://example.org/x?" in desk("add", "example.org/x", code=2).stderr


def test_a_page_without_links_to_articles_is_added_with_a_warning(desk, site):
    url = f"http://{site.address}/"
    del site.pages["/feed.xml"]
    site.pages["/"] = ("text/html", "<title>Politics</title><h1>Politics</h1><a href='/about'>About us</a>")
    added = desk("add", url)
    assert "“Politics”, 0 articles now, watched in Herald" in " ".join(added.stdout.split())
    assert "warning: No article links found. Does the site have a feed?" in added.stderr
    checked = " ".join(desk("sources", "check", code=4).stdout.split())
    assert "ok, 0 articles (No article links found. Does the site have a feed?)" in checked


@pytest.mark.parametrize(("kind", "key"), [("sitemap", "sitemaps"), ("page", "pages"), ("feed", "feeds")])
def test_add_without_looking(desk, tmp_path, kind, key):
    desk("add", "--as", kind, "--source", "Mine", "https://mine.example/list")
    assert len(configured(tmp_path)["sources"][-1][key]) == 1
    desk("add", "--as", kind, "--source", "Mine", "https://mine.example/more")
    assert len(configured(tmp_path)["sources"][-1][key]) == 2


def test_sources_list_pause_resume(desk, site, tmp_path):
    assert desk("sources", "list").stdout.splitlines()[1].startswith("Herald\tfeed\tnever\t")
    assert desk("sources", "pause", "Herald").stdout == "Herald: paused\n"
    assert configured(tmp_path)["sources"][0]["paused"] is True
    assert objects(desk("sources", "list", "--json"))[0]["paused"] is True
    desk("check", "--all")
    found = json.loads(desk("stats", "--json").stdout)
    assert (found["articles"], found["sources"], found["sources_with_articles"]) == (0, 1, 0)
    desk("sources", "resume", "Herald")
    assert configured(tmp_path)["sources"][0]["paused"] is False
    assert "did you mean 'Herald'?" in desk("sources", "list", "Herold", code=2).stderr


def test_an_empty_archive_and_a_configuration_that_watches_nothing_say_what_to_do(desk, tmp_path):
    assert "No version is stored yet. To watch something: writethru add URL." in desk("log").stderr
    for name in ("lists.opml", "./lists.opml", "/nowhere/lists.opml"):
        assert f"{name}: there is no such file" in desk("add", name, code=2).stderr
    (tmp_path / "writethru.toml").write_text('archive.database = "sqlite:///other.db"\n')
    for command in (("sources", "list"), ("check",)):
        assert "Nothing is watched yet. To add something: writethru add URL" in desk(*command).stderr
    (tmp_path / "empty.opml").write_text("<opml version='2.0'><body/></opml>")
    assert "empty.opml: it lists no feeds" in desk("import", "empty.opml").stderr
    (tmp_path / "bad.warc").write_bytes(b"hello\x1b[31m")
    assert desk("import", "bad.warc", code=1).stderr == "writethru: bad.warc: not a WARC file, or a damaged one\n"
    assert "create the folder" in desk("check", "--db", "sqlite:///nowhere/w.db", code=1).stderr


def test_add_says_that_no_article_can_be_read_from_a_page(desk, site):
    site.pages["/login"] = ("text/html", "<title>Sign in</title><form><input name=user></form>")
    added = desk("add", f"http://{site.address}/login")
    warning = "warning: no article can be read from this page now: hardly any text without its scripts; checks fail"
    assert warning in added.stderr


def test_sources_rename(desk, site, tmp_path):
    desk("check", "--all")
    (article,) = objects(desk("log", "--all", "--json"))
    assert desk("sources", "rename", "Herald", "Port Alder Herald").stdout == (
        "Herald is now called Port Alder Herald; it has 1 article\n"
    )
    assert configured(tmp_path)["sources"][0]["name"] == "Port Alder Herald"
    assert desk("sources", "list").stdout.splitlines()[1].startswith("Port Alder Herald\tfeed\t")
    assert len(objects(desk("log", "--all", "--source", "Port Alder Herald", "--json"))) == 1
    assert "was renamed Port Alder Herald" in desk("show", article["article"], "--meta").stdout
    desk("check", "--all")
    desk("verify")
    assert "Herald: there is no such source" in desk("sources", "rename", "Herald", "Other", code=2).stderr
    said = desk("sources", "rename", "Port Alder Herald", "a/b", code=2).stderr
    assert "the source cannot be called 'a/b': sources[1].name: 'a/b' is not allowed" in said
    assert "is now called Town; " in desk("sources", "rename", "Port Alder Herald", " Town ").stdout
    assert {each["source"] for each in objects(desk("log", "--all", "--json"))} == {"Town"}
    assert configured(tmp_path)["sources"][0]["name"] == "Town"


def test_where_nothing_is_watched_it_is_said_and_no_name_is_offered(desk, tmp_path):
    (tmp_path / "writethru.toml").write_text("")
    assert "No feed, sitemap or section page is watched." in desk("sources", "check").stderr
    assert "no source is known yet" in desk("sources", "pause", "Herald", code=2).stderr


def test_sources_check_and_test(desk, site):
    assert ": ok, 1 article" in desk("sources", "check").stdout
    listed = desk("sources", "test", f"http://{site.address}/feed.xml").stdout
    assert listed.startswith("feed “Herald news”: 1 article\n")
    url = f"http://{site.address}/2026/11/25/harbour-closed.html"
    assert "title      Harbour closed" in desk("sources", "test", url).stdout
    assert objects(desk("sources", "test", url, "--json"))[0]["kind"] == "article"
    assert objects(desk("sources", "test", f"http://{site.address}/feed.xml", "--json"))[0]["articles"]
    del site.pages["/feed.xml"]
    assert objects(desk("sources", "check", "--json", code=1))[0]["ok"] is False
    assert "writethru: http://" in desk("sources", "test", f"http://{site.address}/feed.xml", code=1).stderr


def test_robots_is_kept(desk, site):
    site.pages["/robots.txt"] = ("text/plain", "User-agent: *\nDisallow: /feed")
    assert "robots" in desk("sources", "check", code=1).stdout


def test_add_needs_an_address_and_an_archive_of_rules_a_known_source(desk):
    assert "no address is given" in desk("add", "-", stdin="# none yet\n", code=2).stderr
    assert "did you mean 'Herald'?" in desk("sources", "rules", "Heral", code=2).stderr


def test_a_list_without_a_title_and_one_of_another_form_are_named_as_they_are(desk, site):
    kind, feed = site.pages["/feed.xml"]
    site.pages["/untitled.xml"] = (kind, feed.replace("<title>Herald news</title>", ""))
    assert desk("sources", "test", f"http://{site.address}/untitled.xml").stdout.startswith("feed: 1 article\n")
    site.pages["/odd"] = ("application/json", '{"not": "a feed"}')
    assert "JSON, but not a JSON Feed" in desk("add", f"http://{site.address}/odd", code=1).stderr


def test_opml_goes_out_and_comes_in(desk, site, tmp_path):
    desk("sources", "export", "list.opml")
    assert desk("sources", "export").stdout == (tmp_path / "list.opml").read_text()
    assert objects(desk("sources", "export", "as_well.opml", "--json"))[0]["source"] == "Herald"
    assert (tmp_path / "as_well.opml").read_text() == (tmp_path / "list.opml").read_text()
    assert "already watched in Herald" in desk("sources", "import", "list.opml").stdout
    (tmp_path / "page.opml").write_text("<html></html>")
    assert "page.opml: not an OPML file" in desk("sources", "import", "page.opml", code=1).stderr
    (tmp_path / "writethru.toml").write_text("")
    assert "would be watched in Herald" in desk("sources", "import", "list.opml", "--dry-run").stdout
    assert "would be watched in Herald" in desk("add", "list.opml", "--dry-run").stdout
    assert "would be watched in Herald" in desk("import", "list.opml", "--story", "Storm", "--dry-run").stdout
    assert configured(tmp_path) == {}
    told = desk("import", "list.opml", "--dry-run").stderr
    assert told.startswith(
        "1 list on 1 site to visit. Lists are read every 10 min, and the articles in them are checked."
    )
    assert "at most one request in 30 s, because no contact address is set" in told
    assert objects(desk("sources", "import", "list.opml", "--json"))[0]["added"] is True
    assert configured(tmp_path)["sources"][0]["name"] == "Herald"
    (tmp_path / "writethru.toml").write_text("")
    desk("add", "list.opml")
    assert configured(tmp_path)["sources"][0]["name"] == "Herald"


def test_check_keeps_what_changed(desk, site):
    first = desk("check", "--all", "--no-pace")
    assert "v1" in first.stdout
    assert "“Harbour closed”" in first.stdout
    assert "1 list read (1 new article); articles: 1 new" in first.stderr
    site.article("four")
    result = desk("check", "--all", "--no-pace", "--exit-code", "--json", code=3)
    *events, summary = objects(result)
    assert {event["event"] for event in events} == {"list", "check"}
    assert (summary["changed"], summary["failed"]) == (1, 0)
    shown = desk("diff", events[-1]["article"]).stdout
    assert "after [-three-]{+four+} boats" in shown
    article = objects(desk("log", "--json"))[0]["article"]
    assert desk("check", article, "--no-pace").stdout.startswith(article)
    assert f"{article[:8]} unchanged" in desk("check", article, "--no-pace", "-v").stdout
    assert "unchanged" in desk("check", "--source", "Herald", "--no-pace", "-v").stdout


def test_check_failures_and_locks(desk, site):
    site.pages.clear()
    assert "feed     failed" in desk("check", "--all", "--no-pace", code=4).stdout
    with lock("sqlite:///writethru.db"):
        assert "writethru: " in desk("check", code=75).stderr
    assert "one of --due, --all and --source" in desk("check", "--due", "--all", code=2).stderr


def test_check_makes_an_archive_but_upgrades_none_unasked_and_a_newer_one_never(desk, tmp_path):
    (tmp_path / "writethru.db").unlink()
    desk("check", "--no-pace")
    alter("UPDATE alembic_version SET version_num = '0001'")
    assert "hint: writethru " in desk("check", code=1).stderr
    alter("UPDATE alembic_version SET version_num = '9999'")
    for command in ("db current", "db upgrade", "log", "verify", "stats", "doctor --offline"):
        result = desk(*command.split(), code=1)
        said = result.stdout + result.stderr
        assert "was written by a newer writethru (schema 9999" in said
        assert "upgrade writethru" in said
        assert "db upgrade" not in said


def test_doctor(desk, site, tmp_path):
    found = {each["what"]: each for each in objects(desk("doctor", "--json"))}
    assert {each["state"] for each in found.values()} == {"ok"}
    assert {"configuration", "contact", "archive", "disk", "clock", f"host {site.address}"} <= set(found)
    configure(tmp_path, TARGETS.format(site=site.address))
    broken = desk("doctor", "--offline", code=1).stdout
    assert "BROKEN   target secretive" in broken
    assert "-> export NO_SUCH_SECRET=…" in broken
    (tmp_path / "writethru.db").unlink()
    assert "BROKEN   archive" in desk("doctor", "--offline", code=1).stdout
    (tmp_path / "writethru.toml").write_text("kontact = 1")
    assert "did you mean 'contact'?" in desk("doctor", code=1).stdout


def test_doctor_sees_hosts_that_do_not_answer(desk, site, tmp_path):
    config = (tmp_path / "writethru.toml").read_text().replace(site.address, "127.0.0.1:9")
    (tmp_path / "writethru.toml").write_text(config)
    assert "BROKEN   host 127.0.0.1:9" in desk("doctor", "--timeout", "5", code=1).stdout


def test_config_and_db_commands_say_what_is_there(desk, tmp_path):
    assert desk("config", "path").stdout.strip() == str(tmp_path / "writethru.toml")
    assert tomllib.loads(desk("config", "show").stdout)["contact"] == "desk@example.org"
    assert objects(desk("config", "show", "--json"))[0]["config"]["fetch"]["delay"] == "0s"
    assert "ok, 1 source," in desk("config", "check").stdout
    assert objects(desk("config", "check", "--json"))[0]["sources"] == 1
    assert json.loads(desk("config", "schema").stdout)["title"] == "Config"
    (tmp_path / "writethru.toml").write_text("kontact = 1")
    result = desk("config", "check", code=78)
    assert "did you mean 'contact'?" in result.stderr
    assert objects(desk("db", "current", "--json"))[0]["ok"] is True
    assert desk("db", "upgrade").stdout.startswith("schema ")
    (tmp_path / "writethru.db").unlink()
    assert "archive none" in desk("db", "current", code=1).stdout
    assert objects(desk("db", "upgrade", "--json"))[0]["before"] is None


def test_config_show_hides_passwords(desk, monkeypatch):
    monkeypatch.setenv("WRITETHRU_DB", "postgresql+psycopg://me:hunter2@db/writethru")
    assert "hunter2" not in desk("config", "show").stdout


def test_config_show_leaves_out_what_is_not_set(desk):
    assert "admin" not in objects(desk("config", "show", "--json"))[0]["config"]["web"]
    assert "admin" not in desk("config", "show").stdout


def test_alerts(desk, site, tmp_path, monkeypatch):
    assert "no targets are configured" in desk("alerts", "test", code=78).stderr
    configure(tmp_path, TARGETS.format(site=site.address))
    result = desk("alerts", "test", "--send", "--json", code=1)
    hook, secretive = objects(result)
    assert hook["ok"] is False
    assert "404" in hook["error"]
    assert "NO_SUCH_SECRET" in secretive["error"]
    assert len(objects(desk("alerts", "test", "--rule", "all", "--send", "--json", code=1))) == 1
    for wrong, advice in (("hok", "did you mean 'hook'?"), ("zzz", "known: hook, secretive")):
        said = desk("alerts", "test", "--to", wrong, code=2).stderr
        assert f"{advice}; for another, add a [[targets]] table" in said
    assert "there is no such rule" in desk("alerts", "test", "--rule", "zzz", code=2).stderr
    monkeypatch.setenv("WRITETHRU_ALERTS_TEST_TO", "News desk\nhook")
    assert "News desk: there is no such target" in desk("alerts", "test", code=2).stderr
    config = (tmp_path / "writethru.toml").read_text()
    (tmp_path / "writethru.toml").write_text(config.partition('[[targets]]\nname = "secretive"')[0])
    desk("check", "--all", "--no-pace")
    site.article("four")
    desk("check", "--all", "--no-pace")
    assert objects(desk("alerts", "list", "--json"))[0]["target"] == "hook"
    assert "\thook\t" in desk("alerts", "list").stdout
    assert desk("alerts", "list", "--state", "delivered").stdout == ""


def test_a_sample_that_is_sent_says_that_it_is_a_test(desk, tmp_path):
    told = tmp_path / "told.json"
    configure(tmp_path, f'[[targets]]\nname = "file"\ntype = "command"\ncommand = ["/usr/bin/tee", "{told}"]\n')
    desk("alerts", "test", "--to", "file", "--send")
    assert json.loads(told.read_text())["headline"].startswith("[Test] Harbour bridge closed")


def test_sources_test_works_without_a_configuration_and_rules_need_an_address(run, site, tmp_path):
    assert "page.html: there is no such file" in run("sources", "test", "page.html", code=2).stderr
    url = f"http://{site.address}/2026/11/25/harbour-closed.html"
    assert "Harbour closed" in run("sources", "test", url).stdout
    assert "none.toml: there is no such file" in run("sources", "test", url, "-c", "none.toml", code=78).stderr
    name = page(tmp_path)
    assert "give it with --url" in run("sources", "test", name, "--save-rule", "drop=.tips", code=2).stderr
    (found,) = objects(
        run("sources", "test", name, "--url", "https://www.herald.example/a", "--save-rule", "drop=.tips", "--json")
    )
    assert "list of every ferry" not in editorial(found)
    assert load_rules(Path(found["saved"])).hosts == ("herald.example",)


def test_doctor_tells_of_unused_targets_and_failing_lists(desk, site, tmp_path):
    configure(tmp_path, f'[[targets]]\nname = "idle"\ntype = "webhook"\nurl = "http://{site.address}/"\n')
    site.pages.clear()
    for _ in range(3):
        desk("check", "--all", "--no-pace", code=4)
    shown = desk("doctor", "--offline").stdout
    assert "warning  target idle: no rule sends alerts to it" in shown
    assert "failed 3 times in a row" in shown
    assert objects(desk("sources", "list", "--json"))[0]["failures"] == 3
    assert "404" in desk("sources", "list").stdout.split("\t")[-1]


def test_check_goes_on_without_the_secret_of_a_target_and_keeps_its_alerts(desk, site, tmp_path, monkeypatch):
    desk("check", "--all", "--no-pace")
    configure(tmp_path, TARGETS.format(site=site.address).replace('to = ["hook"]', 'to = ["secretive"]'))
    quiet = desk("check", "--all", "--no-pace").stderr
    assert "target secretive: the environment variable NO_SUCH_SECRET is empty or not set" in quiet
    assert "hint: export NO_SUCH_SECRET=…" in quiet
    assert "wait" not in quiet
    site.article("four")
    result = desk("check", "--all", "--no-pace", "--json", code=4)
    assert objects(result)[-1]["alerts_waiting"] == {"secretive": 1}
    assert "nothing is sent to it; 1 alert waits" in result.stderr
    monkeypatch.setenv("NO_SUCH_SECRET", "whsec_c2VjcmV0c2VjcmV0c2VjcmV0")
    site.pages["/hook"] = b""
    desk("check", "--all", "--no-pace")
    assert "alerts_waiting" not in objects(desk("check", "--all", "--no-pace", "--json"))[-1]
    (alert,) = objects(desk("alerts", "list", "--json"))
    assert alert["target"] == "secretive"
    assert alert["attempts"] == 1


def test_add_claims_nothing_that_could_not_be_written(desk, site, monkeypatch):
    def full(*_: object) -> None:
        raise ConfigError("the file cannot be written", resource="writethru.toml")

    monkeypatch.setattr("tracker.config.edits.write", full)
    assert "watched" not in desk("add", f"http://{site.address}/2026/11/25/harbour-closed.html", code=78).stdout


SITE = "/2026/11/25/harbour-closed.html"
PROMO = "<p class='tips'>The Herald keeps a list of every ferry that sails today, and you should read it.</p>"


@pytest.fixture
def address(desk, site):
    kind, text = site.pages[SITE]
    site.pages[SITE] = (kind, text.replace("</article>", PROMO + "</article>"))
    return f"http://{site.address}{SITE}"


def page(tmp_path: Path) -> str:
    (tmp_path / "page.html").write_text(article_page("two").decode().replace("</article>", PROMO + "</article>"))
    return "page.html"


def editorial(found: dict[str, Any]) -> str:
    return " ".join(block["text"] for block in found["content"]["blocks"] if block["editorial"])


def test_every_field_names_its_source_and_rules_are_for_articles(desk, address, site):
    shown = desk("sources", "test", address).stdout
    assert "title      Harbour closed [h1]" in shown
    assert "byline     Ada Lark [" in shown
    assert "no rules for 127.0.0.1" in shown
    assert "The harbour was closed" in shown
    result = desk("sources", "test", f"http://{site.address}/feed.xml", "--save-rule", "drop=.x", code=2)
    assert "this is a feed, not an article" in result.stderr


@pytest.mark.parametrize(
    ("part", "there", "missing"),
    [
        ("text", "By Ada Lark", "paragraph  "),
        ("meta", "title ", "three boats"),
        ("classes", "  paragraph ", "title "),
        ("removed", "left out: ", "three boats"),
        ("rules", "no rules for", "three boats"),
    ],
)
def test_parts(desk, address, part, there, missing):
    shown = desk("sources", "test", address, "--show", part).stdout
    assert there in shown
    assert missing not in shown
    assert "there is no such part" in desk("sources", "test", address, "--show", "all", code=2).stderr


def test_a_saved_rule_is_in_force_and_the_service_uses_it(desk, address, tmp_path):
    (before,) = objects(desk("sources", "test", address, "--json"))
    assert "list of every ferry" in editorial(before)
    (after,) = objects(desk("sources", "test", address, "--json", "--save-rule", "drop=.tips"))
    assert "list of every ferry" not in editorial(after)
    assert after["rules"]["entries"] == [["drop", ".tips"]]
    said = desk("sources", "test", address, "--save-rule", "drop=.typs").stderr
    assert "the rules change nothing on this page" in said
    Path(after["saved"]).write_text('hosts = ["127.0.0.1"]\ndrop = [".tips"]\n')
    assert Path(after["saved"]) == Path("sites/127.0.0.1.toml")
    assert load_rules(tmp_path / "sites" / "127.0.0.1.toml").drop == (".tips",)
    desk("check", "--source", "Herald")
    (version,) = objects(desk("log", "--json"))
    assert "list of every ferry" not in desk("show", version["article"]).stdout
    assert "rules from sites/127.0.0.1.toml" in desk("sources", "test", address).stdout


def test_a_rule_extends_its_file_and_keeps_the_comments(desk, address, tmp_path):
    (tmp_path / "sites").mkdir()
    file = tmp_path / "sites" / "local.toml"
    file.write_text('# ours\nhosts = ["127.0.0.1"]\ndrop = [\n    ".a",  # ads\n]\n# the end\n')
    desk("sources", "test", address, "--save-rule", "drop=.tips", "--save-rule", r"promo=^More \d+")
    text = file.read_text()
    assert text.startswith('# ours\nhosts = ["127.0.0.1"]\n')
    assert "# ads" in text
    assert "# the end" in text
    assert (load_rules(file).drop, load_rules(file).promo) == ((".a", ".tips"), (r"^More \d+",))
    desk("sources", "test", address, "--save-rule", "drop=.tips")
    assert file.read_text() == text


@pytest.mark.parametrize(
    ("rule", "code", "said"),
    [
        ("drop=p[", 2, "is not a valid CSS selector"),
        ("promo=(", 2, "is not a usable regular expression"),
        ("hosts=example.org", 2, "not a valid rule"),
        ("drop", 2, "write KEY=VALUE"),
        ("drop= ", 2, "not a valid rule"),
    ],
)
def test_a_rule_that_cannot_be_used_is_not_written(desk, address, tmp_path, rule, code, said):
    assert said in desk("sources", "test", address, "--save-rule", rule, code=code).stderr
    assert not (tmp_path / "sites").exists()


def test_rules_lie_beside_the_configuration(tmp_path):
    config = tmp_path / "writethru.toml"
    assert rule_folders(config) == (shipped_config() / "sites",)
    assert own_folder(config) == tmp_path / "sites"
    (tmp_path / "sites").mkdir()
    assert rule_folders(config) == (tmp_path / "sites", shipped_config() / "sites")
    (tmp_path / "config" / "sites").mkdir(parents=True)
    assert rule_folders(config) == (tmp_path / "config" / "sites", shipped_config() / "sites")


def test_the_first_own_rule_of_an_outlet_begins_with_the_shipped_ones(run, tmp_path, monkeypatch):
    shipped = tmp_path / "shipped" / "sites"
    shipped.mkdir(parents=True)
    (shipped / "wire.toml").write_text('hosts = ["wire.example"]\ndrop = [".ad"]\n')
    (shipped / "herald.toml").write_text('hosts = ["herald.example"]\nkeep = [".key"]\n')
    monkeypatch.setattr("tracker.config.file.shipped_config", lambda: shipped.parent)
    run("sources", "test", page(tmp_path), "--url", "https://herald.example/a", "--save-rule", "drop=.tips")
    own = own_folder()
    assert [path.name for path in own.glob("*")] == ["herald.toml"]
    assert rule_folders() == (own, shipped)
    assert (load_rules(own / "herald.toml").keep, load_rules(own / "herald.toml").drop) == ((".key",), (".tips",))
    assert (shipped / "herald.toml").read_text() == 'hosts = ["herald.example"]\nkeep = [".key"]\n'


def test_sources_rules_shows_rules_and_learned_lines(desk, address, tmp_path):
    with archive_at(Path("writethru.db")) as store:
        (tracked,) = add_targets(store, "Herald", [Target(address, "")], NOW, ())
        learned = (
            Habit(HabitKind.HOUSE, "0" * 16, "Got a tip? \x1b[2JWrite to us.", 5, NOW + timedelta(minutes=2)),
            Habit(HabitKind.VOLATILE, "1" * 16, "12 people read this", 1, NOW),
        )
        commit_check(store, intent(tracked, 1, minutes(1), habits=learned))
    desk("sources", "test", address, "--save-rule", "drop=.tips")
    rows = [line.split("\t") for line in desk("sources", "rules", "Herald").stdout.splitlines()]
    assert rows[0] == ["drop", ".tips", "", "", "sites/127.0.0.1.toml"]
    assert rows[1] == ["house", "Got a tip? ␛[2JWrite to us.", "5", "2026-11-25", ""]
    hand, house, volatile = objects(desk("sources", "rules", "Herald", "--json"))
    assert (hand["origin"], hand["file"], hand["hosts"]) == ("file", "sites/127.0.0.1.toml", ["127.0.0.1"])
    assert (house["origin"], house["articles"], house["learned"]) == ("learned", 5, "2026-11-25T09:02:00Z")
    assert volatile["kind"] == "volatile"


def test_sources_rules_without_a_configuration(kept):
    assert kept("sources", "rules", "Herald", "--json").stdout == ""
    assert "Nothing to list." in kept("sources", "rules", "Herald").stderr


def test_a_learned_line_is_left_out_on_trial(desk, address):
    line = "Ferries to the outer islands stayed in port, and the market on the quay was called off for the day."
    with archive_at(Path("writethru.db")) as store:
        (tracked,) = add_targets(store, "Herald", [Target(address, "")], NOW, ())
        commit_check(
            store, intent(tracked, 1, minutes(1), habits=(Habit(HabitKind.HOUSE, line_key(line), line, 5, NOW),))
        )
    (found,) = json.loads(f"[{desk('sources', 'test', address, '--json').stdout}]")
    (block,) = [b for b in found["content"]["blocks"] if b["text"] == line]
    assert block["reason"].startswith("house line")

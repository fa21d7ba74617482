"""What an operator runs: compact, move, forget, drop, lists of sources; and what damage and taken ports look like."""

import socket
import stat
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.archive_samples import NOW, URL, alert, grow, look, minutes, watch
from tests.archives import new_archive_at
from tests.command_line import command, objects
from tracker.archive.articles import get_article, list_articles
from tracker.archive.checks import checks_by_host
from tracker.archive.commits import commit_check
from tracker.archive.database.locking import lock
from tracker.archive.opening import open_archive
from tracker.archive.outbox import enqueue_alerts, list_deliveries
from tracker.archive.sources import list_hubs, list_sources, sync_source
from tracker.archive.state import save_host_time
from tracker.cli.output import Output
from tracker.model.watch import ArticleState, Check, CheckOutcome, Intent

ARCHIVE = "sqlite:///writethru.db"


def test_a_dry_run_of_prune_works_beside_the_service(kept):
    with lock(ARCHIVE):
        assert "would be deleted" in kept("prune", "--older-than", "1ms", "--dry-run").stdout


def test_an_upgrade_with_nothing_to_do_works_beside_the_service(kept):
    with lock(ARCHIVE, service=True):
        assert "nothing to do" in kept("db", "upgrade").stdout


def test_compact_gives_space_back(kept):
    with open_archive(ARCHIVE) as archive, archive.write() as connection:
        rows = [{"name": str(n), "at": NOW, "value": "x" * 5000} for n in range(400)]
        connection.run_many("INSERT INTO state (name, at, value) VALUES (:name, :at, :value)", rows)
        connection.run("DELETE FROM state")
    assert "to return them to the disk: writethru prune" in kept("prune", "--older-than", "400d").stderr
    assert "not a valid age" in kept("prune", "--older-than", "9999999d", code=2).stderr
    before = Path("writethru.db").stat().st_size
    compacted = kept("db", "compact")
    assert "MB after" in compacted.stdout
    assert "Nothing is deleted" not in compacted.stderr, "no host has confirmed the clock, but nothing is old"
    assert Path("writethru.db").stat().st_size < before - 1_000_000
    kept("verify")


KEPT_FOR = '[[sources]]\nname = "Herald"\nurls = ["https://h.example/a"]\n'


def hosts_said(time: datetime, *, at: datetime | None = None) -> None:
    with open_archive(ARCHIVE) as store:
        save_host_time(store, at or time, time)


class TestConfigured:
    def test_prune_does_what_the_configuration_says(self, kept, monkeypatch):
        monkeypatch.setattr("tracker.cli.app.App.now", minutes(60))
        hosts_said(minutes(60))
        nothing = kept("prune")
        assert nothing.stdout.startswith("0 old checks reduced to counts, 0 old alerts deleted; ")
        assert "No source has keep_for or keep_newest" in nothing.stderr
        Path("writethru.toml").write_text(KEPT_FOR + "keep_newest = 2\n")
        assert kept("prune", "--dry-run").stdout == "Herald: 1 page would be deleted\n"
        assert kept("prune").stdout.startswith("Herald: 1 page deleted\n0 old checks")
        assert kept("prune", "--source", "Herald").stdout == "Herald: 0 pages deleted\n"
        Path("writethru.toml").write_text(KEPT_FOR + 'keep_for = "1s"\n')
        assert kept("db", "compact").stdout.startswith("Herald: 1 page deleted\n")
        assert kept("prune", "--keep", "0").stdout == "Herald: 1 page deleted\n"

    def test_nothing_is_deleted_while_the_clock_is_not_confirmed(self, kept, monkeypatch):
        Path("writethru.toml").write_text(KEPT_FOR + 'keep_for = "30d"\n')
        monkeypatch.setattr("tracker.cli.app.App.now", minutes(60 * 24 * 40))
        assert "no host has confirmed the system clock yet" in kept("prune", code=4).stderr
        hosts_said(NOW)
        assert "the newest check was 40 d ago" in kept("prune", code=4).stderr
        hosts_said(NOW, at=minutes(60 * 24 * 40))
        wrong = "Nothing is deleted: the system clock was 40 d ahead of the hosts' clocks"
        assert wrong in kept("prune", "--older-than", "30d", code=4).stderr
        assert "MB after" in kept("prune", code=4).stdout
        assert "Herald" in kept("prune", "--dry-run").stdout


def test_move_copies_everything_and_says_what_to_do_next(kept, monkeypatch):
    monkeypatch.setattr("tracker.cli.output.PROGRESS_SECONDS", 0.0)
    moved = kept("db", "move", "moved.db")
    assert moved.stdout == "moved and verified 3 versions\n", "there is no checkpoint, so the log has no entries yet"
    assert 'set database = "sqlite:///moved.db"' in moved.stderr
    assert "3 of 3 rows: version" in moved.stderr
    assert "3 of 3 rows: compare version" in moved.stderr
    assert kept("--db", "moved.db", "log").stdout == kept("log").stdout
    assert "the archive is already at this address" in kept("db", "move", ARCHIVE, code=2).stderr
    assert "the target is not empty" in kept("db", "move", "sqlite:///moved.db", code=1).stderr


@pytest.mark.parametrize("missing", ["sqlite:///missing.db", "postgresql://nobody@127.0.0.1:1/missing"])
def test_a_move_from_a_missing_database_leaves_no_file(kept, missing):
    before = sorted(Path().iterdir())
    kept("--db", missing, "db", "move", "moved.db", code=1)
    assert sorted(Path().iterdir()) == before


def test_verify_counts_only_articles_that_have_versions_in_its_progress(kept, monkeypatch):
    with open_archive(ARCHIVE) as store:
        watch(store, f"{URL}/old-address")
    monkeypatch.setattr("tracker.cli.output.PROGRESS_SECONDS", 0.0)
    shown = kept("verify", "--deep").stderr
    assert "1 of 1 articles extracted and compared again" in shown
    assert "of 2 articles" not in shown


def test_alerts_of_a_removed_target_are_dropped(kept):
    with open_archive(ARCHIVE) as archive:
        enqueue_alerts(archive, [alert("a"), alert("b", target="other")], NOW)
    assert kept("alerts", "drop", "desk").stdout == "desk: 1 alert deleted\n"
    with open_archive(ARCHIVE) as archive:
        assert [each.key for each in list_deliveries(archive)] == ["b"]


def test_a_source_that_is_not_configured_is_forgotten_and_its_versions_stay(kept):
    assert "kept as history" in kept("sources", "forget", "Herald").stdout
    with open_archive(ARCHIVE) as archive:
        assert list_hubs(archive) == []
        assert [each.next_check_at for each in list_articles(archive)] == [None]
        assert list_sources(archive) == ["Herald"]
    assert "no such source" in kept("sources", "forget", "Post", code=2).stderr
    assert "are deleted" in kept("sources", "forget", "Herald", "--takedown", "licence ended").stdout
    assert "removed: licence ended" in kept("log").stdout
    kept("verify")


def test_a_damaged_archive_is_not_blamed_on_its_backup_and_is_replaced_by_one(kept):
    kept("backup", "copy.db")
    path = Path("writethru.db")
    path.chmod(0o640)
    path.write_bytes(path.read_bytes()[: 10 * 4096])
    said = kept("backup", "second.db", code=1).stderr
    assert "writethru.db: the archive is damaged" in said
    assert "second.db" not in said
    said = kept("verify", code=1).stderr
    assert "restore a backup with writethru restore" in said
    kept("restore", "copy.db", "--force")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    kept("verify")


def test_an_article_is_left_to_the_running_service_and_explained(kept):
    with open_archive(ARCHIVE) as archive:
        ident = list_articles(archive)[0].id
    Path("writethru.toml").write_text(f'[[sources]]\nname = "Herald"\nurls = ["{URL}"]\n')
    with lock(ARCHIVE):
        done = kept("check", ident, code=75)
        (told,) = objects(kept("check", ident, "--json", code=75))
        kept("check", "--source", "Herald", code=75)
        kept("check", "0123456789ab", code=2)
        kept("check", "--source", "Typo", code=2)
        for everything in ("--due", "--all"):
            refused = kept("check", everything, code=75).stderr
            assert "another writethru process is using this archive" in refused
    assert "next check    due now" in done.stdout
    assert "Marked as due now: if that process is the service, it checks them next." in done.stderr
    assert (told["event"], told["article"], told["host_rests_until"]) == ("article", ident, None)
    assert [each["outcome"] for each in told["last_checks"]] == ["changed", "changed", "new"]


def test_a_check_of_everything_where_nothing_is_watched_does_not_advise_the_same_again(run):
    Path("writethru.toml").write_text("")
    told = run("check", "--all").stderr
    assert "nothing is watched" in told
    assert "check --all" not in told


def test_check_says_that_everything_is_paused(desk):
    desk("check", "--all", "--no-pace")
    desk("sources", "pause", "Herald")
    assert "Nothing was checked: everything is paused, or nothing is watched." in desk("check", "--all").stderr


def test_a_page_that_is_gone_is_a_result_and_so_is_one_that_is_back(desk, site):
    desk("check", "--all", "--no-pace")
    with open_archive(ARCHIVE) as store:
        (tracked,) = list_articles(store)
        gone = Check(tracked.id, datetime.now(UTC), CheckOutcome.GONE, "the server answered 410", 410)
        commit_check(store, Intent(tracked.id, gone, tracked.versions, None, state=ArticleState.GONE))
    page = site.pages.pop("/2026/11/25/harbour-closed.html")
    again = objects(desk("check", tracked.id, "--no-pace", "--json"))
    assert [each["outcome"] for each in again if each["event"] == "check"] == ["gone"]
    site.pages["/2026/11/25/harbour-closed.html"] = page
    assert "“Harbour closed”: the page is back\n" in desk("check", "--all", "--no-pace").stdout
    assert "back" not in desk("check", "--all", "--no-pace").stdout


def test_one_source_and_one_article_are_explained(kept):
    with open_archive(ARCHIVE) as archive:
        tracked = get_article(archive, URL)
        failed = Check(tracked.id, minutes(9), CheckOutcome.FAILED, "HTTP 503 Service Unavailable", 503)
        commit_check(archive, look(tracked, 3, minutes(9), CheckOutcome.FAILED, check=failed, failures=1))
        assert checks_by_host(archive, "Herald", minutes(1)) == {"herald.example": 3}
        assert checks_by_host(archive, "Other", minutes(1)) == {}
    shown = kept("sources", "show", "Herald").stdout
    assert "HTTP 503 Service Unavailable" in shown
    assert "1 article, 0 of 0 lists" in shown
    assert "last hour     no checks" in shown
    (one,) = objects(kept("sources", "show", "Herald", "--json"))
    assert (one["failing"], one["overdue"], one["error"]) == (1, 1, "HTTP 503 Service Unavailable")
    assert one["failing_articles"][0]["article"] == tracked.id
    found = objects(kept("doctor", "--offline", "--json", code=1))
    assert any(each["what"] == "source Herald" and "HTTP 503" in each["detail"] for each in found)
    assert any(each["what"] == "lag" and "1 article is overdue" in each["detail"] for each in found)


def test_an_empty_secret_is_found_by_config_check(run, monkeypatch):
    target = '[[targets]]\nname = "desk"\ntype = "webhook"\nurl = "https://desk.example/"\nsecret = { env = "DESK" }\n'
    Path("writethru.toml").write_text(target)
    monkeypatch.delenv("DESK", raising=False)
    assert "not set here" in run("config", "check").stderr
    monkeypatch.setenv("DESK", "")
    assert "the environment variable DESK is empty" in run("config", "check", code=78).stderr


def test_health_pages_that_other_machines_could_read_are_refused(run, monkeypatch):
    Path("writethru.toml").write_text('[service]\nlisten = "0.0.0.0:0"\n')
    for words in (("config", "check"), ("run",)):
        said = " ".join(run(*words, code=78).stderr.split())
        assert "service.listen '0.0.0.0:0': other machines could read /healthz and /metrics without a password" in said
        assert "hint: set token or networks in the [service] table, or listen on 127.0.0.1" in said
    Path("writethru.toml").write_text('[service]\nlisten = "0.0.0.0:0"\ntoken = { env = "HEALTH" }\n')
    monkeypatch.delenv("HEALTH", raising=False)
    assert "not set here: service.token" in run("config", "check").stderr
    monkeypatch.setenv("HEALTH", "too-short")
    assert "use at least 16 characters" in run("config", "check", code=78).stderr


def test_a_taken_port_ends_the_service_with_an_error_that_names_it(run):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        listen = f"127.0.0.1:{taken.getsockname()[1]}"
        Path("writethru.toml").write_text(f'[service]\nlisten = "{listen}"\n')
        assert "another process listens on this address" in run("run", "--migrate", code=1).stderr


CONFIG = """
[[sources]]
name = "Herald"
urls = ["https://herald.example/news/flood"]

[[stories]]
name = "Harbour bridge"
urls = ["https://herald.example/news/bridge", "https://post.example/bridge"]
"""


@pytest.fixture
def place(folder):
    (folder / "writethru.toml").write_text(CONFIG)
    new_archive_at(folder / "writethru.db")
    return folder


def test_articles_of_stories_are_listed(place):
    listed = objects(command("sources", "list", "--json"))
    assert [(each["source"], each["url"]) for each in listed] == [
        ("Herald", "https://herald.example/news/flood"),
        ("Herald", "https://herald.example/news/bridge"),
        ("post.example", "https://post.example/bridge"),
    ]
    assert "https://post.example/bridge" not in command("sources", "list", "Herald").stdout
    (own,) = objects(command("sources", "list", "post.example", "--json"))
    assert own["kind"] == "article"
    assert "no such source" in command("sources", "list", "Nobody", code=2).output


def test_a_configured_source_that_was_not_read_is_no_unknown_one(place):
    done = command("sources", "show", "Herald", code=2)
    assert "nothing has been read from it yet" in done.output
    assert "known: none" not in done.output
    for words in (("sources", "show", ""), ("stats", "source", "")):
        assert "there is no such source" in command(*words, code=2).stderr
    with open_archive("sqlite:///writethru.db") as store:
        grow(store, watch(store), 1)
    assert "1 version, 1 check" in command("sources", "show", "Herald").stdout


def test_a_source_that_is_not_configured_is_named_until_it_is_forgotten(place):
    with open_archive("sqlite:///writethru.db") as store:
        grow(store, watch(store, "https://old.example/a", source="Old Post"), 1)
        sync_source(store, "Old Post", [], NOW, paused=True)
        sync_source(store, "Empty", [], NOW, paused=True)
    said = command("sources", "list").stderr
    assert "Old Post: not configured; 1 version of 1 article kept as history" in said
    assert "to forget it: writethru sources forget 'Old Post'" in said
    assert "Empty" not in said  # nothing is stored of it
    command("sources", "forget", "Old Post")
    command("sources", "forget", "Empty")
    with open_archive("sqlite:///writethru.db") as store:
        assert list_sources(store) == ["Old Post"]
    said = command("sources", "list").stderr
    assert "Old Post: not configured" in said
    assert "sources forget" not in said


def test_the_reason_of_a_single_article_is_said_once(place, monkeypatch):
    with open_archive("sqlite:///writethru.db") as store:
        tracked = watch(store)
        failed = look(tracked, 0, minutes(1), CheckOutcome.FAILED, failures=1)
        commit_check(store, replace(failed, check=replace(failed.check, detail="the server answered 503")))
    monkeypatch.setattr(Output, "tty", property(lambda _: True))
    shown = command("--no-pager", "sources", "list", "Herald").stdout
    assert "1 article failing\n" in shown
    assert shown.count("503") == 1


def test_times_in_the_list_of_sources_can_be_read_later(desk):
    row = desk("sources", "list").stdout.splitlines()[1].split("\t")
    assert row[2:4] == ["never", "-"]
    desk("check", "--all", "--no-pace")
    row = desk("sources", "list").stdout.splitlines()[1].split("\t")
    assert [datetime.fromisoformat(each).tzinfo for each in row[2:4]] == [UTC, UTC]

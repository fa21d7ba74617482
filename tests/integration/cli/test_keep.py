"""verify, search, backup, restore, takedown, prune, reextract, checkpoints: what is kept, proved and let go."""

import asyncio
import hashlib
import json
import os
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.archive_samples import NOW, URL, article_id, capture, grow, intent, look, minutes, watch, with_body
from tests.archives import archive_at
from tests.command_line import command, objects
from tests.integration.cli.conftest import alter
from tests.integration.web.conftest import client_of
from tests.service import RunningService
from tests.waiting import stopped, until
from tracker.archive.articles import get_article, list_articles, set_article_state
from tracker.archive.commits import commit_check
from tracker.archive.database.locking import lock
from tracker.archive.ledger.checkpoints import CheckpointFolder, Signer
from tracker.archive.ledger.log import seal_log
from tracker.archive.opening import open_archive
from tracker.archive.quarantine import list_quarantined, quarantine
from tracker.archive.readings import save_readings
from tracker.archive.state import watch_state
from tracker.archive.takedowns import take_down
from tracker.archive.verdicts import save_verdict
from tracker.config.root import load
from tracker.errors import NotKnown
from tracker.extraction import EXTRACTOR, extractor
from tracker.model.capture import Failure, FailureKind
from tracker.model.change import Verdict
from tracker.model.version import Raw, Reread, Rereading
from tracker.model.watch import ArticleState, CheckOutcome
from tracker.service.loop import Service
from tracker.service.runtime import Runtime

ID = article_id(URL)


def seal(name: str) -> Signer:
    signer = Signer.new("herald.example")
    with open_archive("sqlite:///writethru.db") as store:
        Path(name).write_text(seal_log(store, signer, minutes(9)), encoding="utf-8")
    return signer


class TestVerify:
    def test_a_whole_archive_is_verified_and_counted(self, kept):
        shown = kept("verify")
        assert shown.stdout == ""
        assert "Verified 3 versions: everything matches the log." in shown.stderr
        (report,) = objects(kept("verify", "--quick", "--json"))
        assert (report["schema"], report["ok"], report["versions"], report["decoded"]) == (1, True, 3, 0)
        (report,) = objects(kept("verify", "--sample", "1", "--article", ID[:6], "--json"))
        assert (report["ok"], report["decoded"], report["damage"]) == (True, 3, [])

    def test_metrics_know_when_the_last_backup_and_verify_without_damage_were(self, kept):
        def done() -> dict[str, datetime]:
            with open_archive("sqlite:///writethru.db") as store:
                return dict(watch_state(store, minutes(9)).last_done)

        kept("verify", "--quick")
        kept("verify", "--article", ID)
        assert done() == {}, "these two have not read every page"
        before = datetime.now(UTC)
        kept("verify")
        assert set(done()) == {"verify"}
        kept("backup", "copy.db")
        found = done()
        assert set(found) == {"verify", "backup"}
        assert before - timedelta(seconds=1) < found["verify"] <= found["backup"] <= datetime.now(UTC)
        alter("UPDATE version SET seen_at = seen_at - 1 WHERE n = 2")
        kept("verify", code=5)
        assert done() == found

    def test_the_damaged_version_is_named_and_a_file_that_is_no_checkpoint(self, kept):
        alter("UPDATE version SET seen_at = seen_at - 1 WHERE n = 2")
        assert kept("verify", "--quick", code=5).stdout.startswith(f"{ID}@2: its record does not match")
        (report,) = objects(kept("verify", "--json", code=5))
        assert not report["ok"]
        assert {each["what"] for each in report["damage"]} == {f"{ID}@2"}
        Path("page.gz").write_bytes(b"\x1f\x8b\xff")
        assert "not a checkpoint" in kept("verify", "--against", "page.gz", code=1).stderr

    def test_against_a_checkpoint(self, kept):
        signer = seal("then.note")
        kept("verify", "--against", "then.note", "--key", signer.public)
        with open_archive("sqlite:///writethru.db") as store:
            assert not watch_state(store, minutes(9)).last_done, (
                "a copy that is held against a checkpoint is not altered"
            )
        other = Signer.new("herald.example").public
        assert "not signed with the given" in kept("verify", "--against", "then.note", "--key", other, code=1).stderr
        alter("UPDATE leaf SET position = NULL WHERE position = 2")
        assert "only 2 of them are left" in kept("verify", "--quick", "--against", "then.note", code=5).stdout

    @pytest.mark.parametrize("args", [("--quick", "--sample", "0.5"), ("--key", "a+b+c"), ("--article", "zz")])
    def test_what_makes_no_sense(self, kept, args):
        assert "hint:" in kept("verify", *args, code=2).stderr
        assert "must be a number" in kept("verify", "--sample", "nan", code=2).stderr


class TestSearch:
    def test_what_stands_and_what_stood_is_found_and_limited(self, kept):
        (hit,) = objects(kept("search", "mayor", "--json"))
        assert (hit["article"], hit["place"], hit["first_version"], hit["last_version"]) == (ID, "text", 1, None)
        assert (hit["since"], hit["until"]) == ("2026-11-25T09:01:00Z", None)
        (gone,) = objects(kept("search", '"over 1 streets"', "--in", "removed", "--json"))
        assert (gone["first_version"], gone["last_version"]) == (1, 1)
        assert (gone["since"], gone["until"]) == ("2026-11-25T09:01:00Z", "2026-11-25T09:02:00Z")
        assert objects(kept("search", "over", "1", "--in", "current", "--json")) == []
        shown = kept("search", "floods", "--ranked", "--in", "removed").stdout
        assert f"{ID[:8]}  v1  2026-11-25T09:01:00Z to 2026-11-25T09:02:00Z  headline" in shown
        assert "    River floods 1 streets" in shown
        assert "v1–  2026-11-25T09:01:00Z to now" in kept("search", "mayor").stdout
        assert len(objects(kept("search", "mayor", "-volcano", "-n", "2", "--json"))) == 1
        assert objects(kept("search", "-mayor", "mayor", "--json")) == []
        assert objects(kept("search", "mayor", "-v", "-n1", "--json", "--", "-mayor")) == []
        assert len(objects(kept("search", "river*", "-n", "2", "--json"))) == 2
        assert "there is no such source" in kept("search", "river*", "--source", "Gazette", code=2).stderr
        assert objects(kept("search", '"over 1"', "--since", "2026-11-25T09:02", "--json")) == []
        assert "No paragraphs match." in kept("search", "volcano").stderr

    @pytest.mark.parametrize(
        ("query", "said"),
        [('"never closed', "never closed"), ("OR", "OR needs a word on both sides"), ("...", "no word to search for")],
    )
    def test_errors_explain(self, kept, query, said):
        shown = kept("search", query, code=2).stderr
        assert said in shown
        assert "hint: all words must occur in one paragraph" in shown


class TestBackup:
    def test_a_missing_backup_is_a_usage_error_and_a_damaged_one_replaces_nothing(self, kept):
        for asked in (("restore", "nowhere.db", "--force"), ("import", "nowhere")):
            assert "nowhere" in (said := kept(*asked, code=2).stderr)
            assert "there is no such file" in said
        kept("backup", "copy.db")
        alter("UPDATE version SET seen_at = seen_at + 1 WHERE n = 3", "copy.db")
        shown = kept("restore", "copy.db", "--force", code=1).stderr
        assert f"{ID}@3" in shown
        assert "hint: nothing was replaced" in shown
        kept("verify")

    def test_there_and_back(self, kept):
        key = seal("then.note").public
        (made,) = objects(kept("backup", "copy.db", "--json"))
        assert made["bytes"] == Path("copy.db").stat().st_size
        assert "already exists" in kept("backup", "copy.db", code=2).stderr
        assert (
            "use --force to replace it; the old archive is kept as writethru.db.replaced"
            in kept("restore", "copy.db", code=1).stderr
        )
        alter("DELETE FROM change")
        asked = ("restore", "copy.db", "--force", "--against", "then.note")
        other = Signer.new("herald.example").public
        assert "not signed with the given key" in kept(*asked, "--key", other, code=1).stderr
        restored = kept(*asked, "--key", key)
        assert restored.stdout == "3 versions verified and restored\n"
        assert "was not checked" not in restored.stderr
        assert "signature of the checkpoint was not checked" in kept(*asked).stderr
        kept("verify")
        assert Path("writethru.db.replaced").exists()


def test_what_is_after_a_checkpoint_is_counted_by_kind(kept):
    seal("then.note")
    with open_archive("sqlite:///writethru.db") as store:
        set_article_state(store, ID, ArticleState.PAUSED, minutes(69))
        save_verdict(store, Verdict(ID, 2, minutes(70), "ada", note="odd"))
    done = kept("verify", "--against", "then.note")
    assert "After this checkpoint: 1 state, 1 verdict. It does not prove when these entries were made." in done.stderr
    assert "Not in a checkpoint of the archive yet: 1 state, 1 verdict." in done.stderr
    (said,) = objects(kept("verify", "--against", "then.note", "--json"))
    assert (said["after"], said["unsealed"]) == ({"state": 1, "verdict": 1}, 2)
    (said,) = objects(kept("verify", "--article", ID, "--json"))
    assert said["unsealed_kinds"] == {"state": 1, "verdict": 1}


def test_changes_are_derived_again(kept):
    done = kept("verify", "--deep", "--json")
    (said,) = objects(done)
    # The samples' labels were made up, and today's rules give others.
    assert said["ok"]
    derived = {each["what"].partition("@")[2] for each in said["differences"] if "derive" in each["how"]}
    assert derived == {"2", "3"}
    assert "the current rules derive this change differently" in kept("verify", "--deep").stderr
    assert kept("verify", "--deep", "--quick", code=2).stdout == ""


PARAGRAPHS = "".join(
    f"<p>The council heard speaker number {n} talk at length about caf&eacute;s and the harbour wall.</p>"
    for n in range(6)
)
HEADLINE = "Council votes on harbour"
PAGE = f"<title>{HEADLINE}</title><body><article><h1>{HEADLINE}</h1>{PARAGRAPHS}</article>".encode()


@pytest.mark.parametrize(
    ("altered", "by", "code", "told"),
    [
        (None, EXTRACTOR, 0, ""),
        ("The mayor took bribes.", EXTRACTOR, 5, "its text has words that its stored page does not have: 'mayor'"),
        ("By the mayor", EXTRACTOR, 5, "its text has words that its stored page does not have: 'By'"),
        ("The mayor took bribes.", "9", 0, "its text has words that its stored page does not have: 'mayor'"),
        ("The council heard.", EXTRACTOR, 0, "its stored page gives another text now, as after a change of site rules"),
        ("The council heard.", "9", 0, ""),
    ],
)
def test_a_text_that_its_stored_page_does_not_give_is_named(kept, altered, by, code, told):
    tracked_url = f"{URL}/harbour"
    read = extractor.read(PAGE, tracked_url)
    with open_archive("sqlite:///writethru.db") as store:
        tracked = watch(store, tracked_url)
        made = intent(tracked, 1, minutes(5), content=read.article, capture=with_body(capture(), PAGE))
        assert made.version is not None
        version = replace(made.version, extractor=EXTRACTOR, signature=read.signature)
        commit_check(store, replace(made, version=version))
        if altered:
            blocks = (replace(read.article.blocks[0], text=altered), *read.article.blocks[1:])
            if altered.startswith("By "):
                content = replace(read.article, byline=(altered,))
            else:
                content = replace(read.article, blocks=blocks)
            forged = Reread(1, by, Rereading.CODE, content, read.signature)
            save_readings(store, tracked.id, [forged], [], minutes(70))
    kept("verify", "--article", tracked.id)
    done = kept("verify", "--deep", "--article", tracked.id, code=code)
    assert f"Compared {int(by == EXTRACTOR)} of 1 text with the stored pages." in done.stderr
    assert (f"{tracked.id}@1: {told}" in done.stdout + done.stderr) is bool(told)
    assert bool(done.stdout) is bool(code)
    (said,) = objects(kept("verify", "--deep", "--article", ID, "--json"))
    assert (said["texts_compared"], said["texts_not_compared"]) == (0, 3)


LATER = minutes(60)
OLD = ("prune", "--older-than", "1ms")


class TestPrune:
    def test_what_would_go_goes(self, kept, monkeypatch):
        monkeypatch.setattr("tracker.cli.app.App.now", LATER)
        dry = kept("-v", *OLD, "--dry-run")
        assert dry.stdout == "Herald: 2 pages would be deleted\n"
        assert dry.stderr.splitlines() == [f"{ID}@1", f"{ID}@2"]
        kept("show", f"{ID}@1", "--raw")
        (said,) = objects(kept(*OLD, "--source", "Herald", "--json"))
        assert (said["source"], said["pages"], said["dry_run"]) == ("Herald", 2, False)
        kept("verify")
        assert "over 1 streets" in kept("show", f"{ID}@1").stdout
        assert kept(*OLD).stdout == "Herald: 0 pages deleted\n"

    def test_what_is_young_or_among_the_newest_stays(self, kept, monkeypatch):
        monkeypatch.setattr("tracker.cli.app.App.now", LATER)
        assert kept("prune", "--older-than", "90d").stdout == "Herald: 0 pages deleted\n"
        assert kept(*OLD, "--keep", "2").stdout == "Herald: 1 page deleted\n"


CONFIG = """contact = "desk@example.org"
[archive]
checkpoints = "checkpoints"
[service]
listen = ""
"""


async def serve_until(seen: Path) -> None:
    running = asyncio.create_task(Service(load(Path("writethru.toml")), None, no_pace=True).serve(migrate=False))
    await until(lambda: seen.exists() or running.done())
    assert await stopped(running) == 0


def test_the_service_makes_a_checkpoint_for_evidence_on_request(run, archive_url):
    with open_archive(archive_url) as store:
        grow(store, watch(store), 3)
    Path("writethru.toml").write_text(f"""contact = "desk@example.org"
[archive]
database = "{archive_url}"
[service]
listen = ""
log = "json"
""")
    with RunningService(Path(), "--web", "") as service:
        service.until("it leads", lambda: service.leads)
        made = run("evidence", ID, "1..3", "e.zip", "--json")
        assert service.stop() == 0
    assert "Waiting until it makes a checkpoint" in made.stderr
    (said,) = objects(made)
    assert run("evidence", "--check", "e.zip", "--key", said["key"]).exit_code == 0


async def test_a_rewritten_history_does_not_pass(kept):
    Path("writethru.toml").write_text(CONFIG)
    note = Path("checkpoints/000000000003.note")
    await serve_until(note)
    public = Path("checkpoints/key.pub").read_text().strip()
    kept("verify", "--against", str(note), "--key", public)
    alter("UPDATE leaf SET hash = zeroblob(32) WHERE position = 2")
    shown = kept("verify", "--quick", "--against", str(note), code=5).stdout
    assert "do not match the" in shown


async def test_a_service_that_ends_while_it_takes_the_lead_asks_for_nothing_more(kept, monkeypatch):
    Path("writethru.toml").write_text(CONFIG)
    answers = iter([False])
    begun = Path("begun")

    async def slow(self: Runtime, _now: object) -> None:
        begun.touch()
        await asyncio.sleep(5)
        await self.archive.run(list_articles)

    # The lead is free when it is asked for the second time.
    monkeypatch.setattr("tracker.service.roles.Leadership.check", lambda self: next(answers, True))
    monkeypatch.setattr("tracker.service.roles.LEAD_CHECK_SECONDS", 0.01)
    monkeypatch.setattr(Runtime, "clock_went_back", slow)
    await serve_until(begun)
    assert [task for task in asyncio.all_tasks() if "LeaderElection" in repr(task)] == []


def test_a_pass_of_cron_makes_the_checkpoint_that_is_due(kept):
    Path("writethru.toml").write_text(CONFIG)
    kept("check", "--due")
    note = Path("checkpoints/000000000003.note")
    kept("verify", "--against", str(note))
    with open_archive("sqlite:///writethru.db") as store:
        grow(store, watch(store, "https://herald.example/other"), 1)
    kept("check", "--due")
    assert [each.name for each in Path("checkpoints").glob("*.note")] == [note.name]
    os.utime(note, (1, 1))
    kept("check", "--due")
    assert len(list(Path("checkpoints").glob("*.note"))) == 2


async def test_a_folder_that_cannot_be_written_does_not_stop_the_service(kept):
    Path("writethru.toml").write_text(CONFIG)
    Path("checkpoints").write_text("a file")
    await serve_until(Path("writethru.db.key"))
    kept("verify")


class TestReextract:
    def test_dry_run_then_for_good_then_nothing(self, kept):
        dry = kept("reextract", "--dry-run")
        assert "3 versions would be re-extracted" in dry.stdout
        assert "first_extractor" in kept("show", ID, "--json").stdout
        done = kept("reextract")
        assert "1 article, 3 versions re-extracted" in done.stdout
        assert kept("reextract").stderr.startswith("Nothing to do")
        kept("verify")
        kept("log", ID)
        assert "extractor" in kept("show", ID, "--meta").stdout

    def test_json(self, kept):
        *_, last = objects(kept("reextract", "--article", ID, "--json"))
        assert (last["summary"], last["articles"], last["versions"]) == (True, 1, 3)
        (last,) = objects(kept("reextract", "--json"))
        assert last["articles"] == 0


@pytest.mark.parametrize("reason", [(), ("--reason", " ")])
def test_a_takedown_needs_a_reason(kept, reason):
    kept("takedown", ID, *reason, code=2)


@pytest.mark.parametrize(
    "asked",
    [
        *("takedown zz --reason x", f"takedown {ID}@9 --reason x", "reextract --source Herold"),
        *(
            "reextract --article ffff",
            "prune --source Herald",
            "prune --older-than soon",
            "prune --older-than 1d --source Gazette",
        ),
    ],
)
def test_what_makes_no_sense(kept, asked):
    kept(*asked.split(), code=2)


def checked(package: str) -> subprocess.CompletedProcess[str]:
    with zipfile.ZipFile(package) as members:
        Path("verify.py").write_bytes(members.read("verify.py"))
        key = members.read("key.pub").decode().strip()
    command = [sys.executable, "-I", "-S", "verify.py", package, "--key", key]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_checkpoint_is_made_where_there_is_none(kept):
    done = kept("evidence", ID, "1..3", "e.zip", "--json")
    (said,) = objects(done)
    assert said["schema"] == 1
    assert (said["old_version"], said["new_version"], said["checkpoint"]["size"]) == (1, 3, 3)
    assert said["key"] in done.stderr
    assert checked("e.zip").returncode == 0
    # A file that is there is not overwritten unasked, and the checkpoint serves again.
    assert "--force" in kept("evidence", ID, "1..3", "e.zip", code=2).stderr
    with lock("sqlite:///writethru.db"):
        assert "v2 to v3" in kept("evidence", ID, "v3", "e.zip", "--force").stdout
    assert checked("e.zip").returncode == 0


def test_a_checkpoint_made_for_the_package_covers_what_was_noted(kept):
    kept("note", f"{ID}@2", "Called the desk.")
    kept("evidence", ID, "1..2", "e.zip")
    assert "people's verdicts on these changes: 1, 1 of them in the log" in checked("e.zip").stdout


def test_the_oldest_checkpoint_of_the_folder_with_its_stamp(kept):
    Path("writethru.toml").write_text('[archive]\ncheckpoints = "notes"\n')
    folder = CheckpointFolder(Path("notes"), "sqlite:///writethru.db")
    with open_archive("sqlite:///writethru.db") as store:
        path = folder.keep(seal_log(store, folder.signer(), minutes(9)), folder.signer().public)
    path.with_name(path.name + ".authority.tsr").write_bytes(hashlib.sha256(path.read_bytes()).digest())
    (said,) = objects(kept("evidence", ID, "1..2", "e.zip", "--json"))
    assert said["stamps"] == ["authority.tsr"]
    assert "checkpoint.note.authority.tsr" in checked("e.zip").stdout
    shown = kept("evidence", ID, "1..2", "f.zip", "--checkpoint", str(path)).stdout
    assert "with 1 time stamp" in shown
    path.write_text(path.read_text().replace("\n3\n", "\n4\n"))
    assert "another key" in kept("evidence", ID, "1..2", "g.zip", "--checkpoint", str(path), code=2).stderr


def test_what_cannot_be_proven(kept, monkeypatch):
    monkeypatch.setattr("tracker.service.evidence_packages.MAX_CHECKPOINT_WAIT_SECONDS", 0.3)
    article = ID
    assert "must name an older and a newer version" in kept("evidence", article, "2..1", "e.zip", code=2).stderr
    with lock("sqlite:///writethru.db"):
        assert "no checkpoint covers" in kept("evidence", article, "1..2", "e.zip", code=75).stderr
    kept("takedown", f"{article}@2", "--reason", "court order")
    assert "court order" in kept("evidence", article, "1..2", "e.zip", code=1).stderr
    with open_archive("sqlite:///writethru.db") as store, store.write() as connection:
        connection.run("UPDATE version SET signature = 'other' WHERE n = 3")
    assert f"{article}@3" in kept("evidence", article, "1..3", "e.zip", code=5).stdout
    assert not Path("e.zip").exists()


@pytest.mark.postgres
def test_an_archive_on_a_server(run, postgres_url):
    with open_archive(postgres_url) as store:
        tracked = watch(store)
        grow(store, tracked, 3)
    assert "3 entries" in run("--db", postgres_url, "evidence", tracked.id, "1..3", "e.zip").stdout
    assert checked("e.zip").returncode == 0
    assert Path("writethru.key").stat().st_mode & 0o777 == 0o600
    assert "1 checkpoint in the archive" in run("--db", postgres_url, "verify").stderr


def test_a_package_is_checked_without_its_own_verifier(kept, run):
    (said,) = objects(kept("evidence", ID, "1..3", "e.zip", "--json"))
    assert "Everything verified." in run("evidence", "--check", "e.zip", "--key", said["key"]).stdout
    assert "key was taken from key.pub" in run("evidence", "--check", "e.zip", code=4).stdout
    assert "differs from the given key" in run("evidence", "--check", "e.zip", "--key", "other", code=5).stdout
    data = Path("e.zip").read_bytes()
    Path("e.zip").write_bytes(data + b"more")
    (found,) = objects(run("evidence", "--check", "e.zip", "--key", said["key"], "--json", code=5))
    assert (found["schema"], found["ok"], found["key_given"]) == (1, False, True)


def test_the_verifier_is_offered_by_itself(kept, run):
    kept("evidence", ID, "1..3", "e.zip")
    (said,) = objects(run("evidence", "--verifier", "alone.py", "--json"))
    assert hashlib.sha256(Path("alone.py").read_bytes()).hexdigest() == said["sha256"]
    with zipfile.ZipFile("e.zip") as members:
        assert members.read("verify.py") == Path("alone.py").read_bytes()
    assert "--force" in run("evidence", "--verifier", "alone.py", code=2).stderr
    assert "an article" in run("evidence", code=2).stderr


def test_a_package_needs_the_key_of_its_checkpoint(kept):
    Path("writethru.toml").write_text('[archive]\ncheckpoints = "notes"\n')
    kept("evidence", ID, "1..2", "e.zip")
    Path("writethru.db.key").rename("elsewhere.key")
    assert "the key that signed the checkpoint" in kept("evidence", ID, "1..2", "f.zip", code=2).stderr
    assert not Path("writethru.db.key").exists()


@pytest.fixture
def stored_again(run):
    with archive_at(Path("writethru.db")) as archive:
        tracked = watch(archive)
        commit_check(archive, intent(tracked, 1, minutes(1), raw=Raw.ALL))
        for at in (2, 3):
            page = replace(capture(1, minutes(at), tracked.url), body=f"<p>advert {at}</p>".encode())
            commit_check(archive, look(tracked, 1, minutes(at), CheckOutcome.UNCHANGED, recapture=page, raw=Raw.ALL))
    return tracked.id


def test_pages_stored_again_are_listed(stored_again):
    meta = command("show", stored_again, "--meta").stdout
    assert f"stored again   2 times, last: writethru show {stored_again[:8]}@2026-11-25T09:03:00Z --raw" in meta
    (shown,) = objects(command("show", stored_again, "--json"))
    assert [each["at"] for each in shown["stored_again"]] == ["2026-11-25T09:02:00Z", "2026-11-25T09:03:00Z"]
    assert {each["removed"] for each in shown["stored_again"]} == {""}


@pytest.mark.parametrize(
    ("at", "body"),
    [
        ("2026-11-25T09:01:30", capture(1).body.decode()),
        ("2026-11-25T09:02:00Z", "<p>advert 2</p>"),
        ("2026-11-25T09:02:59Z", "<p>advert 2</p>"),
        ("2026-11-25T10:00:00Z", "<p>advert 3</p>"),
        ("v1", capture(1).body.decode()),
    ],
)
def test_a_time_shows_the_page_that_was_stored_last_by_then(stored_again, at, body):
    assert command("show", f"{stored_again}@{at}", "--raw").stdout == body


async def test_the_page_of_the_version_leads_to_each(stored_again):
    async with client_of("sqlite:///writethru.db") as client:
        html = (await client.get(f"/articles/{stored_again}/1")).text
        assert "Stored again: 2 pages that showed this version" in html
        assert f'href="/articles/{stored_again}/1/raw?at=2026-11-25T09%3A02%3A00Z"' in html
        answer = await client.get(f"/articles/{stored_again}/1/raw?at=2026-11-25T09%3A02%3A00Z")
        assert answer.text == "<p>advert 2</p>"
        assert f'filename="{stored_again}-v1-20261125T090200Z.html"' in answer.headers["content-disposition"]
        assert answer.headers["content-type"] == "application/octet-stream"
        assert (await client.get(f"/articles/{stored_again}/1/raw?at=noon")).status_code == 400
        shown = (await client.get(f"/articles/{stored_again}/1.json")).json()
        assert len(shown["stored_again"]) == 2


@pytest.fixture
def hung(desk):
    with open_archive("sqlite:///writethru.db") as store:
        tracked = watch(store)
        failure = Failure(FailureKind.UNREADABLE, "the page took longer than 20 s to read", URL, 200)
        told = quarantine(store, tracked.id, capture(), failure)
    assert told.reason.endswith(f"(see writethru show {tracked.id} --quarantined)")
    return desk


def test_a_page_that_nobody_could_read_is_shown_as_it_came(hung):
    assert hung("show", URL, "--quarantined").stdout_bytes == capture().body
    told = json.loads(hung("show", URL, "--quarantined", "--json").stdout)
    assert (told["schema"], told["sha256"], told["status"]) == (1, capture().sha256, 200)
    assert "longer than 20 s" in told["reason"]


def test_a_quarantined_page_that_is_not_there_is_named(desk):
    with open_archive("sqlite:///writethru.db") as store:
        watch(store)
    assert "it has no quarantined page" in desk("show", URL, "--quarantined", code=2).stderr


def test_a_takedown_deletes_a_quarantined_page_although_there_is_no_version(hung):
    with open_archive("sqlite:///writethru.db") as store:
        tracked = get_article(store, URL)
        assert take_down(store, tracked.id, "court", NOW) == []
        assert list_quarantined(store) == []
        with pytest.raises(NotKnown):
            take_down(store, tracked.id, "court", NOW)

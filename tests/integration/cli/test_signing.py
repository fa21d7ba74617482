"""What is signed and with which key: no other history, by no other key, and what an operator is told instead."""

import asyncio
import errno
import json
import os
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.archive_samples import NOW, grow, intent, minutes, watch
from tests.archives import inline
from tests.command_line import objects
from tests.fake_fetcher import FakeFetcher
from tests.integration.cli.conftest import alter
from tests.integration.cli.test_keep import ID
from tracker.archive.archive import Archive
from tracker.archive.articles import get_article
from tracker.archive.commits import commit_check
from tracker.archive.database.locking import lock
from tracker.archive.ledger.checkpoints import CheckpointFolder, Signer, read_note
from tracker.archive.ledger.log import list_checkpoints, seal_log, sign_log
from tracker.archive.ledger.verify import verify
from tracker.archive.opening import open_archive
from tracker.config.tables import ArchiveConfig
from tracker.errors import ArchiveError
from tracker.service.checkpoint_publisher import CheckpointPublisher

URL = "sqlite:///writethru.db"
KEY = Path("writethru.db.key")
PUBLIC = Path("notes/key.pub")
FOLDER = CheckpointFolder("notes", URL)
NEW_KEY = "writethru evidence --new-key"


@pytest.fixture
def signed(kept):
    """Run a command where an archive of three versions is, with one checkpoint in a folder."""
    Path("writethru.toml").write_text('[archive]\ncheckpoints = "notes"\n')
    sign(9)
    return kept


def sign(at: float, *, new: int = 0) -> Path:
    """Add `new` versions to the article, and put a checkpoint into the folder."""
    with open_archive(URL) as store:
        add(store, new)
        sealed = sign_log(store, FOLDER, minutes(at))
    return FOLDER.keep(sealed.note, sealed.signer.public)


def add(store: Archive, new: int, at: float = 0) -> None:
    for _ in range(new):
        tracked = get_article(store, ID)
        n = tracked.versions + 1
        assert commit_check(store, intent(tracked, n, minutes(at + n))).version == n


def findings(run) -> dict[str, dict[str, str]]:
    shown = run("doctor", "--offline", "--json", code=1)
    return {each["what"]: each for each in objects(shown) if each["state"] != "ok"}


class TestFork:
    def test_an_older_backup_is_restored_with_a_warning_and_not_signed_on(self, signed):
        signed("backup", "yesterday.db")
        note = sign(10, new=2)
        restored = signed("restore", "yesterday.db", "--force")
        assert f"warning: {note}" in restored.stderr
        assert NEW_KEY in restored.stderr.replace("\n", " ")
        (said,) = objects(signed("restore", "yesterday.db", "--force", "--json"))
        assert [str(note) in each for each in said["warnings"]] == [True]
        with open_archive(URL) as store:
            add(store, 4, at=50)
        assert "an older backup was restored" in signed("verify", code=5).stdout
        found = findings(signed)["checkpoints"]
        assert found["state"] == "broken"
        assert NEW_KEY in found["remedy"]
        refused = signed("evidence", ID, "6..7", "e.zip", code=1).stderr
        assert str(note) in refused
        assert NEW_KEY in refused
        with lock(URL):  # a service would not sign it either
            assert signed("evidence", ID, "6..7", "e.zip", code=1).stderr == refused
        assert len(FOLDER.notes()) == 2

    def test_the_service_watches_on_and_says_why_it_does_not_sign(self, signed):
        signed("backup", "yesterday.db")
        note = sign(10, new=2)
        signed("restore", "yesterday.db", "--force")
        config = ArchiveConfig.model_validate({"database": URL, "checkpoints": "notes"})

        async def serve() -> None:
            with open_archive(URL) as store:
                made = CheckpointPublisher(config, inline(store), FakeFetcher())
                add(store, 3, at=50)
                await made.make(NOW)
                assert str(note) in made.error
                assert len(FOLDER.notes()) == 2
                assert len(list_checkpoints(store)) == 1
                FOLDER.renew()
                await made.make(NOW + timedelta(hours=2))
                assert made.error == ""

        asyncio.run(serve())
        assert len(FOLDER.notes()) == 3

    def test_another_history_is_refused_by_restore_and_named_by_verify(self, signed):
        shutil.copy("writethru.db", "forked.db")
        note = sign(10, new=2)
        with open_archive("sqlite:///forked.db") as store:
            add(store, 3, at=50)
            seal_log(store, Signer.read(KEY), minutes(70))
        refused = signed("restore", "forked.db", "--force", code=1).stderr
        assert str(note) in refused
        assert "another history" in refused
        shutil.copy("forked.db", "writethru.db")
        assert "another history" in signed("verify", code=5).stdout
        signed("verify", "--against", str(note), code=5)

    def test_entries_that_were_stored_and_not_sealed_when_backed_up_are_sealed_as_before(self, signed):
        with open_archive(URL) as store:
            add(store, 2)
        signed("backup", "before.db")
        note = sign(10)
        assert "warning" not in signed("restore", "before.db", "--force").stderr
        signed("verify")
        assert sign(11) == note
        assert read_note(sign(12, new=1).read_text()).size == 6

    def test_where_no_note_is_at_hand_it_is_said_that_a_fork_would_not_be_seen(self, signed):
        shutil.move("notes", "elsewhere")
        signed("backup", "yesterday.db")
        said = "an older or different history would not be noticed"
        assert said in signed("restore", "yesterday.db", "--force").stderr
        (found,) = [each for each in objects(signed("doctor", "--offline", "--json")) if each["what"] == "checkpoints"]
        assert found["state"] == "warning"
        assert said in found["detail"]
        with open_archive(URL) as store:
            assert said in sign_log(store, FOLDER, minutes(20)).warning
            assert said in sign_log(store, CheckpointFolder("", URL), minutes(20)).warning


class TestKey:
    def test_a_swapped_key_does_not_sign_and_is_named(self, signed):
        public = PUBLIC.read_text()
        KEY.unlink()
        Signer.new("writethru-thief").write(KEY)
        with pytest.raises(ArchiveError, match="is not the key of"):
            sign(10, new=1)
        assert PUBLIC.read_text() == public
        assert str(KEY) in signed("verify", code=5).stdout
        assert findings(signed)["checkpoints"]["state"] == "broken"
        PUBLIC.unlink()
        with pytest.raises(ArchiveError, match="is not the key of"):
            sign(10)

    @pytest.mark.parametrize("content", [None, "", "writethru-1 AAAA\n", "\0" * 4096])
    def test_a_missing_or_empty_key_is_replaced_only_if_asked(self, signed, content):
        public = PUBLIC.read_text()
        first = next(iter(FOLDER.notes()))
        if content is None:
            KEY.unlink()
        else:
            KEY.write_text(content)
        with pytest.raises(ArchiveError, match="missing" if content is None else "empty or damaged") as told:
            sign(10, new=1)
        assert "copy it from a backup" in told.value.hint
        assert told.value.resource == str(KEY.absolute())
        assert NEW_KEY in findings(signed)["checkpoints"]["remedy"]
        signed("verify")
        (said,) = objects(signed("evidence", "--new-key", "--json"))
        assert said["key"] == PUBLIC.read_text().strip() != public.strip()
        (kept,) = Path("notes").glob("key-*.pub")
        assert kept.read_text() == public
        signed("verify", "--against", str(first), "--key", kept.read_text().strip())
        assert read_note(sign(10).read_text(), said["key"]).size == 4
        assert KEY.stat().st_mode & 0o777 == 0o600
        if content:
            assert [each.read_text() for each in Path().glob("writethru.db.key.*")] == [content]

    def test_where_only_the_archive_has_notes_or_only_the_folder_the_key_is_not_replaced(self, signed):
        KEY.unlink()
        PUBLIC.unlink()
        with pytest.raises(ArchiveError, match="missing"):
            sign(10)
        shutil.rmtree("notes")
        with pytest.raises(ArchiveError, match="missing"):
            sign(10)
        assert not KEY.exists()

    def test_a_package_is_packed_with_a_new_key_although_a_note_of_this_size_is_there(self, signed):
        old = KEY.read_text()
        (said,) = objects(signed("evidence", ID, "1..3", "e.zip", "--new-key", "--json"))
        assert said["key"] == PUBLIC.read_text().strip()
        assert signed("evidence", "--check", "e.zip", "--key", said["key"]).exit_code == 0
        assert len(FOLDER.notes()) == 2
        assert [each.read_text() for each in Path().glob("writethru.db.key.*")] == [old]
        signed("verify")

    def test_a_full_disk_leaves_no_key(self, kept, monkeypatch):
        def full(_file: int) -> None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", full)
            with pytest.raises(ArchiveError, match="cannot be written"):
                sign(9)
        assert not list(Path().glob("*.key*")) + list(Path().glob(".*.key*"))
        KEY.write_text("")  # as an earlier release left it
        assert sign(9).exists()
        kept("verify")

    @pytest.mark.parametrize("links", [True, False])
    def test_a_key_that_is_there_is_never_overwritten(self, kept, monkeypatch, *, links):
        def refuse(*_: object) -> None:
            raise OSError(errno.EPERM, os.strerror(errno.EPERM))

        if not links:
            monkeypatch.setattr(Path, "hardlink_to", refuse)
        first = Signer.new("a")
        first.write(KEY)
        assert KEY.stat().st_mode & 0o777 == 0o600
        with pytest.raises(ArchiveError, match="cannot be written"):
            Signer.new("b").write(KEY)
        assert Signer.read(KEY) == first


class TestClock:
    def test_a_clock_that_once_ran_fast_accuses_nobody(self, signed):
        year = 60 * 24 * 365
        with open_archive(URL) as store:
            add(store, 1)
            seal_log(store, FOLDER.signer(), minutes(year))
            add(store, 1, at=20)
            assert not verify(store).ok, "until the next checkpoint"
            seal_log(store, FOLDER.signer(), minutes(60))
            add(store, 1, at=70)
            seal_log(store, FOLDER.signer(), minutes(120))
            assert verify(store).ok
            assert verify(store, keys=FOLDER.public_keys()).ok
            # One of another key takes nothing from ours.
            add(store, 1, at=1)
            seal_log(store, Signer.new("thief"), minutes(1))
            assert [each.how.rpartition(": ")[2] for each in verify(store, keys=FOLDER.public_keys()).damage] == [
                "it was added later"
            ]

    def test_a_new_key_and_another_machine_accuse_nobody_for_a_clock_that_ran_fast(self, signed):
        old = PUBLIC.read_text().strip()
        with open_archive(URL) as store:
            add(store, 1)
            fast = seal_log(store, FOLDER.signer(), minutes(60 * 24 * 365))
            add(store, 1, at=20)
            FOLDER.renew()
            seal_log(store, FOLDER.signer(), minutes(60))
            keys = FOLDER.public_keys()
            assert set(keys) == {old, PUBLIC.read_text().strip()}
            assert verify(store, keys=keys).ok
            assert verify(store, keys=keys, against=fast).ok
            assert verify(store, against=fast).ok

    def test_replaced_keys_are_found_beside_any_name_and_one_that_is_damaged(self, signed):
        old = PUBLIC.read_text().strip()
        FOLDER.renew()
        Path("notes/key-x.pub").write_bytes(b"\xff\xfe")
        assert old in FOLDER.public_keys()
        beside = CheckpointFolder("", "sqlite:///news[1].db")
        replaced = beside.renew().public
        beside.renew()
        assert replaced in beside.public_keys()

    def test_of_two_checkpoints_of_one_size_the_earlier_time_counts(self, signed):
        with open_archive(URL) as store:
            add(store, 1)
            right = read_note(seal_log(store, FOLDER.signer(), minutes(15)))
            fast = FOLDER.renew().sign(replace(right, at=minutes(60 * 24 * 365)))
            add(store, 1, at=20)
            assert verify(store, keys=FOLDER.public_keys(), against=fast).ok

    def test_a_checkpoint_by_an_unknown_key_counts_for_nothing(self, signed):
        with open_archive(URL) as store:
            add(store, 1)
            seal_log(store, Signer.new("thief"), minutes(60 * 24 * 365))
            add(store, 1, at=1)
        (said,) = objects(signed("verify", "--json"))
        assert (said["ok"], said["unknown_checkpoints"]) == (True, 1)
        assert said["unsealed"] == 2
        told = signed("verify").stderr.replace("\n  ", " ")
        assert "Not counted: 1 checkpoint in the archive, signed with an unknown key." in told

    def test_restore_warns_of_what_is_late_and_refuses_what_is_damaged(self, signed):
        sign(600, new=1)
        with open_archive(URL) as store:
            grow(store, watch(store, "https://herald.example/late"), 1)
        signed("backup", "copy.db")
        shown = signed("restore", "copy.db", "--force")
        assert "it was added later" in shown.stderr.replace("\n  ", " ")
        assert "warning" in shown.stderr
        assert json.loads(signed("restore", "copy.db", "--force", "--json").stdout)["warnings"]
        alter("UPDATE version SET seen_at = seen_at + 1 WHERE n = 3", "copy.db")
        assert f"{ID}@3" in signed("restore", "copy.db", "--force", code=1).stderr

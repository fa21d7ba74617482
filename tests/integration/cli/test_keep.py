"""verify, search, backup, restore, takedown, prune: what was kept is proved, found, carried off and let go."""

from pathlib import Path

import pytest

from tests.archive_samples import URL, minutes
from tests.command_line import objects
from tracker.addresses.urls import article_id
from tracker.archive.ledger.log import seal_log
from tracker.archive.ledger.notes import Signer
from tracker.archive.opening import open_archive

from .conftest import alter

ID = article_id(URL)


def seal(name: str) -> Signer:
    signer = Signer.new("herald.example")
    with open_archive("sqlite:///writethru.db") as store:
        Path(name).write_text(seal_log(store, signer, minutes(9)), encoding="utf-8")
    return signer


class TestVerify:
    def test_a_whole_archive(self, kept):
        shown = kept("verify")
        assert shown.stdout == ""
        assert "Verified 3 versions: everything matches the log." in shown.stderr

    def test_json_counts(self, kept):
        (report,) = objects(kept("verify", "--quick", "--json"))
        assert (report["schema"], report["ok"], report["versions"], report["decoded"]) == (1, True, 3, 0)
        (report,) = objects(kept("verify", "--sample", "1", "--article", ID[:6], "--json"))
        assert (report["ok"], report["decoded"], report["damage"]) == (True, 3, [])

    def test_the_damaged_version_is_named(self, kept):
        alter("UPDATE version SET seen_at = seen_at - 1 WHERE n = 2")
        assert kept("verify", "--quick", code=5).stdout.startswith(f"{ID}@2: its record does not match")
        (report,) = objects(kept("verify", "--json", code=5))
        assert not report["ok"]
        assert {each["what"] for each in report["damage"]} == {f"{ID}@2"}

    def test_against_a_checkpoint(self, kept):
        signer = seal("then.note")
        kept("verify", "--against", "then.note", "--key", signer.public)
        other = Signer.new("herald.example").public
        assert "not signed with the given" in kept("verify", "--against", "then.note", "--key", other, code=1).stderr
        alter("UPDATE leaf SET position = NULL WHERE position = 2")
        assert "only 2 of them are left" in kept("verify", "--quick", "--against", "then.note", code=5).stdout

    def test_no_checkpoint(self, kept):
        Path("page.gz").write_bytes(b"\x1f\x8b\xff")
        assert "not a checkpoint" in kept("verify", "--against", "page.gz", code=1).stderr

    @pytest.mark.parametrize("args", [("--quick", "--sample", "0.5"), ("--key", "a+b+c"), ("--article", "zz")])
    def test_what_makes_no_sense(self, kept, args):
        assert "hint:" in kept("verify", *args, code=2).stderr


class TestSearch:
    def test_what_stands_and_what_stood(self, kept):
        (hit,) = objects(kept("search", "mayor", "--json"))
        assert (hit["article"], hit["place"], hit["first_version"], hit["last_version"]) == (ID, "text", 1, None)
        assert (hit["since"], hit["until"]) == ("2026-11-25T09:01:00Z", None)
        (gone,) = objects(kept("search", '"over 1 streets"', "--in", "removed", "--json"))
        assert (gone["first_version"], gone["last_version"]) == (1, 1)
        assert (gone["since"], gone["until"]) == ("2026-11-25T09:01:00Z", "2026-11-25T09:02:00Z")
        assert objects(kept("search", "over", "1", "--in", "current", "--json")) == []

    def test_lines(self, kept):
        shown = kept("search", "floods", "--ranked", "--in", "removed").stdout
        assert f"{ID[:8]}  v1  2026-11-25T09:01:00Z to 2026-11-25T09:02:00Z  title" in shown
        assert "    River floods 1 streets" in shown
        assert "v1–  2026-11-25T09:01:00Z to now" in kept("search", "mayor").stdout

    def test_words_to_leave_out_are_no_options(self, kept):
        assert len(objects(kept("search", "mayor", "-volcano", "-n", "2", "--json"))) == 1
        assert objects(kept("search", "-mayor", "mayor", "--json")) == []
        assert objects(kept("search", "mayor", "-v", "-n1", "--json", "--", "-mayor")) == []

    def test_limits(self, kept):
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
    def test_a_backup_that_is_not_there_is_a_usage_error_as_for_import(self, kept):
        for command in (("restore", "nowhere.db", "--force"), ("import", "nowhere")):
            assert "nowhere" in (said := kept(*command, code=2).stderr)
            assert "there is no such file" in said

    def test_there_and_back(self, kept):
        key = seal("then.note").public
        (made,) = objects(kept("backup", "copy.db", "--json"))
        assert made["bytes"] == Path("copy.db").stat().st_size
        assert "already exists" in kept("backup", "copy.db", code=2).stderr
        assert (
            "use --force to replace it; it is kept as writethru.db.replaced"
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

    def test_a_damaged_backup_replaces_nothing(self, kept):
        kept("backup", "copy.db")
        alter("UPDATE version SET seen_at = seen_at + 1 WHERE n = 3", "copy.db")
        shown = kept("restore", "copy.db", "--force", code=1).stderr
        assert f"{ID}@3" in shown
        assert "hint: nothing was replaced" in shown
        kept("verify")


def test_changes_are_derived_again(kept):
    done = kept("verify", "--deep", "--json")
    (said,) = objects(done)
    # The samples' labels were made up, and today's rules give others.
    assert said["ok"]
    assert {each["what"].partition("@")[2] for each in said["differences"]} == {"2", "3"}
    assert "the current rules derive this change differently" in kept("verify", "--deep").stderr
    assert kept("verify", "--deep", "--quick", code=2).stdout == ""

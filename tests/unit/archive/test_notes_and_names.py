from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.archive_samples import NOW, grow, intent, minutes, watch
from tests.archives import temporary_archive
from tracker.archive.addresses import list_addresses
from tracker.archive.articles import get_article
from tracker.archive.commits import commit_check
from tracker.archive.ledger.checkpoints import Checkpoint, Signer, read_note
from tracker.archive.ledger.verify import verify
from tracker.archive.search import fold, parse
from tracker.archive.sources import list_sources, list_storms, rename_source, save_storm, sync_source
from tracker.errors import ArchiveError, UsageError
from tracker.model.source import Hub, HubKind, Storm

HELD = Checkpoint("herald.example/archive", 7, "5c" * 32)


def test_a_note_says_what_was_signed_and_no_bit_of_it_can_change() -> None:
    signer = Signer.new("herald.example/archive")
    note = signer.sign(HELD)
    assert note.startswith("herald.example/archive\n7\nXFxc")
    assert read_note(note, signer.public) == HELD
    assert read_note(note) == HELD
    assert signer.signed(note)
    assert not Signer.new("herald.example/archive").signed(note)
    assert read_note(note.replace("\n", "\r\n"), signer.public) == HELD
    data = note.encode()
    for at in range(len(data) * 8):
        changed = bytearray(data)
        changed[at // 8] ^= 1 << at % 8
        with pytest.raises(ArchiveError):
            read_note(changed.decode("utf-8", "replace"), signer.public)


def test_a_note_that_was_changed_or_signed_by_another_is_refused() -> None:
    signer = Signer.new("herald.example/archive")
    note = signer.sign(HELD)
    others = Signer.new("herald.example/archive").public
    for wrong, key in (
        (note.replace("\n7\n", "\n8\n"), signer.public),
        (note, others),
        (note, Signer.new("post.example").public),
        (note, "no key at all"),
        (note, f"{signer.public}!"),
        (note, "a+b+c"),
        (HELD.body + "\n", signer.public),
    ):
        with pytest.raises(ArchiveError, match="not signed"):
            read_note(wrong, key)


@pytest.mark.parametrize("text", ["", "one\ntwo", "a\nseven\nXFxc\n\n", "a\n7\n!!!\n\n"])
def test_what_is_no_note(text: str) -> None:
    with pytest.raises(ArchiveError, match=r"^not a checkpoint note$"):
        read_note(text)


@pytest.mark.parametrize("size", ["07", "+7", " 7", "7 "])
def test_a_note_that_says_the_same_otherwise_is_refused(size: str) -> None:
    signer = Signer.new("herald.example/archive")
    with pytest.raises(ArchiveError, match="altered"):
        read_note(signer.sign(HELD).replace("\n7\n", f"\n{size}\n"), signer.public)


def test_a_key_is_kept_where_only_its_owner_reads(tmp_path: Path) -> None:
    path = tmp_path / "key"
    signer = Signer.new("herald.example/archive")
    signer.write(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert Signer.read(path) == signer
    with pytest.raises(ArchiveError, match="cannot be written"):
        signer.write(path)
    for rubbish in ("rubbish", "archive rub!bishy"):
        path.write_text(rubbish)
        with pytest.raises(ArchiveError, match="cannot be read"):
            Signer.read(path)


def test_articles_lists_and_notes_follow_and_the_log_verifies():
    archive = temporary_archive()
    tracked = watch(archive, source="Herald")
    grow(archive, tracked, 2)
    hub = Hub("Herald", HubKind.FEED, "https://herald.example/feed")
    sync_source(archive, "Herald", [hub], NOW)
    save_storm(archive, Storm("Herald", NOW, NOW, 3, 4))
    assert rename_source(archive, "Herald", "Port Alder Herald", minutes(9), lambda: None) == 1
    assert list_sources(archive) == ["Port Alder Herald"]
    assert get_article(archive, tracked.id).source == "Port Alder Herald"
    assert list(list_storms(archive)) == ["Port Alder Herald"]
    _, noted = list_addresses(archive, tracked.id)
    assert noted[-1]["event"] == "source Herald was renamed Port Alder Herald"
    commit_check(archive, intent(get_article(archive, tracked.id), 3, minutes(10)))
    assert verify(archive).ok
    rename_source(archive, "Port Alder Herald", "Herald", minutes(99), lambda: None)
    assert verify(archive).ok


def test_what_changes_together_fails_together():
    archive = temporary_archive()
    watch(archive, source="Herald")

    def fail() -> None:
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        rename_source(archive, "Herald", "Post", NOW, fail)
    assert list_sources(archive) == ["Herald"]


def test_a_name_that_is_taken_is_refused():
    archive = temporary_archive()
    watch(archive, source="Herald")
    watch(archive, "https://post.example/a", source="Post")
    with pytest.raises(UsageError, match="already has a source named 'Post'"):
        rename_source(archive, "Herald", "Post", NOW, lambda: None)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The  Mayor’s office — 14% more!", "the mayor s office 14 more"),
        ("Café Ångström, Straße", "cafe angstrom strasse"),
        ("東京で火事", "東 京 で 火 事"),
        ("서울 화재", "서 울 화 재"),
        ("snake_case a\0b\ud800", "snake case a b"),
        ("كَتَبَ שָׁלוֹם", "كتب שלום"),
        ("", ""),
    ],
)
def test_words_are_the_same_everywhere(text: str, words: str) -> None:
    assert fold(text) == words


@given(st.text(st.characters(max_codepoint=127)))
def test_plain_text_goes_the_short_way_to_the_same_words(text: str) -> None:
    assert f"e {fold(text)}".strip() == fold(f"é {text}")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ('river "old town', "the quotation mark at character 7 is not closed"),
        ("", "no word"),
        ("-river", "no word"),
        ("++ --", "no word"),
        ("OR river", "OR needs a word"),
        ("river OR", "OR needs a word"),
        ("river OR OR lake", "OR needs a word"),
        ("river OR -lake", "OR cannot be followed"),
        ("river OR NOT lake", "OR cannot be followed"),
        ("river NOT", "NOT needs a word"),
    ],
)
def test_what_makes_no_sense_is_explained(asked: str, said: str) -> None:
    with pytest.raises(UsageError, match=said) as caught:
        parse(asked)
    assert '"a phrase"' in caught.value.hint

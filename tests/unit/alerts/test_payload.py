import json
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError

from tests.alert_samples import NOW, rule
from tracker.alerts import message
from tracker.alerts.channels.webhook import event
from tracker.alerts.matching import match_rules
from tracker.alerts.message import MAX_SHORT_CHARACTERS, MAX_SUBJECT_CHARACTERS, Message, compose
from tracker.alerts.payload import MAX_PAYLOAD_BYTES, checkpoint_alert, combine, stale_copy_alerts, version_alert
from tracker.model.alert import Alert, Batch, Delivery
from tracker.model.article import Article, Block, BlockKind, Notice, NoticeKind
from tracker.model.change import (
    BlockChange,
    Change,
    Field,
    Hunk,
    Label,
    LabelKind,
    Noted,
    NoticeChange,
    Op,
    PageEvent,
    status_change,
)
from tracker.model.version import Version
from tracker.render.json import dumps
from tracker.service.sample_alerts import SAMPLES, sample
from tracker.views.version import VersionView


def body(version: Version, previous: Article | None = None, **more: Any) -> dict[str, Any]:
    return version_alert("R", "desk", version, previous, link="http://desk.example.org/", **more).payload


def changed(change: Change, event: str = "", **fields: Any) -> dict[str, Any]:
    """Return the payload of an alert about a version that *change* led to."""
    return body(replace(sample("update")[0], change=change, **fields), event=event)


def words(kind: str) -> Message:
    return compose(body(*sample(kind)))


def digest(version: Version, previous: Article | None, listed: int, count: int) -> dict[str, Any]:
    alerts = [body(version, previous, salt=str(n)) | {"article": f"{n:012x}"} for n in range(listed)]
    return {"schema": 1, "id": "wt_1", "type": "digest", "rule": "R", "count": count, "alerts": alerts}


def size(payload: dict[str, Any]) -> int:
    return len(dumps(payload).encode())


def test_the_payload_says_what_when_how_much_and_where():
    version, previous = sample("correction")
    told = body(version, previous)
    assert told["schema"] == 2
    assert told["type"] == "article.changed"
    assert (told["version"], told["previous_version"]) == (2, 1)
    assert told["headline"] == told["previous_headline"] == version.content.title
    assert told["last_seen_old"] == "2026-01-01T11:55:00Z"
    assert told["first_seen_new"] == "2026-01-01T12:00:00Z"
    assert told["labels"][1] == {"kind": "number", "evidence": "12,000 vehicles → 21,000 vehicles", "blocks": [1]}
    assert version.change is not None
    assert (told["significance"], told["announced"]) == (version.change.significance, True)
    assert (told["words_added"], told["words_removed"]) == (1, 1)
    assert told["url"] == version.url
    assert told["link"] == f"http://desk.example.org/a/{version.article}/1..2"
    assert told["notices"][0]["kind"] == "correction"
    assert told["top_hunk"]["hunks"][1:3] == [["-", "12,000"], ["+", "21,000"]]
    assert told["sha256"] == version.content.sha256


@pytest.mark.parametrize("kind", SAMPLES)
def test_a_version_and_its_change_are_the_objects_of_log_json(kind: str):
    version, previous = sample(kind)
    logged = json.loads(dumps(VersionView.of(version)))
    assert isinstance(logged["change"], dict)
    same = {"article", "version", "url", "source", "stories", "sha256", *logged["change"]}
    told = body(version, previous)
    assert {name: told[name] for name in same} == {name: (logged | logged["change"])[name] for name in same}


def test_without_a_web_page_the_link_is_the_article():
    version, previous = sample("update")
    payload = version_alert("R", "desk", version, previous, link="").payload
    assert payload["link"] == version.url
    assert version.url in compose(payload).short


def test_the_top_hunk_comes_first_and_the_others_in_order():
    def edit(index: int, old: str, new: str) -> BlockChange:
        return BlockChange(Op.EDIT, index, index, (("-", old), ("+", new)))

    change = Change(
        title=Field("Old head", "New head", (("-", "Old"), ("+", "New"), ("=", " head"))),
        blocks=(edit(0, "a", "b"), edit(1, "3 dead", "5 dead"), edit(2, "c", "d")),
        labels=(Label(LabelKind.NUMBER, "3 → 5", (1,)),),
    )
    told = changed(change)
    assert told["top_hunk"]["hunks"] == [["-", "3 dead"], ["+", "5 dead"]]
    assert [piece["where"] for piece in told["changes"]] == ["headline", "paragraph", "paragraph"]
    assert [piece["new"] for piece in told["changes"]] == [None, 0, 2]


def test_a_notice_alone_is_the_top_hunk():
    change = Change(notices=(NoticeChange(NoticeKind.CORRECTION, "Correction: so", Op.INSERT),))
    told = changed(change)
    assert told["top_hunk"]["where"] == "notice"
    assert told["changes"] == []


def test_a_change_of_status_has_no_hunk():
    change = Change(title=Field("T", "T", (("=", "T"),)), labels=(Label(LabelKind.RESTORED, "the page is back"),))
    told = changed(change, event="restored:now")
    assert told["top_hunk"] is None
    assert told["type"] == "article.restored"
    assert told["link"].endswith("/2")


def test_context_is_cut_to_the_words_next_to_an_edit():
    words = " ".join(f"w{n}" for n in range(100))
    edited: tuple[Hunk, ...] = (("=", words + " "), ("-", "old"), ("+", "new"), ("=", f" {words} "), ("+", "more"))
    change = Change(blocks=(BlockChange(Op.EDIT, 0, 0, (*edited, ("=", f" {words}"))),))
    piece = changed(change)["top_hunk"]
    before, _, _, between, _, after = (text for _, text in piece["hunks"])
    assert piece["cut"]
    assert before.startswith("… w84")
    assert before.endswith("w99 ")
    first, last = (" ".join(f"w{n}" for n in part) for part in (range(16), range(84, 100)))
    assert between == f" {first} … {last} "
    assert after.startswith(" w0")
    assert after.endswith("w15 …")


def test_a_bare_move_shows_how_the_paragraph_begins():
    words = " ".join(f"w{n}" for n in range(100))
    piece = changed(Change(blocks=(BlockChange(Op.MOVE, 0, 3, (("=", words),)),)))["top_hunk"]
    assert piece["op"] == "move"
    assert piece["hunks"][0][1].endswith("w31 …")


@given(
    st.lists(st.tuples(st.sampled_from("=-+"), st.text(min_size=1, max_size=4000)), max_size=6),
    st.integers(1, 60),
    st.text(max_size=3000),
)
def test_a_payload_is_json_of_at_most_20_kb_whatever_a_page_says(hunks, count, text):
    block = BlockChange(Op.EDIT, 0, 0, tuple(hunks))
    change = Change(
        blocks=(block,) * count,
        notices=(NoticeChange(NoticeKind.UPDATE, text, Op.INSERT),) * 3,
        labels=(Label(LabelKind.INSERT, text),) * count,
    )
    payload = changed(change, content=Article(title=text))
    assert size(payload) <= MAX_PAYLOAD_BYTES
    assert json.loads(dumps(payload)) == payload
    assert payload["more_changes"] == count - 1 - len(payload["changes"])
    words = compose(payload)
    assert len(words.subject) <= MAX_SUBJECT_CHARACTERS
    assert len(words.short) <= MAX_SHORT_CHARACTERS
    assert "\x1b" not in words.text + words.html + words.short
    assert "\n" not in words.subject


def test_edits_are_left_out_before_labels_and_the_top_hunk_never():
    edit = BlockChange(Op.INSERT, None, 0, (("+", "€€€€€€€€€€€€€€€ " * 100),))
    payload = changed(Change(blocks=(edit,) * 30, labels=(Label(LabelKind.INSERT, "x"),)))
    assert size(payload) <= MAX_PAYLOAD_BYTES
    assert payload["top_hunk"]["hunks"][0][1].startswith("€€€€€")
    assert 1 <= len(payload["changes"]) < 11
    assert payload["more_changes"] + len(payload["changes"]) == 29
    assert payload["labels"]
    # Where leaving out edits is not enough, labels are left out, too.
    notice = NoticeChange(NoticeKind.UPDATE, "€" * 1000, Op.INSERT)
    long = changed(Change(notices=(notice,) * 5, labels=(Label(LabelKind.INSERT, "€" * 300),) * 40))
    assert size(long) <= MAX_PAYLOAD_BYTES


@pytest.mark.parametrize(
    ("kind", "subject", "said"),
    [
        ("correction", "correction: Harbour bridge", "The outlet published a note"),
        ("headline", "new headline: Harbour bridge closed for a month", "{+for a month+}"),
        ("update", "update: Harbour bridge", "paragraph, added: {+Two ferries"),
        ("silent", "edit not noted by the outlet: Harbour bridge", "The outlet published no note"),
    ],
)
def test_samples_read_as_what_they_are(kind, subject, said):
    version, _ = sample(kind)
    made = words(kind)
    assert made.subject.startswith(f"sample · {subject}")
    assert made.text.startswith("sample: Harbour bridge")
    assert said in made.text
    assert "between 11:55 and 12:00 UTC" in made.text
    assert f"writethru diff {version.article} 1..2" in made.text
    assert version.url in made.text


def test_the_subject_of_an_alert_without_a_source_begins_with_what_happened():
    assert compose(body(*sample("headline")) | {"source": ""}).subject.startswith("new headline: Harbour bridge")


@pytest.mark.parametrize(("entries", "said"), [(1, "1 entry"), (12000, "12,000 entries")])
def test_the_subject_of_a_checkpoint_counts_the_entries_of_the_log(entries, said):
    note = checkpoint_alert("desk", f"desk.example\n{entries}\nroot\n", "key").payload
    assert compose(note).subject == f"Checkpoint of desk.example: {said}"


def test_a_message_names_the_gravest_label_first():
    assert "Labels: not-noted, number." in words("silent").text


def test_the_words_of_an_edit_in_a_mail_run_as_they_are_written():
    """A browser looks for the direction of a paragraph in its first letter, but not in what has its own direction."""
    html = words("silent").html
    assert re.search(r'<p dir="auto"[^>]*><span dir="ltr"[^>]*>paragraph</span><br>About ', html)


def test_a_note_that_leaves_an_edit_unexplained_is_not_called_none():
    version, previous = sample("correction")
    assert version.change is not None
    made = replace(version, change=replace(version.change, announced=False, noted=Noted.NO))
    text = compose(body(made, previous)).text
    assert "The outlet published a note, but it does not explain every edit." in text
    assert "published no note" not in text


@pytest.mark.parametrize("kind", SAMPLES)
def test_samples_hold_together(kind):
    version, previous = sample(kind)
    change = version.change
    assert change is not None
    assert not change.is_empty
    assert [b.old_text for b in change.blocks if b.old is not None] == [b.text for b in previous.editorial]
    assert [b.new_text for b in change.blocks if b.new is not None] == [b.text for b in version.content.editorial]
    assert (change.title.old, change.title.new) == (previous.title, version.content.title)


def test_a_first_version_is_sent_with_its_opening_and_notices():
    content = Article(
        blocks=(Block(BlockKind.PARAGRAPH, "It opened <b>today</b>."),),
        notices=(Notice(NoticeKind.EDITORS_NOTE, "This story is developing."),),
    )
    first = replace(sample("update")[0], n=1, change=None, previous_seen=None, content=content)
    told = body(first)
    assert told["type"] == "article.first-seen"
    assert told["opening"] == "It opened <b>today</b>."
    assert told["link"].endswith("/1")
    words = compose(told)
    assert words.subject == f"sample · new article: {first.url}"
    assert "First seen at 12:00" in words.text
    assert "Editor’s note: This story is developing." in words.text
    assert "writethru show" in words.text
    assert "&lt;b&gt;today" in words.html
    assert "<b>" not in words.html
    assert "It opened" in words.short


@pytest.mark.parametrize(
    ("kind", "text", "shown"),
    [
        ("correction", "Korrektur: Es waren 21.000.", "Korrektur: Es waren 21.000."),
        ("correction", "Correction: It was 21,000.", "Correction: It was 21,000."),
        ("correction", "We got the figure wrong.", "Correction: We got the figure wrong."),
        ("update-note", "(Adds ferry timetable)", "(Adds ferry timetable)"),
        ("update-note", "Mise à jour : avec le calendrier.", "Mise à jour : avec le calendrier."),
        ("editors-note", "Note: Some names were changed.", "Editor’s note: Note: Some names were changed."),
    ],
)
def test_a_notice_is_named_unless_it_says_in_its_own_language_what_it_is(kind, text, shown):
    assert message.notices({"notices": [{"kind": kind, "text": text}]}) == [shown]


def test_what_does_not_fit_is_counted():
    edit = BlockChange(Op.DELETE, 0, None, (("-", "gone"),))
    made = compose(changed(Change(blocks=(edit,) * 13), previous_seen=None))
    assert "… and 1 more change\n" in made.text
    assert "… and 1 more change<" in made.html
    assert "removed: [-gone-]" in made.text
    assert "3 more changes" in compose(changed(Change(blocks=(edit,) * 15))).text


def test_a_change_of_status_and_one_without_labels_are_in_words():
    gone = compose(changed(Change(labels=(Label(LabelKind.UNPUBLISHED, "the page is gone"),)), event="unpublished:x"))
    assert gone.subject.startswith("sample · taken down: ")
    assert "Gone between" in gone.text
    assert "+0" not in gone.text
    plain = compose(changed(Change(title=Field("a", "b", (("-", "a"), ("+", "b"))))))
    assert plain.subject.startswith("sample · changed: ")
    assert "Labels" not in plain.text


def test_a_digest_of_very_many_says_how_many_it_does_not_list():
    made = compose(digest(*sample("headline"), listed=150, count=160))
    assert made.subject == "R: 160 changes in 150 articles"
    for said in (made.text, made.html):
        assert said.count("sample") == 100
        assert "… and 60 more: writethru alerts list" in said


def test_a_short_digest_has_whole_links_and_counts_the_rest():
    version, previous = sample("headline")
    long = replace(version, content=replace(version.content, title="The council votes on the old harbour bridge " * 3))
    told = digest(long, previous, listed=14, count=14)
    short = compose(told).short
    *lines, rest = short.split("\n")
    assert all(line.endswith(str(told["alerts"][0]["link"])) for line in lines)
    assert 0 < len(lines) < 12
    assert rest == f"… and {14 - len(lines)} more"
    assert len(short) <= MAX_SHORT_CHARACTERS


def test_a_template_that_is_cut_for_a_chat_keeps_its_link():
    told = body(*sample("correction")) | {"said": {"subject": "", "text": "word " * 400}}
    assert told["link"] not in compose(told).short
    told["said"]["text"] += f"\n{told['link']}\n"
    short = compose(told).short
    assert short.endswith(f"…\n\n{told['link']}")
    assert len(short) == MAX_SHORT_CHARACTERS


def test_an_alert_of_a_suspicion_says_that_it_is_one():
    event = compose(changed(status_change(PageEvent.POSSIBLY_UNPUBLISHED), event="possibly-unpublished:x"))
    assert " · possibly taken down: " in event.subject
    assert "The page answered 404 for the first time, " in event.text
    assert "Another alert follows when it is sure" in event.text


SCHEMA = Path(__file__).parents[3] / "docs" / "reference" / "webhook.schema.json"


def sent(alert: Alert) -> Delivery:
    about = (alert.key, alert.rule, alert.target, alert.article, alert.version, alert.payload)
    return Delivery(*about, id=1, created_at=NOW, due_at=NOW)


def check(delivery: Delivery) -> dict[str, Any]:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    told: dict[str, Any] = event(delivery)
    Draft202012Validator(schema, format_checker=FormatChecker()).validate(told)
    return told


@pytest.mark.parametrize("kind", SAMPLES)
@pytest.mark.parametrize("form", ["link", "summary", "full"])
def test_every_sample_in_every_format(kind, form):
    version, previous = sample(kind)
    (alert,) = match_rules([rule(format=form, subject="$headline")], version, previous, link="http://desk.example")
    told = check(sent(alert))
    assert told["id"] == told["data"]["id"] == alert.key
    assert told["subject"] == version.article
    assert told["type"] == "writethru.article.changed"


def test_a_first_version_and_a_page_taken_down():
    version, _ = sample("correction")
    new = replace(version, n=1, change=None, previous_seen=None)
    (first,) = match_rules([rule(first_version=True)], new, None, link="")
    assert check(sent(first))["data"]["opening"]
    gone = replace(version, change=Change(labels=(Label(LabelKind.UNPUBLISHED, "the page is gone"),)))
    (told,) = match_rules([rule()], gone, gone.content, link="", event="unpublished:x")
    assert check(sent(told))["type"] == "writethru.article.unpublished"


def test_a_copy_that_was_not_corrected():
    copy, _ = sample("update")
    named: dict[str, Any] = {"notice": ("correction", "Correction: it was five."), "hours": 7.25, "at": NOW}
    origin = replace(copy, source="Agency")
    (told,) = stale_copy_alerts(rule(stale_copy="6h"), copy, key="k", origin=origin, link="", **named)
    data = check(sent(told))["data"]
    assert (data["hours"], data["origin"]["source"], data["type"]) == (7.25, "Agency", "copy.stale")


def test_a_digest_and_a_checkpoint():
    version, previous = sample("update")
    two = [sent(version_alert("R", "desk", version, previous, link="", salt=salt)) for salt in "ab"]
    held = [replace(each, batch=Batch("R|x"), created_at=NOW + timedelta(minutes=n)) for n, each in enumerate(two)]
    told = check(combine(held))
    assert (told["type"], told["data"]["count"], len(told["data"]["alerts"])) == ("writethru.digest", 2, 2)
    assert check(sent(checkpoint_alert("desk", "origin\n12\nroot\n", "key")))["type"] == "writethru.archive.checkpoint"


def test_the_schema_refuses_an_invalid_alert():
    delivery = sent(version_alert("R", "desk", *sample("update"), link=""))
    with pytest.raises(ValidationError):
        check(replace(delivery, payload=delivery.payload | {"version": "two"}))

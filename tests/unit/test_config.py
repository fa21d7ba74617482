"""The configuration: what it takes, what it refuses and how it says so."""

import json
import re
import tomllib
from datetime import time, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.config.field_types import Secret
from tracker.config.root import Config, load, parse, schema
from tracker.config.rules import DigestConfig, RuleConfig, quiet_hours
from tracker.config.tables import SourceConfig, StoryConfig
from tracker.durations import format_duration, parse_duration
from tracker.errors import ConfigError
from tracker.model.change import LabelKind, Significance

HOME = Path(__file__).parents[2]
SHIPPED = HOME / "config" / "writethru.toml"


def uncommented() -> str:
    """The shipped file with its examples switched on."""
    example = re.compile(r"# ?((?:\[\[|[a-z_]+ = |    \"|\]).*)")
    lines = SHIPPED.read_text(encoding="utf-8").splitlines()
    shown = [found.group(1) if (found := example.fullmatch(line)) else line for line in lines]
    return "\n".join(line for line in shown if not line.startswith("database"))


def test_the_shipped_file_works_as_it_is():
    loaded = load(SHIPPED)
    assert len(loaded.sources) >= 6
    assert all(source.feeds for source in loaded.sources)
    assert not loaded.rules
    assert loaded.contact == ""


def test_the_examples_in_the_shipped_file_work_once_uncommented():
    loaded = parse(uncommented().encode())
    assert loaded.contact == "newsdesk@example.org"
    assert [target.name for target in loaded.targets] == ["desk", "newsroom-hook", "chat", "script"]
    assert [rule.name for rule in loaded.rules] == ["Corrections and edits not noted", "Casualty figures"]
    assert loaded.story_names == ["Harbour fire"]
    assert loaded.sources[-1].pages[0].selector == "h2 a"


def test_the_schema_in_the_repository_is_the_one_of_the_code():
    kept = (HOME / "config" / "schema.json").read_text(encoding="utf-8")
    assert kept == schema(), (
        "config/schema.json is behind tracker/config/; regenerate it:\n"
        ".venv/bin/python -c \"from tracker.config.root import schema; print(schema(), end='')\" > config/schema.json"
    )


@pytest.mark.parametrize("text", [SHIPPED.read_text(encoding="utf-8"), uncommented()])
def test_the_schema_takes_what_the_code_takes(text):
    jsonschema.Draft202012Validator(json.loads(schema())).validate(tomllib.loads(text))


def test_the_schema_refuses_unknown_keys_and_bad_durations():
    check = jsonschema.Draft202012Validator(json.loads(schema()))
    assert not check.is_valid({"contcat": "x"})
    assert not check.is_valid({"fetch": {"delay": "soon"}})


# --- durations


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90s", 90),
        ("5m", 300),
        ("2h", 7200),
        ("1h30m", 5400),
        ("7d", 604800),
        ("1w", 604800),
        ("250ms", 0.25),
        ("1.5h", 5400),
    ],
)
def test_durations_read_as_people_write_them(text, seconds):
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "5", "-5m", "5 m", "m", "5y", "1e3s", "5m!", True, None])
def test_what_is_not_a_duration_is_refused(text):
    with pytest.raises(ValueError, match="a duration"):
        parse_duration(text)


@given(st.integers(0, 10**12))
def test_a_duration_reads_back_as_it_was_written(milliseconds):
    duration = timedelta(milliseconds=milliseconds)
    assert parse_duration(format_duration(duration)) == duration


def test_zero_is_written_in_seconds():
    assert format_duration(timedelta(0)) == "0s"
    assert parse_duration(timedelta(days=1)) == timedelta(days=1)


# --- the environment


def test_a_key_of_what_is_gone_is_ignored_with_a_warning():
    found = parse(b'[service]\ncallback = "https://watch.example"\ntick = "9s"\n')
    assert found.service.tick == timedelta(seconds=9)
    assert found.warnings == ("service.callback is ignored: WebSub is gone: feeds are polled; remove this key",)


def test_the_environment_overrides_the_file(monkeypatch):
    monkeypatch.setenv("WRITETHRU_DB", "sqlite:///other.db")
    monkeypatch.setenv("WRITETHRU_CONTACT", "me@example.org")
    monkeypatch.setenv("WRITETHRU_LISTEN", "")
    monkeypatch.setenv("WRITETHRU_LOG", "json")
    monkeypatch.setenv("WRITETHRU_ALLOW_PRIVATE", "1")
    loaded = parse(b'contact = "you@example.org"\n[archive]\ndatabase = "sqlite:///this.db"')
    assert loaded.archive.database == "sqlite:///other.db"
    assert loaded.contact == "me@example.org"
    assert loaded.service.listen == ""
    assert loaded.service.log == "json"
    assert loaded.fetch.allow_private is True


def test_private_addresses_need_exactly_one(monkeypatch):
    monkeypatch.setenv("WRITETHRU_ALLOW_PRIVATE", "yes")
    assert parse(b"").fetch.allow_private is False


def test_an_empty_database_in_the_environment_counts_as_unset(monkeypatch):
    monkeypatch.setenv("WRITETHRU_DB", "")
    assert parse(b'[archive]\ndatabase = "this.db"').archive.database == "sqlite:///this.db"


def test_a_source_is_found_by_its_name():
    loaded = parse(b'[[sources]]\nname = "A"\nstory = "S"\n[[stories]]\nname = "T"\n[[stories]]\nname = "S"')
    assert loaded.source("A") is loaded.sources[0]
    assert loaded.source("B") is None
    assert loaded.story_names == ["T", "S"]


# --- secrets


def test_secrets_come_from_the_environment_or_a_file(monkeypatch, tmp_path):
    monkeypatch.setenv("SMTP_PASSWORD", "hunter2")
    kept = tmp_path / "secret"
    kept.write_text("hunter3\n", encoding="utf-8")
    named = Secret(env="SMTP_PASSWORD", file="")
    assert named.reveal("desk") == "hunter2"
    assert Secret(env="", file=str(kept)).reveal("desk") == "hunter3"
    assert "hunter2" not in f"{named!r} {named} {named.model_dump_json()}"


@pytest.mark.parametrize(
    ("content", "message"),
    [(None, "cannot be read: no such file"), (b"", "is empty"), (b"\xffhunter2", "is not UTF-8 text")],
)
def test_a_secret_that_cannot_be_read_names_its_place_only(tmp_path, content, message):
    kept = tmp_path / "secret"
    if content is not None:
        kept.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        Secret(env="", file=str(kept)).reveal("target desk")
    assert str(caught.value).startswith(f"target desk: the secret's file {kept} {message}")
    assert "hunter2" not in f"{caught.value!s} {caught.value.hint} {caught.value.__cause__}"


def test_a_secret_that_is_not_in_the_environment_names_the_variable(monkeypatch):
    monkeypatch.delenv("NO_SUCH", raising=False)
    with pytest.raises(ConfigError, match="NO_SUCH is empty or not set"):
        Secret(env="NO_SUCH", file="").reveal("target desk")


TARGET = '[[targets]]\nname = "d"\ntype = "webhook"\nurl = "https://example.org"\n'


def rule(**fields: Any) -> RuleConfig:
    return RuleConfig.model_validate({"name": "r", "to": ["d"], **fields})


def test_what_is_not_said_changes_nothing():
    plain = rule()
    assert (plain.format, plain.quiet, plain.zone, plain.digest, plain.cap) == ("summary", "", "UTC", None, None)
    assert (plain.announced, plain.significance, plain.headline_only) == (None, Significance.LOW, False)
    assert Config().match == "all"


def test_quiet_hours_digests_and_caps_are_read():
    told = rule(quiet="22:00-07:00", zone="Europe/Berlin", digest={"every": "1h"}, cap="20/h")
    assert quiet_hours(told.quiet) == (time(22), time(7))
    assert told.digest == DigestConfig(every=timedelta(hours=1))
    assert told.cap == 20
    assert rule(digest={"at": "07:00"}).digest == DigestConfig(at="07:00")


def test_a_template_may_name_what_is_known():
    assert rule(subject="[$source] ${headline} $$").subject == "[$source] ${headline} $$"


@pytest.mark.parametrize(("score", "word"), [(1, "high"), (0.7, "high"), (0.69, "medium"), (0.4, "medium"), (0, "low")])
def test_a_number_of_release_0_1_is_read_as_its_word_with_a_warning(score, word):
    found = parse(f"{TARGET}[[rules]]\nname = 'r'\nto = ['d']\nsignificance = {score}\n".encode())
    assert found.rules[0].significance == word
    assert found.warnings == (f'rules[1].significance: {score} is read as "{word}"; write "{word}"',)


def test_the_earlier_word_of_a_label_is_read_as_the_new_one_with_a_warning():
    found = parse(f"{TARGET}[[rules]]\nname = 'r'\nto = ['d']\nlabels = ['number', 'stealth']\n".encode())
    assert found.rules[0].labels == (LabelKind.NUMBER, LabelKind.NOT_NOTED)
    assert found.warnings == ('rules[1].labels: "stealth" is read as "not-noted"; write "not-noted"',)


def test_a_file_in_the_words_of_this_release_has_no_warnings():
    written = f"{TARGET}[[rules]]\nname = 'r'\nto = ['d']\nsignificance = 'medium'\nlabels = ['not-noted']\n"
    assert parse(written.encode()).warnings == ()


CONFIG = Config(
    stories=(
        StoryConfig(name="Harbour fire", urls=("https://a.test/fire", "https://b.test/fire?utm_source=x")),
        StoryConfig(name="Budget"),
    )
)


def test_an_address_belongs_to_the_stories_that_name_it():
    assert CONFIG.stories_of(SourceConfig(name="b"), "http://b.test/fire#top") == ("Harbour fire",)
    assert CONFIG.stories_of(SourceConfig(name="b"), "https://b.test/other") == ()


def test_every_article_of_a_source_may_belong_to_a_story_once():
    source = SourceConfig(name="a", story="Harbour fire")
    assert CONFIG.stories_of(source, "https://a.test/fire") == ("Harbour fire",)
    assert CONFIG.stories_of(SourceConfig(name="a", story="Budget"), "https://a.test/fire") == (
        "Budget",
        "Harbour fire",
    )


DESK = '[[targets]]\nname = "desk"\ntype = "webhook"\nurl = "https://example.org"\n'
ARCHIVE = '[archive]\ncheckpoints = "notes"\n'


@pytest.mark.parametrize(
    ("line", "target", "warning"),
    [
        ('checkpoint_mail = "desk"', "desk", "called checkpoint_target; rename this key"),
        (
            'checkpoint_mail = "x"\ncheckpoint_target = "desk"',
            "desk",
            "ignored: checkpoint_target is set; remove this key",
        ),
    ],
)
def test_a_key_with_a_new_name_is_read(line: str, target: str, warning: str) -> None:
    found = parse(f"{ARCHIVE}{line}\n{DESK}".encode())
    assert found.archive.checkpoint_target == target
    (said,) = found.warnings
    assert said == f"archive.checkpoint_mail is {warning}"


def test_calendars_of_opentimestamps_are_ignored() -> None:
    stamps = 'timestamp = [{type = "rfc3161", url = "https://t.org"}, {type = "opentimestamps"}]\n'
    found = parse(f"{ARCHIVE}{stamps}".encode())
    assert [each.url for each in found.archive.timestamp] == ["https://t.org"]
    (said,) = found.warnings
    assert said.startswith("archive.timestamp[2] is ignored: calendars are no longer asked")


@pytest.mark.parametrize("odd", ["archive = 3", "[archive]\ntimestamp = 'x'", "[[archive]]\ncheckpoint_mail = 'x'"])
def test_what_is_no_table_is_left_to_validation(odd: str) -> None:
    with pytest.raises(ConfigError, match="archive"):
        parse(odd.encode())

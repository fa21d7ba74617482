"""The configuration: what it takes, what it refuses and how it says so."""

from __future__ import annotations

import json
import re
import tomllib
from datetime import timedelta
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker import config
from tracker.durations import format_duration, parse_duration
from tracker.errors import ConfigError, TrackerError

HOME = Path(__file__).parents[2]
SHIPPED = HOME / "config" / "writethru.toml"
EMAIL = '[[targets]]\nname = "desk"\ntype = "email"\nto = ["desk@example.org"]\nsender = "w@example.org"\n'


def refusal(text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        config.parse(text.encode(), "writethru.toml")
    return str(caught.value)


def uncommented() -> str:
    """The shipped file with its examples switched on."""
    example = re.compile(r"# ?((?:\[\[|[a-z_]+ = |    \"|\]).*)")
    lines = SHIPPED.read_text(encoding="utf-8").splitlines()
    shown = [found.group(1) if (found := example.fullmatch(line)) else line for line in lines]
    return "\n".join(line for line in shown if not line.startswith("database"))


def test_the_shipped_file_works_as_it_is():
    loaded = config.load(SHIPPED)
    assert len(loaded.sources) >= 6
    assert all(source.feeds for source in loaded.sources)
    assert not loaded.rules
    assert loaded.contact == ""


def test_the_examples_in_the_shipped_file_work_once_uncommented():
    loaded = config.parse(uncommented().encode())
    assert loaded.contact == "newsdesk@example.org"
    assert [target.name for target in loaded.targets] == ["desk", "newsroom-hook", "chat"]
    assert [rule.name for rule in loaded.rules] == ["Corrections and stealth edits", "Casualty figures"]
    assert loaded.story_names == ["Harbour fire"]
    assert loaded.sources[-1].pages[0].selector == "h2 a"


def test_the_schema_in_the_repository_is_the_one_of_the_code():
    kept = (HOME / "config" / "schema.json").read_text(encoding="utf-8")
    assert kept == config.schema(), (
        "config/schema.json is behind tracker/config/; regenerate it:\n"
        ".venv/bin/python -c \"from tracker.config import schema; print(schema(), end='')\" > config/schema.json"
    )


@pytest.mark.parametrize("text", [SHIPPED.read_text(encoding="utf-8"), uncommented()])
def test_the_schema_takes_what_the_code_takes(text):
    jsonschema.Draft202012Validator(json.loads(config.schema())).validate(tomllib.loads(text))


def test_the_schema_refuses_unknown_keys_and_bad_durations():
    check = jsonschema.Draft202012Validator(json.loads(config.schema()))
    assert not check.is_valid({"contcat": "x"})
    assert not check.is_valid({"fetch": {"delay": "soon"}})


# --- errors


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('contcat = "x"', "writethru.toml: contcat: no such key (did you mean 'contact'?)"),
        ('[fetch]\ndealy = "5s"', "writethru.toml: fetch.dealy: no such key (did you mean 'delay'?)"),
        ("[fetch]\nqqq = 1", "fetch.qqq: no such key; known here: allow_private, delay"),
        ('[[sources]]\nname = "A"\npages = [{url = "https://x.org", slector = "a"}]', "(did you mean 'selector'?)"),
        ('[[sources]]\nname = "A"\npages = [{url = "https://x.org", slector = "a"}]', "sources[1].pages[1].slector"),
        ("[fetch]\ndelay = 5", "fetch.delay: '5' is no duration: write a number and a unit"),
        ('[fetch]\ntimeout = "0s"', "fetch.timeout: must be longer than 0s"),
        ('[fetch]\ndelay = "99999999999999w"', "fetch.delay: '99999999999999w' is longer than time itself"),
        ('[service]\nlog = "xml"', "service.log: Input should be 'logfmt' or 'json' (it is 'xml')"),
        ("[service]\nconcurrency = 0", "service.concurrency: Input should be greater than or equal to 1 (it is 0)"),
        ("archive = 3", "archive: Input should be a valid dictionary"),
        ("[[sources]]\nfeeds = []", "sources[1].name: Field required"),
        ('[[sources]]\nname = "A/B"', "(it is 'A/B')"),
        ('[[sources]]\nname = "A"\n[[sources]]\nname = "A"', "sources: two entries are named 'A'"),
        (
            '[[sources]]\nname = "A"\nfeeds = ["x.org/f"]',
            "no web address (it is 'x.org/f'): did you mean https://x.org/f?",
        ),
        ('[[sources]]\nname = "A"\nurls = ["file:///etc/passwd"]', "only http and https can be watched, not file:"),
        ('[[sources]]\nname = "A"\ninclude = ["("]', "sources[1].include[1]: '(' is no regular expression"),
        ('[[rules]]\nname = "r"\nto = []', "rules[1].to"),
        ('[[rules]]\nname = "r"\nto = ["dsk"]\n' + EMAIL, "rule 'r': to names 'dsk', which is not configured (did you"),
        (
            '[[rules]]\nname = "r"\nto = ["desk"]\nsources = ["Q"]\n' + EMAIL,
            "sources names 'Q', which is not configured",
        ),
        ('[[rules]]\nname = "r"\nto = ["desk"]\nlabels = ["numbr"]', "no such kind: 'numbr' (did you mean 'number'?)"),
        ('[[rules]]\nname = "r"\nto = ["desk"]\nlabels = ["zzzz"]', "no such kind: 'zzzz'; Input should be 'headline'"),
        ('[[targets]]\nname = "m"\ntype = "wbhook"\nurl = "x"', "targets[1].type: no such kind of target: 'wbhook'"),
        ('[[targets]]\nname = "m"\nurl = "x"', "targets[1].type: what kind of target is this; write one of email"),
        (EMAIL + "prot = 3", "targets[1].prot: no such key (did you mean 'port'?)"),
        ("x = ", "writethru.toml: this is no TOML: Invalid value"),
    ],
)
def test_an_error_names_file_key_value_and_the_nearest_key(text, expected):
    assert expected in refusal(text)


def test_every_error_is_told_at_once():
    told = refusal('contcat = "x"\n[fetch]\ndelay = "soon"')
    assert "contcat" in told
    assert "fetch.delay" in told


def test_bytes_that_are_no_utf8_are_no_toml():
    with pytest.raises(ConfigError, match="no TOML"):
        config.parse(b'contact = "\xff"')


def test_a_long_value_is_cut_in_the_message():
    assert len(refusal(f'[service]\nlog = "{"x" * 5000}"')) < 400


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
def test_what_is_no_duration_is_refused(text):
    with pytest.raises(ValueError, match="is no duration"):
        parse_duration(text)


@given(st.integers(0, 10**12))
def test_a_duration_reads_back_as_it_was_written(milliseconds):
    duration = timedelta(milliseconds=milliseconds)
    assert parse_duration(format_duration(duration)) == duration


def test_zero_is_written_in_seconds():
    assert format_duration(timedelta(0)) == "0s"
    assert parse_duration(timedelta(days=1)) == timedelta(days=1)


# --- the environment


def test_the_environment_overrides_the_file(monkeypatch):
    monkeypatch.setenv("WRITETHRU_DB", "sqlite:///other.db")
    monkeypatch.setenv("WRITETHRU_CONTACT", "me@example.org")
    monkeypatch.setenv("WRITETHRU_LISTEN", "")
    monkeypatch.setenv("WRITETHRU_LOG", "json")
    monkeypatch.setenv("WRITETHRU_ALLOW_PRIVATE", "1")
    loaded = config.parse(b'contact = "you@example.org"\n[archive]\ndatabase = "sqlite:///this.db"')
    assert loaded.archive.database == "sqlite:///other.db"
    assert loaded.contact == "me@example.org"
    assert loaded.service.listen == ""
    assert loaded.service.log == "json"
    assert loaded.fetch.allow_private is True


def test_private_addresses_need_exactly_one(monkeypatch):
    monkeypatch.setenv("WRITETHRU_ALLOW_PRIVATE", "yes")
    assert config.parse(b"").fetch.allow_private is False


def test_a_bad_value_from_the_environment_names_the_variable(monkeypatch):
    monkeypatch.setenv("WRITETHRU_LOG", "xml")
    assert "(it is 'xml'), set by WRITETHRU_LOG" in refusal("")


def test_overrides_leave_a_misshapen_table_to_the_error(monkeypatch):
    monkeypatch.setenv("WRITETHRU_DB", "sqlite:///x.db")
    monkeypatch.setenv("WRITETHRU_ALLOW_PRIVATE", "1")
    told = refusal("archive = 3\nfetch = 4")
    assert "archive:" in told
    assert "fetch:" in told


def test_the_file_is_found_where_the_environment_or_the_directory_says(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert config.default_path() == Path("config/writethru.toml")
    Path("writethru.toml").write_text('contact = "here"', encoding="utf-8")
    assert config.default_path() == Path("writethru.toml")
    assert config.load().contact == "here"
    monkeypatch.setenv("WRITETHRU_CONFIG", "/etc/writethru.toml")
    assert config.default_path() == Path("/etc/writethru.toml")


def test_a_missing_file_says_how_to_make_one(tmp_path):
    with pytest.raises(ConfigError) as caught:
        config.load(tmp_path / "none.toml")
    assert "no such file" in str(caught.value)
    assert "none.toml" in str(caught.value)
    assert caught.value.hint == "writethru init writes one"
    with pytest.raises(ConfigError, match="cannot be read"):
        config.load(tmp_path)


def test_a_source_is_found_by_its_name():
    loaded = config.parse(b'[[sources]]\nname = "A"\nstory = "S"\n[[stories]]\nname = "T"\n[[stories]]\nname = "S"')
    assert loaded.source("A") is loaded.sources[0]
    assert loaded.source("B") is None
    assert loaded.story_names == ["T", "S"]


# --- secrets


@pytest.mark.parametrize(
    "text",
    [
        EMAIL + 'password = "hunter2"',
        EMAIL + 'password = ["hunter2"]',
        EMAIL + 'password = { value = "hunter2" }',
        EMAIL + 'password = { env = "A", file = "hunter2" }',
        EMAIL + 'password = { env = ["hunter2"] }',
        '[[targets]]\nname = "c"\ntype = "apprise"\nurl = "mailto://me:hunter2@example.org"',
        '[[targets]]\nname = "c"\ntype = "webhook"\nurl = "https://example.org"\nsecret = "hunter2"',
        '[[targets]]\nname = "c"\ntype = "webhok"\nurl = "https://example.org"\nsecret = "hunter2"',
        '[[targets]]\nname = "c"\nsecret = "hunter2"',
        '[[sources]]\nname = "A"\nfeeds = ["https://me:hunter2@example.org/"]',
        '[[sources]]\nname = "A"\nfeeds = ["https://me:hunter2@exa mple.org/"]',
        'targets = [["hunter2"]]',
    ],
)
def test_a_secret_in_the_file_is_refused_and_never_printed(text):
    assert "hunter2" not in refusal(text)


def test_secrets_come_from_the_environment_or_a_file(monkeypatch, tmp_path):
    monkeypatch.setenv("SMTP_PASSWORD", "hunter2")
    kept = tmp_path / "secret"
    kept.write_text("hunter3\n", encoding="utf-8")
    named = config.Secret(env="SMTP_PASSWORD", file="")
    assert named.reveal("desk") == "hunter2"
    assert config.Secret(env="", file=str(kept)).reveal("desk") == "hunter3"
    assert "hunter2" not in f"{named!r} {named} {named.model_dump_json()}"


@pytest.mark.parametrize("content", [None, b"", b"\xffhunter2"])
def test_a_secret_that_cannot_be_had_names_its_place_only(monkeypatch, tmp_path, content):
    kept = tmp_path / "secret"
    if content is not None:
        kept.write_bytes(content)
    with pytest.raises(TrackerError) as caught:
        config.Secret(env="", file=str(kept)).reveal("target 'desk'")
    assert str(kept) in caught.value.hint
    assert "hunter2" not in f"{caught.value!s} {caught.value.hint} {caught.value.__cause__}"
    monkeypatch.delenv("NO_SUCH", raising=False)
    with pytest.raises(ConfigError, match="NO_SUCH is empty"):
        config.Secret(env="NO_SUCH", file="").reveal("target 'desk'")

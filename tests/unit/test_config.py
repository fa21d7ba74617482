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

from tracker.config.root import Config, load, parse, schema
from tracker.config.tables import DigestConfig, RuleConfig, Secret, SourceConfig, StoryConfig, quiet_hours
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


def test_the_shipped_file_works_as_it_is_and_with_its_examples_uncommented():
    loaded = load(SHIPPED)
    assert len(loaded.sources) >= 6
    assert all(source.feeds for source in loaded.sources)
    assert not loaded.rules
    assert loaded.contact == ""
    loaded = parse(uncommented().encode())
    assert loaded.contact == "newsdesk@example.org"
    assert [target.name for target in loaded.targets] == ["desk", "newsroom-hook", "chat", "my screen", "script"]
    assert [rule.name for rule in loaded.rules] == ["Corrections and edits not noted", "Casualty figures"]
    assert loaded.story_names == ["Harbour fire"]
    assert loaded.sources[-1].pages[0].selector == "h2 a"


def test_the_schema_is_the_one_of_the_code_and_refuses_unknown_keys():
    kept = (HOME / "config" / "schema.json").read_text(encoding="utf-8")
    assert kept == schema(), (
        "config/schema.json is behind tracker/config/; regenerate it:\n"
        ".venv/bin/python -c \"from tracker.config.root import schema; print(schema(), end='')\" > config/schema.json"
    )
    check = jsonschema.Draft202012Validator(json.loads(schema()))
    assert not check.is_valid({"contcat": "x"})
    assert not check.is_valid({"fetch": {"delay": "soon"}})


@pytest.mark.parametrize("text", [SHIPPED.read_text(encoding="utf-8"), uncommented()])
def test_the_schema_takes_what_the_code_takes(text):
    jsonschema.Draft202012Validator(json.loads(schema())).validate(tomllib.loads(text))


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


def test_keys_of_what_is_gone_are_ignored_with_a_warning() -> None:
    found = parse(b'[service]\ncallback = "https://watch.example"\ntick = "9s"\n')
    assert found.service.tick == timedelta(seconds=9)
    assert found.warnings == (
        "service.callback: it is ignored, because WebSub is no longer supported and feeds are polled; remove this key",
    )
    stamps = 'timestamp = [{type = "rfc3161", url = "https://t.org"}, {type = "opentimestamps"}]\n'
    found = parse(f"{ARCHIVE}{stamps}".encode())
    assert [each.url for each in found.archive.timestamp] == ["https://t.org"]
    (said,) = found.warnings
    assert said.startswith("archive.timestamp: OpenTimestamps is no longer supported")
    alone = parse(f'{ARCHIVE}timestamp = {{ type = "opentimestamps" }}'.encode())
    assert not alone.archive.timestamp
    assert alone.warnings == (said,)


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


def test_variables_that_are_empty_or_not_exactly_one_change_nothing(monkeypatch):
    monkeypatch.setenv("WRITETHRU_ALLOW_PRIVATE", "yes")
    assert parse(b"").fetch.allow_private is False
    monkeypatch.setenv("WRITETHRU_DB", "")
    assert parse(b'[archive]\ndatabase = "this.db"').archive.database == "sqlite:///this.db"


def test_sources_and_their_stories_are_found_by_name_and_address():
    loaded = parse(b'[[sources]]\nname = "A"\nstory = "S"\n[[stories]]\nname = "T"\n[[stories]]\nname = "S"')
    assert loaded.source("A") is loaded.sources[0]
    assert loaded.source("B") is None
    assert loaded.story_names == ["T", "S"]
    assert CONFIG.stories_of(SourceConfig(name="b"), "http://b.test/fire#top") == ("Harbour fire",)
    assert CONFIG.stories_of(SourceConfig(name="b"), "https://b.test/other") == ()
    source = SourceConfig(name="a", story="Harbour fire")
    assert CONFIG.stories_of(source, "https://a.test/fire") == ("Harbour fire",)
    assert CONFIG.stories_of(SourceConfig(name="a", story="Budget"), "https://a.test/fire") == (
        "Budget",
        "Harbour fire",
    )


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


def test_quiet_hours_digests_and_caps_are_read_and_what_is_not_said_changes_nothing():
    plain = rule()
    assert (plain.format, plain.quiet, plain.zone, plain.digest, plain.cap) == ("summary", "", "UTC", None, None)
    assert (plain.announced, plain.significance, plain.headline_only) == (None, Significance.LOW, False)
    assert Config().match == "all"
    assert rule(subject="[$source] ${headline} $$").subject == "[$source] ${headline} $$"
    told = rule(quiet="22:00-07:00", zone="Europe/Berlin", digest={"every": "1h"}, cap="20/h")
    assert quiet_hours(told.quiet) == (time(22), time(7))
    assert told.digest == DigestConfig(every=timedelta(hours=1))
    assert told.cap == 20
    assert rule(digest={"at": "07:00"}).digest == DigestConfig(at="07:00")


@pytest.mark.parametrize(("score", "word"), [(1, "high"), (0.7, "high"), (0.69, "medium"), (0.4, "medium"), (0, "low")])
def test_a_number_of_release_0_1_is_read_as_its_word_with_a_warning(score, word):
    found = parse(f"{TARGET}[[rules]]\nname = 'r'\nto = ['d']\nsignificance = {score}\n".encode())
    assert found.rules[0].significance == word
    assert found.warnings == (f'rules[1].significance: a number is read as a word; write "{word}"',)


def test_an_earlier_word_of_a_label_is_read_as_the_new_one_with_a_warning_that_the_new_one_has_not():
    found = parse(f"{TARGET}[[rules]]\nname = 'r'\nto = ['d']\nlabels = ['number', 'stealth']\n".encode())
    assert found.rules[0].labels == (LabelKind.NUMBER, LabelKind.NOT_NOTED)
    assert found.warnings == ('rules[1].labels: "stealth" is read as "not-noted"',)
    written = f"{TARGET}[[rules]]\nname = 'r'\nto = ['d']\nsignificance = 'medium'\nlabels = ['not-noted']\n"
    assert parse(written.encode()).warnings == ()


CONFIG = Config(
    stories=(
        StoryConfig(name="Harbour fire", urls=("https://a.test/fire", "https://b.test/fire?utm_source=x")),
        StoryConfig(name="Budget"),
    )
)


DESK = '[[targets]]\nname = "desk"\ntype = "webhook"\nurl = "https://example.org"\n'
ARCHIVE = '[archive]\ncheckpoints = "notes"\n'


@pytest.mark.parametrize("line", ['checkpoint_mail = "desk"', 'checkpoint_mail = "x"\ncheckpoint_target = "desk"'])
def test_a_key_with_a_new_name_is_read(line: str) -> None:
    found = parse(f"{ARCHIVE}{line}\n{DESK}".encode())
    assert found.archive.checkpoint_target == "desk"
    assert found.warnings == ("archive.checkpoint_mail: rename this key to checkpoint_target",)


@pytest.mark.parametrize("odd", ["archive = 3", "[archive]\ntimestamp = 'x'", "[[archive]]\ncheckpoint_mail = 'x'"])
def test_what_is_no_table_is_left_to_validation(odd: str) -> None:
    with pytest.raises(ConfigError, match="archive"):
        parse(odd.encode())


EMAIL = '[[targets]]\nname = "desk"\ntype = "email"\nto = ["desk@example.org"]\nsender = "w@example.org"\n'
HOOK = '[[targets]]\nname = "hook"\ntype = "webhook"\nurl = "https://example.org"\n'
SOURCE = '[[sources]]\nname = "A"\n'
RULE = '[[rules]]\nname = "r"\nto = ["desk"]\n'

# Words of pydantic and of Python, which no reader of a configuration should meet.
JARGON = re.compile(
    r"(?i:input should|should (be|have|match)|field required|extra inputs|value error|permitted|instance of|unable to"
    r"|valid (tuple|dictionary|string|integer)|type=|input_|pydantic|union_tag|discriminator|function-|literal\[)"
    r"|\b(None|True|False|dict|tuple)\b|Error\b|datetime\.|\('\w+',",
)

WRONG = {
    # wrong types
    "sources = 3": "sources: must be tables ([[sources]]), not 3",
    'sources = ["A"]': "sources[1]: must be a table, not 'A'",
    "[sources]": "sources: must be tables ([[sources]]), not a table",
    "archive = 3": "archive: must be a table ([archive]), not 3",
    "archive = true": "archive: must be a table ([archive]), not true",
    "[[archive]]": "archive: must be a table ([archive]), not a list",
    "contact = 3": "contact: must be text in quotes, not 3",
    "contact = 2026-11-24": "contact: must be text in quotes, not 2026-11-24",
    "[archive]\ndatabase = 3": "archive.database: must be text in quotes, not 3",
    '[archive]\ndatabase = ""': "archive.database: must not be empty",
    '[archive]\ncheckpoints = "c"\ntimestamp = 3': "archive.timestamp: must be tables ([[archive.timestamp]]), not 3",
    '[service]\nconcurrency = "many"': "service.concurrency: must be a whole number, not 'many'",
    "[service]\nconcurrency = 1.5": "service.concurrency: must be a whole number, not 1.5",
    "[service]\nlog = 3": "service.log: must be 'auto', 'text', 'logfmt' or 'json', not 3",
    '[web]\nadmin = "perhaps"': "web.admin: must be true or false, not 'perhaps'",
    "[web]\nadmin = []": "web.admin: must be true or false, not a list",
    SOURCE + 'feeds = "https://a.org/f"': "sources[1].feeds: must be a list in brackets, not text; "
    "write feeds = ['https://a.org/f']",
    SOURCE + "feeds = 3": "sources[1].feeds: must be a list in brackets, not 3",
    SOURCE + "feeds = [3]": "sources[1].feeds[1]: must be text in quotes, not 3",
    SOURCE + 'pages = ["https://a.org"]': "sources[1].pages[1]: must be a table, not 'https://a.org'",
    SOURCE + "raw = 1": "sources[1].raw: must be 'versions', 'all' or 'none', not 1",
    RULE + 'significance = "grave"\n' + EMAIL: "rules[1].significance: 'grave' is not a valid value; choose 'high',"
    " 'medium' or 'low'",
    "targets = 3": "targets: must be tables ([[targets]]), not 3",
    EMAIL + 'port = "smtp"': "targets[1].port: must be a whole number, not 'smtp'",
    # limits
    "[service]\nconcurrency = 0": "service.concurrency: must be at least 1, not 0",
    "[service]\nconcurrency = 501": "service.concurrency: must be at most 500, not 501",
    RULE + "significance = 2\n" + EMAIL: "rules[1].significance: must be 'high', 'medium' or 'low', not 2",
    '[[rules]]\nname = "r"\nto = []': "rules[1].to: must not be empty",
    '[[targets]]\nname = "t"\ntype = "command"\ncommand = ["x"]\ntimeout = "11m"': (
        "targets[1].timeout: must be at most 10 minutes, not 11m"
    ),
    # unknown keys
    'contcat = "x"': "contcat: unknown key; did you mean 'contact'?",
    '[fetch]\ndealy = "5s"': "fetch.dealy: unknown key; did you mean 'delay'?",
    "[fetch]\nqqq = 1": "fetch.qqq: unknown key; known keys here: allow_private, ca, delay, max_backoff",
    SOURCE + 'pages = [{url = "https://x.org", slector = "a"}]': "sources[1].pages[1].slector: unknown key; "
    "did you mean 'selector'?",
    '[[targets]]\nname = "s"\ntype = "command"\ncommand = []': "targets[1].command: must not be empty",
    '[fetch]\nproxy = "socks5://p"': "fetch.proxy: must be the address of an HTTP proxy",
    SOURCE + 'proxy = "socks5://p"': "sources[1].proxy: must be the address of an HTTP proxy",
    SOURCE + 'proxy = "http://desk:secret@p"': "sources[1].proxy: the address has a password; name where it is kept",
    SOURCE + "ca = 3": "sources[1].ca: must be text in quotes, not 3",
    "[fetch]\nproxy = {}": "fetch.proxy: name either env or file",
    "[fetch]\nproxy = 3": "fetch.proxy: must be text in quotes, not 3",
    EMAIL + "prot = 3": "targets[1].prot: unknown key; did you mean 'port'?",
    '[archive]\ncheckpoints = "c"\ntimestamp = [{type = "rfc3161", url = "https://t.org", root = ""}]': ""
    "archive.timestamp[1].root: unknown key; did you mean 'roots'?",
    # missing keys
    "[[sources]]\nfeeds = []": "sources[1].name: required, but missing (1 to 80 letters, digits, spaces and",
    '[[rules]]\nname = "r"': "rules[1].to: required, but missing (names of targets)",
    '[[targets]]\nname = "m"\nurl = "x"': "targets[1].type: required, but missing; "
    "choose 'email', 'webhook', 'apprise', 'command' or 'desktop'",
    '[[targets]]\nname = "m"\ntype = "apprise"': "targets[1].url: required, but missing",
    # values that are not known or not allowed
    '[service]\nlog = "xml"': "service.log: 'xml' is not a valid value; choose 'auto', 'text', 'logfmt' or 'json'",
    'match = "frist"': "match: 'frist' is not a valid value; did you mean 'first'?",
    RULE + 'labels = ["numbr"]\n' + EMAIL: "rules[1].labels[1]: 'numbr' is not a valid value; did you mean 'number'?",
    RULE + 'labels = ["zzzz"]\n' + EMAIL: "rules[1].labels[1]: 'zzzz' is not a valid value; choose 'headline', 'dek'",
    '[[targets]]\nname = "m"\ntype = "wbhook"\nurl = "x"': "targets[1].type: 'wbhook' is not a valid value; "
    "did you mean 'webhook'?",
    '[archive]\ncheckpoints = "c"\ntimestamp = [{type = "rfc", url = "https://t.org"}]': ""
    "archive.timestamp[1].type: 'rfc' is not a valid value; did you mean 'rfc3161'?",
    '[[sources]]\nname = "A/B"': "sources[1].name: 'A/B' is not allowed; expected: 1 to 80 letters",
    f'[[sources]]\nname = "{"a" * 81}"': "sources[1].name: must have at most 80 characters",
    '[[sources]]\nname = ""': "sources[1].name: '' is not allowed; expected: 1 to 80 letters",
    '[web]\ntrusted_header = "a b"': "web.trusted_header: 'a b' is not allowed; expected: header in which a proxy",
    # durations, rates, times
    '[fetch]\ndelay = "soon"': "fetch.delay: 'soon' is not a duration; "
    "write a number and a unit, as in 90s, 5m, 2h or 7d",
    "[fetch]\ndelay = 5": "fetch.delay: '5' is not a duration; write a number and a unit",
    "[fetch]\ndelay = true": 'fetch.delay: must be a duration in quotes, as in "90s"',
    '[fetch]\ndelay = ["5m"]': 'fetch.delay: must be a duration in quotes, as in "90s"',
    '[fetch]\ntimeout = "0s"': "fetch.timeout: must be longer than 0s",
    '[fetch]\ndelay = "99999999999999w"': "fetch.delay: '99999999999999w' is too long; write a shorter duration",
    SOURCE + 'budget = "many"': "sources[1].budget: 'many' is not a rate; write a number and a time, as in 2000/h",
    SOURCE + "budget = []": 'sources[1].budget: must be a rate in quotes, as in "2000/h"',
    RULE
    + 'quiet = "22:00"\n'
    + EMAIL: "rules[1].quiet: '22:00' is not a range of hours; write it as in \"22:00-07:00\"",
    RULE + 'quiet = "22-7"\n' + EMAIL: "rules[1].quiet: '22' is not a valid time of day; write it as in \"07:00\"",
    RULE + 'quiet = "25:00-07:00"\n' + EMAIL: "rules[1].quiet: '25:00' is not a valid time of day",
    RULE + 'quiet = "07:00-07:00"\n' + EMAIL: "rules[1].quiet: quiet hours must not start and end at the same time",
    RULE + 'zone = "Europe/Nowhere"\n' + EMAIL: "rules[1].zone: 'Europe/Nowhere' is not a known time zone",
    RULE + 'zone = "../etc/passwd"\n' + EMAIL: "rules[1].zone: '../etc/passwd' is not a known time zone",
    RULE + "digest = { }\n" + EMAIL: "rules[1].digest: name either every or at",
    RULE + 'digest = { every = "1h", at = "07:00" }\n' + EMAIL: "rules[1].digest: name either every or at",
    RULE + 'digest = { every = "5s" }\n' + EMAIL: "rules[1].digest: every must be between 1m and 1d",
    RULE + 'digest = { at = "7" }\n' + EMAIL: "rules[1].digest.at: '7' is not a valid time of day",
    RULE + 'cap = "often"\n' + EMAIL: "rules[1].cap: 'often' is not a rate",
    # addresses
    SOURCE + 'feeds = ["x.org/f"]': "sources[1].feeds[1]: not a valid web address ('x.org/f'); "
    "did you mean https://x.org/f?",
    SOURCE + 'urls = ["file:///etc/passwd"]': "sources[1].urls[1]: only http and https addresses can be fetched",
    '[service]\nlisten = "127.0.0.1:99999"': "service.listen: '127.0.0.1:99999' is not a host and port",
    '[service]\nlisten = "8765"': "service.listen: '8765' is not a host and port; write it as in \"127.0.0.1:8765\"",
    '[web]\nlisten = ":8766"': "web.listen: ':8766' is not a host and port",
    '[service]\nnetworks = ["10.0.0/8"]': "service.networks[1]: '10.0.0/8' is not a network; write it as in",
    # expressions and templates
    SOURCE + 'include = ["("]': "sources[1].include[1]: '(' is not a usable regular expression",
    RULE + "added = '(?=x)'\n" + EMAIL: "rules[1].added: '(?=x)' is not a usable regular expression: look-ahead",
    RULE + 'subject = "5 $"\n' + EMAIL: "rules[1].subject: a $ must be followed by a name, as in $headline; write $$",
    RULE + f'body = "{"x" * 4001}"\n' + EMAIL: "rules[1].body: a template may have at most 4000 characters",
    RULE + 'subject = "$headlin"\n' + EMAIL: "rules[1].subject: $headlin is not a template name; use one of $rule",
    # names
    SOURCE + SOURCE: "sources: two entries are named 'A'; give one of them another name",
    '[[rules]]\nname = "r"\nto = ["dsk"]\n' + EMAIL: "rule 'r': to names 'dsk', which is not configured; "
    "did you mean 'desk'?",
    RULE + 'sources = ["Q"]\n' + EMAIL: "rule 'r': sources names 'Q', which is not configured; none is configured yet",
    '[[rules]]\nname = "r"\nto = ["x"]\n' + EMAIL: "rule 'r': to names 'x', which is not configured; choose 'desk'",
    '[archive]\ncheckpoints = "c"\ncheckpoint_target = "dsk"\n'
    + EMAIL: "archive.checkpoint_target names 'dsk', which is not configured; did you mean 'desk'?",
    '[archive]\ncheckpoint_target = "desk"\n'
    + EMAIL: "archive: checkpoint_target, checkpoint_command and timestamp need",
    # secrets
    EMAIL + 'password = "hunter2"': "targets[1].password: a secret must not be written here; name where it is stored",
    EMAIL + 'password = { env = "A", file = "B" }': "targets[1].password: name either env or file",
    EMAIL + "password = { env = 3 }": "targets[1].password.env: a secret must not be written here",
    '[service]\ntoken = "hunter2"': "service.token: a secret must not be written here",
    '[web]\ntoken = "hunter2"': "web.token: a secret must not be written here",
    # broken TOML
    "x = ": "not valid TOML at end of document: invalid value",
    "x = 1\nx = 2": "not valid TOML at end of document: a key is set twice",
    "[fetch]\n[service]\n[fetch]": "not valid TOML at line 3, column 7: cannot declare fetch twice",
    '[a]\nb = 1\n[a."c d".e]\n[a."c d".e]': "not valid TOML at line 4, column 11: cannot declare a.c d.e twice",
    "contact = desk": "not valid TOML at line 1, column 11: invalid value",
}


def refusal(text: str | bytes) -> str:
    with pytest.raises(ConfigError) as caught:
        parse(text if isinstance(text, bytes) else text.encode(), "writethru.toml")
    return str(caught.value)


@pytest.mark.parametrize(("text", "sentence"), WRONG.items())
def test_a_plain_sentence_names_the_key_what_is_expected_and_what_was_given(text, sentence):
    message = refusal(text)
    assert message.startswith("writethru.toml: ")
    assert message.removeprefix("writethru.toml: ").startswith(sentence), message
    assert not JARGON.search(message)
    assert "\n" not in message


@pytest.mark.parametrize(
    "key", ["contact", "archive", "fetch", "service", "web", "sources", "stories", "rules", "targets", "match"]
)
@pytest.mark.parametrize(
    "value", ["3", "-1.5", "true", '"text"', "1979-05-27T07:32:00Z", "07:32:00", "[[1]]", "{ x = 1 }"]
)
def test_no_wrong_value_of_any_kind_is_reported_in_the_words_of_a_library(key, value):
    message = f"configuration: {key}"
    try:
        parse(f"{key} = {value}".encode())
    except ConfigError as error:
        message = str(error)
    assert message.startswith(f"configuration: {key}")
    assert not JARGON.search(message)


def test_every_problem_is_reported_at_once_and_each_once():
    message = refusal('contcat = "x"\n[fetch]\ndelay = "soon"\n[service]\nlisten = "8765"')
    assert [line.partition(": ")[0] for line in message.removeprefix("writethru.toml: ").splitlines()] == [
        "3 errors:",
        "  fetch.delay",
        "  service.listen",
        "  contcat",
    ]


def test_a_file_that_is_not_utf8_and_one_with_a_byte_order_mark_say_so_and_long_values_are_cut():
    assert refusal(b"\xef\xbb\xbfa = 1") == "writethru.toml: not valid TOML: it begins with a byte order mark (BOM)"
    assert refusal(b'a = 1\ncontact = "\xff"') == "writethru.toml: not valid TOML: line 2 is not UTF-8 text"
    assert len(refusal(f'[service]\nlog = "{"x" * 5000}"')) < 400


def test_a_bad_value_from_the_environment_names_the_variable(monkeypatch):
    monkeypatch.setenv("WRITETHRU_LOG", "xml")
    assert "'xml' is not a valid value" in refusal("")
    assert refusal("").endswith("(set by the environment variable WRITETHRU_LOG)")


def test_the_environment_leaves_a_table_that_is_none_to_be_reported(monkeypatch):
    monkeypatch.setenv("WRITETHRU_DB", "sqlite:///x.db")
    monkeypatch.setenv("WRITETHRU_ALLOW_PRIVATE", "1")
    message = refusal("archive = 3\nfetch = 4")
    assert "archive: must be a table" in message
    assert "fetch: must be a table" in message


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
        '[[targets]]\nname = "c"\ntype = "apprise"\nurl = ["hunter2"]',
        '[[targets]]\nname = "c"\nsecret = "hunter2"',
        '[[sources]]\nname = "A"\nfeeds = ["https://me:hunter2@example.org/"]',
        '[[sources]]\nname = "A"\nfeeds = ["https://me:hunter2@exa mple.org/"]',
        'targets = [["hunter2"]]',
        '[[sources]]\nname = "A"\nfeeds = "https://me:hunter2@example.org/"',
        EMAIL + 'password = { env = ["hunter2"], fil = "hunter2" }',
    ],
)
def test_a_secret_in_the_file_is_refused_and_never_printed(text):
    assert "hunter2" not in refusal(text)

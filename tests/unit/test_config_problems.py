"""A wrong configuration is reported in plain sentences: which key, what is expected, what was given."""

import re

import pytest

from tracker.config.root import parse
from tracker.errors import ConfigError

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
    "choose 'email', 'webhook', 'apprise' or 'command'",
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
    f'[[sources]]\nname = "{"a" * 81}"': f"sources[1].name: '{'a' * 81}' is not allowed; expected: 1 to 80 letters",
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
    '[service]\nlisten = "0.0.0.0:8765"': "service.listen: '0.0.0.0:8765' can be reached from other machines",
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


def test_a_file_of_a_windows_editor_says_what_is_wrong_with_it():
    assert refusal(b"\xef\xbb\xbfa = 1") == "writethru.toml: not valid TOML: it begins with a byte order mark (BOM)"


def test_a_file_that_is_not_utf8_names_the_line():
    assert refusal(b'a = 1\ncontact = "\xff"') == "writethru.toml: not valid TOML: line 2 is not UTF-8 text"


def test_a_long_value_is_cut_in_the_message():
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

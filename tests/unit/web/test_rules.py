import tomllib

import pytest

from tracker.config import RuleConfig, parse
from tracker.errors import ConfigError, NotKnown, UsageError
from tracker.web.rules import edited, fields_of, rows_of, values_of

TEXT = """# mine
[[targets]]
name = "desk"
type = "webhook"
url = "https://h.example/"

[[rules]]
name = "one"   # first
to = ["desk"]
min_words = 3

[[rules]]
name = "two"
to = ["desk"]
labels = ["correction"]
"""


def test_only_what_a_form_says_is_changed():
    made = edited(TEXT, "one", {"min_words": "0", "labels": "headline , stealth", "removed": "x+"})
    (one, two) = parse(made.encode()).rules
    assert (one.min_words, [str(label) for label in one.labels], one.removed) == (0, ["headline", "stealth"], "x+")
    assert two == parse(TEXT.encode()).rules[1]
    assert "# mine" in made
    assert "# first" in made
    assert edited(made, "one", {"min_words": "3", "labels": "", "removed": ""}).count("labels") == 1


def test_what_changes_nothing_leaves_every_byte():
    rule = parse(TEXT.encode()).rules[1]
    assert edited(TEXT, "two", {each.name: each.value for each in fields_of(rule)}) == TEXT


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"to": ""}, UsageError),
        ({"to": "nobody"}, UsageError),
        ({"labels": "nonsense"}, UsageError),
        ({"added": "("}, UsageError),
        ({"min_words": "-1"}, UsageError),
    ],
)
def test_a_form_of_no_sense_is_refused(form, error):
    with pytest.raises(error):
        edited(TEXT, "one", form)


def test_what_is_not_there_is_not_edited():
    with pytest.raises(NotKnown):
        edited(TEXT, "three", {})
    with pytest.raises(NotKnown):
        edited("contact = 'x'\n", "one", {})
    with pytest.raises(ConfigError, match="not valid TOML"):
        edited("[[", "one", {})


def test_a_rule_reads_as_words():
    rule = RuleConfig(name="r", to=("desk", "mail"), min_words=4)
    assert rows_of(rule) == [("Send to", "desk, mail"), ("Minimum words", "4")]


def test_a_form_that_says_nothing_of_a_field_leaves_it():
    assert values_of({"csrf": "x"}) == {}
    assert tomllib.loads(edited(TEXT, "one", {})) == tomllib.loads(TEXT)

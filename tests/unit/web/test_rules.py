from typing import Any

import pytest
from pydantic import ValidationError

from tracker.config.root import parse
from tracker.config.tables import RuleConfig
from tracker.errors import UsageError
from tracker.model.change import Significance
from tracker.web.pages.alerts import Alerts, NamedRule, RuleBody, edit_rule, rule_form, write_rule

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


def given(**fields: str) -> dict[str, Any]:
    return RuleBody.model_validate(fields).conditions


def test_only_what_a_form_says_is_changed_and_a_rule_reads_as_words():
    made = edit_rule(TEXT, "one", given(min_words="0", labels="headline , not-noted", removed="x+"))
    (one, two) = parse(made.encode()).rules
    assert (one.min_words, [str(label) for label in one.labels], one.removed) == (0, ["headline", "not-noted"], "x+")
    assert two == parse(TEXT.encode()).rules[1]
    assert "# mine" in made
    assert "# first" in made
    assert edit_rule(made, "one", given(min_words="3", labels="", removed="")).count("labels") == 1
    for rule in parse(TEXT.encode()).rules:
        assert write_rule(TEXT, NamedRule.model_validate(rule_form(rule))) == TEXT
    rule = RuleConfig(name="r", to=("desk", "mail"), min_words=4, announced=False)
    assert Alerts.rule_rows(rule) == [("Send to", "desk, mail"), ("Minimum words", "4"), ("Noted by the outlet", "no")]


def test_a_new_rule_comes_last_and_a_changed_one_stays_where_it_is():
    rule = {"name": "three", "to": "desk", "announced": "false", "urls": "/a,b/\n/c/", "significance": "medium"}
    made = write_rule(TEXT, NamedRule.model_validate(rule))
    assert made.startswith(TEXT)
    new = parse(made.encode()).rules[2]
    assert (new.name, new.announced, new.urls, new.significance) == (
        "three",
        False,
        ("/a,b/", "/c/"),
        Significance.MEDIUM,
    )
    again = write_rule(made, NamedRule.model_validate(rule_form(new)))
    assert again == made
    renamed = write_rule(made, NamedRule.model_validate(rule_form(new) | {"name": "four", "announced": ""}))
    assert [(each.name, each.announced) for each in parse(renamed.encode()).rules][2] == ("four", None)
    for name in ("one", "a\nb", "<b>"):
        with pytest.raises((UsageError, ValidationError)):
            write_rule(made, NamedRule.model_validate(rule_form(new) | {"name": name}))

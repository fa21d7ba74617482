"""When and how rules tell, as the file says it."""

from datetime import time, timedelta
from typing import Any

import pytest

from tracker.config.root import Config, parse
from tracker.config.rules import DigestConfig, RuleConfig, quiet_hours
from tracker.model.change import LabelKind, Significance

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

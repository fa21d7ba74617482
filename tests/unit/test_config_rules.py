"""When and how rules tell, as the file says it."""

from datetime import time, timedelta
from typing import Any

from tracker.config.root import Config
from tracker.config.rules import DigestConfig, RuleConfig, quiet_hours
from tracker.model.change import Significance


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

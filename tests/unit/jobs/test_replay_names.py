"""Programs outside the project replay check times with these names, so they stay where they are."""

from datetime import UTC, datetime, timedelta
from importlib import import_module

NAMES = {
    "Tracked": "tracker.model",
    "next_check": "tracker.jobs.cadence",
    "SHIPPED": "tracker.jobs.curve",
    "Look": "tracker.jobs.fit",
    "fit": "tracker.jobs.fit",
}


def test_check_times_can_be_replayed_by_programs_outside():
    names = {name: getattr(import_module(module), name) for name, module in NAMES.items()}
    now = datetime(2026, 11, 27, 12, tzinfo=UTC)
    article = names["Tracked"](id="a", source="S", url="", host="", first_seen_at=now, versions=1, checks=1)
    due = names["next_check"](article, now, changed=False, every=None, until=timedelta(days=30), curve=names["SHIPPED"])
    assert now < due < now + timedelta(days=1)
    assert names["fit"]([names["Look"]("a", "S", 0.0, 1.0, False, 12.0)]) == names["SHIPPED"]

"""What webhooks post keeps to the published schema."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError

from tests.alert_samples import NOW, rule
from tracker.alerts.channels.webhook import event
from tracker.alerts.matching import match_rules
from tracker.alerts.payload import checkpoint_alert, combine, stale_copy_alerts, version_alert
from tracker.model.alert import Alert, Batch, Delivery
from tracker.model.change import Change, Label, LabelKind
from tracker.service.sample_alerts import SAMPLES, sample

SCHEMA = Path(__file__).parents[3] / "docs" / "reference" / "webhook.schema.json"


def sent(alert: Alert) -> Delivery:
    return Delivery(1, alert.key, alert.rule, alert.target, alert.article, alert.version, alert.payload, NOW, NOW)


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

"""Alerts and deliveries that tests of alerts are fed with."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from tracker.alerts.payload import version_alert
from tracker.config.tables import RuleConfig
from tracker.model.alert import Alert, Delivery
from tracker.service.sample_alerts import sample

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def alert(number: int = 1, *, target: str = "desk", article: str = "a") -> Alert:
    """Return an alert about a correction in version *number* of an article."""
    version, previous = sample("correction")
    made = version_alert("Corrections", target, version, previous, link="", salt=f"{article}{number}")
    return replace(made, article=article, version=number)


def delivery(number: int = 1, article: str = "ab12") -> Delivery:
    """Return the delivery of such an alert."""
    made = alert(number, article=article)
    about = (made.key, made.rule, made.target, article, number, made.payload)
    return Delivery(*about, id=number, created_at=NOW, due_at=NOW)


def rule(**fields: Any) -> RuleConfig:
    """Return a rule that sends every change to the desk, but for these fields."""
    return RuleConfig.model_validate({"name": "R", "to": ["desk"], **fields})

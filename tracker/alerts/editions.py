"""The alert of a rule with `story = true`: one for all copies of an edition, and a note on those that lag. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from ..model.alert import Alert, Delivery
from ..views.values import plain
from .payload import alert_key, encode
from .schedule import COPY_WAIT, scheduled

if TYPE_CHECKING:
    from ..config import RuleConfig
    from ..views.edition import EditionCopy

# The type of the note on copies that lag.
LAGGING: Final = "edition.lagging"
MAX_NAMED: Final = 40

_EDITIONS: Final = {"article.changed", "article.first-seen", LAGGING}


@dataclass(frozen=True, slots=True)
class LaggingCopy:
    """A copy that still has an older text. `checked` is the last time that it was seen with it."""

    article: str
    source: str
    url: str
    runs: int
    checked: datetime


def is_edition(delivery: Delivery) -> bool:
    """Say whether an alert is about an edition, not about a page that is gone or back, and has not been taken out."""
    return json.loads(delivery.payload).get("type") in _EDITIONS


def is_lagging(delivery: Delivery) -> bool:
    """Say whether an alert is a note on copies that lag."""
    return bool(json.loads(delivery.payload).get("type") == LAGGING)


def with_copies(payload: str, rule: RuleConfig, copies: Sequence[EditionCopy], lagging: Sequence[LaggingCopy]) -> str:
    """Return the payload of an alert about an edition with the copies that took it over, and those that did not."""
    named = {"copies": plain(copies[:MAX_NAMED]), "lagging": plain(lagging[:MAX_NAMED])}
    return encode(json.loads(payload) | named, rule)


def lagging_alert(
    alert: Delivery, rule: RuleConfig, copies: Sequence[EditionCopy], lagging: Sequence[LaggingCopy], after: timedelta
) -> Alert:
    """Return the note that follows `alert` when `after` has passed since its edition was seen."""
    key = alert_key(LAGGING, alert.key)
    body = json.loads(alert.payload) | {"id": key, "type": LAGGING, "opening": None, "notices": [], "top_hunk": None}
    body |= {"changes": [], "more_changes": 0}
    payload = with_copies(json.dumps(body), rule, copies, lagging)
    note = Alert(key, alert.rule, alert.target, alert.article, alert.version, payload)
    # `scheduled` adds the wait for copies again, which the note has had already.
    seen = datetime.fromisoformat(body["first_seen_new"])
    return scheduled(note, rule, seen + after - COPY_WAIT)

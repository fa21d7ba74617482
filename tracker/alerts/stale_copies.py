"""The alert of a copy that still prints what its origin has corrected. Pure."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from ..model import Alert
from ..render.times import iso
from .matching import style_of
from .payload import apply_style, base_body, encode
from .schedule import scheduled

if TYPE_CHECKING:
    from datetime import datetime

    from ..config import RuleConfig
    from ..model import Version


def stale_copy_alerts(
    rule: RuleConfig,
    copy: Version,
    *,
    key: str,
    notice: tuple[str, str],
    origin: Version,
    hours: float,
    link: str,
    at: datetime,
) -> tuple[Alert, ...]:
    """Return one alert for each target of *rule*: *copy* lacks *notice* (kind and text) of *origin* since *hours*.

    *key* names the lapse; with the rule and the target it makes the key of the alert, so that it is told once. *at* is
    when it was found.
    """
    told = []
    for target in dict.fromkeys(rule.to):
        digest = hashlib.sha256(json.dumps([key, rule.name, target]).encode()).hexdigest()
        ident = f"wt_{digest[:40]}"
        kind, text = notice
        body = base_body(ident, "copy.stale", rule.name, copy, link=link) | {
            "first_seen_new": iso(origin.seen),
            "labels": [{"kind": kind, "evidence": text[:300]}],
            "significance": 1.0,
            "announced": False,
            "notices": [{"kind": kind, "text": text[:1000]}],
            "hours": round(hours, 2),
            "origin": {
                "article": origin.article,
                "version": origin.n,
                "url": origin.url,
                "source": origin.source,
                "headline": origin.content.title[:500],
            },
        }
        apply_style(body, style_of(rule))
        told.append(scheduled(Alert(ident, rule.name, target, copy.article, copy.n, encode(body)), rule, at))
    return tuple(told)

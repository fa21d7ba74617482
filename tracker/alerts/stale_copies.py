"""The alert about a copy that still lacks a correction made to its original. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from ..model.alert import Alert
from ..render.times import iso
from .payload import (
    MAX_EVIDENCE_CHARACTERS,
    MAX_HEADLINE_CHARACTERS,
    MAX_NOTICE_CHARACTERS,
    alert_key,
    apply_style,
    base_body,
    encode,
    style_of,
)
from .schedule import scheduled

if TYPE_CHECKING:
    from ..config import RuleConfig
    from ..model.version import Version


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
    """Return one alert for each target of `rule`: for `hours`, `copy` has lacked a notice (kind, text) of `origin`.

    `key` identifies the copy and the notice, so that each target is sent one alert. `link` is the base address of the
    web page, which may be empty; `at` is when the stale copy was found.
    """
    kind, text = notice
    alerts = []
    for target in dict.fromkeys(rule.to):
        ident = alert_key(key, rule.name, target)
        body = base_body(ident, "copy.stale", rule.name, copy, link=link) | {
            "first_seen_new": iso(origin.seen),
            "labels": [{"kind": kind, "evidence": text[:MAX_EVIDENCE_CHARACTERS]}],
            "significance": 1.0,
            "announced": False,
            "notices": [{"kind": kind, "text": text[:MAX_NOTICE_CHARACTERS]}],
            "hours": round(hours, 2),
            "origin": {
                "article": origin.article,
                "version": origin.n,
                "url": origin.url,
                "source": origin.source,
                "headline": origin.content.title[:MAX_HEADLINE_CHARACTERS],
            },
        }
        apply_style(body, style_of(rule))
        alerts.append(scheduled(Alert(ident, rule.name, target, copy.article, copy.n, encode(body)), rule, at))
    return tuple(alerts)

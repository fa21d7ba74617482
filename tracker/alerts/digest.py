"""Digests: many deliveries that wait in one lane for one target, sent as one message. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from ..render.json import dumps
from ..views.webhook import DigestView
from .payload import alert_key

if TYPE_CHECKING:
    from ..model.alert import Delivery

MAX_DIGEST_BYTES: Final = 200_000
MAX_DIGEST_DELIVERIES: Final = 200


def combine(deliveries: Sequence[Delivery]) -> Delivery:
    """Return one delivery for all of `deliveries`, which have one target and lane; a single one is returned unchanged.

    Its key is made of their keys, so that a repeat has the same key. If their payloads exceed `MAX_DIGEST_BYTES`, the
    last ones are left out, but counted.
    """
    first = deliveries[0]
    if len(deliveries) == 1:
        return first
    key = alert_key(first.target, first.lane, [each.key for each in deliveries])
    # The payload of a version that was taken down is empty.
    alerts = [json.loads(each.payload) for each in deliveries if each.payload != "{}"]
    view = DigestView(key, first.rule, first.created_at, deliveries[-1].created_at, len(alerts), alerts)
    payload = dumps(view.as_json())
    # A quarter at a time: writing the whole again for each alert would take seconds for a large digest.
    while len(payload.encode("utf-8", "surrogatepass")) > MAX_DIGEST_BYTES and len(alerts) > 1:
        del alerts[max(1, len(alerts) * 3 // 4) :]
        payload = dumps(view.as_json())
    rule = hashlib.sha256(first.rule.encode("utf-8", "surrogatepass")).hexdigest()
    return replace(
        first,
        key=key,
        # Mail programs show messages about one article as one thread, and so the digests of one rule.
        article=f"digest-{rule[:12]}",
        version=0,
        payload=payload,
        attempts=max(each.attempts for each in deliveries),
    )

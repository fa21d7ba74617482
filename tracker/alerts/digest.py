"""Many deliveries as one message: what waited in one lane for one target. Pure."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from ..render.json import dumps
from ..render.times import iso

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..model import Delivery

MAX_DIGEST_BYTES: Final = 200_000
MAX_DIGEST_DELIVERIES: Final = 200


def combine(deliveries: Sequence[Delivery]) -> Delivery:
    """Return one delivery that tells what all of *deliveries*, of one lane and in order, tell; one alone stays.

    Its key is made from theirs, so that a repeat is known as one. Where all that they say is more than 200 kB, the last
    are left out and counted.
    """
    first = deliveries[0]
    if len(deliveries) == 1:
        return first
    digest = hashlib.sha256(json.dumps([first.target, first.lane, [each.key for each in deliveries]]).encode())
    key = f"wt_{digest.hexdigest()[:40]}"
    bodies = [json.loads(each.payload) for each in deliveries if each.payload != "{}"]
    body = {
        "schema": 1,
        "id": key,
        "type": "digest",
        "rule": first.rule,
        "from": iso(first.created_at),
        "until": iso(deliveries[-1].created_at),
        "count": len(bodies),
        "alerts": bodies,
    }
    payload = dumps(body)
    while len(payload.encode("utf-8", "surrogatepass")) > MAX_DIGEST_BYTES and len(bodies) > 1:
        del bodies[max(1, len(bodies) * 3 // 4) :]
        payload = dumps(body)
    ident = hashlib.sha256(first.rule.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    attempts = max(each.attempts for each in deliveries)
    return replace(first, key=key, article=f"digest-{ident}", version=0, payload=payload, attempts=attempts)

from datetime import UTC, datetime

import pytest

from tracker.cli.commands.alerts import lines
from tracker.model.alert import Delivery, DeliveryState
from tracker.render.text import cells

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
DEAD = Delivery(
    1, "k", "Corrections at the Ledger", "standards-desk", "46115ec91257", 2, {}, NOON, NOON,
    DeliveryState.DEAD, 1, "https://hooks.example.org: 410 Gone \x1b[2J and nothing was taken",
)  # fmt: skip


@pytest.mark.parametrize("width", [60, 80])
def test_a_dead_letter_says_why_at_any_width(width):
    shown = list(lines(DEAD, NOON, width))
    assert max(map(cells, shown)) <= width
    text = " ".join(" ".join(shown).split())
    assert "dead 46115ec9@v2 Corrections at the Ledger → standards-desk" in text
    assert "! failed 1 time: https://hooks.example.org: 410 Gone ␛[2J and nothing was taken" in text


def test_a_delivered_one_is_a_line():
    sent = Delivery(1, "k", "r", "t", "46115ec91257", 2, {}, NOON, NOON, DeliveryState.DELIVERED)
    assert list(lines(sent, NOON, 80)) == ["12:00        delivered 46115ec9@v2  r → t"]

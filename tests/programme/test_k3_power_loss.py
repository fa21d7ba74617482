"""K3: the power goes at any moment, and no acknowledged version is lost (2,000 times in `tests.nightly.power_loss`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .power import cycles, recorded

if TYPE_CHECKING:
    from pathlib import Path

VERSIONS, CYCLES = 150, 40


def test_power_goes_and_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    before, steps = recorded(tmp_path, VERSIONS)
    assert sum(step.op == "a" for step in steps) == VERSIONS
    assert sum(step.op == "s" for step in steps) >= VERSIONS, "a sync a version"
    (tmp_path / "left").mkdir()
    acknowledged, wrong = cycles(tmp_path / "left", before, steps, CYCLES)
    assert wrong == []
    assert acknowledged > VERSIONS // 2
    # A disk that lies of its syncs loses some: so these cycles would see a loss.
    assert cycles(tmp_path / "left", before, steps, CYCLES, liar=True)[1]

"""K3: the power fails at any moment, and no acknowledged version is lost. $WRITETHRU_POWER_CUTS makes it longer."""

import os
from pathlib import Path

from .power_loss import cut_power, record

CUTS = int(os.environ.get("WRITETHRU_POWER_CUTS", "40"))
VERSIONS = 150 if CUTS < 1000 else 600


def test_the_power_fails_and_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    before, steps = record(tmp_path, VERSIONS)
    assert sum(step.op == "a" for step in steps) == VERSIONS
    assert sum(step.op == "s" for step in steps) >= VERSIONS, "a version was not synced"
    (tmp_path / "left").mkdir()
    acknowledged, losses = cut_power(tmp_path / "left", before, steps, CUTS)
    assert losses == []
    assert acknowledged > VERSIONS // 2
    # A disk that ignores syncs loses some, so this test can see a loss.
    assert cut_power(tmp_path / "left", before, steps, max(CUTS // 20, 40), ignores_syncs=True)[1]

"""What the archive in memory holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from tests.fake_lines import Lines
from tests.fake_stories import Shelf
from tracker.model import CheckOutcome

if TYPE_CHECKING:
    from datetime import datetime

    from tracker.model import Capture, Check, Delivery, HintTally, HostState, HubState, Tracked, Version

STANDING: Final = frozenset({CheckOutcome.NEW, CheckOutcome.CHANGED, CheckOutcome.UNCHANGED, CheckOutcome.NOT_MODIFIED})


@dataclass
class State:
    """Everything the archive in memory holds; copied whole, so that a step that fails leaves it as it was."""

    sources: list[str] = field(default_factory=list)
    paused: set[str] = field(default_factory=set)
    hubs: list[HubState] = field(default_factory=list)
    articles: dict[str, Tracked] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)
    hosts: dict[str, HostState] = field(default_factory=dict)
    checks: list[Check] = field(default_factory=list)
    versions: list[Version] = field(default_factory=list)
    captures: dict[tuple[str, int], Capture] = field(default_factory=dict)
    deliveries: dict[int, Delivery] = field(default_factory=dict)
    leases: dict[int, datetime] = field(default_factory=dict)
    lines: Lines = field(default_factory=Lines)
    tried: dict[tuple[str, int], str] = field(default_factory=dict)
    shelf: Shelf = field(default_factory=Shelf)
    tallies: dict[str, HintTally] = field(default_factory=dict)
    memos: dict[str, str] = field(default_factory=dict)

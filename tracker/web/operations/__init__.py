"""What signed-in users can do, one table: each entry is a form of the pages and a POST endpoint of the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .adding import ADDING
from .rules import RULES
from .sources import SOURCES
from .stories import STORIES
from .verdicts import VERDICTS

if TYPE_CHECKING:
    from tracker.web.actions import Operation

OPERATIONS: Final[tuple[Operation, ...]] = (*ADDING, *SOURCES, *STORIES, *RULES, *VERDICTS)

"""Draw a sparkline: a bar a version, as tall as the words that it added and removed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ..html import text
from ..text import counted
from .svg import number

_HEIGHT: Final = 20
_STEP: Final = 5
MAX_BARS: Final = 24


def spark(words: Sequence[int]) -> str:
    """Return the picture of how many words each version changed, oldest first; at most the newest 24 are shown."""
    shown = list(words)[-MAX_BARS:]
    tallest = max([*shown, 1])
    bars = []
    for place, count in enumerate(shown):
        # The square root keeps small edits visible next to a rewrite.
        height = max(round((count / tallest) ** 0.5 * (_HEIGHT - 2), 1), 1.5)
        bars.append(f"M{place * _STEP + 2} {_HEIGHT}V{number(_HEIGHT - height)}")
    width = max(len(shown) * _STEP, _STEP)
    title = f"{counted(len(words), 'version')}; words changed: {', '.join(str(count) for count in shown[1:]) or 'none'}"
    return (
        f'<svg class="spark" viewBox="0 0 {width} {_HEIGHT}" width="{width}" height="{_HEIGHT}" role="img" '
        f'aria-label="{text(title)}" xmlns="http://www.w3.org/2000/svg"><title>{text(title)}</title>'
        f'<path d="{"".join(bars)}"/></svg>'
    )

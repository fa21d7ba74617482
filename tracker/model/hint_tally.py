"""How often a source's listings were right about updates."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HintTally:
    """How often a source's listings were right about updates.

    A listing hints at an update by a later `updated` of a feed or `lastmod` of a sitemap than at the check before.

    Attributes:
        hits: checks with a hint that found a change.
        false_touches: checks with a hint that found none.
        misses: checks that found a change without a hint.
    """

    # Not whole numbers, because old checks fade.
    hits: float = 0.0
    false_touches: float = 0.0
    misses: float = 0.0

    def after(self, *, touched: bool, changed: bool) -> HintTally:
        """Return the tally with one more check: whether there was a hint, and whether the article had changed."""
        return HintTally(
            self.hits + (touched and changed),
            self.false_touches + (touched and not changed),
            self.misses + (changed and not touched),
        )

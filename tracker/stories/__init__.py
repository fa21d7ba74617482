"""Find which articles are one story, whose text it is, and who runs which version of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.lazy_names import lazy_names

if TYPE_CHECKING:
    from .clusters import StoryIndex
    from .copies import copy_groups, signature
    from .decisions import CurrentDecisions, Decision, StoryDecisionKind, current_decisions
    from .document import story_view
    from .features import features_of
    from .membership import stories_of
    from .origin import copy_origins
    from .propagation import Propagation, Timeline, propagate
    from .recent_texts import ClusterArticle
    from .shingles import Signature
    from .stale import StaleCopy, stale_copies

__all__ = [
    "ClusterArticle",
    "CurrentDecisions",
    "Decision",
    "Propagation",
    "Signature",
    "StaleCopy",
    "StoryDecisionKind",
    "StoryIndex",
    "Timeline",
    "copy_groups",
    "copy_origins",
    "current_decisions",
    "features_of",
    "propagate",
    "signature",
    "stale_copies",
    "stories_of",
    "story_view",
]

__getattr__ = lazy_names(
    __name__,
    {
        "clusters": "StoryIndex",
        "copies": "copy_groups signature",
        "decisions": "CurrentDecisions Decision StoryDecisionKind current_decisions",
        "document": "story_view",
        "features": "features_of",
        "membership": "stories_of",
        "origin": "copy_origins",
        "propagation": "Propagation Timeline propagate",
        "recent_texts": "ClusterArticle",
        "shingles": "Signature",
        "stale": "StaleCopy stale_copies",
    },
)

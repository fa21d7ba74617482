"""Find which articles are one story, whose text it is, and who runs which version of it."""

from __future__ import annotations

from .cluster_article import ClusterArticle
from .clusters import StoryIndex
from .copies import copy_groups, signature
from .decisions import CurrentDecisions, Decision, StoryDecisionKind, current_decisions
from .document import story_view
from .features import features_of
from .membership import stories_of
from .origin import copy_origins
from .propagation import Propagation, Timeline, propagate
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

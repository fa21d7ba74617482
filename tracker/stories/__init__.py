"""Which articles are one story, whose text it is, and who runs which version of it."""

from __future__ import annotations

from .clusters import ClusterArticle, Proposal, StoryIndex, cluster, propose
from .copies import CopyIndex, CopyLink, copies_of, groups, signature
from .decisions import CurrentDecisions, Decision, StoryDecisionKind, standing
from .document import story_view
from .features import features_of
from .membership import stories_of
from .propagation import Place, Propagation, Timeline, propagate
from .roles import roles
from .shingles import Signature
from .stale import StaleCopy, stale_copies

__all__ = [
    "ClusterArticle",
    "CopyIndex",
    "CopyLink",
    "CurrentDecisions",
    "Decision",
    "Place",
    "Propagation",
    "Proposal",
    "Signature",
    "StaleCopy",
    "StoryDecisionKind",
    "StoryIndex",
    "Timeline",
    "cluster",
    "copies_of",
    "features_of",
    "groups",
    "propagate",
    "propose",
    "roles",
    "signature",
    "stale_copies",
    "standing",
    "stories_of",
    "story_view",
]

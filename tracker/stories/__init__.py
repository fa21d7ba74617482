"""Which articles are one story, whose text it is, and who runs which version of it."""

from __future__ import annotations

from .clusters import Entry, Proposal, StoryIndex, cluster, propose
from .copies import CopyIndex, CopyLink, copies_of, groups, signature
from .decisions import Decision, Standing, Verdict, standing
from .document import document, summary
from .features import features_of
from .membership import stories_of
from .propagation import Place, Propagation, Timeline, propagate
from .roles import roles
from .shingles import Signature
from .stale import StaleCopy, stale_copies

__all__ = [
    "CopyIndex",
    "CopyLink",
    "Decision",
    "Entry",
    "Place",
    "Propagation",
    "Proposal",
    "Signature",
    "StaleCopy",
    "Standing",
    "StoryIndex",
    "Timeline",
    "Verdict",
    "cluster",
    "copies_of",
    "document",
    "features_of",
    "groups",
    "propagate",
    "propose",
    "roles",
    "signature",
    "stale_copies",
    "standing",
    "stories_of",
    "summary",
]

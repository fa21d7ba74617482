"""The wire story of the demo: five editions, published by one outlet and a few seconds later by the other."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from tracker.model.article import NoticeKind
from tracker.model.labels import LabelKind

from .schedule import Edition, ScheduledArticle, revise, split_paragraphs

STORY: Final = "Narrows Bridge"
_REPRINT_DELAY_SECONDS: Final = 5.0

_FIRST: Final = Edition(
    at=0.0,
    title="Barge strikes Port Alder bridge; span closed",
    dek="The Narrows Bridge is shut in both directions while crews look for damage.",
    byline=("Jonas Feld",),
    paragraphs=split_paragraphs(
        """
        PORT ALDER (Coastal Press) — A loaded gravel barge struck a pier of the Narrows Bridge early Wednesday,
        closing the only road between Port Alder and the eastern shore, the harbor master said.

        Two people were hurt, neither of them seriously, Harbor Master Ellen Strand told reporters at the foot of the
        bridge. Both had been on the barge.

        “We heard a long scrape, and then the lamps on the deck went out one after another,” said Paul Okafor, who was
        opening his bait shop on the quay when it happened.

        The bridge carries about 31,000 vehicles a day, according to the state highway department. It was opened in
        1964 and last inspected in the spring of 2025.

        Traffic was sent north by way of Corley, a detour of 58 miles. The department asked drivers to stay at home if
        they could.
        """
    ),
)


def _second(before: Edition) -> Edition:
    lead, hurt, witness, traffic, detour = before.paragraphs
    tug = (
        "The tug that was pushing the barge, the Marjorie K., lost power shortly before 5 a.m. and drifted for eleven "
        "minutes before the collision, a Coast Guard spokesman said. Its crew of four stayed aboard."
    )
    schools = (
        "The school district said that its buses would not run on the eastern shore on Wednesday and that pupils who "
        "could not reach a classroom would be excused."
    )
    return replace(
        before,
        at=9.0,
        paragraphs=(lead, hurt, tug, witness, traffic, detour, schools),
        kinds=frozenset({LabelKind.INSERT}),
    )


def _third(before: Edition) -> Edition:
    lead, _, *rest = before.paragraphs
    hurt = (
        "Five people were hurt, one of them seriously, Harbor Master Ellen Strand told reporters at the foot of the "
        "bridge. Three had been in a van that braked hard on the deck."
    )
    return replace(
        before,
        at=17.0,
        title="Barge strikes Port Alder bridge, injuring five; span closed",
        byline=("Jonas Feld", "Priya Anand"),
        paragraphs=(lead, hurt, *rest),
        kinds=frozenset({LabelKind.HEADLINE, LabelKind.BYLINE, LabelKind.NUMBER}),
    )


def _fourth(before: Edition) -> Edition:
    lead, hurt, tug, *rest = before.paragraphs
    order = (
        "Governor Marian Holt ordered an inspection of every crossing in the state that stands in a shipping channel. "
        "“People drive over these piers each day and have a right to know that they will hold,” she said in a "
        "statement."
    )
    return replace(
        before,
        at=25.0,
        paragraphs=(lead, hurt, tug, order, *rest),
        notes=((NoticeKind.UPDATE, "(Updates with governor’s order in fourth paragraph.)"),),
        kinds=frozenset({LabelKind.INSERT, LabelKind.UPDATE_NOTE}),
    )


def _fifth(before: Edition) -> Edition:
    _, hurt, tug, order, witness, traffic, detour, _ = before.paragraphs
    lead = (
        "PORT ALDER (Coastal Press) — The Narrows Bridge will stay closed for at least two weeks after a loaded gravel "
        "barge struck one of its piers on Wednesday, the state highway department said, cutting the only road between "
        "Port Alder and the eastern shore."
    )
    ferry = (
        "A passenger ferry will cross every 40 minutes from Thursday morning, the department said. It takes 220 people "
        "and no cars, and will be free for as long as the bridge is shut."
    )
    return replace(
        before,
        at=33.0,
        title="Port Alder bridge to stay shut two weeks after barge strike",
        dek="A free ferry starts on Thursday while engineers test the damaged pier.",
        paragraphs=(lead, hurt, tug, order, witness, traffic, detour, ferry),
        notes=((NoticeKind.UPDATE, "(Updates with length of closure in first paragraph, ferry in final paragraph.)"),),
        kinds=frozenset({LabelKind.HEADLINE, LabelKind.DEK, LabelKind.LEAD, LabelKind.UPDATE_NOTE}),
    )


_EDITIONS: Final = revise(_FIRST, _second, _third, _fourth, _fifth)


def ledger_article() -> ScheduledArticle:
    """Return the article of the outlet that publishes the story first."""
    return ScheduledArticle(
        key="bridge",
        outlet="ledger",
        path="/2026/11/25/narrows-bridge-barge",
        section="Local",
        editions=_EDITIONS,
        credit="With assistance from Tom Reyes in Corley.",
        terms="© 2026 Coastal Press. This material may not be published, broadcast, rewritten or redistributed.",
    )


def courier_article() -> ScheduledArticle:
    """Return the reprint: the same words, with every update a few seconds later."""
    editions = tuple(
        replace(edition, at=edition.at + _REPRINT_DELAY_SECONDS if edition.at else 0.0) for edition in _EDITIONS
    )
    return ScheduledArticle(
        key="bridge-reprint",
        outlet="courier",
        path="/state/barge-strikes-port-alder-bridge-20261125.html",
        section="State",
        editions=editions,
        etag=True,
        credit="With assistance from Tom Reyes in Corley.",
        terms="Copyright 2026 Coastal Press. All rights reserved.",
    )

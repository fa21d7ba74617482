"""Compare where the links of a text lead: links that were added, removed, or got another address."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING

from tracker.model.change import Change, Fact, FactKind

if TYPE_CHECKING:
    from tracker.model.article import Article, Block, Link


def link_facts(old: Article, new: Article, change: Change) -> list[Fact]:
    """Return the links that differ, in the order of `change`. One that moved with its words does not differ.

    A side without any link was extracted before links were, or has none to compare: nothing is returned then.
    """
    before, after = _count(old.editorial), _count(new.editorial)
    if not before or not after or before == after:
        return []
    fewer, more = before - after, after - before
    facts: list[Fact] = []
    for index, block in enumerate(change.blocks):
        removed = _take(old.editorial[block.old].links, fewer) if block.old is not None else []
        added = _take(new.editorial[block.new].links, more) if block.new is not None else []
        standing = block.old is not None and block.new is not None
        # Links on the same words are one link that got another address.
        waiting: dict[str, list[Link]] = defaultdict(list)
        for link in reversed(added):
            waiting[link.text].append(link)
        pairs = [(link, waiting[link.text].pop() if waiting[link.text] else None) for link in removed]
        paired = {id(b) for _, b in pairs if b}
        facts += [_fact(a, b, index, standing=standing) for a, b in pairs]
        facts += [_fact(None, b, index, standing=standing) for b in added if id(b) not in paired]
    return facts


def _count(blocks: Iterable[Block]) -> Counter[str]:
    return Counter(link.href for block in blocks for link in block.links)


def _take(links: Iterable[Link], left: Counter[str]) -> list[Link]:
    """Return those of `links` that `left` still counts, and count them off."""
    taken = []
    for link in links:
        if left[link.href] > 0:
            left[link.href] -= 1
            taken.append(link)
    return taken


def _fact(old: Link | None, new: Link | None, block: int, *, standing: bool) -> Fact:
    role = "address" if old and new else "removed" if old else "added"
    before, after = (f"{link.text} <{link.href}>" if link else "" for link in (old, new))
    return Fact(FactKind.LINK, before, after, role, "text", block, standing)

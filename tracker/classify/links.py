"""Compare where the links of a text lead: a source that was linked, another address, a link that is gone."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from ..model import Fact, FactKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..model import Article, Block, Change, Link


def link_facts(old: Article, new: Article, change: Change) -> list[Fact]:
    """List the links that differ, in the order of *change*; one carried to another paragraph with its words does not.

    A side without any link was read before links were, or has none to compare: nothing is said of it then.
    """
    before, after = _addresses(old.editorial), _addresses(new.editorial)
    if not before or not after or before == after:
        return []
    fewer, more = before - after, after - before
    found: list[Fact] = []
    for index, block in enumerate(change.blocks):
        gone = _taken(old.editorial[block.old].links, fewer) if block.old is not None else []
        come = _taken(new.editorial[block.new].links, more) if block.new is not None else []
        standing = block.old is not None and block.new is not None
        found += [_fact(a, b, index, standing=standing) for a, b in _pairs(gone, come)]
    return found


def _addresses(blocks: Iterable[Block]) -> Counter[str]:
    return Counter(link.href for block in blocks for link in block.links)


def _taken(links: Iterable[Link], left: Counter[str]) -> list[Link]:
    """Return those of *links* that *left* still counts, and count them off."""
    out = []
    for link in links:
        if left[link.href] > 0:
            left[link.href] -= 1
            out.append(link)
    return out


def _pairs(gone: list[Link], come: list[Link]) -> list[tuple[Link | None, Link | None]]:
    """Pair links that stand on the same words; the rest went or came."""
    waiting: dict[str, list[Link]] = defaultdict(list)
    for link in reversed(come):
        waiting[link.text].append(link)
    pairs = [(link, waiting[link.text].pop() if waiting[link.text] else None) for link in gone]
    paired = {id(b) for _, b in pairs if b}
    return [*pairs, *((None, link) for link in come if id(link) not in paired)]


def _fact(old: Link | None, new: Link | None, block: int, *, standing: bool) -> Fact:
    role = "address" if old and new else "removed" if old else "added"
    return Fact(FactKind.LINK, _said(old), _said(new), role, "text", block, standing)


def _said(link: Link | None) -> str:
    return f"{link.text} <{link.href}>" if link else ""

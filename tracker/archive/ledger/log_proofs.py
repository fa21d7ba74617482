"""Check proofs about the log: RFC 6962, section 2.1; RFC 9162, sections 2.1.3.2 and 2.1.4.2.

The text of this module becomes a part of verify.py, so it imports only the standard library.
"""

from __future__ import annotations

import hashlib


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of a leaf over its entry."""
    # The first byte sets leaves apart from nodes: otherwise two hashes could be passed off as an entry.
    return hashlib.sha256(b"\x00" + data).digest()


def parent_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of a node over its two children."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def _step(at: int, last: int) -> tuple[int, int]:
    """Go up from node `at` of a level to the first ancestor that is a right child, or to the leftmost node."""
    while not at & 1 and at:
        at, last = at >> 1, last >> 1
    return at, last


def is_included(leaf: bytes, index: int, size: int, path: list[bytes], root: bytes) -> bool:
    """Return whether `path` proves that `leaf` is at `index` of the tree of `size` leaves with `root`."""
    node, at, last = leaf, index, size - 1
    if not 0 <= index < size:
        return False
    for sibling in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            node = parent_hash(sibling, node)
            at, last = _step(at, last)
        else:
            node = parent_hash(node, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and node == root


def is_consistent(older: int, old_root: bytes, size: int, new_root: bytes, path: list[bytes]) -> bool:
    """Return whether `path` proves that the tree of `size` leaves begins with the tree of `older` leaves."""
    if not 0 < older < size or not path:
        return older == size and old_root == new_root and not path
    rest = list(path) if older & (older - 1) else [old_root, *path]
    at, last = older - 1, size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    old = new = rest[0]
    for sibling in rest[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            old, new = parent_hash(sibling, old), parent_hash(sibling, new)
            at, last = _step(at, last)
        else:
            new = parent_hash(new, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and old == old_root and new == new_root

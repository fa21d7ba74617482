"""Merkle trees as RFC 6962 (section 2.1) has them: roots, and proofs, which `log_proofs` checks."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Final

from .log_proofs import parent_hash

EMPTY_ROOT: Final = hashlib.sha256(b"").digest()


class Frontier:
    """The roots of the perfect subtrees of a growing tree, largest first: all that is needed to go on."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []

    def append(self, leaf: bytes) -> None:
        """Add a leaf hash."""
        node, size = leaf, self.size
        # As in a binary counter: each trailing one is a complete subtree of the same size, which joins the new one.
        while size & 1:
            node = parent_hash(self._peaks.pop(), node)
            size >>= 1
        self._peaks.append(node)
        self.size += 1

    def root(self) -> bytes:
        """Return the root of the tree so far."""
        if not self._peaks:
            return EMPTY_ROOT
        node = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            node = parent_hash(peak, node)
        return node


def root(leaves: Iterable[bytes]) -> bytes:
    """Return the root over leaf hashes."""
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return frontier.root()


def _split(size: int) -> int:
    """Return the largest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Return the audit path of leaf `index` in the tree over `leaves`."""
    if len(leaves) == 1:
        return []
    half = _split(len(leaves))
    if index < half:
        return [*inclusion_proof(leaves[:half], index), root(leaves[half:])]
    return [*inclusion_proof(leaves[half:], index - half), root(leaves[:half])]


def consistency_proof(leaves: Sequence[bytes], older: int) -> list[bytes]:
    """Return the proof that the tree over the first `older` leaves is a beginning of the tree over `leaves`."""
    return _subproof(leaves, older, whole=True) if 0 < older < len(leaves) else []


def _subproof(leaves: Sequence[bytes], older: int, *, whole: bool) -> list[bytes]:
    if older == len(leaves):
        return [] if whole else [root(leaves)]
    half = _split(len(leaves))
    if older <= half:
        return [*_subproof(leaves[:half], older, whole=whole), root(leaves[half:])]
    return [*_subproof(leaves[half:], older - half, whole=False), root(leaves[:half])]

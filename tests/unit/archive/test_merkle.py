import hashlib

from hypothesis import given
from hypothesis import strategies as st

from tracker.archive.ledger import log_proofs, merkle
from tracker.archive.ledger.log_proofs import leaf_hash

LEAVES = [leaf_hash(bytes([n])) for n in range(40)]
sizes = st.integers(1, len(LEAVES))


def plain_root(leaves: list[bytes]) -> bytes:
    """Return the root as RFC 6962 section 2.1 defines it, word by word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return hashlib.sha256(b"\x01" + plain_root(leaves[:half]) + plain_root(leaves[half:])).digest()


def test_vectors_of_the_reference_implementation() -> None:
    # From the test data of certificate-transparency-go: the tree over its eight well-known inputs.
    inputs = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
    leaves = [leaf_hash(bytes.fromhex(each)) for each in inputs]
    assert merkle.root(leaves).hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
    assert merkle.root(leaves[:1]).hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"


@given(st.integers(0, len(LEAVES)))
def test_roots(size: int) -> None:
    assert merkle.root(LEAVES[:size]) == plain_root(LEAVES[:size])
    assert merkle.consistency_proof(LEAVES[:size], 0) == [], "every tree goes on from the empty one"


@given(sizes, st.data())
def test_a_leaf_is_shown_to_be_in_and_no_other(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    root = merkle.root(LEAVES[:size])
    proof = merkle.inclusion_proof(LEAVES[:size], index)
    assert log_proofs.is_included(LEAVES[index], index, size, proof, root)
    assert not log_proofs.is_included(b"\0" * 32, index, size, proof, root)
    for beyond in (size, -1):
        assert not log_proofs.is_included(LEAVES[index], beyond, size, proof, root)
    assert not log_proofs.is_included(LEAVES[index], index, size, [*proof, root], root)
    if size > 1:
        other = data.draw(st.integers(0, size - 1).filter(lambda at: at != index))
        assert not log_proofs.is_included(LEAVES[index], other, size, proof, root)
        assert not log_proofs.is_included(LEAVES[index], index, size, proof[:-1], root)


@given(sizes, sizes)
def test_a_tree_is_shown_to_go_on_from_an_older_one(one: int, two: int) -> None:
    older, size = sorted((one, two))
    old, new = merkle.root(LEAVES[:older]), merkle.root(LEAVES[:size])
    proof = merkle.consistency_proof(LEAVES[:size], older)
    assert log_proofs.is_consistent(older, old, size, new, proof)
    assert not log_proofs.is_consistent(older, b"\0" * 32, size, new, proof)
    assert not log_proofs.is_consistent(older, old, size, new, [*proof, new])
    assert not log_proofs.is_consistent(0, old, size, new, [new])
    assert not log_proofs.is_consistent(size, b"\0" * 32, size, new, [])
    if older < size:
        assert not log_proofs.is_consistent(older, old, size, b"\0" * 32, proof)
        assert not log_proofs.is_consistent(older, old, size, new, [])
        assert not log_proofs.is_consistent(size, new, older, old, proof)

from tracker.diff.words import MAX_SIMILARITY_PRODUCT, similarity


def test_runs_too_long_to_be_compared_in_order_are_compared_by_what_is_in_them():
    size = int(MAX_SIMILARITY_PRODUCT**0.5)
    one, other = "ab" * size, "b" * size + "a" * size
    assert similarity(one[:size], one[:size]) == 1
    assert similarity(one, other) == 1
    assert similarity(one, "c" * size) == 0
    assert similarity(one, other[:size], 0.7) == 0

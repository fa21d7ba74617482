from tracker.diff.words import MAX_SIMILARITY_PRODUCT, shared_words, similarity


def test_runs_too_long_to_be_compared_in_order_are_compared_by_what_is_in_them():
    size = int(MAX_SIMILARITY_PRODUCT**0.5)
    one, other = "ab" * size, "b" * size + "a" * size
    assert similarity(one[:size], one[:size]) == 1
    assert similarity(one, other) == 1
    assert similarity(one, "c" * size) == 0
    assert similarity(one, other[:size], 0.7) == 0


def test_a_word_is_another_form_of_one_word_only():
    assert shared_words("der Mann räumte und räumt", "der Mann und geräumt") == 8 / 9
    assert shared_words("", "…") == 0

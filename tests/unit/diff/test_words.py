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
    assert shared_words("der Mann und räumt es", "der Mann und räum es") == 1, "four letters are enough"
    assert shared_words("und räumte geht", "und geräumt kam") == 1 / 3, "with little in common, it may be chance"
    assert shared_words("", "…") == 0

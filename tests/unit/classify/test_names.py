"""Which names of an edited sentence are said to differ."""

import pytest

from tests.articles import article
from tests.edit_judgements import judged_as_listed
from tracker.classify.change_context import changed_facts
from tracker.diff.comparison import compare


def facts(old: str, new: str, lang: str = "en") -> list[tuple[str, str, str]]:
    a, b = (article(text, lang=lang) for text in (old, new))
    return [(fact.kind.value, fact.old, fact.new) for fact in changed_facts(a, b, compare(a, b))]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(
            "It was a gift of Villa to 12 boys.", "It was a gift of Aston Villa to 14 boys.", id="in full and in part"
        ),
        pytest.param(
            "They met 12 aides of Bashar al-Assad in secret.",
            "They met 14 aides of Assad in secret.",
            id="with and without an article",
        ),
        pytest.param(
            "Ask at the Democratic Republic of Nambia border for the Rovers.",
            "Ask at the Democratic Republic of Nambia border for the DRN.",
            id="by its initials",
        ),
        pytest.param(
            "The bill needs 12 votes on Friday.",
            "The bill needs 14 votes on Friday, and then the Cabinet Office reads it.",
            id="an office of common words",
        ),
    ],
)
def test_no_other_name_is_seen_where_the_same_is_named_or_an_office_came(old, new):
    assert [fact for fact in facts(old, new) if fact[0] == "name"] == []


def test_a_name_is_seen_beside_many_others_in_a_headline_that_is_in_no_title_case():
    before = "Rovers win at Villarreal, Bournemouth in Premier League, plus build up"
    after = (
        "Rovers win at Villarreal, Bournemouth in Premier League, plus build up to Ajax Kovac's trip to Real Burnley"
    )
    old, new = (article("Kovac's men had a day of rest.", title=title, lang="en") for title in (before, after))
    assert ("name", "Ajax Kovac") in [(f.kind.value, f.new) for f in changed_facts(old, new, compare(old, new))]


def test_somebody_with_a_title_is_no_place():
    found = facts("They put trust in President Kovac on Monday.", "They put trust in him on Tuesday.")
    assert [kind for kind, old, _ in found if "Kovac" in old] == ["name"]


@pytest.mark.parametrize(
    ("lang", "old", "new", "name"),
    [
        ("de", "Selenskyj bietet Budanow das Amt an", "Putin bietet Budanow das Amt an", ("Selenskyj", "Putin")),
        ("de", "Trump lobt Starmer", "Trump lobt Macron", ("Starmer", "Macron")),
        ("en", "The report was written by the WHO", "The report was written by the NHS", ("WHO", "NHS")),
    ],
)
def test_a_word_that_is_in_no_lexicon_is_a_name_wherever_it_stands(lang, old, new, name):
    assert ("name", *name) in facts(old, new, lang)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Der Generaloberst wurde entlassen", "Der Generalstabsoberst wurde entlassen"),
        ("Nach Bombenfund wird evakuiert", "Nach Weltkriegsbombenfund wird evakuiert"),
        ("Trumps Pläne scheitern", "Die Pläne von Trump scheitern"),
    ],
    ids=["compound", "compound after a preposition", "genitive"],
)
def test_a_german_compound_or_genitive_is_no_other_name(old, new):
    assert facts(old, new, "de") == []


@pytest.mark.parametrize(
    "edit", [("Mayor Praises Team", "Mayor Scolds Team"), ("Union Calls Strike", "Union Ends Strike")]
)
def test_words_of_a_short_headline_in_title_case_are_no_names(edit):
    old, new = (article("The mayor spoke of the team.", title=title, lang="en") for title in edit)
    assert [f for f in changed_facts(old, new, compare(old, new)) if f.kind.value == "name"] == []


NAMES = """\
en The Bank of Norway held rates at 4%. | The Bank of Sweden held rates at 4%.
   claim:altered; name: Bank of Norway → Bank of Sweden
pt O Banco de Portugal manteve a previsão. | O Banco do Brasil manteve a previsão.
   claim:altered; name: Banco de Portugal → Banco do Brasil
en German officials met in Rome. | Cuban officials met in Rome.
   claim:altered; place: German → Cuban
fr M. Delmas recevra les syndicats. | Bernard Delmas recevra les syndicats.
   unclear?
en He met Bob in jail. | He met Robert Smith in jail.
   unclear?
en It was said by Kate Ainsly. | It was said by Kate Ainsley.
   claim?:altered; name: Kate Ainsly → Kate Ainsley
it La Banca d'Italia ha rivisto le stime. | Bankitalia ha rivisto le stime.
   claim?:altered; name: Banca d'Italia → Bankitalia
en A man was charged in Leeds. | Daniel Oakes was charged in Leeds.
   claim?:altered; name: ∅ → Daniel Oakes
en A guide spoke of it. | Guide Omar Reyes spoke of it.
   claim:added; name: ∅ → Omar Reyes
de Ein Lehrer aus Bonn wurde geehrt. | Jens Hartmann aus Bonn wurde geehrt.
   claim?:altered; name: ∅ → Jens Hartmann
nl Een leraar is dood gevonden. | Pieter Smit is dood gevonden.
   claim?:altered; name: ∅ → Pieter Smit
en The ambulance service apologised for the delay. | The ambulance service and the NHS apologised for the delay.
   claim:added; name: ∅ → NHS
de Die Ermittler suchten am Morgen nach Spuren. | Die Ermittler und das BKA suchten am Morgen nach Spuren.
   claim:added; name: ∅ → BKA
fr La grève commence mardi. | La grève de la CGT commence mardi.
   claim:added; name: ∅ → CGT
es La huelga empezó el martes. | La huelga de la CGT empezó el martes.
   claim:added; name: ∅ → CGT
it Lo sciopero comincia martedì. | Lo sciopero della CGIL comincia martedì.
   claim:added; name: ∅ → CGIL
pt A greve começa na terça. | A greve da CUT começa na terça.
   claim:added; name: ∅ → CUT
nl De staking begint dinsdag. | De staking van de FNV begint dinsdag.
   claim:added; name: ∅ → FNV
en The talks took 12 days. | The talks took 14 days, aides told the BBC.
   claim:altered; number: 12 → 14; source attribution: ∅ → aides
en The sale of 12 sets began. | The sale of 14 sets began on the TV.
   claim:altered; number: 12 → 14
en He will be the first Medellin prisoner of 12. | He will be the first prisoner of 14.
   claim:altered; number: 12 → 14; place: Medellin → ∅
en 12 links - International Harbour Bureau | 14 links – International Harbour Bureau Rescue Centre
   claim:altered; number: 12 → 14
fr Il faut que l'Acheteur ait fourni une preuve. | Il faut que l'Acheteuraitfourni une preuve.
   form
de Schwacher Auftakt für 12 Gäste. | Durchwachsener Auftakt für 14 Gäste.
   claim:altered; number: 12 → 14
en They spoke 12 times at the Grelsham after votes were held. | They spoke 14 times in Zvorizhe while votes were held.
   claim:altered; number: 12 → 14; place: Grelsham → ∅; place: ∅ → Zvorizhe
"""

test_an_edit_of_a_name_is_judged_by_whether_another_is_named = judged_as_listed(NAMES)


@pytest.mark.parametrize(
    ("lang", "old", "new"),
    [
        ("en", "Crowds are filling London for 12 hours.", "Crowds are filling Alderham Abbey for 14 hours."),
        ("de", "Unser Wochenplan nennt 12 Kurse.", "Unser Wochenendplan nennt 14 Kurse."),
    ],
    ids=["building", "compound without its e"],
)
def test_a_building_or_a_german_compound_is_no_name(lang, old, new):
    assert [fact for fact in facts(old, new, lang) if fact[0] == "name"] == []


def test_an_outlet_that_speaks_of_itself_is_no_name():
    titles = ("Der Zoll warnt vor 12 Marken", "DKB klärt auf: Der Zoll warnt vor 14 Marken")
    found = {}
    for host in ("www.dkb.example", "news.example"):
        old, new = (
            article("Die Stadt sperrt den Platz.", title=title, lang="de", canonical_url=f"https://{host}/zoll")
            for title in titles
        )
        found[host] = [f.new for f in changed_facts(old, new, compare(old, new)) if f.kind.value == "name"]
    assert found == {"www.dkb.example": [], "news.example": ["DKB"]}

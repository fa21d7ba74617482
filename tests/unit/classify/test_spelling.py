import pytest

from tracker.classify.spelling import WordRelation, word_relation


@pytest.mark.parametrize(
    ("lang", "relation", "pairs"),
    [
        ("en", WordRelation.SAME, "NASA/Nasa A/a colour/color realise/realize travelled/traveled centre/center"),
        ("en", WordRelation.SAME, "grey/gray adviser/advisor protesters/protestors"),
        ("en", WordRelation.SAME, "cancelling/canceling defence/defense analyse/analyze dialogue/dialog"),
        ("en", WordRelation.SAME, "aesthetic/esthetic programme/program Berg/berg"),
        ("fr", WordRelation.SAME, "evenement/événement eleve/élève"),
        ("en", WordRelation.SLIP, "teh/the goverment/government definately/definitely comittee/committee"),
        ("en", WordRelation.SLIP, "importunnt/important accomodaton/accommodation Thursady/Thursday"),
        ("en", WordRelation.SLIP, "wrnog/wrong Ukriane/Ukraine Hte/The"),
        ("en", WordRelation.LOOKALIKE, "definitely/definately wrong/wrnog form/from house/horse hour/hor"),
        (
            "en",
            WordRelation.LOOKALIKE,
            "prise/prize filed/filled fence/fense Barg/barn Berg/Borg censer/censor xqzt/xqzw",
        ),
        ("de", WordRelation.LOOKALIKE, "Masse/Maße"),
        ("en", WordRelation.INFLECTED, "ran/run mouse/mice reported/reports"),
        ("de", WordRelation.INFLECTED, "gehen/geht"),
        ("fr", WordRelation.INFLECTED, "mange/mangé"),
        ("en", WordRelation.SAME_STEM, "economic/economy economical/economist electric/electricity nation/national"),
        ("en", WordRelation.SAME_STEM, "report/reporter"),
        ("en", WordRelation.OTHER, "us/US IT/it R2/R3 our/or vogue/vog cat/car on/of act/action"),
        ("en", WordRelation.OTHER, "nationality/nation organ/organization Iran/Iraq Austria/Australia"),
        ("en", WordRelation.OTHER, "Sowdan/Golden smth/with Tolland/Holland"),
        ("fr", WordRelation.LOOKALIKE, "péché/pêche"),
    ],
)
def test_how_two_words_are_related(lang, relation, pairs):
    for pair in pairs.split():
        old, new = pair.split("/")
        assert (pair, word_relation(old, new, lang)) == (pair, relation)

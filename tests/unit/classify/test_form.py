from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.articles import article
from tracker import compare
from tracker.classify.edits import compare_words
from tracker.classify.spelling import WordRelation, word_relation
from tracker.model.article import Article, Notice, NoticeKind
from tracker.model.change import Direction, Noted, Substance
from tracker.notices.recogniser import Recognised

# Common words of English, many of them a letter apart.
COMMON = (
    "about above after again also back bank bark barn base bath beach bear beat beer bell belt best bird blood board "
    "boat body bond bone book boot born both bowl brain brand bread break brick bride brief bring broad brown build "
    "burn bus call calm came camp card care case cash cast cell chain chair chart cheap check chief child china choir "
    "city claim class clean clear clerk climb clock close cloth cloud coach coal coast coat code coin cold come cook "
    "cool copper copy core corn cost could count court cover crash cream crime cross crowd crown dance dark data date "
    "dead deal dear death debt deep diet dirt disc dish dock door down draft drag drain dream dress drink drive drug "
    "dry duck dust duty earn earth east edge else even event face fact fail fair fall farm fast fate fear feed feel "
    "file filed filled film find fine fire firm fish five flag flat flood floor flour flow food foot force form "
    "former fort four free fresh from front fuel full fund game gang gate gave gift girl give glad goal goat gold "
    "good grade grain grand grant grass grave great green grey group grow guard guest guide gulf gun hair half hall "
    "hand hang hard harm hate have head heal health hear heart heat help herb hero hide high hill hire hold hole holy "
    "home hope horse host hour house human hunt hurt idea inch iron item jail join joke judge jury just keep kick "
    "kill kind king knee knife lack lake lamb lamp land lane large last late later latter law lead leaf leak least "
    "leave legal lift light limb line link lion list live load loan local lock long look lord lose loss lost loud "
    "love luck lunch major mayor march mark market mass match meal mean meat meet metal mile milk mill mind mine miss "
    "moon moral most mouth move much music nail name nation near neck need nerve never news next nice night none "
    "north nose note novel ocean offer office once only open order other owner pace pack page paid pain pair park "
    "part pass past path peace phone pilot place plain plan plane plant plate play plot poem poet point police poll "
    "pool poor port post pound power press price pride prime print prise prison prize proof proud public pubic pupil "
    "queen quick quiet quite race radio rail rain rate reach read ready real rent rest rice rich ride right ring rise "
    "risk river road rock role roof room root rope rose round route royal rule rural safe sail salt same sand "
).split()
MOVED = (
    "Nurses at the clinic said on Friday that the ward would close.",
    "On Friday, nurses at the clinic said that the ward would close.",
)


def change(old: str, new: str, *notices: Notice, lang: str = "en", title: str = "Report"):
    rest = "The square was calm in the evening."
    return compare(
        article(old, rest, title=title, lang=lang), article(new, rest, title=title, lang=lang, notices=notices)
    )


def test_two_real_words_are_never_form_and_a_claim_that_a_correction_explains_is_noted():
    called_form = [
        (a, b)
        for a, b in combinations(COMMON, 2)
        if word_relation(a, b, "en") in {WordRelation.SAME, WordRelation.SLIP}
    ]
    assert called_form == []
    assert change(*MOVED).substance in {Substance.FORM, Substance.WORDS}
    note = Notice(NoticeKind.CORRECTION, "Correction: An earlier version gave a wrong toll. It is 47, not 12.")
    made = change("About 12 people died.", "About 47 people died.", note)
    assert (made.noted, made.announced) == (Noted.YES, True)
    assert "not-noted" not in made.kinds


def test_a_teaser_about_the_same_person_is_a_claim_and_one_about_another_thing_is_never_blamed():
    old = "Early numbers are out, with the party of Erdogan and its rivals claiming to be ahead."
    new = "The gap between Erdogan and the challenger narrowed - but millions of votes remain."
    made = compare(Article(title="Live", dek=old, lang="en"), Article(title="Live", dek=new, lang="en"))
    assert [unit.direction for unit in made.units] == [Direction.ALTERED]
    assert "not-noted" in made.kinds
    old, new = "Follow the final in Leeds", "Storm tears roofs off near Porto"
    made = compare(Article(title="Live", dek=old, lang="en"), Article(title="Live", dek=new, lang="en"))
    assert [unit.direction for unit in made.units] == [Direction.REPLACED]
    assert (made.noted, "not-noted" in made.kinds) == (None, False)
    made = compare(article("Neuer Karriereschritt", MOVED[0]), article(MOVED[0]))
    assert made.noted is Noted.UNCLEAR
    assert "not-noted" not in {kind.value for kind in made.kinds}


def test_what_may_be_a_notice_leaves_it_unclear_whether_an_edit_was_noted(monkeypatch):
    doubtful = Recognised(NoticeKind.CORRECTION, is_sure=False)
    monkeypatch.setattr(
        "tracker.classify.change_context.recognise", lambda text, at_edge=True: doubtful if "grade" in text else None
    )
    old = article("About 12 people died.", title="Report", lang="en")
    new = article("About 47 people died.", "The figure was of another grade.", title="Report", lang="en")
    made = compare(old, new)
    assert (made.noted, made.announced, "not-noted" in made.kinds) == (Noted.UNCLEAR, None, False)


@given(st.text(max_size=80), st.text(max_size=80), st.sampled_from(["en", "de", "fr", "xx"]))
def test_any_two_texts_can_be_judged(old, new, lang):
    # A text that is cut short says what it said; one that is completed may say more.
    old, new = (text.rstrip(".… \n\t") for text in (old, new))
    there, back = compare_words(old, new, lang), compare_words(new, old, lang)
    assert 0 <= there.kept <= 1
    assert there.is_form == back.is_form
    assert (there.removed == ()) == (back.added == ())


@given(st.text(max_size=80))
def test_a_text_is_never_another_than_itself(text):
    assert compare_words(text, text, "en").is_form


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

"""What an edit is judged to do to what a reader believes."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.articles import article
from tracker import compare
from tracker.classify.grave_words import is_grave
from tracker.classify.spelling import WordRelation, word_relation
from tracker.classify.substance import judge_words
from tracker.model.article import Article, Notice, NoticeKind
from tracker.model.substance import Direction, Noted, Substance

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


def test_two_real_words_are_never_form():
    called_form = [
        (a, b)
        for a, b in combinations(COMMON, 2)
        if word_relation(a, b, "en") in {WordRelation.SAME, WordRelation.SLIP}
    ]
    assert called_form == []


@pytest.mark.parametrize(
    ("lang", "old", "new"),
    [
        ("en", "The goverment fell.", "The government fell."),
        ("en", "Accross the river stood a mill.", "Across the river stood a mill."),
        ("en", "The harbour was closed in a storm.", "The harbor was closed in a storm."),
        ("en", "He sat in an car.", "He sat in a car."),
        ("en", "It laid out the laid out the plan for the town.", "It laid out the plan for the town."),
        ("en", "4. How we use figures", "5. How we use figures"),
        ("en", "Customs: Officers may search bags.", "Officers may search bags."),
        ("en", "They sell apples, pears and figs.", "They sell figs, apples and pears."),
        ("en", "Rome Grand Prix: first practice", "Rome Grand Prix first practice"),
        ("en", "These files keep the choices that you make.", "<br><br>These files keep the choices that you make."),
        ("en", "It hit transport, banks and emergency services.", "It hit transport, banks and emergency..."),
        ("en", "The prime minister spoke in the old hall.", "The PM spoke in the old hall."),
        ("en", "Escalation may lead to delays (see the ‘Safety and security’ page).", "Escalation may lead to delays."),
        ("de", "Sie stehen vor einen Rätsel.", "Sie stehen vor einem Rätsel."),
        ("de", "Die Regierug trat ab.", "Die Regierung trat ab."),
        ("fr", "Les evenements ont lieu ici.", "Les événements ont lieu ici."),
    ],
)
def test_what_changes_nothing_a_reader_believes_is_form(lang, old, new):
    assert change(old, new, lang=lang).substance is Substance.FORM


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("The choir performs at the hall.", "The choir performed at the hall."),
        ("Call the Embassy of Australia in Riyadh.", "Call the Australian Embassy in Riyadh."),
        ("This page was made by the Fijian authorities.", "This page was made by local authorities."),
        ("Officials said the dam would hold.", "Officials warn the dam will hold."),
        (
            "The new stadium opens in Leeds on Sunday - so what do you need to know?",
            "The new stadium opens in Leeds on Sunday",
        ),
    ],
)
def test_other_forms_of_the_same_words_are_wording(old, new):
    made = change(old, new)
    assert (made.substance, made.noted) == (Substance.WORDING, None)
    assert {label.kind.value for label in made.labels} <= {"rewrite", "lead"}


@pytest.mark.parametrize(
    ("old", "new", "direction"),
    [
        ("The man was charged with fraud in May.", "The man was convicted of fraud in May.", Direction.ALTERED),
        ("The head of the clinic will speak.", "The head of the clinic speaks.", Direction.ALTERED),
        ("Police shot the man twice in the leg in the yard.", "Police shot the man in the yard.", Direction.REMOVED),
        ("The bus fell.", "The bus fell from the old bridge near Ryde and burned out.", Direction.ADDED),
        ("About 12 people died.", "About 47 people died.", Direction.ALTERED),
    ],
)
def test_what_a_reader_believes_differently_is_a_claim(old, new, direction):
    made = change(old, new)
    assert made.substance is Substance.CLAIM
    assert made.units[0].direction is direction


@pytest.mark.parametrize(
    ("lang", "old", "new"),
    [
        ("en", "The envoy met all of their leaders in Austria.", "The envoy met all of their leaders in Australia."),
        ("en", "The grey ship left Odesa with grain for Egypt.", "The grey ship left Constanța with grain for Egypt."),
        ("de", "Das Treffen der Minister findet in Wien statt.", "Das Treffen der Minister findet in Bern statt."),
    ],
)
def test_another_name_in_the_place_of_one_is_a_claim(lang, old, new):
    assert change(old, new, lang=lang).substance is Substance.CLAIM


def test_a_name_in_the_place_of_another_word_gets_no_all_clear():
    made = change("A spokesman for the agency declined to comment.", "A spokesman for Boeing declined to comment.")
    assert made.substance in {Substance.CLAIM, Substance.UNCLEAR}


@pytest.mark.parametrize(
    ("word", "lang", "grave"),
    [
        ("won", "en", True),
        ("losses", "en", True),
        ("dice", "en", False),
        ("tuèrent", "fr", True),
        ("window", "en", False),
        ("winter", "de", False),
        ("gift", "en", False),
        ("gift", "de", True),
    ],
)
def test_words_of_what_matters_most_are_those_of_their_language(word, lang, grave):
    assert is_grave((word,), lang) is grave


def test_real_words_that_look_like_a_slip_are_unclear():
    made = change("A public meeting was held.", "A pubic meeting was held.")
    assert (made.substance, made.noted, made.announced) == (Substance.UNCLEAR, Noted.UNCLEAR, None)


def test_words_in_another_order_are_no_claim():
    assert change(*MOVED).substance in {Substance.FORM, Substance.WORDING}


def test_a_story_that_grew_has_nothing_to_note():
    made = change("The bus fell.", "The bus fell. Police closed the road for two days.")
    assert (made.substance, made.noted, made.announced) == (Substance.CLAIM, None, None)
    assert "stealth" not in made.kinds


def test_a_claim_that_a_correction_explains_is_noted():
    note = Notice(NoticeKind.CORRECTION, "Correction: An earlier version gave a wrong toll. It is 47, not 12.")
    made = change("About 12 people died.", "About 47 people died.", note)
    assert (made.noted, made.announced) == (Noted.YES, True)
    assert "stealth" not in made.kinds


@pytest.mark.parametrize(
    ("lang", "old", "new"),
    [
        ("en", "Users may share photos, or write to others.", "Users may share photos, messages, or write to others."),
        ("fr", "Vous pouvez régler par carte ou par chèque.", "Vous pouvez régler par carte, virement ou par chèque."),
        ("de", "Man sucht nach Ursache und Folgen der Flut.", "Man sucht nach Ursache der Flut."),
        (
            "en",
            "The troops held the northern part of the old town.",
            "The troops held the western part of the old town.",
        ),
        ("nl", "Het leger hield het noorden van de stad.", "Het leger hield het zuiden van de stad."),
    ],
)
def test_an_item_of_a_list_or_another_direction_is_a_claim(lang, old, new):
    assert change(old, new, lang=lang).substance is Substance.CLAIM


@pytest.mark.parametrize(
    ("lang", "old", "new"),
    [
        ("de", "Die Polizei nahm Peter Fischer am Abend fest.", "Die Polizei nahm Peter Richter am Abend fest."),
        ("de", "Der Vertrag wurde von Olaf Meier unterzeichnet.", "Der Vertrag wurde von Uwe Meier unterzeichnet."),
        ("en", "It was edited by Prof. Helen Marsh last year.", "It was edited by Prof. Ellen Marsh last year."),
        ("en", "Helen Marsh was arrested on the bridge.", "Ellen Marsh was arrested on the bridge."),
        ("en", "The prize went to Kim Min-ji for the novel.", "The prize went to Kim Min-jun for the novel."),
    ],
)
def test_another_person_is_a_claim_though_the_names_are_words_too(lang, old, new):
    made = change(old, new, lang=lang)
    assert made.substance is Substance.CLAIM
    assert "name" in made.kinds


def test_a_given_name_that_came_gets_no_all_clear():
    assert change("The body is that of Okoro.", "The body is that of Paul Okoro.").substance is not Substance.WORDING


def test_a_teaser_that_names_the_same_person_is_about_the_same_and_a_claim_that_stood():
    old = "Early numbers are out, with the party of Erdogan and its rivals claiming to be ahead."
    new = "The gap between Erdogan and the challenger narrowed - but millions of votes remain."
    made = compare(Article(title="Live", dek=old, lang="en"), Article(title="Live", dek=new, lang="en"))
    assert [unit.direction for unit in made.units] == [Direction.ALTERED]
    assert "stealth" in made.kinds


def test_what_may_be_a_notice_leaves_it_unclear_whether_an_edit_was_noted(monkeypatch):
    monkeypatch.setattr("tracker.classify.change_context.may_be_notice", lambda text, at_edge: "grade" in text)
    old = article("About 12 people died.", title="Report", lang="en")
    new = article("About 47 people died.", "The figure was of another grade.", title="Report", lang="en")
    made = compare(old, new)
    assert (made.noted, made.announced, "stealth" in made.kinds) == (Noted.UNCLEAR, None, False)


def test_a_teaser_about_another_thing_is_replaced_and_never_blamed():
    old, new = "Follow the final in Leeds", "Storm tears roofs off near Porto"
    made = compare(Article(title="Live", dek=old, lang="en"), Article(title="Live", dek=new, lang="en"))
    assert [unit.direction for unit in made.units] == [Direction.REPLACED]
    assert (made.noted, "stealth" in made.kinds) == (None, False)


@given(st.text(max_size=80), st.text(max_size=80), st.sampled_from(["en", "de", "fr", "xx"]))
def test_any_two_texts_can_be_judged(old, new, lang):
    # A text that is cut short says what it said; one that is completed may say more.
    old, new = (text.rstrip(".… \n\t") for text in (old, new))
    there, back = judge_words(old, new, lang), judge_words(new, old, lang)
    assert 0 <= there.kept <= 1
    assert (there.substance is Substance.CLAIM) == (back.substance is Substance.CLAIM)


@given(st.text(max_size=80))
def test_a_text_is_never_another_than_itself(text):
    assert judge_words(text, text, "en").substance is Substance.FORM


def test_a_removed_label_above_the_text_is_no_accusation():
    made = compare(article("Neuer Karriereschritt", MOVED[0]), article(MOVED[0]))
    assert made.noted is Noted.UNCLEAR
    assert "stealth" not in {kind.value for kind in made.kinds}

from itertools import pairwise

from tests.articles import article
from tracker import compare
from tracker.classify.claim_model import WEIGHTS, claim_probability, features
from tracker.classify.substance import judge_words
from tracker.model.article import Article
from tracker.model.change import FactKind

LEAD = "Rain fell on the harbour all day."
# From the edit that matters least to the one that matters most.
EDITS = (
    ("The colour is red.", "The color is red."),
    ("The big house burned down.", "The large house burned down."),
    ("The form of it is odd.", "The from of it is odd."),
    ("It was on Monday there.", "It was on Tuesday there."),
    ("The firm is to hire staff.", "The firm has hired staff."),
    ("It burned in Ghent at dawn.", "It burned in Bruges at dawn."),
    ("He will go there.", "He won't go there."),
    ("The boat has 12 seats.", "The boat has 14 seats."),
    ("He was charged with murder.", "He was convicted of murder."),
    ("He came.", "He came. The fire was lit by two men."),
    ("He came. The fire was lit by two men.", "He came."),
)


def report(text: str, *, lead: str = LEAD, title: str = "Report") -> Article:
    middle = "The council met in the old town hall on the square, and nobody there said who had asked for it."
    return article(lead, middle, text, lang="en", title=title)


def weight(old: Article, new: Article) -> float:
    return compare(old, new).significance


def test_what_says_more_weighs_more():
    weights = [weight(report(old), report(new)) for old, new in EDITS]
    assert all(less < more for less, more in pairwise(weights)), weights
    assert weights[0] <= 0.1
    assert weights[-1] < 0.95


def test_the_same_edit_weighs_less_in_a_longer_text():
    long = f"{LEAD} " * 40
    sides = [[report(each, lead=lead) for each in EDITS[8]] for lead in (LEAD, long)]
    in_short, in_long = (weight(*side) for side in sides)
    assert in_short - 0.05 < in_long < in_short


def test_the_headline_and_the_lead_weigh_more_than_the_text():
    old, new = "The boat has 12 seats.", "The boat has 14 seats."
    text = weight(report(old), report(new))
    lead = weight(report(LEAD, lead=old), report(LEAD, lead=new))  # as many words in all
    title = weight(report("It rained.", title=old), report("It rained.", title=new))
    assert text < min(lead, title)


def test_more_of_the_text_weighs_more():
    old, new = (f"{LEAD} The boat has {seats} seats." for seats in (12, 14))
    alone = [article(text, lang="en", title="Report") for text in (old, new)]
    assert weight(report(old), report(new)) < weight(alone[0], alone[1])


def test_what_the_model_of_claims_looks_at():
    judged = judge_words("The ferry left the harbour early.", "The ferry never left on Monday.", "en")
    found = features(judged, {FactKind.PLACE}, "en", is_field=True, is_grave=False)
    assert {name: round(value, 2) for name, value in found.items() if value} == {
        "words added": 1.1,  # the logarithm of one more than the two words
        "words exchanged": 1.0,
        "name": 1.0,
        "field": 1.0,
        "share kept": 0.33,
        "grammar": 1.1,
        "differing": 1.61,
    }
    assert found.keys() == WEIGHTS.keys()


def test_each_feature_counts_for_or_against_a_claim():
    nothing = claim_probability({})
    against = {name for name in WEIGHTS if claim_probability({name: 1.0}) < nothing}
    assert against == {"words exchanged", "share kept", "at start", "emphasis"}
    assert claim_probability(dict.fromkeys(WEIGHTS, 0.0)) == nothing < 0.5


def test_an_edit_weighs_less_in_a_longer_text_without_spaces_too():
    line = "市議会は月曜日に古い市庁舎で会合を開いた。"
    old, new = "火災で12人が死亡した。", "火災で47人が死亡した。"
    shorter, longer = (
        [article(line * times, each, lang="ja", title="市議会") for each in (old, new)] for times in (1, 40)
    )
    assert weight(*longer) < weight(*shorter)

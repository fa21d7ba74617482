"""The same words, read otherwise: taken for text on one page, left out or cut elsewhere on the other."""

from time import process_time

import pytest

from tests.articles import article
from tracker import compare
from tracker.diff.reading_changes import keep_reading
from tracker.model.article import Block, BlockKind
from tracker.model.change import Change, LabelKind, Op
from tracker.render import plain
from tracker.views.change import EditsView

ONE = "The council met on Monday to discuss the new bridge over the river."
TWO = "Farmers from the valley said the road would cut their fields in two."
THREE = "The vote is planned for the spring, when the report on the cost is due."
FOUR = "A spokeswoman for the builder declined to comment on the price of the steel."
FIVE = "Ships of more than forty metres could no longer pass below it at high tide."


def beside(text: str) -> Block:
    return Block(BlockKind.BOILERPLATE, text, "beside the text")


def kinds(change: Change) -> set[str]:
    return {kind.value for kind in change.kinds}


@pytest.mark.parametrize("swap", [False, True])
@pytest.mark.parametrize("text", [TWO, "He left. It rained."])
def test_a_paragraph_that_is_left_out_on_the_other_page_is_neither_removed_nor_added(text, swap):
    sides = article(ONE, text, THREE), article(ONE, beside(text), THREE)
    change = compare(*(sides[::-1] if swap else sides))
    assert change.is_empty
    assert change.labels == ()
    assert change.announced is None
    assert change.words_added == change.words_removed == 0
    (n,) = change.reading_changed
    assert change.blocks[n].op is Op.SAME
    assert text in (change.blocks[n].old_text, change.blocks[n].new_text)


def test_an_edit_beside_a_changed_reading_is_still_one_and_hunks_give_both_texts_back():
    change = compare(article(ONE, TWO, THREE), article(ONE.replace("Monday", "Tuesday"), beside(TWO), THREE))
    assert not change.is_empty
    assert LabelKind.DELETE not in change.kinds
    assert LabelKind.DATE in change.kinds
    assert len(change.reading_changed) == 1
    old, new = article(ONE, TWO, THREE), article(ONE, beside(TWO), THREE)
    blocks = compare(old, new).blocks
    assert "\n\n".join(b.old_text for b in blocks if b.old is not None) == old.text
    assert "\n\n".join(b.new_text for b in blocks if b.new is not None) == new.text


def test_people_read_that_the_reading_changed_once_for_paragraphs_in_a_row():
    old, new = (
        article(ONE, TWO, THREE, FOUR),
        article(ONE.replace("Monday", "Tuesday"), beside(TWO), beside(THREE), FOUR),
    )
    shown = plain.diff(compare(old, new))
    assert TWO in shown
    assert f"[-{TWO}" not in shown
    assert shown.count("Reading changed: these 2 paragraphs are on both pages") == 1
    assert plain.summary(compare(article(ONE, TWO), article(ONE, beside(TWO)))) == (
        "reading changed: the same words are on both pages"
    )
    assert EditsView.of(compare(old, new)).reading_changed == (1, 2)


def test_a_paragraph_cut_as_part_of_another_or_quoted_in_a_correction():
    item = "to answer your questions and to keep the bridge safe"
    old = article(ONE, item, THREE)
    new = article(ONE, f"{THREE} We use tolls: {item}; to pay for the steel.")
    assert "delete" not in kinds(compare(old, new))
    notice = Block(BlockKind.NOTICE, f"Correction: An earlier version said: {TWO}", "correction")
    assert "delete" in kinds(compare(article(ONE, TWO, THREE), article(ONE, THREE, notice)))
    old = article(
        ONE, "The mayor said on Tuesday that he was not involved in the sale of the old bridge to his brother."
    )
    new = article(ONE, old.editorial[1].text, THREE, "He was not involved in the sale of the old bridge.")
    assert "insert" in kinds(compare(old, new))


@pytest.mark.parametrize("after", [(ONE, THREE, beside(TWO)), (beside(TWO), ONE, THREE)])
def test_a_teaser_on_both_pages_hides_no_deletion(after):
    old, new = article(ONE, TWO, THREE, beside(TWO)), article(*after)
    assert keep_reading(old, new) == new
    change = compare(old, new)
    assert not change.is_empty
    assert change.reading_changed == ()


def test_what_was_left_out_stays_out_and_what_is_left_out_now_stays_text():
    old, new = article(ONE, TWO, THREE), article(ONE, beside(TWO), THREE)
    kept = keep_reading(old, new)
    assert kept.text == old.text
    assert kept.sha256 == old.sha256
    assert keep_reading(kept, new) == keep_reading(old, new)
    old, new = article(ONE, beside(TWO), THREE), article(ONE, TWO, THREE)
    assert keep_reading(old, new).blocks == old.blocks
    same = article(ONE, beside(TWO))
    assert keep_reading(same, article(ONE, beside(TWO))) == same


@pytest.mark.parametrize("missed", [(TWO, THREE, FOUR), (TWO, TWO, TWO)])
def test_a_reading_that_missed_most_of_the_text_is_not_kept(missed):
    old, new = article(ONE, *map(beside, missed)), article(ONE, *missed)
    assert keep_reading(old, new) == new


def test_edited_and_lost_paragraphs_among_those_left_out_are_shown_as_edited():
    edited = THREE.replace("spring", "autumn")
    old, new = article(ONE, TWO, THREE, FOUR), article(ONE, beside(TWO), beside(edited), beside(FOUR))
    kept = keep_reading(old, new)
    assert [b.text for b in kept.editorial] == [ONE, TWO, edited, FOUR]
    change = compare(old, kept)
    assert [b.op for b in change.blocks] == [Op.SAME, Op.SAME, Op.EDIT, Op.SAME]
    assert change.reading_changed == (1, 3)
    once, twice = THREE.replace("spring", "autumn"), THREE.replace("spring", "summer")
    other = "The vote is planned for the spring, when nobody may leave it any more."
    for edited, texts in ((once, [TWO, once]), (other, [TWO])):
        new = article(beside(TWO), beside(edited), beside(TWO), beside(twice if edited is once else FOUR))
        assert [b.text for b in keep_reading(article(TWO, THREE), new).editorial] == texts


@pytest.mark.parametrize("step", [1, -1])
def test_a_kept_paragraph_on_one_side_of_an_edited_one_is_enough(step):
    edited = THREE.replace("spring", "autumn")
    old, new = article(*(ONE, FOUR, TWO, THREE)[::step]), article(*(ONE, FOUR, beside(TWO), beside(edited))[::step])
    assert [b.text for b in keep_reading(old, new).editorial] == [ONE, FOUR, TWO, edited][::step]


def test_a_dialog_taken_for_text_is_no_news_and_lines_of_one_paragraph_not_removed():
    dialog = [f"These cookies count visits and are kept for {n} days by our partners." for n in (10, 20, 30)]
    whole = f"{ONE} {TWO} {THREE} {FOUR} {FIVE}"
    old = article(ONE, TWO, THREE, FOUR, FIVE)
    for new in (article(*map(beside, (ONE, TWO, THREE, FOUR, FIVE)), *dialog), article(beside(whole), *dialog)):
        kept = keep_reading(old, new)
        assert " ".join(b.text for b in kept.editorial) == whole
        assert compare(old, kept).is_empty
    lines = "Farmers from the valley said\nthe road would cut\ntheir fields in two."
    change = compare(article(ONE, lines, THREE), article(ONE, beside(f"{FOUR} {TWO}"), THREE))
    assert change.is_empty
    assert change.reading_changed == (1,)


def words(letter: str, count: int) -> str:
    return " ".join(f"{letter}{n:02}" for n in range(count))


@pytest.mark.parametrize(("count", "stays_left_out"), [(20, True), (21, False)])
def test_half_of_the_text_may_be_what_was_left_out_before(count, stays_left_out):
    old, new = article(words("a", 20), beside(words("b", count))), article(words("a", 20), words("b", count))
    assert (keep_reading(old, new) == old) is stays_left_out


@pytest.mark.parametrize(
    ("lost", "kept", "unknown", "is_left_out"),
    [(10, 10, 88, True), (10, 10, 87, False), (9, 11, 99, False), (11, 9, 99, True)],
    ids=["a tenth of the text is known", "more is known", "less than half is lost", "more than half is lost"],
)
def test_where_half_of_the_text_is_left_out_what_is_there_instead_is_not_text(lost, kept, unknown, is_left_out):
    # All words are three characters long, so that shares of words and of characters are nearly the same.
    back, same, else_ = words("l", lost), words("k", kept), words("u", unknown)
    old, new = article(back, same), article(beside(back), else_, same)
    text = [b.text for b in keep_reading(old, new).editorial]
    assert text == [back, *([] if is_left_out else [else_]), same]


@pytest.mark.parametrize("before", [(), (beside(FOUR),), (Block(BlockKind.CAPTION, FOUR),)])
def test_the_first_text_of_a_page_that_had_none_is_news(before):
    old, new = article(*before), article(ONE, TWO, *before)
    kept = keep_reading(old, new)
    assert kept == new
    assert "insert" in kinds(compare(old, kept))


@pytest.mark.parametrize("left_out", [(FOUR,), (FOUR, FIVE, f"{FOUR} {FIVE}")])
def test_a_new_paragraph_is_never_left_out(left_out):
    old, new = article(ONE, TWO, *map(beside, left_out)), article(ONE, TWO, THREE, *map(beside, left_out))
    for before in (old, article(ONE, TWO, *left_out)):
        kept = keep_reading(before, new)
        assert [b.text for b in kept.editorial] == [ONE, TWO, THREE, *(b.text for b in before.editorial[2:])]
        assert kinds(compare(before, kept)) == {"insert"}


def test_of_copies_those_at_the_old_place_and_as_many_as_before_are_text():
    old = article(beside(TWO), ONE, TWO, THREE)
    kept = keep_reading(old, article(TWO, ONE, beside(TWO), THREE))
    assert [b.editorial for b in kept.blocks] == [b.editorial for b in old.blocks]
    kept = keep_reading(article(ONE, TWO), article(ONE, beside(TWO), beside(TWO)))
    assert [b.editorial for b in kept.blocks] == [True, True, False]
    kept = keep_reading(article(beside(TWO), ONE, TWO, THREE), article(ONE, THREE, beside(TWO), beside(TWO)))
    assert [b.editorial for b in kept.blocks] == [True, True, True, False]
    kept = keep_reading(article(ONE, TWO, THREE), article(beside(TWO), ONE, THREE, beside(TWO)))
    assert [b.editorial for b in kept.blocks] == [True, True, True, False]


@pytest.mark.parametrize("place", [0, 3])
def test_a_paragraph_that_is_elsewhere_on_the_page_keeps_its_class(place):
    for mine, now in ((TWO, beside(TWO)), (beside(TWO), TWO)):
        old, rest = article(ONE, mine, THREE), [ONE, THREE, FOUR]
        kept = keep_reading(old, article(*rest[:place], now, *rest[place:]))
        assert [b.editorial for b in kept.blocks if b.text == TWO] == [old.blocks[1].editorial]


def test_a_site_rule_leaves_out_for_good_and_what_it_takes_for_text_is_no_changed_reading():
    ruled = Block(BlockKind.BOILERPLATE, TWO, "matches a site rule")
    new = article(ONE, ruled, THREE)
    assert keep_reading(article(ONE, TWO, THREE), new) == new
    ruled = Block(BlockKind.PARAGRAPH, TWO, "matches a site rule")
    assert compare(article(ONE, TWO), article(ONE, ruled)).reading_changed == ()


def test_what_was_left_out_before_hides_no_removed_words_and_a_rule_of_dashes_is_text():
    rule = "-" * 40
    old, new = article(ONE, rule, TWO, f"{rule}{rule}"), article(ONE, TWO, f"{rule} {THREE}")
    assert kinds(compare(old, new)) >= {"delete"}
    change = compare(article(f"{TWO} {ONE}", beside(THREE)), article(f"{ONE} {THREE}"))
    assert change.words_removed == len(TWO.split())
    assert change.moved_words == 0


@pytest.mark.parametrize(("others", "is_found"), [(19, True), (20, False)])
def test_a_sentence_is_looked_for_at_the_first_twenty_places_where_one_begins_like_it(others, is_found):
    polls = "Polls in the ward of the town, {}, are open."
    listed = " ".join(map(polls.format, [*range(others), "north"]))
    change = compare(article(ONE, polls.format("north"), THREE), article(ONE, beside(listed), THREE))
    assert change.is_empty is is_found


ITEMS = [f"The ward of the harbour town number {n} voted for the bridge by {n} to 1." for n in range(3000)]
LAUGHTER = [f"{'ha, ' * 8000}hello wide world, {n}." for n in range(10)]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ((ONE, *ITEMS[:1500]), (ONE, *ITEMS[1500:])),
        ((ONE, *LAUGHTER), (ONE, *(beside("ho, ".join((each[:16000], each[16000:]))) for each in LAUGHTER))),
    ],
    ids=["a thousand items", "words repeated a thousand times"],
)
def test_pieces_that_begin_alike_at_many_places_cost_little(old, new):
    started = process_time()
    change = compare(article(*old), article(*new))
    # Quadratic work would take half a minute or more.
    assert process_time() - started < 12
    assert not change.is_empty

# ruff: noqa: E501 - an edit is on one line
"""What becomes of each sentence of the paragraphs that changed.

Each edit has the old and the new text; paragraphs are apart by "/", and "~" begins one that the reader left out. Below
is what happened to each sentence, with its old and its new place (paragraph and sentence) and its text.
"""

import re
from collections import Counter
from itertools import pairwise
from time import process_time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tracker.diff.align import MIN_MOVED_SIMILARITY, MIN_SIMILARITY, Pairing, pair_blocks
from tracker.diff.comparison import compare
from tracker.diff.sentences import language, split
from tracker.diff.words import Vocabulary
from tracker.model.article import Article, Block, BlockKind

EDITS = """\
The vote was put off. The builder said on Monday the price of steel rose and the bridge would cost twice as much. He left. It rained and the town was dark. | The vote was put off. The builder said on Monday the price of steel rose. And the bridge would cost twice as much. He left. It rained. And the town was dark.
   same 0.0 0.0 The vote was put off.
   edit 0.1 0.1 The builder said on Monday the price of steel rose.
   edit 0.1 0.2 And the bridge would cost twice as much.
   same 0.2 0.3 He left.
   edit 0.3 0.4 It rained.
   edit 0.3 0.5 And the town was dark.
The mayor resigned over the sale of the bridge. He left. Nobody spoke for him in the council. | The mayor resigned over the sale of the bridge. Nobody spoke for him in the council. / ~He left.
   same 0.0 0.0 The mayor resigned over the sale of the bridge.
   same 0.2 0.1 Nobody spoke for him in the council.
The builder said the price of steel rose. The council heard him on Friday evening. / Ships could no longer pass below the bridge. | The mayor spoke of a new tax for the town. The council heard him on Friday evening. / Ships could no longer pass below the bridge. The builder said the price of steel rose.
   insert · 0.0 The mayor spoke of a new tax for the town.
   same 0.1 0.1 The council heard him on Friday evening.
   same 1.0 1.0 Ships could no longer pass below the bridge.
   move 0.0 1.1 The builder said the price of steel rose.
The farmers of the valley met the mayor in the hall on Monday evening. The minister said the road would close. Nobody paid. | The minister said the road would close. The farmers of the valley met the mayor in the hall on Monday evening. The minister said no school would open.
   move 0.1 0.0 The minister said the road would close.
   same 0.0 0.1 The farmers of the valley met the mayor in the hall on Monday evening.
   delete 0.2 · Nobody paid.
   insert · 0.2 The minister said no school would open.
The council heard him on Friday evening. / ~The builder said the price of steel rose. | The council heard him on Friday evening. The builder said the price of steel rose.
   same 0.0 0.0 The council heard him on Friday evening.
   same · 0.1 The builder said the price of steel rose.
The council met on Monday. The council met on Monday. | The council met on Friday. The mayor left. The council met on Monday.
   edit 0.0 0.0 The council met on Friday.
   insert · 0.1 The mayor left.
   same 0.1 0.2 The council met on Monday.
“I met J. Roe on Monday. We spoke of the bridge,” he said. | “I met J. Roe on Tuesday. We spoke of the bridge,” he said.
   edit 0.0 0.0 “I met J. Roe on Tuesday.
   same 0.1 0.1 We spoke of the bridge,” he said.
The firm says that it was told to keep the old bridge safe. / The council met on Monday. / it was told to keep the old bridge safe | The firm says that it was told to keep the old bridge safe. / The council met on Monday.
   delete 2.0 · it was told to keep the old bridge safe
Farmers blocked the road to the bridge and left. / Farmers blocked the road to the bridge | Farmers blocked the road to the bridge and left.
   delete 1.0 · Farmers blocked the road to the bridge
Farmers blocked the road to the bridge, police said. / Farmers blocked the road to the bridge | Farmers blocked the road to the bridge, police said.
   same 1.0 · Farmers blocked the road to the bridge
Farmers blocked the road to the bridge; police came. / The mayor left. | Farmers blocked the road to the bridge; the police. Nobody came. / The mayor left. / A report is due in autumn.
   edit 0.0 0.0 Farmers blocked the road to the bridge; the police.
   insert · 0.1 Nobody came.
   insert · 2.0 A report is due in autumn.
Farmers from the valley blocked the road. Nobody spoke. / No comment. / A report is due in autumn. | Nobody spoke. / Farmers from the valley blocked the road. No comment. / A report is due in autumn.
   insert · 0.0 Nobody spoke.
   same 0.0 1.0 Farmers from the valley blocked the road.
   same 1.0 1.1 No comment.
The tunnel opened in May. The mayor paid. / The council met on Monday in the old hall. | The tunnel opened in May. / The council met on Monday in the old hall. The mayor paid.
   same 0.0 0.0 The tunnel opened in May.
   delete 0.1 · The mayor paid.
   same 1.0 1.0 The council met on Monday in the old hall.
   insert · 1.1 The mayor paid.
Ships pass. He left Rome by bus. / The council met on Monday in the old hall. | Ships pass. / The council met on Monday in the old hall. He left Rome by bus.
   same 0.0 0.0 Ships pass.
   same 1.0 1.0 The council met on Monday in the old hall.
   move 0.1 1.1 He left Rome by bus.
Ships pass. He left Rome by bus. / The council met on Monday in the old hall. | Ships pass. / The council met on Monday in the old hall. He left Rome by car
   same 0.0 0.0 Ships pass.
   delete 0.1 · He left Rome by bus.
   same 1.0 1.0 The council met on Monday in the old hall.
   insert · 1.1 He left Rome by car
The council met. Two men were arrested near the station on Friday night. / A report is due. | The council met. / A report is due. Two boys were arrested near the harbour on Sunday night.
   same 0.0 0.0 The council met.
   same 1.0 1.0 A report is due.
   move 0.1 1.1 Two boys were arrested near the harbour on Sunday night.
The council met. Two men were arrested near the station on Friday night. / A report is due. | The council met. / A report is due. Two boys were seized near the harbour on Sunday night.
   same 0.0 0.0 The council met.
   delete 0.1 · Two men were arrested near the station on Friday night.
   same 1.0 1.0 A report is due.
   insert · 1.1 Two boys were seized near the harbour on Sunday night.
The tunnel opened in May. Ships of forty metres pass. The mayor paid for it, the council said. / A report is due. | The tunnel opened in May. Ships of fifty metres pass. The mayor paid for it, the council said. / No report is due.
   same 0.0 0.0 The tunnel opened in May.
   edit 0.1 0.1 Ships of fifty metres pass.
   same 0.2 0.2 The mayor paid for it, the council said.
   edit 1.0 1.0 No report is due.
"""


def article(text: str) -> Article:
    return Article(blocks=tuple(map(block, text.split(" / "))))


def block(text: str) -> Block:
    left_out = text.startswith("~")
    return Block(BlockKind.BOILERPLATE if left_out else BlockKind.PARAGRAPH, text.strip().removeprefix("~"))


def place(paragraph: int | None, sentence: int | None) -> str:
    return "·" if paragraph is None else f"{paragraph}.{sentence}"


@pytest.mark.parametrize("case", re.split(r"\n(?! )", EDITS.strip()))
def test_each_sentence_is_the_same_edited_moved_removed_or_added(case: str) -> None:
    edit, _, expected = case.partition("\n")
    change = compare(*map(article, edit.split(" | ")))
    lines = [
        f"   {s.op.value} {place(s.old_block, s.old)} {place(s.new_block, s.new)} {s.new_text or s.old_text}"
        for row in change.blocks
        for s in row.sentences
    ]
    assert "\n".join(lines) == expected


SENTENCES = st.sampled_from(
    (
        "He left.",
        "It rained.",
        "Farmers from the valley blocked the road.",
        "Farmers from the valley blocked a street.",
        "The council met on Monday to discuss the bridge.",
        "The council met on Friday to discuss the bridge.",
    )
)
BLOCKS = st.lists(st.one_of(SENTENCES, st.lists(SENTENCES, min_size=1, max_size=4).map(" ".join)), max_size=7)


def placed_and_moved(pairing: Pairing) -> tuple[list[tuple[int, int, float]], list[tuple[int, int, float]]]:
    """Return the pairs of sentences that keep their order and those that moved, each with its likeness."""
    pairs = [(i, s.partner, s.likeness) for i, s in enumerate(pairing.old) if s.partner]
    return (
        [(i, pairing.new.index(other), likeness) for i, other, likeness in pairs if not other.moved],
        [(i, pairing.new.index(other), likeness) for i, other, likeness in pairs if other.moved],
    )


@given(BLOCKS, BLOCKS)
def test_a_block_and_a_sentence_have_at_most_one_partner(old: list[str], new: list[str]) -> None:
    pairing = pair_blocks(old, new, "en", Vocabulary())
    placed, moved = placed_and_moved(pairing)
    for partners in ([*placed, *moved], pairing.blocks):
        assert len({one for one, *_ in partners}) == len({other for _, other, *_ in partners}) == len(partners)
    for a, b in (*pairwise(placed), *pairwise(pair for pair in pairing.blocks if not pair[2])):
        assert a[0] < b[0]
        assert a[1] < b[1]
    for least, some in ((MIN_SIMILARITY, placed), (MIN_MOVED_SIMILARITY, moved)):
        for i, j, likeness in some:
            assert least <= likeness <= 1
            assert (likeness == 1) is (pairing.old[i].text == pairing.new[j].text)
            assert pairing.new[j].partner is pairing.old[i]
    # Only blocks without an equal one are cut into sentences.
    for blocks, others, sentences in ((old, new, pairing.old), (new, old, pairing.new)):
        assert Counter(blocks[k] for k in {s.block for s in sentences}) == Counter(blocks) - Counter(others)


@pytest.mark.parametrize(("olds", "paired"), [(2, 2), (30, 30), (31, 0)])
def test_beyond_1200_pairs_sentences_are_one_only_by_a_word_of_four_letters(olds: int, paired: int) -> None:
    old = " ".join(f"As he is on it, so am I at {n}." for n in range(olds))
    new = " ".join(f"As he is in it, so am I at {n}." for n in range(olds if olds == 2 else 40))
    placed, _ = placed_and_moved(pair_blocks([old], [new], "en", Vocabulary()))
    assert [(i, j) for i, j, _ in placed] == [(n, n) for n in range(paired)]


@pytest.mark.parametrize(("wards", "moved"), [(12, 1), (13, 0)])
def test_a_sentence_has_moved_only_where_few_others_have_its_words(wards: int, moved: int) -> None:
    stays = "The council met on Monday to discuss the bridge."
    new = [stays, *(f"Polls in ward {n} are open." for n in range(wards))]
    pairing = pair_blocks(["Polls in ward 99 are open.", stays], new, "en", Vocabulary())
    assert len(placed_and_moved(pairing)[1]) == moved


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("It ended at 5 a.m. Police left.", ["It ended at 5 a.m.", "Police left."]),
        ("WASHINGTON (AP) — The U.S. Senate met.", ["WASHINGTON (AP) — The U.S. Senate met."]),
        ("The S.&P. 500 fell. It rose.", ["The S.&P. 500 fell.", "It rose."]),
        ("It lost $1.5 trn. in 2010. It won.", ["It lost $1.5 trn. in 2010.", "It won."]),
        ("It lost $1.5 trn. in 2010.", ["It lost $1.5 trn. in 2010."]),
        ("Sen. John A. Smith met Gov. J.B. Roe. They spoke.", ["Sen. John A. Smith met Gov. J.B. Roe.", "They spoke."]),
        ("Capt. Brett E. Cole of the U.S.S. Ohio spoke.", ["Capt. Brett E. Cole of the U.S.S. Ohio spoke."]),
        ("“We go. We stay,” he said. He left.", ["“We go.", "We stay,” he said.", "He left."]),
        ("(It was late.) Then it rained.", ["(It was late.)", "Then it rained."]),
        ("He left.) She stayed.", ["He left.)", "She stayed."]),
        ("He left. ” She stayed.", ["He left. ”", "She stayed."]),
        ("It rose again in May. Farmers blocked the road.", ["It rose again in May.", "Farmers blocked the road."]),
        ("“He told me. Farmers left.", ["“He told me.", "Farmers left."]),
        ("She spoke to the EU. “We are lost.”", ["She spoke to the EU.", "“We are lost.”"]),
        (
            "Mrs. May spoke. LT. GEN. ROE AND SMITH CO. LTD. AGREED.",
            ["Mrs. May spoke.", "LT. GEN. ROE AND SMITH CO. LTD. AGREED."],
        ),
        ("One line\nanother line", ["One line", "another line"]),
        ("No stop at all", ["No stop at all"]),
        ("", []),
    ],
)
def test_english(text, cut):
    assert [s.strip() for s in split(text, "en")] == cut


@pytest.mark.parametrize(
    ("lang", "text", "count"),
    [
        ("fr", "M. Macron a dit non. Mme. Dupont est partie.", 2),
        ("de", "Am 5. März kam Dr. Moser z.B. nach Bern. Er ging.", 2),
        ("de", "Am Freitag, 3. Mai, schoss der 1. FC Köln in der 90. Minute ein Tor.", 1),
        ("de", "1. FC Köln. Er ist 18. „Im 19. Jahrhundert war er arm. Heute nicht.“", 4),
        ("en", "1. Buy milk. 2. Sell it. I am 18. She is 20.", 4),
        ("en", "It began at 9 p.m. 12 men left.", 1),
        ("en", "Polls close at 8 p.m. Tuesday. They open at 7 a.m. ET.", 2),
        ("en", "He left at 8 p.m. Tuesday’s vote was lost.", 2),
        ("en", "The cost was est. at ten million.", 1),
        ("en", "She came. then she left.", 1),
        ("en", "Why not? he asked.", 2),
        ("fr", "La firme Roe Inc. a perdu.", 1),
        ("fr", "Il a vu J. Dupont. Il pleut.", 2),
        ("fr", "Le train de 9 p.m. 12 est parti.", 1),
        ("es", "La firma Roe Inc. y su socio ganaron. Fin.", 2),
        ("es", "Viajó a EE. UU. con Juan. Volvió.", 2),
        ("it", "Viaggiò negli USA. Marco restò.", 2),
        ("ur", "یہ پہلا جملہ ہے۔ یہ دوسرا جملہ ہے۔", 2),
        ("ar", "هل وصل الرئيس؟ نعم وصل.", 2),
        ("hy", "Նա եկավ։ Նա գնաց։", 2),
        ("my", "သူလာ။ သူသွား။", 2),
        ("am", "እሱ መጣ። ሄደ።", 2),
        ("es", "El Sr. García y la Sra. López en EE.UU. y la ONU. Fin.", 2),
    ],
)
def test_abbreviations_end_no_sentence(lang, text, count):
    assert len(split(text, lang)) == count


@pytest.mark.parametrize(
    "sentence",
    ["政府{}日发表声明。", "یہ جملہ {}۔ ", "他说：“政府{}日发表！”", "“We go {} to Mr. Smith. ", "Été{}abc!"],
)
def test_a_paragraph_of_many_thousand_sentences_is_cut_in_proportion_to_its_length(sentence):
    text = "".join(sentence.format(n) for n in range(30_000))
    started = process_time()
    assert len(split(text, "en")) == 30_000
    # Quadratic work would take some 10 s.
    assert process_time() - started < 5


def test_language_tags():
    assert language("de-AT") == "de"
    assert language("xx") == language("") == "en"


@given(st.text(alphabet=st.sampled_from("aB. !?\n\r\x00\xa0\u2028”“\"(é\ud800😀。'M5")))
@example("They want Plan B\u202f. It rained.")
def test_sentences_join_back_to_the_text(text):
    assert "".join(split(text, "en")) == text
    assert all(split(text, "en"))

"""What becomes of each sentence of the paragraphs that changed.

Each edit of `sentence_edits.txt` has the old and the new text; paragraphs are apart by "/", and "~" begins one that the
reader left out. Below is what happened to each sentence, with its old and its new place (paragraph and sentence) and
its text.
"""

import re
from collections import Counter
from itertools import pairwise
from pathlib import Path
from time import process_time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tracker.diff.align import MIN_MOVED_SIMILARITY, MIN_SIMILARITY, Pairing, pair_blocks
from tracker.diff.comparison import compare
from tracker.diff.sentences import language, split
from tracker.diff.words import Vocabulary
from tracker.model.article import Article, Block, BlockKind

EDITS = Path(__file__).with_name("sentence_edits.txt").read_text(encoding="utf-8")


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


def paired_blocks(old: list[str], new: list[str]) -> Pairing:
    pairing = pair_blocks(old, new, "en", Vocabulary())
    assert pairing is not None
    return pairing


def placed_and_moved(pairing: Pairing) -> tuple[list[tuple[int, int, float]], list[tuple[int, int, float]]]:
    """Return the pairs of sentences that keep their order and those that moved, each with its likeness."""
    pairs = [(i, s.partner, s.likeness) for i, s in enumerate(pairing.old) if s.partner]
    return (
        [(i, pairing.new.index(other), likeness) for i, other, likeness in pairs if not other.moved],
        [(i, pairing.new.index(other), likeness) for i, other, likeness in pairs if other.moved],
    )


@given(BLOCKS, BLOCKS)
def test_a_block_and_a_sentence_have_at_most_one_partner(old: list[str], new: list[str]) -> None:
    pairing = paired_blocks(old, new)
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
    placed, _ = placed_and_moved(paired_blocks([old], [new]))
    assert [(i, j) for i, j, _ in placed] == [(n, n) for n in range(paired)]


@pytest.mark.parametrize(("wards", "moved"), [(12, 1), (13, 0)])
def test_a_sentence_has_moved_only_where_few_others_have_its_words(wards: int, moved: int) -> None:
    stays = "The council met on Monday to discuss the bridge."
    new = [stays, *(f"Polls in ward {n} are open." for n in range(wards))]
    pairing = paired_blocks(["Polls in ward 99 are open.", stays], new)
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

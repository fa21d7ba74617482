from time import process_time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tracker.diff.sentences import language, split


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

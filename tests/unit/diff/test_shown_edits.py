# ruff: noqa: E501 - an edit is on one line
"""How edits of whole texts are shown: which paragraph became which, and the words removed and added in it.

Each line has the language, the old and the new text; paragraphs are apart by "/". Below is what each paragraph
became, with its old and its new place.
"""

import re
from itertools import pairwise
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.articles import article
from tracker.diff.align import equal_texts, heaviest_chain
from tracker.diff.comparison import compare
from tracker.model.article import Article
from tracker.model.change import Op

EDITS = """\
en Prices rose 1.5 percent in May, the office said. | Prices rose 15 percent in May, the office said.
   edit 0 0 Prices rose [-1.5-]{+15+} percent in May, the office said.
en The mayor, the council and the builder met. | The mayor, the builder and the council met.
   edit 0 0 The mayor, the [-council and the builder-]{+builder and the council+} met.
en The mayor met the council, the builder, and the farmers on Monday. | The mayor met the council, and the farmers on Monday.
   edit 0 0 The mayor met the council, [-the builder, -]and the farmers on Monday.
en The road was closed. Traffic was sent around the town. It opens on Friday. | The road was closed. It opens on Friday.
   edit 0 0 The road was closed. [-Traffic was sent around the town. -]It opens on Friday.
en He said that the bridge would be built in spring. | She wrote that the tunnel might be dug in autumn.
   delete 0 · [-He said that the bridge would be built in spring.-]
   insert · 0 {+She wrote that the tunnel might be dug in autumn.+}
en The minister told the house on Tuesday that he knew nothing. | On Tuesday the minister told the house that he knew nothing.
   edit 0 0 [-The-]{+On Tuesday the+} minister told the house [-on Tuesday -]that he knew nothing.
en The storm killed 12 people and injured 40 in the valley. | The storm killed 15 people and injured at least 40 in the valley.
   edit 0 0 The storm killed [-12-]{+15+} people and injured {+at least +}40 in the valley.
en A bus fell into the river near the old bridge on Sunday, killing 12. The driver was arrested. | A bus fell into the river near the old bridge on Sunday, killing 14. The driver fled.
   edit 0 0 A bus fell into the river near the old bridge on Sunday, killing [-12. The driver was arrested-]{+14. The driver fled+}.
en “We will talk,” the general said. | “We will fight,” the general said.
   edit 0 0 “We will [-talk-]{+fight+},” the general said.
en The firm did know of the leak. | The firm did not know of the leak.
   edit 0 0 The firm did {+not +}know of the leak.
en The  firm knew. | The firm knew.
   edit 0 0 The [- -]firm knew.
en 14,000 people at risk. Ministers meet on Friday to talk about the floods. | 41,000 people at risk.
   edit 0 0 [-14,000-]{+41,000+} people at risk.[- Ministers meet on Friday to talk about the floods.-]
en Ministers meet on Friday to talk about the floods. Officials said 14,000 are at risk. | Officials said 41,000 are at risk.
   edit 0 0 [-Ministers meet on Friday to talk about the floods. -]Officials said [-14,000-]{+41,000+} are at risk.
en Ten people died. More may follow. / The fire began at noon in the attic of the house. | The fire began at noon in the attic of the house. / Ten people died. More may follow.
   same 1 0 The fire began at noon in the attic of the house.
   move 0 1 Ten people died. More may follow.
en The fire began at noon in the attic of the house. It spread fast. / A neighbour called the fire service at once. | The fire began at noon in the attic of the house. / It spread fast. A neighbour called the fire service at once.
   edit 0 0 The fire began at noon in the attic of the house.[- It spread fast.-]
   edit 1 1 {+It spread fast. +}A neighbour called the fire service at once.
en The council met on Monday to discuss the new bridge over the river. / The vote is planned for the spring, when the report is due. / A spokeswoman declined to comment on the price. | The council met on Monday to discuss the new bridge over the river. / Farmers said the road would cut their fields in two. / A spokeswoman declined to comment on the price of the steel.
   same 0 0 The council met on Monday to discuss the new bridge over the river.
   delete 1 · [-The vote is planned for the spring, when the report is due.-]
   insert · 1 {+Farmers said the road would cut their fields in two.+}
   edit 2 2 A spokeswoman declined to comment on the price{+ of the steel+}.
en Advertisement / One man was hurt in the crash at the station. / Advertisement / Police are looking for a witness of the crash. | One man was hurt in the crash at the station. / Advertisement / Police are looking for two witnesses of the crash.
   delete 0 · [-Advertisement-]
   same 1 0 One man was hurt in the crash at the station.
   same 2 1 Advertisement
   edit 3 2 Police are looking for [-a witness-]{+two witnesses+} of the crash.
en The vote is planned for the spring. | The vote, which was put off twice, is planned for the spring.
   edit 0 0 The vote{+, which was put off twice,+} is planned for the spring.
en The vote, which was put off twice, is planned for the spring. | The vote is planned for the spring.
   edit 0 0 The vote[-, which was put off twice,-] is planned for the spring.
en Yes. No. The judge will rule on Friday, and the state may appeal. | Yes. Perhaps. The judge will rule on Friday, and the state may appeal.
   edit 0 0 Yes. [-No.-]{+Perhaps.+} The judge will rule on Friday, and the state may appeal.
en The talks ended without a deal, officials said; they resume in May. | The talks ended with a deal, officials said.
   edit 0 0 The talks ended [-without-]{+with+} a deal, officials said[-; they resume in May-].
en It is the third such case this year (the first was in March). | It is the fourth such case this year (the first was in January).
   edit 0 0 It is the [-third-]{+fourth+} such case this year (the first was in [-March-]{+January+}).
de Der Rat räumte am Montag das besetzte Haus. Zwei Männer wurden festgenommen. | Am Montag wurde das besetzte Haus geräumt. Drei Männer wurden festgenommen.
   edit 0 0 [-Der Rat räumte am Montag das besetzte Haus. Zwei-]{+Am Montag wurde das besetzte Haus geräumt. Drei+} Männer wurden festgenommen.
de Die Polizei nahm den Mann am Abend fest. | Am Abend wurde der Mann von der Polizei festgenommen.
   edit 0 0 [-Die Polizei nahm den Mann am Abend fest-]{+Am Abend wurde der Mann von der Polizei festgenommen+}.
fr Le maire a démissionné lundi, selon la préfecture. | Le maire a démissionné mardi, selon la préfecture.
   edit 0 0 Le maire a démissionné [-lundi-]{+mardi+}, selon la préfecture.
es El juez, que investiga el caso, citó a dos testigos. | El juez citó a tres testigos.
   edit 0 0 El juez[-, que investiga el caso, citó a dos-]{+ citó a tres+} testigos.
en Officials blamed heavy rains and the builder. | After the flood, officials blamed the long and heavy rains and, for the first time, the foreign builder.
   edit 0 0 [-Officials blamed heavy rains and the-]{+After the flood, officials blamed the long and heavy rains and, for the first time, the foreign+} builder.
en Rome floods kill 12 people | Rome floods and Rome floods kill 12 people
   edit 0 0 {+Rome floods and +}Rome floods kill 12 people
en Fire in Rome | Fire at the old harbour in the east of Rome
   edit 0 0 Fire [-in-]{+at the old harbour in the east of+} Rome
en Ships pass at low tide only. / The mayor spoke to the farmers on Monday. | The mayor spoke to the farmers on Monday. / A report is due in autumn. / Ships pass at low tide only.
   same 1 0 The mayor spoke to the farmers on Monday.
   insert · 1 {+A report is due in autumn.+}
   move 0 2 Ships pass at low tide only.
en A report is due in autumn. / Ships pass at low tide only. / The mayor spoke to the farmers on Monday. | The mayor spoke to the farmers on Monday. / Ships pass at low tide only.
   delete 0 · [-A report is due in autumn.-]
   same 2 0 The mayor spoke to the farmers on Monday.
   move 1 1 Ships pass at low tide only.
en a b c d e f g h | a x c y e z g w
   delete 0 · [-a b c d e f g h-]
   insert · 0 {+a x c y e z g w+}
en One sentence stays here as it was. Another one goes away at the end. | One sentence stays here as it was.
   edit 0 0 One sentence stays here as it was.[- Another one goes away at the end.-]
en One sentence stays here as it was. | One sentence stays here as it was. Another one came at the end.
   edit 0 0 One sentence stays here as it was.{+ Another one came at the end.+}
en Police said the man, 34, was from Leeds. He will appear in court on Monday. | The man, 35, is from Leeds, police said. He appeared in court on Monday.
   edit 0 0 [-Police said the man, 34, was from Leeds. He will appear-]{+The man, 35, is from Leeds, police said. He appeared+} in court on Monday.
en Rain fell on Monday (10 mm) and Tuesday (12 mm). | Rain fell on Monday (14 mm) and on Tuesday (22 mm).
   edit 0 0 Rain fell on Monday ([-10-]{+14+} mm) and {+on +}Tuesday ([-12-]{+22+} mm).
en One, two, three, four, five. | One, two, six, three, four, seven, five.
   edit 0 0 One, two, {+six, +}three, four, {+seven, +}five.
en The team won the cup in Rome in May and the league in Oslo in June. | The team won the league in Rome in May and the cup in Oslo in July.
   edit 0 0 The team won the [-cup-]{+league+} in Rome in May and the [-league-]{+cup+} in Oslo in [-June-]{+July+}.
en Alice met Bob at noon, and he gave her the keys, the car and the map. | Alice met Bob, and he gave her the keys, the old car and, later, the map.
   edit 0 0 Alice met Bob[- at noon-], and he gave her the keys, the [-car and-]{+old car and, later,+} the map.
en Yes... no! They came, at last. | Yes... but no! They went, at last.
   edit 0 0 Yes... [-no! They came-]{+but no! They went+}, at last.
en The council met on Monday in the old hall. / Farmers blocked the road. / A report is due. | The council met on Monday in the old hall. / Heavy rain closed three schools near the coast. / A report is due.
   same 0 0 The council met on Monday in the old hall.
   delete 1 · [-Farmers blocked the road.-]
   insert · 1 {+Heavy rain closed three schools near the coast.+}
   same 2 2 A report is due.
en The council met. / Farmers blocked the road. / A report is due. | The council met. / A report is due.
   same 0 0 The council met.
   delete 1 · [-Farmers blocked the road.-]
   same 2 1 A report is due.
en The council met. / Farmers blocked the road. / A report is due. / Nobody would comment on the price. | Nobody would comment on the price of steel. / The council met. / Farmers blocked the road. / A report is due.
   move 3 0 Nobody would comment on the price{+ of steel+}.
   same 0 1 The council met.
   same 1 2 Farmers blocked the road.
   same 2 3 A report is due.
en The minister of trade and the mayor of the town spoke. | The secretary of state and the mayor of the town spoke.
   edit 0 0 The [-minister of trade-]{+secretary of state+} and the mayor of the town spoke.
en The mayor, the council sat, the council met. | The mayor, the council has met.
   edit 0 0 The mayor, the council [-sat, the council-]{+has+} met.
en The council met on Monday in the old hall between the river and the market. Nobody expected internationalisation after years without any money or plans. | The council met on Monday in the old hall between the river and the market. Critics blame internationalisation because local shops closed their doors forever last winter.
   edit 0 0 The council met on Monday in the old hall between the river and the market. [-Nobody expected internationalisation after years without any money or plans.-]{+Critics blame internationalisation because local shops closed their doors forever last winter.+}
en He ran, he fell, he got up. | He ran, he fell, he sang, he got up.
   edit 0 0 He ran, he fell, {+he sang, +}he got up.
en The bread is “not” ““free””, he said. | The bread is “not” “free”, he said.
   edit 0 0 The bread is “not” “[-“-]free”[-”-], he said.
en It rains. It snows. | It rains. It hails. It snows.
   edit 0 0 It rains. {+It hails. +}It snows.
en They saw a cat and a dog. | They saw a cat, a bird and a dog.
   edit 0 0 They saw a cat{+, a bird+} and a dog.
en He is tall. He is old and he is kind. | He is tall. He is thin. He is old and he is kind.
   edit 0 0 He is tall. {+He is thin. +}He is old and he is kind.
en The firm paid the fine.  It was late again, twice. | The firm paid. It was late again, twice.
   edit 0 0 The firm paid[- the fine. -]{+.+} It was late again, twice.
en The blast killed 12 people in Gaza. | The blast killed 47 people in Rafah.
   edit 0 0 The blast killed [-12-]{+47+} people in [-Gaza-]{+Rafah+}.
en Officials blamed the heavy seasonal rains for the delay in opening the bridge. | Officials blamed a contractor from abroad for the collapse of the northern bridge.
   edit 0 0 Officials blamed [-the heavy seasonal rains for the delay in opening the-]{+a contractor from abroad for the collapse of the northern+} bridge.
en Sadly the man came home | the boy came home
   edit 0 0 [-Sadly the man-]{+the boy+} came home
en the boy came home | Sadly the man came home
   edit 0 0 [-the boy-]{+Sadly the man+} came home
en Rain fell. Police, fire crews came | Rain fell. Police, nurses ran. Police, fire crews came
   edit 0 0 Rain fell. {+Police, nurses ran. +}Police, fire crews came
en The office said that a heavy rain shut roads again, and snow may follow in the hills. | The office said that heavy rain hit roads, and snow may follow in the hills.
   edit 0 0 The office said that [-a heavy rain shut roads again-]{+heavy rain hit roads+}, and snow may follow in the hills.
zh 市长星期一辞职。 | 市长星期二辞职。
   edit 0 0 市长星期[-一-]{+二+}辞职。
"""
MARKS = {"=": "{}", "-": "[-{}-]", "+": "{{+{}+}}"}


@pytest.mark.parametrize("case", re.split(r"\n(?! )", EDITS.strip()))
def test_an_edit_is_shown_with_the_fewest_words_that_read_well(case: str) -> None:
    edit, _, shown = case.partition("\n")
    lang, texts = edit[:2], edit[3:].split(" | ")
    change = compare(*(article(*text.split(" / "), lang=lang) for text in texts))
    lines = [
        f"   {row.op.value} {'·' if row.old is None else row.old} {'·' if row.new is None else row.new} "
        + "".join(MARKS[op].format(text) for op, text in row.hunks)
        for row in change.blocks
    ]
    assert "\n".join(lines) == shown
    assert not change.budget_hit


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("Leeds 3 9\nYork 3 6", "Leeds 4 12\nYork 4 6", "Leeds [-3 9-]{+4 12+}\nYork [-3-]{+4+} 6"),
        (
            "- Germany\n- France\n- Spain",
            "- France\n- Germany\n- Spain",
            "{+- France\n+}- Germany\n[-- France\n-]- Spain",
        ),
    ],
    ids=["table", "list"],
)
def test_each_line_is_edited_by_itself(old: str, new: str, shown: str) -> None:
    (row,) = compare(article(old), article(new)).blocks
    assert "".join(MARKS[op].format(text) for op, text in row.hunks) == shown


@pytest.mark.parametrize(
    ("run", "joined"),
    [("x" * 15, True), ("x" * 16, False), ("a b c d e f g h", True), ("a b c d e f g h i", False)],
)
def test_up_to_15_characters_or_8_words_between_longer_changes_go_with_them(run: str, joined: bool) -> None:
    old, new = (Article(title=f"{side * 9}{run} {side * 9}end") for side in ("dry ", "wet "))
    hunks = compare(old, new).title.hunks
    assert len([text for op, text in hunks if op == "+"]) == (1 if joined else 2)


CANDIDATES = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(1, 9).map(float)),
    max_size=12,
    unique_by=lambda c: c[:2],
)


@given(CANDIDATES)
def test_no_chain_of_pairs_is_heavier_than_the_one_taken(candidates: list[tuple[int, int, float]]) -> None:
    chain = heaviest_chain(candidates)
    assert all(a[0] < b[0] and a[1] < b[1] for a, b in pairwise(chain))
    assert set(chain) <= set(candidates)
    best: dict[tuple[int, int, float], float] = {}
    for pair in sorted(candidates):
        before = [weight for (i, j, _), weight in best.items() if i < pair[0] and j < pair[1]]
        best[pair] = pair[2] + max(before, default=0.0)
    assert sum(weight for _, _, weight in chain) == max(best.values(), default=0.0)


def test_a_short_word_between_changes_is_kept_and_sentences_that_share_little_are_not() -> None:
    assert heaviest_chain([(0, 0, 1.0), (1, 0, 1.0)]) == [(0, 0, 1.0)]
    assert heaviest_chain([(0, 1, 1.0), (1, 0, 1.0)]) == [(1, 0, 1.0)]
    hunks = compare(Article(title="I saw 5"), Article(title="U saw 6")).title.hunks
    assert hunks == (("-", "I"), ("+", "U"), ("=", " saw "), ("-", "5"), ("+", "6"))
    old = "Farmers blocked every northern road before dawn while heavy lorries waited outside towns."
    new = "Teachers painted every classroom wall green before lunch although parents waited beside gates."
    change = compare(article(old, lang="en"), article(new, lang="en"))
    assert [(row.op, [s.op for s in row.sentences]) for row in change.blocks] == [
        (Op.DELETE, [Op.DELETE]),
        (Op.INSERT, [Op.INSERT]),
    ]


TEXTS = st.lists(st.sampled_from("abcd"), max_size=8)


@given(TEXTS, TEXTS)
def test_no_more_texts_are_equal_in_order_than_those_found(old: list[str], new: list[str]) -> None:
    pairs = equal_texts(old, new)
    assert all(old[i] == new[j] for i, j in pairs)
    assert all(a[0] < b[0] and a[1] < b[1] for a, b in pairwise(pairs))
    longest = [[0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i, a in enumerate(old):
        for j, b in enumerate(new):
            longest[i + 1][j + 1] = longest[i][j] + 1 if a == b else max(longest[i][j + 1], longest[i + 1][j])
    assert len(pairs) == longest[-1][-1]


def test_many_edited_paragraphs_in_a_row_are_each_paired_with_their_own() -> None:
    def side(count: str) -> Article:
        towns = [f"In Town{n:02} the rangers of district{n:02} saw {count} wolves." for n in range(40)]
        return article(f"They counted for {count} weeks.", "Nobody was paid for the work.", *towns, lang="en")

    change = compare(side("two"), side("nine"))
    assert [(row.op.value, row.old, row.new) for row in change.blocks] == [
        ("same" if n == 1 else "edit", n, n) for n in range(42)
    ]
    assert [row.hunks[1:3] for row in change.blocks[2:]] == [(("-", "two"), ("+", "nine"))] * 40


def test_texts_of_no_valid_unicode_and_of_many_thousand_changes_are_compared() -> None:
    old, new = "A \ud800 mark. It came first. Then it rained.", "A \ud800 mark. It came last. Then it rained."
    (row,) = compare(article(old, lang="en"), article(new, lang="en")).blocks
    assert (row.old_text, row.new_text) == (old, new)
    edited = [(s.old_text, s.new_text) for s in row.sentences if s.op is Op.EDIT]
    assert edited == [("It came first.", "It came last.")]
    sides = (" ".join(f"{x}aa{n} kkk{n} {x}bb{n} the {x}cc{n} zz." for n in range(5000)) for x in "AX")
    started = process_time()
    compare(*map(article, sides))
    # Quadratic work would take some 20 s.
    assert process_time() - started < 7


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        ("وصل الرئيس، أمس", "وصل الرئيس أمس", ["،"]),
        ("وہ آیا۔ وہ گیا", "وہ آیا؟ وہ گیا", ["۔", "؟"]),
        ("他来了。他走了。", "他来了。他们笑了。他走了。", ["他们笑了。"]),
    ],
)
def test_the_marks_of_other_scripts_end_words_and_sentences(old: str, new: str, changed: list[str]) -> None:
    hunks = compare(Article(title=old), Article(title=new)).title.hunks
    assert [text for op, text in hunks if op != "="] == changed

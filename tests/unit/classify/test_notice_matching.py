"""Which edit a notice explains: stories of wire services and papers, invented, with the edits each notice tells of."""

from dataclasses import replace

import pytest

from tests.articles import article
from tracker import compare
from tracker.model.article import Article, Block, BlockKind, Notice, NoticeKind
from tracker.model.change import Change, LabelKind, Noted, Op

STORY = (
    "BEIJING, June 13 (Wire) - China and America weigh a visit by Secretary Blinken this month, two people said.",
    "A trip would be the first by a top American diplomat in five years; it was put off in February over a balloon.",
    "The State Department declined to confirm a date for the trip.",
    "Trade between the two countries fell 8 percent to $190 billion in the first quarter, customs figures showed.",
    "The yuan was little changed at 7.12 to the dollar in afternoon trading in Shanghai.",
    "Analysts at the Harbor Institute said neither side expects a breakthrough.",
    "The institute's head, Lena Marsh, was ambassador to Beijing from 2009 to 2011.",
)
MINISTRY = (
    "Foreign Ministry spokesman Wang Wenbin told a briefing that Washington should “respect China's core concerns” and "
    "that he had nothing to announce on a visit."
)
SENATE = "Senator Ruth Cole said the visit would be a mistake while journalists are held."
MARKET = "Shares in Hong Kong closed 1.2 percent higher, led by chip makers."


def story(*texts: str, notice: str = "", kind: NoticeKind = NoticeKind.UPDATE, **more) -> Article:
    notices = (Notice(kind, notice),) if notice else ()
    title = more.pop("title", "Blinken may visit China this month")
    return article(*texts, title=title, notices=notices, lang="en", **more)


def edited(edits: dict[int, str], added: dict[int, str]) -> list[str]:
    """Return the story with paragraphs (from 1) replaced and others put after a paragraph."""
    out = []
    for n, text in enumerate(STORY, start=1):
        out += [edits.get(n, text), *([added[n]] if n in added else [])]
    return out


def told(notice: str, edits: dict[int, str], added: dict[int, str]) -> tuple[set[int], Change]:
    new = story(*edited(edits, added), notice=notice)
    change = compare(story(*STORY), new)
    (found,) = (n for n in change.notices if n.op is Op.INSERT)
    return {(change.blocks[i].new or 0) + 1 for i in found.explains}, change


TRADE = STORY[3].replace("8 percent", "18 percent")
HEAD = STORY[6].replace("Lena Marsh", "Lena Marshall")
YEARS = STORY[6].replace("2009", "2008")


@pytest.mark.parametrize(
    ("notice", "edits", "added", "explained"),
    [
        (
            "(Updates with comments from China's Foreign Ministry on a potential Blinken visit.)",
            {},
            {2: MINISTRY, 4: MARKET},
            {3},
        ),
        (
            "(Updates with comments from China's Foreign Ministry on a potential Blinken visit.)",
            {4: TRADE},
            {2: MINISTRY, 6: SENATE},
            {3},
        ),
        ("(Adds senator's comments)", {4: TRADE}, {2: MINISTRY, 5: SENATE}, {7}),
        ("(Adds Hong Kong market close)", {}, {2: MINISTRY, 5: MARKET}, {7}),
        ("(Adds comments from senator, Hong Kong shares)", {4: TRADE}, {2: SENATE, 5: MARKET}, {3, 7}),
        ("(Corrects para 4 to show trade fell 18 percent, not 8 percent)", {4: TRADE}, {6: SENATE}, {4}),
        ("(Corrects fall in trade to 18 percent from 8 percent)", {4: TRADE}, {6: SENATE}, {4}),
        ("(Corrects spelling of institute head's name in final paragraph)", {4: TRADE, 7: HEAD}, {}, {7}),
        ("(Refiles to fix spelling in last graf)", {4: TRADE, 7: HEAD}, {}, {7}),
        ("(Recasts first paragraph)", {1: STORY[0].replace("two people", "three people"), 4: TRADE}, {}, {1}),
        ("(Updates throughout)", {1: STORY[0].replace("two people", "three people"), 4: TRADE}, {}, {1, 4}),
        ("This story has been updated.", {4: TRADE, 7: HEAD}, {}, {4, 7}),
        (
            "Correction: An earlier version of this article misstated the fall in trade. It was 18 percent, not 8.",
            {4: TRADE},
            {2: MINISTRY},
            {5},
        ),
        (
            "An earlier version of this article misspelled a name. The head of the institute is Lena Marshall.",
            {4: TRADE, 7: HEAD},
            {2: SENATE},
            {8},
        ),
        (
            "Correction: An earlier version of this article misstated when Lena Marsh became ambassador. It was 2008.",
            {4: TRADE, 7: YEARS},
            {2: SENATE},
            {8},
        ),
        (
            "This story has been updated to include a statement from the foreign ministry.",
            {4: TRADE},
            {2: MINISTRY, 6: MARKET},
            {3},
        ),
        ("UPDATE 2-China's foreign ministry has no news of a Blinken visit", {}, {2: MINISTRY, 4: MARKET}, {3}),
        ("EDS: ADDS graf with senator's criticism of visit.", {4: TRADE}, {2: MARKET, 6: SENATE}, {8}),
        ("(This version of the story was refiled to correct the name in paragraph 7)", {4: TRADE, 7: HEAD}, {}, {7}),
        ("(Removes extraneous word in second paragraph)", {2: STORY[1].replace(" top", ""), 4: TRADE}, {}, {2}),
        ("(Corrects the age of the prime minister of Norway)", {4: TRADE}, {}, set()),
        ("Correction: An earlier version of this article was wrong about Norwegian herring.", {4: TRADE}, {}, {4}),
        (
            "Correction: An earlier version of this article was wrong about Norwegian herring.",
            {4: TRADE, 5: STORY[4].replace("little", "hardly"), 6: STORY[5].replace("neither", "no")},
            {},
            set(),
        ),
    ],
)
def test_the_edit_a_notice_tells_of(notice, edits, added, explained):
    found, change = told(notice, edits, added)
    assert found == explained
    doubted = any("(we could not match this note to an edit)" in label.evidence for label in change.labels)
    assert doubted is not bool(explained)


def test_notices_of_captions_and_headlines_explain_them_and_what_they_leave_out_is_silent():
    _, change = told("(Corrects spelling of institute head's name in final paragraph)", {4: TRADE, 7: HEAD}, {})
    (not_noted,) = (label for label in change.labels if label.kind is LabelKind.NOT_NOTED)
    assert [change.blocks[i].new for i in not_noted.blocks] == [3]

    def with_caption(text: str) -> Article:
        return replace(BASE, blocks=(*BASE.blocks, Block(BlockKind.CAPTION, text)))

    before, after = with_caption("Ann Cole in Rome"), with_caption("Ann Cole in Oslo")
    assert fields("(Corrects photo caption)", before, after) == ((), ("caption",))
    assert fields("(Corrects photo caption)", before, before) == ((), ())
    texts = [*STORY[:3], TRADE, *STORY[4:]]
    after = story(*texts, title="Blinken may visit China in June", dek=BASE.dek, byline=BASE.byline)
    explained, named = fields("(Corrects headline and paragraph 4)", BASE, after)
    assert (len(explained), named) == (1, ("title",))


def fields(notice: str, before: Article, after: Article) -> tuple[tuple[int, ...], tuple[str, ...]]:
    after = replace(after, notices=(Notice(NoticeKind.UPDATE, notice),))
    change = compare(before, after)
    (found,) = (n for n in change.notices if n.op is Op.INSERT)
    doubted = any("could not match this note" in label.evidence for label in change.labels)
    assert doubted is not bool(found.explains or found.fields)
    return found.explains, found.fields


BASE = story(*STORY, dek="A trip was put off over a balloon", byline=("Ann Ott",))


@pytest.mark.parametrize(
    ("notice", "after", "explained"),
    [
        ("(Refiles to fix typo in headline)", {"title": "Blinken may visit China in June"}, ("title",)),
        ("(Refiles to add ‘June’ to headline)", {"title": "Blinken may visit China in June"}, ("title",)),
        ("(Adds byline)", {"byline": ("Ann Ott", "Bo Lee")}, ("byline",)),
        ("(Corrects standfirst)", {"dek": "A trip was put off over a drone"}, ("dek",)),
        ("This story has been updated.", {"title": "Blinken to go", "dek": "It was put off"}, ("title", "dek")),
        ("(Refiles to fix typo in headline)", {"dek": "A trip was put off over a drone"}, ()),
    ],
)
def test_the_field_a_notice_tells_of(notice, after, explained):
    assert fields(notice, BASE, replace(BASE, **after)) == ((), explained)


def test_a_notice_in_the_text_that_was_worded_anew():
    said = "(Updates with yuan in paragraph 5)"
    before, after = story(*STORY, "(Adds analyst)"), story(*edited({5: "The yuan fell to 7.22."}, {}), said)
    change = compare(before, after)
    assert change.noted is Noted.UNCLEAR  # the paragraph lost the place as well
    (told,) = change.notices
    assert (told.text, told.explains) == (said, (4,))
    assert LabelKind.NOT_NOTED not in change.kinds


UPDATE, CORRECTION = NoticeKind.UPDATE, NoticeKind.CORRECTION
STORIES = {
    "en": (
        "The minister resigned on Tuesday after weeks of questions over the flood fund.",
        "The fund holds $30 million, the treasury said.",
        "“This is a sad day,” opposition leader Jane Holt said in a statement.",
        "The river burst its banks in March and 12 people died.",
        "The cabinet will meet on Friday to name a successor.",
        "Shares of builder Corvo fell 4 percent at the close.",
        "The town of Alder lies 40 miles north of the capital.",
    ),
    "de": (
        "Der Minister trat am Dienstag nach Wochen der Kritik zurück.",
        "Der Fonds umfasst 30 Millionen Euro, teilte das Finanzministerium mit.",
        "„Das ist ein trauriger Tag“, sagte Oppositionsführerin Jana Holt.",
        "Der Fluss trat im März über die Ufer, 12 Menschen starben.",
        "Das Kabinett berät am Freitag über die Nachfolge.",
        "Die Aktien des Baukonzerns Corvo fielen um 4 Prozent.",
    ),
    "fr": (
        "Le ministre a démissionné mardi après des semaines de critiques.",
        "Le fonds compte 30 millions d'euros, selon le Trésor.",
        "« C'est un jour triste », a déclaré la cheffe de l'opposition Jeanne Holt.",
        "La rivière est sortie de son lit en mars et 12 personnes sont mortes.",
        "Le gouvernement se réunira vendredi pour nommer un successeur.",
    ),
    "es": (
        "El ministro dimitió el martes tras semanas de críticas.",
        "El fondo tiene 30 millones de euros, según el Tesoro.",
        "«Es un día triste», dijo la líder de la oposición Juana Holt.",
        "El gabinete se reunirá el viernes para nombrar un sucesor.",
    ),
    "it": (
        "Il ministro si è dimesso martedì dopo settimane di critiche.",
        "Il fondo conta 30 milioni di euro, secondo il Tesoro.",
        "«È un giorno triste», ha detto la leader dell'opposizione Gianna Holt.",
        "Il governo si riunirà venerdì per nominare un successore.",
    ),
    "pt": (
        "O ministro renunciou na terça-feira após semanas de críticas.",
        "O fundo tem 30 milhões de euros, segundo o Tesouro.",
        "“É um dia triste”, disse a líder da oposição Joana Holt.",
        "O gabinete se reúne na sexta-feira para nomear um sucessor.",
    ),
    "nl": (
        "De minister trad dinsdag af na weken van kritiek.",
        "Het fonds telt 30 miljoen euro, volgens de schatkist.",
        "“Dit is een droevige dag”, zei oppositieleider Johanna Holt.",
        "Het kabinet komt vrijdag bijeen om een opvolger te benoemen.",
    ),
}


def explained(lang: str, kind: NoticeKind, notice: str, edits: dict[int, str | tuple[str, str]]) -> set[int]:
    """Return which paragraphs (from 1) a notice explains; *edits*: what was not there, or what stood for what."""
    new = STORIES[lang]
    old = [
        text if isinstance(edit, str) else text.replace(edit[1], edit[0])
        for n, text in enumerate(new, start=1)
        if not isinstance(edit := edits.get(n, ("", "\0")), str)
    ]
    before, after = (
        article(
            *texts,
            title="Minister resigns",
            lang=lang,
            notices=(Notice(kind, notice),) if texts is new else (),
        )
        for texts in (tuple(old), new)
    )
    change = compare(before, after)
    (told,) = change.notices
    return {(change.blocks[i].new or 0) + 1 for i in told.explains}


BOTH = {3: "new", 6: "new"}


@pytest.mark.parametrize(
    ("lang", "kind", "notice", "edits", "told"),
    [
        ("en", UPDATE, "(Adds opposition comment, share price)", BOTH, {3, 6}),
        ("en", UPDATE, "(Updates with share move)", BOTH, {6}),
        ("en", UPDATE, "(Updates death toll)", {4: ("9 people", "12 people")} | BOTH, {4}),
        ("en", UPDATE, "(Updates toll, adds Holt comment)", {4: ("9 people", "12 people")} | BOTH, {3, 4}),
        ("en", UPDATE, "(Recasts first paragraph, updates toll)", {1: ("quit", "resigned"), 4: ("9", "12")}, {1, 4}),
        ("en", CORRECTION, "An earlier version gave the wrong number of deaths.", {4: ("21", "12")} | BOTH, {4}),
        ("en", CORRECTION, "An earlier version misspelled the name of the town.", {7: ("Elder", "Alder")} | BOTH, {7}),
        ("en", CORRECTION, "Correction: An earlier version misidentified the leader of the unions.", BOTH, set()),
        ("de", UPDATE, "Dieser Artikel wurde um eine Stellungnahme der Oppositionsführerin ergänzt.", BOTH, {3}),
        ("de", CORRECTION, "Korrektur: Der Fonds umfasst 30 Millionen, nicht drei.", {2: ("3 ", "30 ")} | BOTH, {2}),
        ("fr", UPDATE, "Cet article a été mis à jour avec la réaction de l'opposition.", {3: "new", 4: "new"}, {3}),
        ("fr", CORRECTION, "(Corrige le bilan)", {3: "new", 4: ("21 pers", "12 pers")}, {4}),
        ("es", UPDATE, "(Actualiza con declaraciones de la oposición)", {3: "new", 4: "new"}, {3}),
        ("it", CORRECTION, "Errata corrige: il fondo conta 30 milioni, non 3.", {2: ("3 m", "30 m"), 3: "new"}, {2}),
        ("pt", UPDATE, "Este texto foi atualizado para incluir a declaração de Holt.", {3: "new", 4: "new"}, {3}),
        ("nl", UPDATE, "Dit artikel is aangevuld met een reactie van de oppositieleider.", {3: "new", 4: "new"}, {3}),
    ],
)
def test_the_edits_told_of(lang, kind, notice, edits, told):
    assert explained(lang, kind, notice, edits) == told

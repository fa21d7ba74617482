"""Which edit a notice explains, where it names what was changed in other words or another language."""

import pytest

from tests.articles import article
from tracker import compare
from tracker.model.article import Notice, NoticeKind

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

from pathlib import Path

import pytest

from tracker.classify.notice_matching import parse, stems
from tracker.model.article import NoticeKind
from tracker.notices import recogniser


def recognise(text: str, *, at_edge: bool = True) -> NoticeKind | None:
    found = recogniser.recognise(text, at_edge=at_edge)
    return found.kind if found is not None and found.is_sure else None


UPDATE, CORRECTION = NoticeKind.UPDATE, NoticeKind.CORRECTION
CLARIFICATION, NOTE = NoticeKind.CLARIFICATION, NoticeKind.EDITORS_NOTE


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (UPDATE, "(Adds comment, background)"),
        (UPDATE, "(Recasts, adds quotes)"),
        (UPDATE, "UPDATE 2-Mill halts two furnaces"),
        (UPDATE, "(This version of the story was refiled to add a name to the headline)"),
        (UPDATE, "EDS: ADDS two grafs."),
        (UPDATE, "Editor's note: This story was updated after the vote."),
        (UPDATE, "Cet article a été mis à jour ce matin."),
        (UPDATE, "Este artículo ha sido actualizado."),
        (UPDATE, "Questo articolo è stato aggiornato."),
        (UPDATE, "Este texto foi atualizado."),
        (UPDATE, "Dit artikel is bijgewerkt."),
        (CORRECTION, "(Corrects spelling of name in sixth paragraph)"),
        (CORRECTION, "An earlier version of this article misstated the year."),
        (CORRECTION, "This article was amended on 12 June 2023. An earlier version said it was built in 1931."),
        (CORRECTION, "Korrektur: In einer früheren Version hieß es, der Turm sei rot."),
        (CORRECTION, "Une précédente version de cet article mentionnait un vote."),
        (CLARIFICATION, "Clarification: the firm owns the site."),
        (NOTE, "Editors’ Note: Questions were raised about a source."),
        (CORRECTION, "El texto original señalaba que la empresa tenía 300 empleados; son 30."),
        (CORRECTION, "La publicación original confundía las dos localidades."),
        (CORRECTION, "Le texte initial confondait les deux communes."),
        (CORRECTION, "Il testo originario confondeva i due comuni."),
        (CORRECTION, "O texto original confundia os dois municípios."),
        (CORRECTION, "La légende de la photo comportait une erreur sur l'identité de la députée."),
        (CORRECTION, "La didascalia della foto riportava un nome sbagliato."),
        (CORRECTION, "Versehentlich haben wir geschrieben, die Fabrik schließe im Juni."),
        (UPDATE, "Esta información fue editada después de su publicación para añadir la versión de la empresa."),
        (UPDATE, "Modificato alle 11.20 per aggiungere la reazione del governo."),
        (UPDATE, "Esta noticia se irá ampliando."),
    ],
)
def test_families(kind, text):
    assert recognise(text) is kind


def test_every_wording_listed_is_seen_and_a_long_paragraph_needs_one_in_a_sentence():
    listed = Path(__file__).parents[3] / "benchmarks" / "classify_notices.txt"
    rows = [line.split("\t") for line in listed.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    assert len(rows) > 300
    assert [(text, recognise(text)) for _, _, text in rows] == [(text, NoticeKind(kind)) for kind, _, text in rows]
    news = (
        "In its last pages the book asks its readers to become more aware of how politicians and media lead us. "
        "The town may need one party to heed this message more urgently than the other. But it is advice that all of "
        "us would be wise to follow. We are all subject to the same habits that lead others to look at our mayor and "
        "see a great man. If our old minds have not blinded us to this mayor, we cannot claim to be the sole authors "
        "of our clarity. And if we wish to keep it, we must never think that there is no truth that our own minds are "
        "keeping us from seeing."
    )
    assert recognise(news, at_edge=True) is None
    note = "Correction: An earlier version of this article gave the wrong year. It was 1987, not 1978. "
    assert recognise(note + news, at_edge=True) is NoticeKind.CORRECTION


@pytest.mark.parametrize(
    "text",
    [
        "An earlier version of the bill included a tax on sugar.",
        "The report was updated by the ministry last spring.",
        "The correctional officers met the editor of the paper.",
        "Updated: 3 March 2026",
        "Mis à jour le 18 juil. 2024 à 09:06",
        "Note: the road is closed.",
        "Updates to this Policy",
        "Update often: change your prices each quarter.",
        "This article originally appeared on another site.",
        "The original version was the first shoe of its kind.",
        "(Avec AFP)",
        "“We have corrected our course,” the chief said.",
        "“We previously said the plant would close,” the firm told the paper.",
        "Mise à jour : 18 juillet 2024 à 09:06",
        "Aktualisiert: Mittwoch, 3. Mai 2023, 15.30 Uhr",
        "Updated by-laws would enable the city to reflect the policy's aim.",
        "Le texte a été modifié par le Sénat en première lecture.",
        "Der Text wurde im Ausschuss überarbeitet und ergänzt.",
        "El texto fue modificado en el Senado.",
        "The report was corrected by the court on appeal.",
        "A correction in the market is due, analysts said.",
        "The article was amended by the parliament in 1992." * 30,
        "Correct inaccuracies in the personal information that we hold.",
        "El texto original de la ley establecía un plazo de seis meses; ahora son doce.",
        "El ayuntamiento irá ampliando la red de carriles.",
        "O laudo trazia um nome errado, segundo a defesa.",
        "La rete delle piste ciclabili è stata integrata con due nuovi tratti.",
        "Correct Profile Information. You can review and change your profile at any time.",
    ],
)
def test_news_text_is_no_notice(text):
    assert recognise(text) is None


@pytest.mark.parametrize(
    ("text", "paragraphs"),
    [
        ("(Corrects 10th paragraph to show the date)", (10,)),
        ("(Updates with valuation in paragraph 3)", (3,)),
        ("(Adds details in paragraphs 4-6)", (4, 5, 6)),
        ("(Adds details in paragraphs 4 to 6)", (4, 5, 6)),
        ("(Adds details in paragraphs 4 and 9)", (4, 9)),
        ("(Adds details in paragraphs 4, 5 and 9)", (4, 5, 9)),
        ("(Corrects spelling in the sixth paragraph)", (6,)),
        ("Korrektur im zweiten Absatz", (2,)),
        ("(Adds background)", ()),
        ("(Corrects name in final paragraph)", (-1,)),
        ("(Adds quote in last graf)", (-1,)),
        ("(Adds details in last two paragraphs)", (-2, -1)),
        ("(Corrects figure in first paragraph)", (1,)),
        ("(Recasts first two paragraphs)", (1, 2)),
        ("(Adds detail in paragraph one)", (1,)),
        ("(Corrects lead paragraph)", (1,)),
        ("(Corrects day in second and fifth paragraphs)", (2, 5)),
        ("(Adds detail in paragraph three)", (3,)),
        ("(Corrects the penultimate paragraph)", (-2,)),
        ("Korrektur im letzten Absatz", (-1,)),
        ("Correction au dernier paragraphe", (-1,)),
    ],
)
def test_the_paragraphs_a_notice_names(text, paragraphs):
    assert parse(UPDATE, text).paragraphs == paragraphs


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("(Adds byline)", {"byline"}),
        ("(Corrects photo caption)", {"caption"}),
        ("The headline of this article has been changed.", {"title"}),
        ("(Corrects standfirst)", {"dek"}),
        ("Korrektur: Die Überschrift wurde geändert.", {"title"}),
        ("(Updates throughout)", set()),
    ],
)
def test_the_fields_a_notice_names(text, fields):
    assert parse(UPDATE, text).fields == fields


def test_a_notice_is_about_what_it_names_with_words_in_the_singular():
    assert parse(UPDATE, "(Updates throughout with details of the ruling on dams)").general
    said = parse(UPDATE, "(Refiles to fix typo in headline)")
    assert said.fields == {"title"}
    assert parse(UPDATE, "This story has been updated.").general
    assert not parse(UPDATE, "(Adds byline)").general
    assert stems("Corrects the names of guests, glass’s price, 12 to 5") == {
        "name",
        "guest",
        "glass",
        "price",
        "12",
        "5",
    }

import json
import random
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

import pytest

from tests.soak.random_text import paragraph
from tests.unit.extraction.pages import PARAGRAPHS, article
from tracker import extract
from tracker.model.article import BlockKind, NoticeKind
from tracker.notices.first_look import begins_with_label, may_be_notice, may_begin_notice
from tracker.notices.recogniser import recognise

NEWS = (
    "The harbour was quiet on Monday, and only two ferries left before noon.",
    "Der Rat tagt am Montag in der alten Halle am Fluss.",
    "Les marchands craignent une baisse de leurs ventes au printemps.",
    "Los vecinos llegaron tarde a la plaza.",
)


def notices() -> Iterator[str]:
    for name in ("notices.jsonl", "notices_training.jsonl"):
        for line in ((Path(__file__).parents[3] / "benchmarks") / name).read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if row["kind"] != "decoy":
                yield row["text"]


def test_the_first_look_drops_few_notices_and_hardly_any_that_the_model_would_be_sure_of(monkeypatch):
    written = list(notices())
    dropped = [text for text in written if not (may_be_notice(text) or begins_with_label(text))]
    assert len(dropped) < 0.01 * len(written)
    monkeypatch.setattr("tracker.notices.recogniser.may_be_notice", lambda _: True)
    found = {text: recognise(text, at_edge=True) for text in dropped}
    sure = [text for text, notice in found.items() if notice is not None and notice.is_sure]
    assert len(sure) < 0.002 * len(written)


@pytest.mark.parametrize("text", NEWS)
def test_plain_news_is_looked_at_no_further(text, monkeypatch):
    monkeypatch.setattr("tracker.notices.recogniser.Measured", None)
    assert recognise(text, at_edge=True) is None
    assert not may_begin_notice(text)


@pytest.mark.parametrize(
    "text",
    [
        "Subiu para onze o número de mortos no acidente ocorrido na madrugada de domingo, informou a polícia.",
        "Le bilan est passé à onze morts dans l'accident de car survenu dimanche à l'aube, a indiqué la préfecture.",
    ],
)
def test_eleven_in_portuguese_and_french_is_not_our_in_dutch(text):
    assert recognise(text, at_edge=True) is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Erratum: the dam is 40 metres high.", NoticeKind.CORRECTION),
        ("Klarstellung: Gemeint war der Landkreis.", NoticeKind.CLARIFICATION),
        ("(Corrige el nombre del puerto en el segundo párrafo)", NoticeKind.CORRECTION),
        ("Dit artikel is bijgewerkt met een reactie van de haven.", NoticeKind.UPDATE),
        ("Este texto foi corrigido: a ponte tem 40 metros.", NoticeKind.CORRECTION),
        ("Questo articolo è stato modificato per chiarire che il ponte è chiuso.", NoticeKind.CLARIFICATION),
        ("Note de la rédaction : les prénoms ont été changés.", NoticeKind.EDITORS_NOTE),
        ("In the caption we confused the two ports. We apologise for the mistake.", NoticeKind.CORRECTION),
        ("Mise à jour : ajoute la réaction du ministère.", NoticeKind.UPDATE),
        ("Anmerkung der Redaktion: Der Text wurde ergänzt.", NoticeKind.UPDATE),
        ("訂正：人数を14人に改めました。", NoticeKind.CORRECTION),
        ("Nous mettrons à jour cet article dès que nous en saurons plus sur le port.", NoticeKind.UPDATE),
        ("Wir haben den Satz zum Hafen ergänzt, da er missverständlich war.", NoticeKind.CLARIFICATION),
        ("Hemos corregido el titular: hablaba de dos puertos y es uno.", NoticeKind.CORRECTION),
        ("Aan dit bericht is toegevoegd dat de haven open blijft.", NoticeKind.UPDATE),
        ("We initially reported that the port would close. It stays open.", NoticeKind.CORRECTION),
        ("Wir hatten zunächst berichtet, der Hafen schließe. Er bleibt offen.", NoticeKind.CORRECTION),
        ("Contrairement à ce que nous écrivions, le port reste ouvert.", NoticeKind.CORRECTION),
        ("Contrariamente a quanto abbiamo scritto, il porto resta aperto.", NoticeKind.CORRECTION),
        ("Eerder schreven we dat de haven dichtgaat. Die blijft open.", NoticeKind.CORRECTION),
        ("Warning: this article contains graphic images of the accident.", NoticeKind.EDITORS_NOTE),
        ("In diesem Beitrag geht es um häusliche Gewalt.", NoticeKind.EDITORS_NOTE),
        ("Ce reportage évoque le suicide d'un marin.", NoticeKind.EDITORS_NOTE),
        ("Esta entrevista contiene detalles sobre abusos.", NoticeKind.EDITORS_NOTE),
        # a label may be a sentence, have an article or name the law
        ("Gegendarstellung gemäß § 11 des Pressegesetzes: Ich habe den Hafen nie verkauft.", NoticeKind.CORRECTION),
        ("Droit de réponse, par décision du tribunal de Brest : le port n'a pas été vendu.", NoticeKind.CORRECTION),
        ("We got this wrong: the ferry leaves at nine.", NoticeKind.CORRECTION),
        ("Nous nous sommes trompés : le bac part à neuf heures.", NoticeKind.CORRECTION),
        ("Una precisazione: il porto resta aperto ai pescatori.", NoticeKind.CLARIFICATION),
        ("Aanvulling en verbetering: de haven is sinds mei open.", NoticeKind.CORRECTION),
        ("Declaração de interesses: o autor trabalhou no porto.", NoticeKind.EDITORS_NOTE),
        ("Letzte Änderung um 18.20 Uhr: Angaben der Polizei.", NoticeKind.UPDATE),
    ],
)
def test_the_kind_of_a_notice_follows_from_what_the_outlet_says_that_it_did(text, kind):
    notice = recognise(text, at_edge=True, set_apart=True)
    assert notice is not None
    assert (notice.kind, notice.is_sure) == (kind, True)


@pytest.mark.parametrize(
    "text",
    [
        "An earlier version of the treaty named three ports.",
        "We initially reported that the pump was broken, the captain said.",
        "Anders als zunächst von der Polizei gemeldet, blieb der Hafen offen.",
        "Wir hatten zunächst gemeldet, der Kran sei defekt, sagte der Kapitän.",
        "Nous avions d'abord annoncé la fermeture du port au maire, raconte-t-il.",
        "The ministry corrected its figures: 14 people were hurt, not 41.",
        "Das Ministerium stellte klar, dass der Hafen offen bleibt.",
        "Le groupe a présenté ses excuses et corrigé le communiqué.",
        "“We were wrong to say that the port was safe,” the mayor said.",
        "This article was first published by The Meridian.",
        "Amended on Friday, the bill goes to the senate with two new clauses.",
        "Donde antes decía la gente que no había pan, hoy abre una panadería.",
        "Statt „Schuld“ nennt der Richter es Pech.",
        "Artikel der Satzung ergänzt: Der Verein wählt im Mai.",
        "The correction of prices went on for a third day.",
        "Updates on the weather will follow in the evening, the office said.",
        "",
        # terms, and what may be changed some day
        "If we make material changes, we will post the updated policy on this page.",
        "Wir können diesen Text jederzeit ändern und aktualisieren.",
        "Toute modification sera publiée sur cette page dans les meilleurs délais.",
        "UPDATES TO THIS PRIVACY NOTICE",
        "### Updates",
        # what only begins like a label or an edited text
        "Aktualisiert mit neuen Daten geht die App im Mai an den Start.",
        "Actualisé avec l'AFP.",
        "This article of the treaty was withdrawn in 1962.",
        "“This story has been removed,” the notice in the window said.",
        "Gegendarstellung und Richtigstellung: was das Gesetz sagt",
        "Maj. Anna Holt led the corrected count of the ships.",
    ],
)
def test_news_of_what_others_corrected_and_news_with_the_same_words_is_no_notice(text):
    notice = recognise(text, at_edge=True)
    assert notice is None or not notice.is_sure


@pytest.mark.parametrize(
    "text",
    [
        "Correction: you have the right to ask us to correct personal data that you think is wrong.",
        "Recht auf Berichtigung – Du hast das Recht, uns aufzufordern, falsche Daten zu berichtigen.",
        "Rectification : vous avez le droit de faire corriger les données inexactes de cet article.",
        "Rectificación: tienes derecho a que corrijamos los datos inexactos.",
        "Rettifica: hai il diritto di far correggere i dati inesatti.",
        "Correção: você tem o direito de corrigir dados inexatos.",
        "Rectificatie: u hebt het recht om onjuiste gegevens te laten corrigeren.",
    ],
)
def test_a_right_of_the_reader_is_no_notice(text):
    assert recognise(text, at_edge=True) is None
    assert recognise(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "Correction: An earlier version of this story said that this policy began in May.",
        "Contrairement à ce que nous avons écrit, le pont ne fermera pas.",
    ],
)
def test_a_notice_may_be_about_a_policy_or_contradict_what_the_outlet_wrote(text):
    notice = recognise(text, at_edge=True)
    assert notice is not None
    assert notice.is_sure


@pytest.mark.parametrize(
    "text",
    [
        "Contrairement à ce qu'affirmait la brochure, le pont ne fermera pas.",
        "An dieser Stelle finden Sie einen externen Inhalt, der den Artikel ergänzt.",
        "Sign up to receive email updates when this article is updated.",
        "I added a few comments to this article and corrected the date.",
    ],
)
def test_what_others_wrote_and_the_furniture_of_a_site_are_not_surely_notices(text):
    notice = recognise(text, at_edge=True, set_apart=True)
    assert notice is None or not notice.is_sure


@pytest.mark.parametrize(
    ("text", "is_notice"),
    [
        ("Some names have been changed.", True),
        ("Die Namen der Kinder wurden zu ihrem Schutz geändert.", True),
        ("I nomi sono stati cambiati su richiesta delle famiglie.", True),
        ("De namen van de leerlingen zijn gewijzigd om hen te beschermen.", True),
        ("Le nom du hameau a été modifié par décret en 1958.", False),
        ("Os nomes de dois remadores foram trocados na ata do clube.", False),
        ("El nombre del puente se ha cambiado a petición de los vecinos.", False),
        ("Im Anhang des Gutachtens heißt es, dass drei Namen geändert wurden.", False),
    ],
)
def test_a_change_of_names_is_a_notice_if_it_says_no_more_than_why(text, is_notice):
    notice = recognise(text, at_edge=True)
    assert (notice is not None and notice.is_sure) == is_notice


def test_a_reply_clarifies_or_is_added_and_a_time_of_update_is_no_notice():
    limits = (
        "Nach der Veröffentlichung teilte die Werft mit, dass sie nicht schließt, sondern kürzt. Wir haben das ergänzt."
    )
    printed = "Nach der Veröffentlichung hat die Werft geantwortet; ihre Stellungnahme steht am Ende des Artikels."
    kinds = [notice.kind for text in (limits, printed) if (notice := recognise(text, at_edge=True)) is not None]
    assert kinds == [NoticeKind.CLARIFICATION, NoticeKind.UPDATE]
    stamps = (
        "Mise à jour : 4 mai 2026 à 10h12",
        "( Mise à jour en date du 04/05/2026)",
        "Updated 1:39 am EST, May 4, 2026",
    )
    found = extract(article(*(f"<p>{stamp}</p>" for stamp in stamps)))
    assert found.notices == ()


def test_ordinary_news_labels_and_headings_are_no_notices():
    rng = random.Random(0)
    taken = {text: recognise(text) for text in (paragraph(rng) for _ in range(3_000))}
    assert [text for text, notice in taken.items() if notice is not None and notice.is_sure] == []
    assert may_begin_notice("We have corrected the depth of the harbour in the second paragraph.")
    found = extract(article(after=f"<footer><p>Correction: May 4, 2026</p><p>{NOTE}</p></footer>"))
    assert [notice.text for notice in found.notices] == [NOTE]
    found = extract(article("<h3>Correction</h3>", at=3))
    assert found.notices == ()
    assert [block.text for block in found.blocks if block.kind is BlockKind.SUBHEAD] == ["Correction"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Updated at 09.10 GMT on 2 May 2026 to add the ruling.", NoticeKind.UPDATE),
        ("Updated at 9.10am to add the ruling.", NoticeKind.UPDATE),
        ("(Wiederholung: Tippfehler in der Überschrift)", NoticeKind.CORRECTION),
        ("Noticia actualizada a las 13.20 con la respuesta del puerto.", NoticeKind.UPDATE),
        ("Donde decía «Puerto de Abona» debe decir «Puerto de Arona».", NoticeKind.CORRECTION),
        ("Onde se lia 40 metros, leia-se 14 metros.", NoticeKind.CORRECTION),
        ("Statt „Montag“ muss es richtig „Dienstag“ heißen.", NoticeKind.CORRECTION),
        ("(Herstelt in tweede alinea de naam van de haven)", NoticeKind.CORRECTION),
        ("RECASTS with ruling, UPDATES share price", NoticeKind.UPDATE),
        ("First published at 6.15am; rewritten at 8.40am with the harbour master's account.", NoticeKind.UPDATE),
        ("Publié le 4 mai, mis à jour le 9 mai après la décision du tribunal.", NoticeKind.UPDATE),
        ("Aggiornato con la risposta del porto.", NoticeKind.UPDATE),
        ("Diese Kolumne wurde auf Bitten ihrer Autorin gelöscht.", NoticeKind.EDITORS_NOTE),
        ("Este contenido ya no está disponible por orden de un juez.", NoticeKind.EDITORS_NOTE),
    ],
)
def test_what_only_outlets_say_of_their_own_text_is_surely_a_notice_wherever_it_stands(text, kind):
    notice = recognise(text)
    assert notice is not None
    assert (notice.kind, notice.is_sure) == (kind, True)


@pytest.mark.parametrize("line", ["ferry line", "rail line", "power line's owner", "help line", "production line"])
def test_a_line_is_not_one_of_the_article(line):
    report = "A report of 201 pages, seen by this paper, blames the city council for what happened at Hollin."
    about = f"About 577 people were without power on Sunday, a spokeswoman for the {line} said."
    found = recognise(f"{report} {about}", at_edge=True)
    assert found is None or not found.is_sure


NOTE = "An earlier version of this article misstated the length of the pier. It is 94 metres, not 49."
UPDATE = "Dieser Artikel wurde um eine Stellungnahme der Hafenbehörde ergänzt."


@pytest.mark.parametrize(
    "header",
    [
        "<p>Correction: May 4, 2026</p>",
        "<p><strong>Correction, 4 May 2026</strong></p>",
        "<p>Correction</p>",
        "<h3>Corrections and clarifications</h3>",
        "<h2>Corrections</h2>",
        "<p><em>Correction (May 4):</em></p>",
    ],
)
@pytest.mark.parametrize("at", [0, None])
def test_a_label_or_a_date_above_a_note_is_no_notice_of_its_own(header, at):
    found = extract(article(header, f"<p><em>{NOTE}</em></p>", at=at))
    assert [(notice.kind, notice.text) for notice in found.notices] == [(NoticeKind.CORRECTION, NOTE)]
    assert found.text == "\n\n".join(PARAGRAPHS)


@pytest.mark.parametrize(
    ("header", "note", "kind"),
    [
        ("Correction: May 4, 2026", "The pier is 94 metres long.", NoticeKind.CORRECTION),
        ("Berichtigung", "Der Pier ist 94 Meter lang.", NoticeKind.CORRECTION),
        ("Aclaración", "El muelle es del puerto y no de la ciudad.", NoticeKind.CLARIFICATION),
        ("Nachtrag vom 4. Mai 2026", UPDATE, NoticeKind.UPDATE),
    ],
)
def test_a_label_makes_a_notice_of_the_last_paragraph_below_it(header, note, kind):
    found = extract(article(f"<p><b>{header}</b></p>", f"<p>{note}</p>"))
    assert [(notice.kind, notice.text) for notice in found.notices] == [(kind, note)]
    assert found.text == "\n\n".join(PARAGRAPHS)


# Each figure could end before or after its full stop, and each word be one of two: 2 to the power of 16 ways to fail.
@pytest.mark.parametrize(
    "text",
    [
        "Updated 1" + ".1" * 16 + " at noon",
        "Correction 1" + ".1" * 16 + " and more",
        "Published 11" + " 11" * 16 + " and more",
        "Update" + " mardi" * 16 + " and more",
        "Correction: 1" + ".1" * 16 + " and more",
    ],
)
def test_many_figures_or_days_after_a_label_are_read_at_once(text):
    started = perf_counter()
    recognise(text, at_edge=True)
    extract(article(after=f"<p>{text}</p>"))
    assert perf_counter() - started < 1

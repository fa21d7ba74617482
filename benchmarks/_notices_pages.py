"""Generated pages for notices.py: a short invented article in seven languages, with furniture around it."""

from __future__ import annotations

import re

from tracker.notices.vocabulary import meanings

PARAGRAPHS = {
    "en": (
        "The town council met on Monday evening in the old hall beside the river to talk about the market square.",
        "More than a hundred people came, and many of them had to stand at the back of the room for two hours.",
        "",
        "Traders fear that the work will keep their customers away in spring, when most of the money is made.",
        "The square was last paved anew when the tram lines were taken out, and its stones have sunk since then.",
        "A vote is to follow before the summer, and the builders could begin their work as soon as the leaves fall.",
    ),
    "de": (
        "Der Stadtrat kam am Montagabend in der alten Halle am Fluss zusammen, um über den Marktplatz zu sprechen.",
        "Mehr als hundert Menschen waren gekommen, viele von ihnen mussten zwei Stunden lang hinten im Saal stehen.",
        "",
        "Die Händler fürchten, dass die Arbeiten im Frühjahr ihre Kunden fernhalten, wenn sie am meisten verdienen.",
        "Zuletzt war der Platz gepflastert worden, als die Straßenbahn verschwand, seither sind die Steine gesunken.",
        "Noch vor dem Sommer soll abgestimmt werden, und die Bauleute könnten beginnen, sobald die Blätter fallen.",
    ),
    "fr": (
        "Le conseil municipal s'est réuni lundi soir dans la vieille halle au bord du fleuve pour parler de la place.",
        "Plus de cent personnes étaient venues, et beaucoup ont dû rester debout au fond de la salle deux heures.",
        "",
        "Les marchands craignent que les travaux éloignent leurs clients au printemps, quand ils gagnent le plus.",
        "La place avait été pavée au moment où le tramway a disparu, et depuis lors ses pierres se sont enfoncées.",
        "Un vote doit suivre avant l'été, et les ouvriers pourraient commencer dès que les feuilles tomberont.",
    ),
    "es": (
        "El pleno se reunió el lunes por la noche en la vieja lonja junto al río para hablar de la plaza del mercado.",
        "Acudieron más de cien personas, y muchas de ellas tuvieron que quedarse de pie al fondo durante dos horas.",
        "",
        "Los comerciantes temen que las obras alejen a sus clientes en primavera, cuando ganan la mayor parte.",
        "La plaza se pavimentó cuando desaparecieron los tranvías, y desde entonces se han hundido sus piedras.",
        "Antes del verano habrá una votación, y los obreros podrían empezar en cuanto caigan las hojas de los árboles.",
    ),
    "it": (
        "Il consiglio si è riunito lunedì sera nella vecchia sala accanto al fiume per parlare della piazza.",
        "Erano venute più di cento persone, e molte di loro sono dovute restare in piedi in fondo per due ore.",
        "",
        "I commercianti temono che i lavori tengano lontani i clienti in primavera, quando guadagnano di più.",
        "La piazza fu lastricata quando scomparvero i tram, e da allora le sue pietre sono sprofondate di parecchio.",
        "Prima dell'estate ci sarà un voto, e gli operai potrebbero cominciare appena cadranno le foglie dagli alberi.",
    ),
    "pt": (
        "A câmara reuniu-se na segunda-feira à noite no velho salão junto ao rio para falar da praça do mercado.",
        "Vieram mais de cem pessoas, e muitas delas tiveram de ficar de pé no fundo da sala durante duas horas.",
        "",
        "Os comerciantes temem que as obras afastem os seus clientes na primavera, quando ganham a maior parte.",
        "A praça foi calcetada quando desapareceram os bondes, e desde então as suas pedras afundaram bastante.",
        "Antes do verão haverá uma votação, e os operários podem começar assim que caírem as folhas das árvores.",
    ),
    "nl": (
        "De gemeenteraad kwam maandagavond in de oude hal aan de rivier bijeen om over het marktplein te praten.",
        "Er waren meer dan honderd mensen gekomen, en velen van hen moesten twee uur lang achter in de zaal staan.",
        "",
        "De handelaren vrezen dat het werk in het voorjaar hun klanten weghoudt, wanneer ze het meeste verdienen.",
        "Het plein werd bestraat toen de tram verdween, en sindsdien zijn de stenen op veel plaatsen verzakt.",
        "Nog voor de zomer volgt een stemming, en de bouwers kunnen beginnen zodra de bladeren van de bomen vallen.",
    ),
}
_FACTS = {
    "en": "Residents who came to speak about {}, {} and {} counted {} in all, and nobody in the hall disagreed.",
    "de": "Anwohner, die über {}, {} und {} sprechen wollten, zählten insgesamt {}, und niemand widersprach ihnen.",
    "fr": "Des habitants venus parler de {}, {} et {} en ont compté {} en tout, et nul dans la salle ne les a repris.",
    "es": "Los vecinos que hablaron de {}, {} y {} contaron {} en total, y nadie en la sala les llevó la contraria.",
    "it": "Gli abitanti venuti a parlare di {}, {} e {} ne hanno contati {} in tutto, e nessuno li ha contraddetti.",
    "pt": "Moradores que vieram falar de {}, {} e {} contaram {} ao todo, e ninguém na sala os contradisse à noite.",
    "nl": "Bewoners die over {}, {} en {} wilden praten telden er in totaal {}, en niemand in de zaal sprak ze tegen.",
}
_TITLES = {
    "en": "Council puts off its vote on the square", "de": "Rat verschiebt Abstimmung über den Platz",
    "fr": "La ville remet le vote sur la place", "es": "El pleno aplaza el voto sobre la plaza",
    "it": "Il consiglio rinvia il voto sulla piazza", "pt": "Câmara adia a votação sobre a praça",
    "nl": "Raad stelt stemming over plein uit",
}  # fmt: skip


def fact_sentences(lang: str, text: str) -> tuple[str, str]:
    """Return the edited paragraph before and after, with the longest words and the last figures of *text*."""
    figures = re.findall(r"\d[\d.,]*\d|\d", text)
    found = dict.fromkeys(re.findall(r"[^\W\d_]{4,}", text))
    # Words that notices have would make a notice of the sentence itself.
    words = sorted((word for word in found if not meanings(word.lower())), key=len, reverse=True)
    first, second, third = (*words[:3], "tram", "river", "stone")[:3]
    old, new = (figures[-1], figures[-2]) if len(set(figures[-2:])) == 2 else ("12", "15")
    return tuple(_FACTS[lang].format(first, second, third, figure) for figure in (old, new))  # type: ignore[return-value]


def page(lang: str, paragraphs: list[str]) -> str:
    """Return a page with the paragraphs as its article, between a menu and other stories."""
    menu = "".join(f'<li><a href="/{n}">Section {n}</a></li>' for n in range(8))
    more = "".join(f'<li><a href="/story-{n}">Another story of the day, number {n}</a></li>' for n in range(6))
    return (
        f'<!doctype html><html lang="{lang}"><head><title>{_TITLES[lang]}</title><meta charset="utf-8"></head><body>'
        f"<nav><ul>{menu}</ul></nav><main><article><h1>{_TITLES[lang]}</h1>"
        f'<div class="article-body">{"".join(paragraphs)}</div></article></main>'
        f'<aside class="related"><h2>More</h2><ul>{more}</ul></aside><footer><p>© The Invented Courier</p></footer>'
        "</body></html>"
    )

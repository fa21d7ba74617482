# ruff: noqa: E501 - a list of words is read by its heading, not by its line ends
"""The topics of notices and of edits, in the same few words: a toll, an age, a date, a name."""

from __future__ import annotations

import re

from tracker.model.change import Fact, FactKind

_WORDS = {
    "toll": "tolls?|death toll|deaths?|dead|casualt(?:y|ies)|fatalit(?:y|ies)|killed|tote[nr]?|todesopfer|opferzahl|morts"
    "|victimes|décès|bilan|muertos|víctimas|fallecidos|morti|vittime|mortos|vítimas|doden|dodental|slachtoffers",
    "age": "ages?|aged|alter|âge|edad|età|idade|leeftijd",
    "date": "dates?|days?|months?|years?|times?|weekday|datum|tag(?:es)?|jahr(?:es)?|monat(?:s)?|uhrzeit|wochentag|jour|année"
    "|mois|heure|fecha|día|año|mes|hora|data|giorno|anno|mese|ora|dia|ano|mês|dag|jaar|maand|tijdstip",
    "number": "numbers?|figures?|amounts?|totals?|size|sums?|percentages?|count|counts|prices?|costs?|estimates?|distance"
    "|length|height|score|results?|values?|valuation|zahl(?:en)?|summe|höhe|betrag|anzahl|größe|wert|chiffres?|nombre"
    "|montant|somme|prix|cifras?|número|cantidad|importe|monto|precio|cifr[ae]|numero|importo|prezzo|valor|quantia|preço"
    "|aantal|bedrag|cijfers?|getal",
    "market": "shares?|stocks?|markets?|clos(?:e|ing)|aktien?|kurs(?:e)?|schlusskurs|cours|clôture|acciones|bolsa|cierre"
    "|azioni|borsa|chiusura|ações|fechamento|aandelen|koers(?:en)?|slotkoers",
    "name": "names?|named|spellings?|misspell(?:ed|ing)|misspelt|misidentified|misnamed|surname|namen?s?|schreibweise"
    "|vorname|nachname|noms?|prénom|orthographe|nombre|apellido|nome|cognome|sobrenome|grafia|naam",
    "words": "comments?|quotes?|quotations?|reactions?|statements?|responses?|remarks|says|repl(?:y|ies|ied)|interview"
    "|stellungnahmen?|reaktion(?:en)?|zitate?|kommentar|antwort|äußerung(?:en)?|réactions?|déclarations?|citations?"
    "|commentaires?|réponse|reaccion(?:es)?|reacción|declaraci(?:ón|ones)|comentarios|respuesta|palabras|reazion[ei]"
    "|dichiarazion[ei]|parole|comment[oi]|replica|risposta|reação|declaraç(?:ão|ões)|resposta|posicionamento|reacties?"
    "|verklaring(?:en)?|antwoord|commentaar",
}
_OF_KIND = {
    FactKind.NUMBER: "number",
    FactKind.DATE: "date",
    FactKind.NAME: "name",
    FactKind.PLACE: "name",
    FactKind.QUOTE: "words",
    FactKind.SOURCE: "words",
}
KILLED = "killed"
"""The role of a number of dead people."""
_OF_ROLE = dict.fromkeys((KILLED, "injured", "missing"), "toll") | {
    "age": "age",
    "percent": "market",
    "money": "market",
    "time": "date",
}


def without_topics(text: str) -> str:
    """Return a notice without the words that name a topic."""
    for words in _WORDS.values():
        text = re.sub(rf"(?<!\w)(?:{words})(?!\w)", " ", text, flags=re.IGNORECASE)
    return text


def topics_of_notice(text: str) -> frozenset[str]:
    """Return the topics of what a notice says was changed or added."""
    return frozenset(t for t, words in _WORDS.items() if re.search(rf"(?<!\w)(?:{words})(?!\w)", text, re.IGNORECASE))


def topics_of_fact(fact: Fact) -> frozenset[str]:
    """Return the topics of a fact, in the words of `topics_of_notice`."""
    topics = {_OF_KIND.get(fact.kind, "")}
    if fact.kind is FactKind.NUMBER:
        topics.add(_OF_ROLE.get(fact.role, ""))
    return frozenset(topics - {""})

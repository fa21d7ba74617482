# ruff: noqa: E501 - a list of words is read by its heading, not by its line ends
"""The unit of a number, where the next word says so: percent, currencies, spans of time, lengths, weights."""

from __future__ import annotations

import re

UNITS = {
    "%": "%|percent|per cent|pct|prozent|pour cent|por ciento|per cento|por cento|procent",
    "points": "percentage points|percentage point|prozentpunkte|prozentpunkten|points de pourcentage|puntos porcentuales|punti percentuali|pontos percentuais|procentpunten|procentpunt|basis points",
    "usd": "$|dollars|dollar|usd|dólares|dólar|dollari|dollaro",
    "eur": "€|euros|euro|eur",
    "gbp": "£|pounds sterling|pound sterling|gbp|pfund|libras",
    "jpy": "¥|yen",
    "cny": "yuan|renminbi",
    "rub": "rubles|ruble|roubles|rouble|rubel|rublos|rubli",
    "inr": "₹|rupees|rupee|rupien|roupies|rupias",
    "chf": "swiss francs|francs suisses|schweizer franken|franken",
    "second": "seconds|sekunden|secondes|segundos|secondi|seconden",
    "minute": "minutes|minute|minuten|minutos|minuto|minuti|minuto|minuut",
    "hour": "hours|hour|stunden|stunde|heures|heure|horas|hora|ore|uren",
    "day": "days|day|tage|tagen|tag|jours|jour|días|día|giorni|giorno|dias|dia|dagen|dag",
    "week": "weeks|week|wochen|woche|semaines|semaine|semanas|semana|settimane|settimana|weken",
    "month": "months|month|monate|monaten|monat|mois|meses|mes|mesi|mese|mês|maanden|maand",
    "year": "years|year|jahre|jahren|jahr|ans|années|année|años|año|anni|anno|anos|ano|jaar|jaren",
    "decade": "decades|decade|jahrzehnte|jahrzehnten|décennies|décadas|decenni|decennia",
    "km": "km|kilometers|kilometer|kilometres|kilometre|kilometern|kilomètres|kilomètre|kilómetros|chilometri|quilômetros|quilómetros",
    "mile": "miles|mile|meilen|meile|millas|miglia|mijl",
    "metre": "meters|metres|metern|mètres|mètre|metros|metri",
    "foot": "feet|foot",
    "inch": "inches|inch",
    "kg": "kg|kilograms|kilogram|kilogramm|kilogrammes|kilos|kilogramos|quilos|chili",
    "pound": "pounds|pound",
    "tonne": "tons|ton|tonnes|tonne|tonnen|toneladas|tonnellate",
    "hectare": "hectares|hectare|hektar|hectáreas|ettari|hectare",
    "acre": "acres|acre",
    "barrel": "barrels|barrel|barils|barriles|barili|barris|vaten",
}
"""Each unit as it is compared, with the words for it."""

MONEY = frozenset({"usd", "eur", "gbp", "jpy", "cny", "rub", "inr", "chf"})

_UNIT_OF = {phrase: unit for unit, listed in UNITS.items() for phrase in listed.split("|")}
# Longest first: "percentage points" before "percent".
_FOLLOWING_UNIT = re.compile(
    r"[ \u00a0\u202f-]?(?P<unit>"
    + "|".join(re.escape(phrase) for phrase in sorted(_UNIT_OF, key=len, reverse=True))
    + r")(?!\w)"
)
# A symbol before the number: "US$45", "€ 3".
_SIGNS = {"$": "usd", "€": "eur", "£": "gbp", "¥": "jpy", "₹": "inr"}


def unit_after(low: str, end: int) -> tuple[str, int]:
    """Return the unit of a number that ends at *end*, and where its words end; "" and *end* where none follows."""
    found = _FOLLOWING_UNIT.match(low, end)
    return (_UNIT_OF[found["unit"]], found.end()) if found else ("", end)


def currency_of(sign: str | None) -> str:
    """Return the currency of a sign before a number; "" without one."""
    return _SIGNS.get(sign.strip()[-1], "") if sign else ""

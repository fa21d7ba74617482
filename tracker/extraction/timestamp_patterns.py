"""Recognise lines that are a date, a time of day or an age, "5 minutes ago", and nothing else."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_MAX_TIMESTAMP_CHARS: Final = 120
_MONTH: Final = (
    r"(?:jan|feb|fév|fev|mar|mär|mrt|apr|avr|abr|may|mai|maj|mei|mag|jun|jui|jul|aug|aou|aoû|ago|"
    r"sep|set|oct|okt|out|ott|nov|dec|dez|déc|dic|des|ene|gen|lug|giu|kas|ara|oca|şub|nis|haz|tem|"
    r"ağu|eyl|eki"
    r"|янв|фев|мар|апр|мая|май|июн|июл|авг|сен|окт|ноя|дек|sty|lut|kwi|maj|cze|lip|sie|wrz|paź|"
    r"lis|gru)[^\W\d_]*\.?"
)
_DAY: Final = (
    r"(?:mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so|lun|mar|mer|jeu|ven|sam|dim|mié|jue|vie|"
    r"sáb|dom|seg|ter|qua|qui|sex|montag|dienstag|mittwoch|donnerstag|freitag|samstag|"
    r"sonntag)[^\W\d_]{0,7}\.?"
)
_LABEL: Final = (
    r"(?:last |first |zuletzt |letzte |stand|article |artikel |beitrag )?(?:published|updated|"
    r"modified|posted|created|update|updated|edited|aktualisiert(?:\s+am)?|aktualisierung|"
    r"veröffentlicht(?:\s+am)?|erstellt(?:\s+am)?|stand|geändert|publié|mis à jour|modifié|"
    r"publicado|actualizado|"
    r"pubblicato|aggiornato|atualizado|publicerad|uppdaterad|publisert|oppdatert|sist oppdatert|"
    r"publiceret|opdateret|gepubliceerd|bijgewerkt|opublikowano|aktualizacja|güncelleme|"
    r"yayınlanma|giriş|опубликовано|обновлено|入力|更新|公開|配信|입력|수정|등록|date|time|le|il|am|den|on|at|"
    r"um|à|às|alle|kl|ore|el|em|a las|vor|il y a|hace|há|fa|since|seit)"
)
_UNIT: Final = (
    r"(?:hours?|hrs?|stunden?|heures?|horas?|ore|timer|saat|days?|tage?n?|jours?|días|giorni|"
    r"weeks?|months?|seconds?|ago|fa|siden|sedan|önce|minutes?|minuti|minutos)\b|"
    r"(?:gmt|utc|bst|est|edt|pst|pdt|cet|cest|mez|mesz|ist|et|pt|ct|jst|kst|wib|noon|midnight|"
    r"today|yesterday|heute|gestern|hier|aujourd'hui|hoy|ayer|oggi|ieri|hoje|ontem|сегодня|"
    r"вчера)\b|年|月|日|時|分|時間前|分前|년|월|일|시|분|오전|오후|г\.?\b|в\b|de\b|of\b|and\b"
)
_TIMESTAMP: Final = re.compile(
    (
        rf"^(?:\W|{_LABEL}\b|{_MONTH}|{_DAY}|\d{{1,2}}h\d\d|\d{{1,4}}+(?:st|nd|rd|th|er|º)?|[ap]\.?m\.?\b|uhr\b|"
        rf"h\b|min(?:ute)?[sn]?(?:[ -](?:read|lesezeit))?\b|{_UNIT})+$"
    ),
    re.IGNORECASE,
)
_DIGIT: Final = re.compile(r"\d")
_LETTERS: Final = re.compile(r"[^\W\d_]+")
_TIME_WORD: Final = re.compile(rf"(?:{_LABEL}|{_MONTH}|{_DAY}|uhr|min(?:ute)?[sn]?|{_UNIT})+", re.IGNORECASE)
# Words that are part of a time only together with others: "il y a 2 heures".
_PARTIAL_WORDS: Final = frozenset(
    (
        "last first zuletzt letzte stand article artikel beitrag sist mis à jour il y am pm las aujourd hui"
        " st nd rd th er read lesezeit"
    ).split()
)


def is_timestamp(text: str) -> bool:
    """Say whether *text* is a date, a time, or how long ago something was, and nothing else."""
    if len(text) > _MAX_TIMESTAMP_CHARS or not _DIGIT.search(text):
        return False
    return all(map(_can_be_in_timestamp, _LETTERS.findall(text))) and _TIMESTAMP.match(text) is not None


@lru_cache(maxsize=8192)
def _can_be_in_timestamp(word: str) -> bool:
    """Say whether a word can be part of a date or a time; most lines have one that cannot, which is soon found."""
    return len(word) == 1 or word.lower() in _PARTIAL_WORDS or _TIME_WORD.fullmatch(word) is not None

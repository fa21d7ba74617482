# ruff: noqa: E501 - a list of words is read by its heading, not by its line ends
"""Tell forms that refer to what is to come, or is only said to be, and those of what is done.

In French, Spanish, Italian and Portuguese the future and the conditional are endings: "dimetterà", "coûterait". The
conditional reports what is not confirmed. An English headline says "to" for it: "Biden to sign".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from . import function_words
from .lemmas import is_unknown, is_word, lemma
from .lexicon import SAYING, by_language, words_by_language
from .places import is_surely_place

if TYPE_CHECKING:
    from .word_edits import WordEdit

# After these verbs, an infinitive is used with "to" and without it: "helped to find", "helped find".
_WITHOUT_TO: Final = frozenset("help dare let make have come go need".split())

# The endings come after the infinitive, or after a stem that is listed because it differs from the infinitive.
_TO_COME: Final = {
    "fr": re.compile(r"(?P<stem>\w+?r)(?P<ending>a|ont|ai|ons|ez|ait|aient)"),
    "es": re.compile(r"(?P<stem>\w+?r)(?P<ending>á|án|é|emos|ía|ían)"),
    "it": re.compile(r"(?P<stem>\w+?r)(?P<ending>à|anno|ò|emo|ebbe|ebbero)"),
    "pt": re.compile(r"(?P<stem>\w+?r)(?P<ending>á|ão|ei|emos|ia|iam)"),
}
_CONDITIONAL: Final = frozenset("ait aient ía ían ebbe ebbero ia iam".split())
_STEMS: Final = re.compile(
    r"fer|aur|ser|ir|pourr|devr|saur|verr|faudr|enverr|recevr|mourr|\w*(?:viendr|tiendr|voudr|vaudr|courr)"
    r"|podr|habr|sabr|querr|har|dir|\w*(?:pondr|tendr|vendr|saldr|valdr)"
    r"|sar|avr|potr|dovr|andr|vorr|far|dar|star|sapr|vivr|vedr|cadr|rimarr|\w*(?:verr|terr|porr|durr|trarr)|trar"
)
# Verbs for a stage of an event, in the present and in the past: "the trial begins" may be a plan, "began" is none.
_STAGES: Final = {
    lang: tuple(frozenset(words.split()) for words in pair.split("|"))
    for lang, pair in by_language(
        "begin begins starts ends opens closes resume resumes reopen reopens finishes|began begun started ended opened closed resumed reopened finished"
        "§beginnt beginnen startet starten endet enden öffnet öffnen schließt schließen|begann begannen begonnen startete starteten gestartet endete endeten geendet öffnete öffneten geöffnet schloss schlossen geschlossen"
        "§commence commencent débute débutent ouvre ouvrent reprend reprennent termine terminent achève achèvent ferme ferment|commencé commencée commencés commencées commença débuté débuta ouvert ouverte ouverts ouvertes repris terminé terminée terminés terminées achevé achevée fermé fermée fermés fermées"
        "§comienza comienzan empieza empiezan inicia inician abre abren reanuda reanudan termina terminan acaba cierra cierran|comenzó comenzaron comenzado empezó empezaron empezado inició iniciaron iniciado abrió abrieron abierto reanudó reanudado terminó terminaron terminado acabó acabado cerró cerraron cerrado"
        "§inizia iniziano comincia cominciano apre aprono riprende riprendono termina terminano finisce finiscono chiude chiudono|iniziato iniziata iniziati iniziate iniziò cominciato cominciata cominciati cominciò aperto aperta aperti aperte aprì ripreso ripresa terminato terminata terminò finito finita finiti chiuso chiusa chiusi chiuse"
        "§começa começam inicia iniciam abre abrem retoma termina terminam acaba fecha fecham|começou começaram começado iniciou iniciaram iniciado abriu abriram aberto aberta retomou terminou terminaram terminado acabou fechou fecharam fechado"
        "§begint beginnen start starten opent openen hervat eindigt eindigen sluit sluiten|begon begonnen startte startten gestart opende openden geopend hervatte eindigde eindigden geëindigd sloot sloten gesloten"
    ).items()
}
# What is going on now, and the verbs that say that it was done.
_GOING_ON: Final = {
    lang: re.compile(rf"(?<!\w)(?:{words})(?!\w)")
    for lang, words in by_language(
        r"(?:is|are|am) \w{2,}ing§(?:ist|sind) (?:gerade )?dabei§(?:est|sont) en train§est(?:á|án|oy|amos) \w+ndo"
        r"§st(?:a|anno|o|iamo) \w+ndo§est(?:á|ão|ou|amos) (?:\w+ndo|a \w+r)§(?:is|zijn) (?:aan het|bezig)"
    ).items()
}
_DONE: Final = {
    lang: re.compile(words)
    for lang, words in by_language(
        r"(?:has|have|had) \w+|\w+ed§(?:hat|haben|ist|sind) \w+§(?:a|ont|est|sont) \w+§h(?:a|an) \w+[dt]o|\w+(?:ó|aron|ieron)"
        r"§(?:ha|hanno|è|sono) \w+t[oaie]§\w+(?:ou|aram|eu|eram|iu|iram)§(?:heeft|hebben|is|zijn) \w+"
    ).items()
}
# "Police are asking", "police have asked": the appeal still stands.
_APPEALS: Final = frozenset("ask urge appeal call warn demand".split())
# What somebody or something is or has, and what it was or had.
_STATES: Final = {
    lang: tuple(frozenset(words.split()) for words in pair.split("|"))
    for lang, pair in by_language(
        "is are has have|was were had§ist sind hat haben|war waren hatte hatten§est sont a ont|était étaient avait avaient"
        "§es son está están|era eran fue fueron estaba estaban§è sono ha hanno|era erano fu furono aveva avevano"
        "§é são está estão tem têm|era eram foi foram estava estavam tinha tinham§is zijn heeft hebben|was waren had hadden"
    ).items()
}
# Verbs for where or how somebody or something is, in base forms.
_STATE_VERBS: Final = words_by_language(
    "remain stay live lie face§sitzen liegen leben bleiben wohnen stehen gelten§rester vivre demeurer§seguir permanecer vivir continuar"
    "§restare rimanere vivere§permanecer continuar viver morar§zitten vastzitten liggen blijven wonen leven"
)
_PARTICIPLE: Final = re.compile(
    r"\w{2,}(?:ée?s?|[aií]d[oa]s?|[aiu]t[oaie]|ed)|(?:\w{0,4}ge|be|ver|ent|ont)\w{2,}(?:en|t|d)"
)
_SAID: Final = {
    lang: frozenset(words.replace("|", " ").split()) - function_words.SMALL[lang] for lang, words in SAYING.items()
}


def is_now_done(
    sides: tuple[Sequence[str], Sequence[str]], alone: tuple[AbstractSet[str], AbstractSet[str]], lang: str
) -> bool:
    """Return whether one side describes a stage or an action that comes or goes on, and the other one that is done.

    "The trial begins", "the trial began"; "is travelling", "has flown". Of other verbs, headlines say in the present
    what was done ("man dies", "man died"), and so does who reports: "says", "said".

    Args:
        sides: the words of both sides, in lower case.
        alone: those that each side alone has.
        lang: one of `lexicon.LANGUAGES`.
    """
    return any(_is_done_of(sides, alone, now, lang) for now in (0, 1))


def _is_done_of(
    sides: tuple[Sequence[str], Sequence[str]], alone: tuple[AbstractSet[str], AbstractSet[str]], now: int, lang: str
) -> bool:
    here, there = alone[now], alone[1 - now]
    coming, done = _STAGES[lang]
    if not coming.isdisjoint(here) and not done.isdisjoint(there):
        return done.isdisjoint(here)
    if not _SAID[lang].isdisjoint(there) or any(lemma(word, lang) in _APPEALS for word in there):
        return False
    going_on = _GOING_ON[lang]
    found = [match for match in going_on.finditer(" ".join(sides[now])) if not here.isdisjoint(match[0].split())]
    return (
        bool(found)
        and not going_on.search(" ".join(sides[1 - now]))
        and any(
            _DONE[lang].fullmatch(words)
            for words in (*there, *(f"{a} {b}" for a, b in pairwise(sides[1 - now]) if b in there))
        )
    )


def in_another_tense(edits: Sequence[WordEdit], words: Sequence[str], lang: str) -> tuple[int, int]:
    """Count where another tense is all that was edited of what somebody or something is: "is in custody", "was".

    In the passive and the perfect, and after a verb of saying, another tense may say the same: "she said he is", "was".

    Args:
        edits: how the words differ.
        words: those of the old side, in lower case.
        lang: one of `lexicon.LANGUAGES`.

    Returns:
        How many there are, and how many of them may say something else.
    """
    found = doubtful = 0
    for edit in edits:
        if len(edit.old) == len(edit.new) == 1 and _is_other_tense(edit.old[0].lower(), edit.new[0].lower(), lang):
            found += 1
            doubtful += _SAID[lang].isdisjoint(words[: edit.old_start]) and not _is_auxiliary(
                words, edit.old_start, lang
            )
    return found, doubtful


def _is_other_tense(old: str, new: str, lang: str) -> bool:
    now, then = _STATES[lang]
    if (old in now and new in then) or (old in then and new in now):
        return True
    # "Sits", "sat" are of one verb; "sit", "sits" are of one tense.
    if old[0] != new[0]:
        return False
    short, long = sorted((old, new), key=len)
    is_agreement = long.startswith(short) and long[len(short) :] in {"s", "n", "t", "nt", "en", "m"}
    return not is_agreement and lemma(old, lang) in _STATE_VERBS[lang] and lemma(new, lang) == lemma(old, lang)


def _is_auxiliary(words: Sequence[str], at: int, lang: str) -> bool:
    """Return whether the verb at a place is one of the passive or the perfect: "is arrested", but not "está detenido"."""
    if words[at] not in (_STATES[lang][0] | _STATES[lang][1]) or (lang in {"es", "pt"} and words[at].startswith("est")):
        return False
    # In German and Dutch, the participle comes at the end.
    return any(
        _PARTICIPLE.fullmatch(word) or (lang == "en" and lemma(word, lang) != word and not word.endswith("ing"))
        for word in (words[at + 1 :] if lang in {"de", "nl"} else words[at + 1 : at + 2])
    )


def time_to_come(word: str, lang: str) -> str:
    """Return "future" or "conditional" for a verb in lower case that has such an ending, and "" for another word."""
    known = _TO_COME.get(lang)
    found = known.fullmatch(word) if known else None
    if found is None:
        return ""
    base, stem = lemma(word, lang), found["stem"]
    # Italian verbs in -are have an e before the ending: parlare, parlerà.
    infinitives = {base, base[:-3] + "ere"} if lang == "it" else {base, base.removesuffix("e")}
    if _STEMS.fullmatch(stem) is None and infinitives.isdisjoint({stem, stem + "e"}):
        return ""
    return "conditional" if found["ending"] in _CONDITIONAL else "future"


def is_to_come(low: Sequence[str]) -> bool:
    """Return whether English words in lower case hold "is to", as in "is to meet"."""
    return any(low[k - 1] in {"is", "are", "was", "were"} for k, word in enumerate(low) if word == "to" and k)


def infinitives_lost(edits: Sequence[WordEdit], sides: tuple[Sequence[str], Sequence[str]]) -> tuple[int, int]:
    """Count English infinitives in whose place the verb says what is now or was: "Biden to sell", "Biden sells".

    Right after a name that leads a headline it is the future; elsewhere it may be a purpose ("Law to ban", "Law bans").

    Returns:
        How many there are on one side alone, and how many of them are surely the future.
    """
    found = certain = 0
    places = [(e.old, e.new, sides[0], e.old_start) for e in edits]
    places += [(e.new, e.old, sides[1], e.new_start) for e in edits]
    for to_come, done, words, at in places:
        subject, verb = words[:at], words[at + 1].lower() if words[at + 1 :] else ""
        if to_come[:1] == ("to",) and to_come[1:] and done and not done[0].endswith("ing"):
            now = done[0].lower()
            is_done = verb != now and lemma(now, "en") == verb
            found += is_done
            certain += is_done and bool(subject) and all(is_unknown(w, "en") or is_surely_place(w) for w in subject)
        elif to_come == ("to",) and not done and [e.old + e.new for e in edits].count(to_come) == 1:
            # "Schools to close", "Schools close"
            is_verb = verb not in function_words.SMALL["en"] and is_word(verb, "en") and lemma(verb, "en") == verb
            found += is_verb and not any(lemma(word, "en") in _WITHOUT_TO for word in subject)
    return found, certain

"""Tell cheaply which texts have the words of a notice: the others are measured no further.

The sets of words here are for this look alone. The model knows the meanings of `vocabulary.py` only, so a word added
here does not change its weights.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from .features import SHORT_CHARS, TOKEN
from .vocabulary import meanings

_MAX_BRIEF_CHARS: Final = 100
# A notice refers to a text, to those who made it or to what is in it, …
_OF_TEXTS: Final = frozenset(
    ("TEXT,US,LABEL,this,our,published,name,datum,reply,press,clock,month,craft,ordinal,number").split(",")
)
# … and of what was wrong or is changed.
_OF_EDITS: Final = frozenset(
    (
        "EDIT,FAULT,LABEL,regret,fictitious,developing,contrary,earlier,at first,read as,alerted,thanks,more,request"
        ",protect,in truth,stated,wrote,put,closed,readers,before,note,added,after,since"
    ).split(",")
)
# Any of these is enough for a closer look.
_OF_NOTICES: Final = frozenset(
    "warning,asks to state,interest,alerted,misstated,developing,contrary,regret,correction".split(",")
)
# "It was 14, not 41": a detail and a denial are enough, too.
_OF_DETAILS: Final = frozenset({"datum", "name", "we", "we verb", "we have"})
# In a brief text, which has few words, any of these is enough: "The date of the vote was wrong."
_OF_BRIEF_NOTICES: Final = frozenset(
    "EDIT,FAULT,this,our,press,we verb,we have,display,published,version,part,by mistake,ordinal,stated".split(",")
)
# Words that the model needs no meaning for. In a brief text, one on who wrote it, on a name that is none, on a live
# text, or on what is new, is enough.
_OF_BRIEF_NOTES: Final = frozenset(
    (
        "author author's writer writer's reporter reporter's autor autors autorin auteur auteurs auteure autrice autora"
        " autore verfasser verfasserin journalista giornalista periodista schrijver schrijfster verslaggever disclosure"
        " offenlegung transparence trasparenza pseudonym pseudonyme pseudónimo pseudônimo seudónimo pseudonimo"
        " pseudoniem pardon oops zahlendreher neu nuevo nouveau novità novo nieuw postscript post-scriptum adenda"
        " integrazione directo diretta"
    ).split()
)
# Something was missing, or a dispatch is called back: with a word on texts, this is enough.
_LACKING: Final = frozenset(
    (
        "missing omitted forgot credited fehlt fehlte fehlten vergaß vergessen manquait manquaient oubliait oublié omis"
        " faltaba faltaban omitió olvidó olvidaba mancava mancavano dimenticava saltata omesso faltou faltava faltavam"
        " esqueceu omitiu ontbrak ontbraken vergat vergeten annulation annule annulla anula anulada annulliert"
    ).split()
)
# "Lawyers ask us to state", "we should have mentioned": with "we" or "us".
_TO_STATE: Final = frozenset(
    (
        "ask wants mention mentioned prie prient mentionner prega pregano menzionare ruega mencionar bittet bitten"
        " erwähnen wil willen vermelden"
    ).split()
)
# "They have other names here."
_OTHER: Final = frozenset(
    "other another andere anderen anderem autre autres otro otros altro altri outro outros".split()
)
# "In the portrait on page 4 …": how a paragraph begins that refers to a text in its first words.
_IN: Final = frozenset("in im en dans no na num numa nel nell nella nello sur auf on op an".split())
_OF_ONE_TEXT: Final = frozenset("piece,format,display,picture,version,part".split(","))
_PLACE_WORDS: Final = 5
# The sorts of words that the first look tells apart, as bits.
_TEXT, _EDIT, _NOTICE, _DETAIL, _DENIAL, _BRIEF = 1, 2, 4, 8, 16, 32
_LACK, _STATE, _WE, _ELSE, _NAMED, _THANKS, _READERS, _ONE_TEXT = (64 << n for n in range(8))
_SORTS: Final = (
    (_TEXT, _OF_TEXTS),
    (_EDIT, _OF_EDITS),
    (_NOTICE, _OF_NOTICES),
    (_DETAIL, _OF_DETAILS),
    (_DENIAL, frozenset({"not"})),
    (_BRIEF, _OF_BRIEF_NOTICES),
    (_WE, frozenset({"we"})),
    (_NAMED, frozenset({"name", "fictitious"})),
    (_THANKS, frozenset({"thanks"})),
    (_READERS, frozenset({"readers"})),
    (_ONE_TEXT, _OF_ONE_TEXT),
)
_SORTS_OF_WORDS: Final = ((_BRIEF, _OF_BRIEF_NOTES), (_LACK, _LACKING), (_STATE, _TO_STATE), (_ELSE, _OTHER))


def _bits_by_name(sorts: tuple[tuple[int, frozenset[str]], ...]) -> dict[str, int]:
    """Return the bits of all sorts that have a name or word, by it."""
    return {name: sum(bit for bit, names in sorts if name in names) for _, all_names in sorts for name in all_names}


_BITS_BY_MEANING: Final = _bits_by_name(_SORTS)
_BITS_BY_WORD: Final = _bits_by_name(_SORTS_OF_WORDS)
# Sorts that are enough together.
_PAIRS: Final = (_DETAIL | _DENIAL, _LACK | _TEXT, _STATE | _WE, _ELSE | _NAMED, _THANKS | _READERS)


def may_be_notice(text: str) -> bool:
    """Say cheaply whether `text` has words of the sorts without which hardly a text is taken for a notice."""
    tokens = text.lower().split()
    found = 0
    for token in tokens:
        found |= _sorts(token)
    is_brief = len(text) < _MAX_BRIEF_CHARS
    if found & _NOTICE or (is_brief and (found & _BRIEF or text.startswith("("))):
        return True
    if found & _EDIT and (found & _TEXT or len(text) < SHORT_CHARS):
        return True
    return any(found & pair == pair for pair in _PAIRS) or (bool(found & _ONE_TEXT) and _begins_in_text(tokens))


def _begins_in_text(tokens: list[str]) -> bool:
    """Return whether the first of the words names a text as a place: "In the portrait", "Nell'articolo"."""
    first = TOKEN.match(tokens[0])
    return first is not None and first[0] in _IN and any(_sorts(token) & _ONE_TEXT for token in tokens[:_PLACE_WORDS])


@lru_cache(maxsize=16_384)
def _sorts(token: str) -> int:
    """Return of which sorts the words of a token are, as bits."""
    bits = 0
    for word in TOKEN.findall(token):
        bits |= _BITS_BY_WORD.get(word, 0)
        for name in meanings(word):
            bits |= _BITS_BY_MEANING.get(name, 0)
    return bits

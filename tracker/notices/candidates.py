# ruff: noqa: E501 - a list of words is read by its heading, not by its line ends
"""Tell cheaply which lines begin as notices do: most do not, and are measured no further."""

from __future__ import annotations

import re
from typing import Final

from .openings import read_opening
from .vocabulary import words_for

# What the first words of a notice inside the news text refer to.
_OPENING_WORDS: Final = words_for(
    *"piece,display,version,picture,part,we have,error,craft,read as,contrary,alerted,readers,wrong".split(",")
)
_OPENING_CHARS: Final = 48
_WORD: Final = re.compile(r"[^\W\d_]+")
_AFTER_LATIN: Final = "\u0370"
_FIRST_LETTERS: Final = re.compile(r"\W{0,4}(\w{1,4})")
# The first three letters of labels and of wires' notes, except those in other scripts than Latin.
_LABEL_LETTERS: Final = frozenset(
    (
        "upd upg add ads cor rec rew rem cla fix del ref rep res cha dro top wri wra rpt sub ins com com akt erg kor act aña agg agr atu acr amp acl"
        " mod ajo err ber ric fe ret ret rät oik spr düz opr hel kla prä pré pre chi esc ver för wyj açı edi ed pub pro not nb n hin anm eig in"
        " tra ndl nd noo opm red od for upp opp opd gün tid bij aan rec ver her nas voe neu nie new gen voo zur zum à mea ed story sto mat nac toe eds"
        " don ond dov sta waa for es au dir dis dec ful las lat let últ ult laa maj fou wic geg dro"
    ).split()
)
# What else begins a notice inside the news text: a sentence on the text at hand.
_OPENS_ON_TEXT: Final = re.compile(
    r"\W{0,3}(?:(?:in )?(?:an?|the|our) (?:earlier|previous|prior|original|initial) |(?:this|our) (?:\w+ )?(?:story|article|post|piece|column|report|version)\b"
    r"|(?:in )?(?:der|einer?) (?:früher|erst|ursprüng|vorher)|dieser? (?:artikel|text|beitrag|meldung|bericht)\b|(?:dans )?une (?:première|précédente|version)"
    r"|(?:cet|cette|ce) (?:article|texte|dépêche)\b|(?:en )?una (?:primera )?(?:versión|anterior)|est[ea] (?:artículo|noticia|texto|información|nota)\b"
    r"|(?:in )?una (?:prima|precedente|versione)|quest(?:o |'|’)(?:articolo|testo)|(?:em |n)?uma (?:primeira |)versão|est[ea] (?:texto|reportagem|matéria|artigo)\b"
    r"|(?:in )?een eerdere|dit (?:artikel|bericht|stuk)\b|we (?:wrote|said|previously|originally|incorrectly|got|regret|have (?:corrected|updated|changed|removed))\b|wir (?:haben|hatten) )",
    re.IGNORECASE,
)


def may_begin(text: str) -> bool:
    """Return whether `text` begins as notices inside the news text do: a look at its first words."""
    return (
        _has_label_letters(text)
        or not _OPENING_WORDS.isdisjoint(_WORD.findall(text[:_OPENING_CHARS].lower()))
        or opens_on_text(text)
    )


def opens_on_text(text: str) -> bool:
    """Return whether `text` begins as a sentence on the text at hand: "An earlier version of …"."""
    return _OPENS_ON_TEXT.match(text) is not None


def begins_with_label(text: str) -> bool:
    """Return whether `text` begins with a label that alone makes a notice, or as a wire's note."""
    if not _has_label_letters(text):
        return False
    opening = read_opening(text, text.lower().replace("’", "'"))
    return opening.is_certain or opening.label not in {"", "weak"}


def _has_label_letters(text: str) -> bool:
    first = _FIRST_LETTERS.match(text)
    prefix = first[1][:3].lower() if first is not None else ""
    return prefix in _LABEL_LETTERS or prefix >= _AFTER_LATIN or text.startswith(("(", "["))

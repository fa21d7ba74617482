"""How lines of the house, promos and credits can begin: a look at three letters spares most lines the patterns.

`phrases` holds the patterns; its tests make texts from them and find what is missing here.
"""

from __future__ import annotations

from typing import Final

HOUSE: Final = frozenset(
    (
        "abg abo adv all anm ann anz arc art ass bac bec cat cla cli clo com con cop cre dam dow dru ema ena enj eti"
        " fac feh fil fol for gef get gif got hab hav hie ich ins isc jet joi kat kom les lik lin lis loa log mai mel"
        " men mer mor nac new opi our par pau per pin pla ple pos pri pro pub rea red reg rek sav sch see sen sha sig"
        " ski spo sta sto sub sup sus tag tap tei tem tex the thi tie tod tou tut twe twi vor wan wer wha wir you zum"
    ).split()
)
PROMO: Final = frozenset(
    (
        "als ana auc bun cit cli con czy das dev dig don emp exp fol fro gua hin ilg int kee kom lea lee leg lei les"
        " lie lir lis liv lue meh mir mor mos not olv opi pas pho pod pou pue rea rec rel sai see sie sig sur tam top"
        " tre ved vej ver vid voi wat wei wha you zob zum"
    ).split()
)
CREDIT: Final = frozenset(
    ("add ass ave bil com cop cre edi fon fot fue gra ill ima mit pho pic que red rep sou tex tra wit wri").split()
)


def may_begin(text: str, known: frozenset[str]) -> bool:
    """Say whether *text* begins as one of *known*, or with anything but three plain letters."""
    head = text[:3]
    return not (head.isascii() and head.isalpha() and len(head) == 3) or head.lower() in known

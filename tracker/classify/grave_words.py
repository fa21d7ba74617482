# ruff: noqa: E501 - a list of stems is read by its heading, not by its line ends
"""The words of what matters most to readers: death and injury, guilt, danger, money, war, who holds an office.

They rank edits, and decide nothing else: an edit with such a word is shown before others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

# Beginnings of words, in English, German, French, Spanish, Italian, Portuguese and Dutch.
_STEMS: Final = (
    "kill dead death die died dies dying murder manslaughter suicid injur wound hurt victim casualt fatal hostage rape assault attack shoot shot bomb explo arrest detain charg convict guilt acquit sentenc jail prison suspect accus alleg fraud abus crim terror coup war invasion invade missile nuclear evacuat warn danger risk threat toxic poison recall vaccin dose overdos resign sack fired elect win wins won beat beats defeat lose lost collapse crash bankrupt ceasefire surrender fled flee protest ban banned illegal"
    " tot tote toten getötet töte gestorben starb mord totschlag verletz opfer geisel vergewaltig angriff angegriffen anschlag schuss schüsse bombe explo festgenommen verhaftet angeklagt verurteilt schuldig freigesprochen haft gefängnis verdächtig betrug missbrauch gewalt terror putsch krieg rakete evakuier warn gefahr risiko gift impf dosis rücktritt zurückgetreten entlassen gewählt gewinn siegt niederlage absturz unfall insolvenz"
    " mort morts tué décès bless victime otage viol agress attaqu attentat arrêté inculp condamn coupable acquitt prison soupçon accus fraude abus guerre missile évacu danger risque toxique démission élu vainc défaite"
    " muert mató matar falleci herid víctima rehén violaci ataque atentado detenid acusad condenad culpable absuelt cárcel prisión fraude abuso guerra misil evacua peligro riesgo dimisi dimite elegid gana pierde derrota"
    " uccis morto morti mort ferit vittim ostagg stupro aggress attacc attentato arrestat accusat condannat colpevol assolt carcere frode guerra missile evacua pericol rischi dimission elett vinc sconfitt"
    " morte mortos matou ferid vítima refém estupro ataque atentado preso presa acusad condenad culpad absolvid prisão fraude guerra míssil perigo risco renúnci demiss eleit vence derrota"
    " dood doden gedood gewond slachtoffer gijzel verkracht aanval aanslag gearresteerd aangehouden aangeklaagd veroordeeld schuldig vrijgesproken gevangenis verdacht fraude oorlog raket gevaar risico ontslag gekozen wint verliest"
).split()
_GRAVE: Final = re.compile("|".join(sorted(map(re.escape, set(_STEMS)), key=len, reverse=True)))
_MONEY: Final = re.compile(r"[$€£¥₹]|million|billion|milliard|millon|miljoen|miljard|bn")


def is_grave(words: Iterable[str]) -> bool:
    """Say whether one of *words*, in lower case, is about what matters most."""
    return any(_GRAVE.match(word) or _MONEY.match(word) for word in words)

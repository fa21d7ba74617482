# ruff: noqa: E501 - a list of words is read by its heading, not by its line ends
"""The words of what matters most to readers: death and injury, guilt, danger, money, war, who holds an office.

An edit with such a word is ranked before others, and is never called mere wording.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from .lemmas import lemma
from .lexicon import by_language

# Base forms, and beginnings of words, which end in "*". A short one would begin other words too: "win", "window". English
# has all forms, so that most changes need no lexicon: it takes a quarter of a second to load.
_WORDS: Final = by_language(
    "kill* missing dead death* die dies died dying murder* manslaughter manslaughters suicid* injur* wound* hurt hurts hurting victim* casualt* fatal* hostage* rape rapes raped raping assault* attack* shoot shoots shooting shootings shot shots bomb* explo* arrest* detain* charg* convict* guilt* acquit* sentenc* jail jails jailed jailing prison* suspect* accus* alleg* fraud* abus* crime crimes crimin* terror* coup coups war wars warring warfare warship warships invasion* invade* missile* nuclear evacuat* warn* danger* risk* threat* toxic poison* recall* vaccin* dose doses dosed dosing overdos* resign* sack sacks sacked sacking sackings fired elect elects elected electing election* win wins won winning beat beats beaten defeat* lose loses losing loss losses lost collaps* crash* bankrupt* ceasefire* surrender* flee flees fled fleeing ban bans banned banning illegal*"
    "§vermisst* tot tote toter toten tod todes* todesopfer getötet* tötet* gestorben* sterben starb mord ermord* mörder* totschlag* verletz* opfer* geisel* vergewaltig* angriff* angegriffen* anschlag* schuss schüsse bombe* explo* festgenommen* festnahme* verhaft* angeklagt* verurteil* schuldig* freigesprochen* haft inhaftiert* gefängnis* verdächtig* betrug* missbrauch* gewalt* terror* putsch* krieg kriegs* rakete* evakuier* warnen warnung* gefahr* gefährlich* risiko* gift giftig* impfen impfung* impfstoff* dosis rücktritt* zurückgetreten* entlassen* gewählt* gewinn* gewonnen siegt* siegen niederlage* absturz* abgestürzt* unfall* unfälle* insolvenz*"
    "§disparu* mort morts mortel* tuer tué tués décès décéder bless* victime* otage* viol violer viols agress* attaqu* attentat* arrêter arrêté arrestation* inculp* condamn* coupable* acquitt* prison* soupçon* accus* fraud* abus guerre* missile* évacu* danger* risque* toxique* démission* élire élu élue vainc* vainqueur* défaite*"
    "§desaparecid* muert* morir mató matar falleci* fallecer herid* víctima* rehén* violaci* ataque* atentado* detenid* acusad* condenad* culpable* absuelt* cárcel* prisión fraude* abuso* guerra* misil* evacua* peligro* riesgo* dimisi* dimitir dimite elegid* elegir ganar perder derrota*"
    "§dispers* decedut* uccis* uccidere morto morti morire morte feriti ferito ferire vittim* ostagg* stupro aggress* attacc* attentato* arrestat* accusat* condannat* colpevol* assolt* carcere frode guerra* missile* evacua* pericol* rischi* dimission* eletto vincere vince perdere sconfitt*"
    "§desaparecid* faleci* morte mortos morto morrer matou matar ferid* vítima* refém* estupro* ataque* atentado* preso presa acusad* condenad* culpad* absolvid* prisão fraude* guerra* míssil* perigo* risco* renúnci* demiss* eleit* eleger vencer perder derrota*"
    "§vermist* omgekomen overleden overlijd* moord* vermoord* dood doden sterven gedood* gewond* slachtoffer* gijzel* verkracht* aanval* aanslag* gearresteerd* aangehouden* aangeklaagd* veroordeeld* schuldig* vrijgesproken* gevangenis* verdacht* fraude* oorlog* raket* gevaar* gevaarlijk* risico* ontslag* verkiezing* gekozen winnen winst verliezen verlies*"
)
_WHOLE: Final = {lang: frozenset(word for word in words.split() if word[-1] != "*") for lang, words in _WORDS.items()}
_BEGINNINGS: Final = {
    lang: tuple(word[:-1] for word in words.split() if word[-1] == "*") for lang, words in _WORDS.items()
}
_MONEY: Final = re.compile(
    r"[$€£¥₹]|\d*(?:millions?|billions?|milliarden?|millionen|millones|milioni|milhões|miljoen|miljard|bn)$"
)
MAX_KNOWN_WORDS: Final = 1 << 15
"""How many words are remembered, as grave or not."""


def is_grave(words: Iterable[str], lang: str) -> bool:
    """Return whether one of `words`, in lower case, is about what matters most.

    Args:
        words: the words.
        lang: one of `lexicon.LANGUAGES`.
    """
    return count_grave(words, lang) > 0


def count_grave(words: Iterable[str], lang: str) -> int:
    """Return how many of `words`, as in `is_grave`, are about what matters most."""
    return sum([_is_grave_word(word, lang) for word in words])


@lru_cache(maxsize=MAX_KNOWN_WORDS)
def _is_grave_word(word: str, lang: str) -> bool:
    if word.startswith(_BEGINNINGS[lang]) or word in _WHOLE[lang] or _MONEY.match(word):
        return True
    return lang != "en" and lemma(word, lang) in _WHOLE[lang]

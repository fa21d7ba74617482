# ruff: noqa: E501 - a list of words is read by its heading, not by its line ends
"""The closed classes of seven languages: words that carry grammar, and words of time to come.

These classes do not grow, so a list of each is complete in a way that no list of content words can be.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from .lexicon import by_language, words_by_language

# Articles, pronouns, auxiliaries, relative words and conjunctions that only join.
GRAMMAR: Final = words_by_language(
    "a an the and that which who whom whose this these those there here then so too also as than it its it's he she his her him they them their theirs we us our you your i me my "
    "is are was were be been being am has have had having do does did 's s 're 've 'm ’s itself himself herself themselves while where when what if whether v vs"
    "§der die das den dem des ein eine einen einem einer eines und dass daß welche welcher welches dieser diese dieses diesen diesem er sie es ihr ihre ihren ihrem ihrer ihres sein seine seinen seinem seiner seines deren dessen wir uns unser unsere ich mich mir man sich "
    "ist sind war waren bin sei seien wäre hat haben hatte hatten habe wurde wurden werden worden geworden da dann so auch als wie wo wobei wenn während denen zu jetzt nun"
    "§le la les l un une des du de d c j m n s t et que qu jusqu lorsqu puisqu quelqu qui dont ce cet cette ces c il elle ils elles lui leur leurs son sa ses on nous vous je me se s y en où lequel laquelle lesquels lesquelles "
    "est sont était étaient été être suis a ont avait avaient eu avoir fut furent ainsi aussi puis alors comme lorsque quand ceci cela"
    "§el la los las un una unos unas y e que quien quienes cual cuales cuyo este esta estos estas ese esa eso esos esas lo le les se su sus él ella ellos ellas nos nosotros yo me mi "
    "es son era eran fue fueron ser sido está están estaba ha han había habían haber así también cuando como donde"
    "§il lo la i gli le l c d m s t v un uno una e ed che chi cui quale quali questo questa questi queste quest quello quella quell quelli quelle si suo sua suoi sue loro lui lei noi ci vi io mi "
    "è sono era erano stato stata stati state essere ha hanno aveva avevano avuto così anche quando come dove"
    "§o a os as um uma uns umas e que quem qual quais cujo este esta estes estas esse essa isso esses essas se seu sua seus suas ele ela eles elas nós nos eu me "
    "é são era eram foi foram ser sido está estão estava tem têm tinha tinham ter assim também quando como onde"
    "§de het een en dat die dit deze wie wat welke waar er hij zij ze hem haar hun zijn ons onze wij we ik mij men zich u uw "
    "is zijn was waren ben geweest heeft hebben had hadden werd werden wordt worden geworden dan zo ook als toen daar hier"
)
"""Words that may be added, dropped or exchanged without a change of what is said."""
PREPOSITIONS: Final = words_by_language(
    "of in on at to by with from for into onto upon during within via per through towards toward amid among amongst along"
    "§in im an am auf von vom zu zum zur bei beim mit für aus um ums ans ins durch über"
    "§à au aux en dans par pour sur avec chez lors"
    "§de del a al en con por para sobre durante"
    "§di del della dei delle dello degli dell a al alla ai alle allo agli all in nel nella nei nelle nell nello negli con per da dal dalla dai dalle dallo dagli dall su sul sulla sull sulle sui sugli sullo tra fra col coll coi"
    "§de do da dos das em no na nos nas a ao à aos às com por pelo pela para sobre durante"
    "§van in op aan bij met voor uit door over om te tot"
)
"""Words that may be added or dropped so; exchanged for one another, the sentence is worded otherwise."""
# A verb of these puts what follows into the future; the same statement without it says that it happens or happened.
FUTURE: Final = words_by_language(
    "will would shall 'll won't going§wird werden würde würden soll sollen§va vont ira iront sera seront§va van irá será serán"
    "§sarà saranno verrà verranno§vai vão irá será serão§zal zullen zou zouden gaat gaan"
)
"""Words by which a statement is one of what is to come."""
# Personal and possessive pronouns of one language, by whom they stand for: "he/him/his she/her". German and French
# possessives agree with what is owned, and are left out where they do not tell the owner.
_PRONOUNS: Final = by_language(
    "he/him/his/himself she/her/hers/herself they/them/their/theirs/themselves we/us/our/ours/ourselves i/me/my/mine/myself"
    "§er/ihm/ihn/sein/seine/seinen/seinem/seiner/seines sie/ihr/ihre/ihren/ihrem/ihrer/ihres wir/uns/unser/unsere/unseren ich/mir/mich/mein/meine/meinen"
    "§il elle ils/eux elles nous/notre/nos je/moi/mon/ma/mes§él ella ellos ellas nosotros/nuestro/nuestra yo/mi§lui lei loro noi/nostro/nostra io/mio/mia"
    "§ele ela eles elas nós/nosso/nossa eu/meu/minha§hij/hem/zijn zij/ze/haar wij/we/ons/onze ik/mij/mijn"
)
# Articles of two genders, in pairs: with the other one, "le maire" is somebody else.
_GENDERS: Final = by_language("§§le/la un/une§el/la un/una los/las§il/la lo/la un/una i/le gli/le§o/a os/as um/uma§")
# Words of degree and emphasis, "now" and "however": left out, they take little from what is said.
EMPHASIS: Final = words_by_language(
    "very extremely hugely highly greatly really quite rather just even ever still already now currently also too again simply actually more most huge massive however nevertheless nonetheless moreover furthermore"
    "§sehr äußerst überaus höchst wirklich ganz ziemlich gerade sogar noch schon bereits jetzt nun derzeit aktuell auch wieder riesig riesige riesigem riesigen riesiger jedoch allerdings dennoch zudem"
    "§très extrêmement vraiment assez même encore déjà toujours maintenant actuellement aussi simplement énorme énormes cependant toutefois néanmoins"
    "§muy extremadamente realmente bastante incluso aún todavía ya ahora actualmente también simplemente enorme enormes además"
    "§molto estremamente davvero piuttosto perfino ancora già ora adesso attualmente anche semplicemente enorme enormi tuttavia però inoltre"
    "§muito extremamente realmente bastante até ainda já agora atualmente também simplesmente enorme enormes porém contudo entretanto"
    "§zeer heel erg uiterst echt vrij zelfs nog al reeds nu momenteel ook gewoon enorm enorme echter bovendien"
)
"""Words of degree and emphasis."""
WHEN: Final = words_by_language(
    "before after during since until till while§vor nach während seit bis bevor nachdem§avant après pendant depuis jusque jusqu'à"
    "§antes después tras durante desde hasta mientras§prima dopo durante da fino mentre§antes depois após durante desde até enquanto"
    "§voor na tijdens sinds tot terwijl nadat voordat"
)
"""Words that tell when something is by something else."""
COPULAS: Final = words_by_language(
    "is are was were be been being seems seemed remains remained looks looked§ist sind war waren sei bleibt blieb wirkt wirkte"
    "§est sont était étaient fut furent semble semblait reste restait§es son era eran fue fueron está están estaba estaban parece seguía"
    "§è sono era erano fu furono sembra resta§é são era eram foi foram está estão estava estavam parece"
    "§is zijn was waren bleef blijft lijkt leek"
)
"""Verbs before what somebody or something is."""
RELATIVES: Final = words_by_language(
    "who whom whose which that§der die das dem den deren dessen welcher welche welches§qui que qu dont où§que quien quienes cuyo cuya"
    "§che cui§que quem cujo cuja§die dat wie wiens"
)
"""Words that a relative clause begins with."""
PRONOUNS: Final = {
    lang: {word: n for n, group in enumerate(groups.split()) for word in group.split("/")}
    for lang, groups in _PRONOUNS.items()
}
"""The pronouns that show whom they stand for, each with a number that those of the same person share."""
GENDERS: Final = {
    lang: frozenset(frozenset(pair.split("/")) for pair in pairs.split()) for lang, pairs in _GENDERS.items()
}
"""Pairs of articles that differ in gender."""
LIST_JOINTS: Final = {
    lang: words.union("&,;/|")
    for lang, words in words_by_language(
        "and or nor§und oder sowie§et ou ni§y e o u ni§e ed o né§e ou nem§en of noch"
    ).items()
}
"""Words and marks between the items of a list."""
DIRECTION: Final = re.compile(
    r"(?:north|south)?(?:east|west)(?:ern|wards?)?|(?:north|south)(?:ern|wards?)?|(?:nord|süd)(?:ost|west)?(?:en|lich\w*)?|(?:ost|west)(?:en|lich\w*)"
    r"|(?:nord|sud)(?:-?(?:est|ouest|ovest))?|ouest|ovest|nor(?:te|este|oeste)|sur(?:este|oeste)?|sul|leste|oeste|nordeste|sudeste|sudoeste"
    r"|(?:noord|zuid)(?:oost|west)?(?:en|elijk\w*)?|oost(?:en|elijk\w*)?"
)
"""A point of the compass, in lower case: with another one, it is another place."""
SMALL: Final = {lang: GRAMMAR[lang] | PREPOSITIONS[lang] for lang in GRAMMAR}
"""Words of both kinds; all others are content words."""


def initials(words: Sequence[str], lang: str) -> tuple[str, str]:
    """Return the initials of `words` in capitals, with and without those of grammar: "BOE" and "BE"."""
    large = [word for word in words if word.lower() not in SMALL[lang]]
    return "".join(w[0] for w in words).upper(), "".join(w[0] for w in large).upper()


def share_kept(old: Iterable[str], new: Iterable[str], lang: str) -> float:
    """Return the share of the content words of two texts, in lower case, that both have, 0 to 1; 1 if neither has any."""
    before, after = set(old) - SMALL[lang], set(new) - SMALL[lang]
    return len(before & after) / len(before | after) if before or after else 1.0

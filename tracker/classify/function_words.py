# ruff: noqa: E501 - a list of words is read by its heading, not by its line ends
"""The closed classes of seven languages: words that carry grammar, and words of time to come.

These classes do not grow, so a list of each is complete in a way that no list of content words can be.
"""

from __future__ import annotations

from typing import Final

from .lexicon import by_language

# Articles, pronouns, auxiliaries, relative words and conjunctions that only join.
_GRAMMAR: Final = by_language(
    "a an the and that which who whom whose this these those there here then so too also as than it its it's he she his her him they them their theirs we us our you your i me my "
    "is are was were be been being am has have had having do does did 's s 're 've 'm ’s itself himself herself themselves while where when what if whether"
    "§der die das den dem des ein eine einen einem einer eines und dass daß welche welcher welches dieser diese dieses diesen diesem er sie es ihr ihre ihren ihrem ihrer ihres sein seine seinen seinem seiner seines deren dessen wir uns unser unsere ich mich mir man sich "
    "ist sind war waren bin sei seien wäre hat haben hatte hatten habe wurde wurden werden worden geworden da dann so auch als wie wo wobei wenn während denen zu jetzt nun"
    "§le la les l un une des du de d et que qu qui dont ce cet cette ces c il elle ils elles lui leur leurs son sa ses on nous vous je me se s y en où lequel laquelle lesquels lesquelles "
    "est sont était étaient été être suis a ont avait avaient eu avoir fut furent ainsi aussi puis alors comme lorsque quand ceci cela"
    "§el la los las un una unos unas y e que quien quienes cual cuales cuyo este esta estos estas ese esa eso esos esas lo le les se su sus él ella ellos ellas nos nosotros yo me mi "
    "es son era eran fue fueron ser sido está están estaba ha han había habían haber así también cuando como donde"
    "§il lo la i gli le l un uno una e ed che chi cui quale quali questo questa questi queste quello quella quelli quelle si suo sua suoi sue loro lui lei noi ci vi io mi "
    "è sono era erano stato stata stati state essere ha hanno aveva avevano avuto così anche quando come dove"
    "§o a os as um uma uns umas e que quem qual quais cujo este esta estes estas esse essa isso esses essas se seu sua seus suas ele ela eles elas nós nos eu me "
    "é são era eram foi foram ser sido está estão estava tem têm tinha tinham ter assim também quando como onde"
    "§de het een en dat die dit deze wie wat welke waar er hij zij ze hem haar hun zijn ons onze wij we ik mij men zich u uw "
    "is zijn was waren ben geweest heeft hebben had hadden werd werden wordt worden geworden dan zo ook als toen daar hier"
)
_PREPOSITIONS: Final = by_language(
    "of in on at to by with from for into onto upon during within via per through towards toward amid among amongst along"
    "§in im an am auf von vom zu zum zur bei beim mit für aus um ans ins durch über"
    "§à au aux en dans par pour sur avec chez lors"
    "§de del a al en con por para sobre durante"
    "§di del della dei delle dello degli a al alla ai alle allo agli in nel nella nei nelle con per da dal dalla dai dalle su sul sulla tra fra"
    "§de do da dos das em no na nos nas a ao à aos às com por pelo pela para sobre durante"
    "§van in op aan bij met voor uit door over om te tot"
)
# A verb of these puts what follows into the future; the same statement without it says that it happens or happened.
_FUTURE: Final = by_language(
    "will would shall 'll won't going§wird werden würde würden soll sollen§va vont ira iront sera seront§va van irá será serán"
    "§sarà saranno verrà verranno§vai vão irá será serão§zal zullen zou zouden gaat gaan"
)
GRAMMAR: Final = {lang: frozenset(words.split()) for lang, words in _GRAMMAR.items()}
"""Words that may be added, dropped or exchanged without a change of what is said."""
PREPOSITIONS: Final = {lang: frozenset(words.split()) for lang, words in _PREPOSITIONS.items()}
"""Words that may be added or dropped so; exchanged for one another, the sentence is worded otherwise."""
FUTURE: Final = {lang: frozenset(words.split()) for lang, words in _FUTURE.items()}
"""Words by which a statement is one of what is to come."""

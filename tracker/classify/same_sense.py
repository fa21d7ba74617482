# ruff: noqa: E501 - a list of words is read by its heading, not by its line ends
"""Find words and phrases of the news that say the same: "found guilty" and "convicted", "kam ums Leben" and "starb".

Such a list is never complete, and the same phrase may mean more elsewhere. So an edit that exchanges nothing but these
is wording that is not sure, or unclear, but no changed claim.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from . import lexicon
from .lemmas import lemma
from .word_edits import words_of

if TYPE_CHECKING:
    from .facts import Stretch
    from .substance import WordJudgement

# Groups are apart by blanks, phrases of a group by "/", the words of a phrase by "+", forms of a word by ",". What
# differs in law is in no group together: "arrested" and "convicted", "pleaded guilty" and "convicted".
# English has all forms, so that most changes need no lexicon; the other languages have base forms.
_GROUPS: Final = lexicon.by_language(
    "dead/die,dies,died/deceased/lost,lose,loses+life,lives/passed,passes+away/pronounced+dead "
    "injured/wounded/hurt/sustained,suffered+injuries,wounds "
    "shot,shoots+dead/fatally+shot,shoots/shot,shoots+killed/gunned+down "
    "jail/prison jailed/imprisoned/sentenced+jail,prison,years,months/given,gets,handed+sentence,jail,prison/sent+jail,prison "
    "convicted,convicts/found,finds+guilty acquitted,acquits/cleared,clears/found,finds+not+guilty "
    "detained,detains/held,holds/taken,takes,took+custody arrested,arrests/taken,takes,took+custody "
    "resigned,resigns,resign,resigning/quit,quits,quitting/step,steps,stepped,stepping+down/stand,stands,stood,standing+down "
    "sack,sacks,sacked/fire,fires,fired/dismiss,dismisses,dismissed/relieved+duties lay,lays,laid+off/make,makes,made+redundant/cut,cuts+jobs/axe,axes,axed+jobs "
    "reject,rejects,rejected/dismiss,dismisses,dismissed/turn,turns,turned+down/throw,throws,threw,thrown+out "
    "pass,passes,passed/approve,approves,approved/adopt,adopts,adopted/vote,votes,voted+favour,favor "
    "ceasefire,cease-fire/truce made,makes,make+landfall/come,comes,came+ashore/hit,hits+coast,land "
    "demonstrate,demonstrated/protest,protests,protested/take,takes,took+streets/rally,rallied "
    "postpone,postpones,postponed/delay,delays,delayed/put,puts+off/push,pushes,pushed+back call,calls,called+off/cancel,cancels,canceled,cancelled "
    "extinguish,extinguished/put,puts+out set,sets+up/establish,establishes,established/create,creates,created "
    "take,takes,took,taken,taking+effect/come,comes,came,coming+force/enter,enters,entered+force carry,carries,carried+out/conduct,conducts,conducted find,finds,found+out/discover,discovers,discovered/learn,learns,learned "
    "search,searching,searched/look,looking,looked+for/hunt,hunting,hunted take,takes,took,taken+part/participate,participates,participated "
    "take,takes,took,taken+place/happen,happens,happened/occur,occurs,occurred set,sets+fire/torch,torched/set,sets+alight "
    "after/following come,comes,came,coming+after/follow,follows,followed quake/earthquake/tremor strike,strikes,struck/hit,hits win,wins,won/take,takes,took+victory beat,beats/defeat,defeats,defeated "
    "speak,speaks,spoke+out/criticise,criticised,criticize,criticized go,goes,went+missing/disappear,disappeared/vanish,vanished "
    "flee,flees,fled/run,runs,ran+away,off/escape,escapes,escaped withdraw,withdraws,withdrew,withdrawn/pull,pulls,pulled+out break,breaks,broke+down/collapse,collapses,collapsed "
    "probe,probes/inquiry,inquiries,enquiry/investigation,investigations call,calls,called,calling+for/demand,demands,demanded,demanding twister,twisters/tornado,tornadoes,tornados "
    "blast,blasts/explosion,explosions movie,movies/film,films plane,planes/aircraft/jet,jets teen,teens/teenager,teenagers lawyer,lawyers/attorney,attorneys talks/negotiations "
    "pact,pacts/deal,deals/agreement,agreements/accord,accords soldiers/troops nations/countries weapons/arms premier/prime+minister cannabis/marijuana bid,bids/attempt,attempts row,rows/dispute,disputes "
    "apologise,apologised,apologises,apologize,apologized,apologizes/say,says,said+sorry give,gives,gave+way/collapse,collapses,collapsed/burst,bursts blaze/fire"
    "§sterben/versterben/tot/kommen+leben/verlieren+leben/leben+lassen verletzen/verletzt/verwunden/erleiden+verletzung,verletzungen/verletzung,verletzungen+davontragen "
    "haft/gefängnis/freiheitsstrafe verurteilt,verurteilen+haft,gefängnis,freiheitsstrafe/muss,müssen+haft,gefängnis/erhält,bekommt,erhielt,bekam+haftstrafe,haft,jahre "
    "freigesprochen,freisprechen/freispruch zurücktreten,zurückgetreten/treten+zurück/niederlegen+amt/legen+amt+nieder/rücktritt,rücktritts+erklären,einreichen,verkünden/aufgeben+amt/geben+amt+auf "
    "entlassen/feuern/kündigen/hinauswerfen/rauswerfen/freistellen ablehnen/abgelehnt/lehnen+ab/zurückweisen/weisen+zurück/abweisen/weisen+ab/verwerfen "
    "verabschieden/beschließen/annehmen/billigen/stimmen+zu/zustimmen/zugestimmt verschieben/vertagen/verlegen absagen/abgesagt/sagen+ab/streichen "
    "waffenruhe/waffenstillstand/feuerpause löschen/kontrolle+bringen stattfinden/finden+statt/ereignen/geschehen/passieren teilnehmen/nehmen+teil/beteiligen demonstrieren/protestieren/straße,straßen+gehen fliehen/flüchten/ergreifen+flucht"
    "§mourir/mort,mortes,morts,morte/décéder/décédé,décédée,décédés,décédées/perdre,perdu+vie/trouver,trouvé+mort périr,péri/perdre,perdu+vie tuer,tué,tués,tuée,tuées/perdre,perdu+vie/trouver,trouvé+mort blesser/blessé,blessés,blessée,blessées "
    "prison/réclusion/détention condamné,condamnée+prison/écoper,écopé+prison démissionner,démissionné/quitter,quitté+fonction,fonctions,poste/présenter,présenté+démission/donner,donné,remis+démission "
    "licencier,licencié/renvoyer,renvoyé/limoger,limogé rejeter,rejeté,rejetée/débouter,débouté/repousser,repoussé adopter,adopté,adoptée/voter,voté,votée/approuver,approuvé,approuvée reporter,reporté,reportée/repousser,repoussé,repoussée "
    "cessez-le-feu/trêve manifester,manifesté/descendre,descendu+rue avoir+lieu/produire/dérouler/survenir disparaître,disparu/perdre+trace fuir,fui/enfuir,enfui/prendre,pris+fuite"
    "§morir,muerto/fallecer,fallecido/perder,perdido+vida/dejar+vida herir,herido,heridos/lesionar,lesionado,lesionados/resultar+herido,heridos cárcel/prisión dimitir,dimitido/renunciar,renunciado/dejar,dejado+cargo/presentar,presentado+dimisión,renuncia/abandonar+cargo "
    "despedir,despedido/destituir,destituido/cesar,cesado/echar,echado rechazar,rechazado/desestimar,desestimado aprobar,aprobado/adoptar,adoptado aplazar,aplazado/posponer,pospuesto/retrasar cancelar,cancelado/suspender,suspendido tregua/alto+fuego "
    "manifestar/protestar/salir+calle,calles tener+lugar/ocurrir/suceder/producir condenado+cárcel,prisión/sentenciado+cárcel,prisión absuelto,absolver/exonerar,exonerado huir,huyó/dar,darse,dio+fuga/escapar"
    "§morire,morto,morti,morte/decedere,deceduto,deceduti/perdere,perso+vita ferire,ferito,feriti/riportare,riportato+ferita,ferite/rimanere,rimasti,rimasto+ferito,feriti carcere/prigione/reclusione dimettere,dimesso/lasciare,lasciato+incarico/rassegnare,rassegnato+dimissione,dimissioni/presentare,presentato+dimissione,dimissioni "
    "licenziare,licenziato/esonerare,esonerato/cacciare,cacciato respingere,respinto/rigettare,rigettato approvare,approvato/adottare,adottato/varare,varato rinviare,rinviato/posticipare,posticipato annullare,annullato/cancellare,cancellato tregua/cessare,cessate+fuoco "
    "manifestare/protestare/scendere,sceso,scesi+piazza avvenire,avvenuto/accadere,accaduto/verificare fuggire,fuggito/dare,dato+fuga/scappare,scappato"
    "§morrer,morto,mortos/falecer,falecido/perder,perdeu,perderam+vida ferir,ferido,feridos/ficar,ficaram,ficou+ferido,feridos/sofrer,sofreram+ferimento,ferimentos prisão/cadeia demitir,demitiu/renunciar,renunciou/deixar,deixou+cargo/pedir,pediu+demissão/apresentar,apresentou+demissão "
    "despedir/demitir,demitido/exonerar,exonerado/dispensar,dispensado rejeitar,rejeitou/indeferir/negar aprovar,aprovou,aprovado/adotar adiar,adiado/remarcar cancelar,cancelado/suspender trégua/cessar-fogo manifestar/protestar/ir,foram,sair,saíram+rua,ruas ocorrer/acontecer fugir,fugiu/pôs,pôr,pôs-se+fuga/escapar"
    "§sterven,gestorven,stierf,stierven/overlijden,overleden,overleed/dood/komen,kwam,kwamen,gekomen+leven/verliezen,verloren+leven/omkomen,omgekomen gewond/verwonden/raken,raakte,raakten+gewond/oplopen,opgelopen+verwonding,verwondingen gevangenis/cel/celstraf aftreden,afgetreden/treden,trad,treedt+af/ontslag+nemen,nam,neemt,dienen,diende/opstappen,opgestapt/stappen,stapte,stapt+op "
    "ontslaan,ontslagen/ontheffen,ontheven verwerpen,verworpen/afwijzen,afgewezen/wijzen,wees+af aannemen,aangenomen/goedkeuren,goedgekeurd uitstellen,uitgesteld/verschuiven,verschoven afgelasten,afgelast/schrappen,geschrapt wapenstilstand/bestand/staakt-het-vuren "
    "aanhouden,aangehouden/arresteren,gearresteerd/oppakken,opgepakt demonstreren/protesteren/straat+gaan,gingen plaatsvinden/vinden,vond+plaats/gebeuren vluchten,vluchtte,vluchtten/slaan,sloeg,sloegen+vlucht"
)

_DENYING: Final = {lang: frozenset(words.split("|")) for lang, words in lexicon.NEGATIONS.items()}


class Reworded(NamedTuple):
    """The words of an edit without those that both sides say, in other words.

    Attributes:
        removed, added: the words that stay, in lower case.
        same: the words of both sides that were taken out, and those that belong to their phrases.
    """

    removed: tuple[str, ...]
    added: tuple[str, ...]
    same: frozenset[str]


@lru_cache(maxsize=8)
def _phrases(lang: str) -> tuple[tuple[tuple[frozenset[str], ...], ...], ...]:
    return tuple(
        tuple(tuple(frozenset(word.split(",")) for word in phrase.split("+")) for phrase in group.split("/"))
        for group in _GROUPS[lang].split()
    )


@lru_cache(maxsize=8)
def _groups_by_word(lang: str) -> dict[str, frozenset[int]]:
    """Return the indexes of the groups that each word is in."""
    found: dict[str, set[int]] = {}
    for n, group in enumerate(_phrases(lang)):
        for word in (word for phrase in group for forms in phrase for word in forms):
            found.setdefault(word, set()).add(n)
    return {word: frozenset(numbers) for word, numbers in found.items()}


def _groups_with(
    removed: dict[str, set[str]], added: dict[str, set[str]], lang: str
) -> list[tuple[tuple[frozenset[str], ...], ...]]:
    """Return the groups that have a word of both sides, which most have not."""
    by_word, phrases = _groups_by_word(lang), _phrases(lang)
    of_sides = [
        {n for forms in side.values() for word in forms for n in by_word.get(word, ())} for side in (removed, added)
    ]
    return [phrases[n] for n in sorted(of_sides[0] & of_sides[1])]


def without_same_sense(stretch: Stretch, judgement: WordJudgement, lang: str) -> Reworded:
    """Return what is left of the words of an edit without phrases that say the same.

    What is denied, or is to come, on one side alone is another thing: there nothing is left out.

    Args:
        stretch: the text on both sides.
        judgement: what the words of the edit say on their own.
        lang: one of `lexicon.LANGUAGES`.
    """
    removed, added = judgement.removed, judgement.added
    nothing = Reworded(removed, added, frozenset())
    if not removed or not added or judgement.turns_future:
        return nothing
    sides = []
    for text, alone in ((stretch.old, removed), (stretch.new, added)):
        # A form stands for its base form as well; only words of the edit are looked up.
        forms = {word: {word} if lang == "en" else {word, lemma(word, lang)} for word in alone}
        sides.append((forms, frozenset(words_of(text.lower())).union(*forms.values())))
    same: set[str] = set()
    for group in _groups_with(sides[0][0], sides[1][0], lang):
        said = [[phrase for phrase in group if _is_said(phrase, *side)] for side in sides]
        if all(said):
            same.update(word for phrases in said for phrase in phrases for forms in phrase for word in forms)
    left = [tuple(w for w in forms if same.isdisjoint(forms[w])) for forms, _ in sides]
    if not same or not _DENYING[lang].isdisjoint((*left[0], *left[1])):
        return nothing
    gone = {w for forms, _ in sides for w in forms if not same.isdisjoint(forms[w])}
    return Reworded(left[0], left[1], frozenset(gone | same))


def _is_said(phrase: Sequence[frozenset[str]], alone: dict[str, set[str]], words: frozenset[str]) -> bool:
    """Return whether a side has all words of a phrase, and at least one of them alone."""
    return not any(word.isdisjoint(words) for word in phrase) and any(
        not word.isdisjoint(forms) for word in phrase for forms in alone.values()
    )

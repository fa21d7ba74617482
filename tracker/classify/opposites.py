# ruff: noqa: E501 - a list of words is read by its heading, not by its line ends
"""Find words that were replaced by their opposite: "safe" and "unsafe", "guilty" and "innocent"."""

from __future__ import annotations

import re

from . import lexicon
from .lemmas import lemma

_WORD = re.compile(r"[^\W\d_]{2,}")
MAX_CHANGED_WORDS = 24
"""Where more words were added and removed, "more" and "less" may have nothing to do with one another."""
# Endings of adjectives: the prefix "in-" negates those and no other words (inside, income).
_ADJECTIVE = (
    r"\w{2,}(?:able|ible|able[ns]|ible[ns]|ável|ível|bile|bili|ables|ibles|ent|ente|enti|ant|ante|al|ale|ally|el|elle"
    r"|ed|ly|ate|ective|ctive|ive|ivo|iva|if|ous|ect|ecto|ecta|etto|etta|exact|exacto|acto|aire)"
)
# Stems that "dis-" negates; most words with it have no positive form.
_DIS = r"(?:agree|approv|appear|allow|connect|loyal|honest|qualif|satisf|trust|obey|prove|credit|respect|advantag)\w*"
# Words that a prefix may negate. "unless", "unter-", "onder" and the like only look so.
_PREFIXES = lexicon.by_language(
    rf"un(?!less$|til$)\w{{4,}}|(?:in|im|il|ir){_ADJECTIVE}|dis{_DIS}|non-?\w{{4,}}|mis(?:use|trust|treat|manag)\w*"
    r"§un(?!ter)\w{5,}|in(?:aktiv|stabil|korrekt|diskret|tolerant|akzeptabel)\w*|ir(?:regulär|relevant|rational)\w*"
    rf"§(?:in|im|il|ir){_ADJECTIVE}|dés(?:accord|approuv|avantag)\w*|mé(?:content|fiance)\w*"
    rf"§(?:in|im|il|ir){_ADJECTIVE}|des(?:acuerdo|aprob|aprueb|conoc|confi|favorable|igual|leal|emple)\w*"
    rf"§(?:in|im|il|ir){_ADJECTIVE}|s(?:contento|favorevole|leale|fiducia)\w*|dis(?:accordo|onesto|uguale)\w*"
    rf"§(?:in|im|il|ir){_ADJECTIVE}|des(?:acordo|aprov|conhec|confi|favoráv|leal|empreg)\w*"
    r"§on(?!der|t[^a-z]|t[rghsw])\w{5,}"
)
# The prefixes alone: what is left must be the other word.
_PREFIX = {
    "en": ("un", "in", "im", "il", "ir", "dis", "non-", "non", "mis"),
    "de": ("un", "in", "ir"),
    "fr": ("in", "im", "il", "ir", "dés", "mé"),
    "es": ("in", "im", "il", "ir", "des"),
    "it": ("in", "im", "il", "ir", "dis", "s"),
    "pt": ("in", "im", "il", "ir", "des"),
    "nl": ("on",),
}
# Words and their opposites that no prefix shows; verbs of more forms than one in their base form.
_PAIRS = {
    lang: frozenset(
        (word, other)
        for pair in listed.split()
        for words, others in (pair.split("/"), pair.split("/")[::-1])
        for word in words.split(",")
        for other in others.split(",")
    )
    for lang, listed in lexicon.by_language(
        "guilty/innocent convicted/acquitted convict/acquit conviction/acquittal alive/dead living/dead lived/died "
        "won/lost win/lose wins/loses winning/losing rose/fell rise/fall rises/falls rising/falling gain/loss gains/losses "
        "gained/lost increase/decrease increased/decreased increases/decreases up/down before/after for/against above/below "
        "allowed/banned allow/ban allows/bans legal/banned opened/closed open/closed open/shut opens/closes supported/opposed "
        "support/oppose supports/opposes support/opposition accepted/declined strengthened/weakened bought/sold buy/sell "
        "buys/sells buyer/seller profit/loss surplus/deficit majority/minority best/worst higher/lower more/fewer more/less "
        "hired/fired arrested/released approved/blocked upheld/overturned victim/attacker winner/loser true/false agreed/refused "
        "stronger/weaker better/worse lifted/imposed raise/cut raises/cuts raising/cutting began/ended begins/ends begin/end started/ended starts/ends starting/ending started/stopped praised/criticised praised/criticized praises/criticises praises/criticizes "
        "raise,raised,raises,raising,hike,hiked,hikes/cut,cuts,cutting,lower,lowered,lowers,reduce,reduced,reduces,slash,slashed increased/cut,lowered,reduced "
        "resume,resumed,resumes/suspend,suspended,suspends,halt,halted reopen,reopened,reopens/close,closed,closes,shut,shuts doubled,doubles/halved,halves "
        "hire,hires/sack,sacks,fire,fires hired/sacked captured,caught/escaped upheld/struck,quashed entered/left enters/leaves succeeded/failed always/never everyone/nobody something/nothing"
        "§schuldig/unschuldig verurteilt/freigesprochen lebendig/tot gewonnen/verloren gewann/verlor gewinnt/verliert "
        "stieg/sank stieg/fiel steigt/sinkt steigt/fällt gestiegen/gesunken gestiegen/gefallen vor/nach für/gegen "
        "erlaubt/verboten geöffnet/geschlossen offen/geschlossen zugestimmt/abgelehnt gewinn/verlust mehrheit/minderheit "
        "höher/niedriger mehr/weniger besser/schlechter stärker/schwächer gekauft/verkauft festgenommen/freigelassen "
        "steigen,zunehmen/sinken,fallen,abnehmen billigen,genehmigen,erlauben/untersagen,verbieten,ablehnen öffnen/schließen gewinnen/verlieren "
        "erhöhen,anheben/senken,kürzen,verringern verdoppeln/halbieren wiederaufnehmen/aussetzen,unterbrechen einstellen/entlassen "
        "kaufen/verkaufen bestätigen/dementieren,bestreiten annehmen/ablehnen beginnen,anfangen/enden loben/kritisieren betreten/verlassen"
        "§coupable/innocent coupable/innocente condamné/acquitté condamné/relaxé vivant/mort gagné/perdu gagne/perd avant/après "
        "pour/contre hausse/baisse monté/baissé augmenté/diminué autorisé/interdit ouvert/fermé accepté/refusé bénéfice/perte "
        "majorité/minorité plus/moins meilleur/pire acheté/vendu arrêté/libéré victoire/défaite approuvé/rejeté augmenté/baissé "
        "augmenter,monter,progresser/baisser,diminuer,reculer,chuter approuver,adopter/rejeter accepter/refuser autoriser/interdire ouvrir/fermer "
        "relever,hausser/baisser,réduire,diminuer,abaisser reprendre/suspendre,interrompre rouvrir/fermer embaucher/licencier "
        "gagner/perdre acheter/vendre confirmer/démentir arrêter/libérer commencer,débuter/finir,terminer saluer,louer/critiquer"
        "§culpable/inocente condenado/absuelto vivo/muerto ganó/perdió gana/pierde antes/después favor/contra subió/bajó "
        "sube/baja aumentó/disminuyó permitido/prohibido abierto/cerrado aceptó/rechazó aprobó/rechazó aprobado/rechazado "
        "ganancia/pérdida mayoría/minoría más/menos mejor/peor compró/vendió detenido/liberado victoria/derrota "
        "subir,aumentar,crecer/bajar,disminuir,caer aprobar,aceptar/rechazar permitir,autorizar/prohibir abrir/cerrar ganar/perder comprar/vender "
        "elevar,subir,aumentar/reducir,recortar,bajar reanudar/suspender reabrir/cerrar contratar/despedir "
        "confirmar/desmentir,negar detener/liberar empezar,comenzar/terminar,acabar elogiar/criticar"
        "§colpevole/innocente condannato/assolto vivo/morto vinto/perso vince/perde prima/dopo favore/contro salito/sceso "
        "sale/scende aumentato/diminuito permesso/vietato aperto/chiuso accettato/rifiutato approvato/respinto utile/perdita "
        "maggioranza/minoranza più/meno migliore/peggiore comprato/venduto arrestato/liberato vittoria/sconfitta "
        "salire,aumentare,crescere/scendere,diminuire,calare approvare,accettare/respingere,bocciare,rifiutare autorizzare,permettere/vietare aprire/chiudere "
        "alzare,innalzare,aumentare/tagliare,ridurre,abbassare riprendere/sospendere riaprire/chiudere assumere/licenziare "
        "vincere/perdere comprare/vendere confermare/smentire,negare arrestare/liberare,scarcerare iniziare,cominciare/finire,terminare lodare,elogiare/criticare"
        "§culpado/inocente condenado/absolvido vivo/morto ganhou/perdeu vence/perde antes/depois favor/contra subiu/caiu "
        "sobe/cai aumentou/diminuiu permitido/proibido aberto/fechado aceitou/rejeitou aprovou/rejeitou lucro/prejuízo "
        "maioria/minoria mais/menos melhor/pior comprou/vendeu preso/solto vitória/derrota "
        "subir,aumentar,crescer/cair,baixar,diminuir,recuar aprovar,aceitar/rejeitar,recusar permitir,autorizar/proibir abrir/fechar ganhar,vencer/perder "
        "elevar,aumentar,subir/cortar,reduzir,baixar retomar/suspender reabrir/fechar contratar/demitir "
        "comprar/vender confirmar/desmentir,negar prender/soltar,libertar começar,iniciar/terminar,acabar elogiar/criticar"
        "§schuldig/onschuldig veroordeeld/vrijgesproken levend/dood gewonnen/verloren won/verloor wint/verliest steeg/daalde "
        "stijgt/daalt gestegen/gedaald voor/na voor/tegen toegestaan/verboden open/dicht geopend/gesloten aangenomen/verworpen "
        "winst/verlies meerderheid/minderheid meer/minder beter/slechter gekocht/verkocht opgepakt/vrijgelaten goed/af "
        "verhogen/verlagen,verminderen hervatten/opschorten heropenen/sluiten ontslaan/aannemen "
        "stijgen,steeg,toenemen/dalen,afnemen goed_keuren/af_keuren openen/sluiten winnen/verliezen kopen/verkopen bevestigen/ontkennen toestaan/verbieten beginnen/eindigen prijzen/bekritiseren"
    ).items()
}


def opposites(old: str, new: str, lang: str) -> list[tuple[str, str]]:
    """Return the words of `old` that are replaced by their opposite in `new`, each with its opposite.

    Args:
        old: the text before, in lower case.
        new: the text now, in lower case.
        lang: one of `lexicon.LANGUAGES`.
    """
    removed, added = words_alone(old, new)
    found: list[tuple[str, str]] = []
    for word in removed:
        opposite = next((other for other in added if _are_opposites(word, other, lang)), None)
        if opposite is not None:
            added.remove(opposite)
            found.append((word, opposite))
    return found


def words_alone(old: str, new: str) -> tuple[list[str], list[str]]:
    """Return the words that one of two texts alone has; none where so many differ that they are not comparable."""
    before, after = dict.fromkeys(_WORD.findall(old)), dict.fromkeys(_WORD.findall(new))
    removed = [word for word in before if word not in after]
    added = [word for word in after if word not in before]
    return (removed, added) if len(removed) + len(added) <= MAX_CHANGED_WORDS else ([], [])


def _are_opposites(word: str, other: str, lang: str) -> bool:
    if (word, other) in _PAIRS[lang]:
        return True
    # English has all forms in its list.
    if lang != "en":
        forms, others = ({each, lemma(each, lang)} for each in (word, other))
        if any((a, b) in _PAIRS[lang] for a in forms for b in others):
            return True
    longer, shorter = (word, other) if len(word) > len(other) else (other, word)
    return (
        longer.endswith(shorter)
        and any(longer == prefix + shorter for prefix in _PREFIX[lang])
        and bool(re.fullmatch(_PREFIXES[lang], longer))
    )

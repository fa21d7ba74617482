# ruff: noqa: E501 - a list of words is read by its heading, not by its line ends
"""Words of small closed sets, of which one says another thing than the next: kin and gender, basic colours, quantities, extents, seasons and spans of time, harm, conditions of patients, sides, peoples, offices, additions, qualities.

Where one of a set took the place of another, the edit is not a change of wording. Forms and words that say the same are
joined by "/". The basic colours are those of Berlin and Kay (1969), which nearly every language has.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from itertools import zip_longest
from typing import Final

from .lemmas import lemma
from .lexicon import by_language, words_by_language
from .places import people

_KIN: Final = by_language(
    "mother/mothers/mum/mom father/fathers/dad brother/brothers sister/sisters son/sons daughter/daughters husband/husbands wife/wives uncle/uncles aunt/aunts nephew/nephews niece/nieces cousin/cousins grandmother grandfather widow widower man/men/mr/mister woman/women/mrs/ms/miss boy/boys girl/girls boyfriend girlfriend"
    "§mutter/mütter vater/väter bruder/brüder schwester/schwestern sohn/söhne tochter/töchter ehemann/ehemänner/gatte ehefrau/ehefrauen/gattin onkel tante neffe nichte cousin cousine großmutter/oma großvater/opa mann/männer/männern/herr/herrn frau/frauen junge/jungen mädchen freundin"
    "§mère/mères père/pères frère/frères soeur/soeurs/sœur/sœurs fils fille/filles mari/époux femme/femmes/épouse/madame/mme oncle tante neveu nièce cousin cousine grand-mère grand-père homme/hommes/monsieur/messieurs garçon/garçons"
    "§madre/madres padre/padres hermano/hermanos hermana/hermanas hijo/hijos hija/hijas marido/esposo mujer/mujeres/esposa/señora/sra/doña tío tía sobrino sobrina primo prima abuela abuelo hombre/hombres/señor/sr/don niño/niños niña/niñas"
    "§madre/madri padre/padri fratello/fratelli sorella/sorelle figlio/figli figlia/figlie marito moglie/mogli zio zia cugino cugina nonna nonno uomo/uomini/signor/signore donna/donne/signora ragazzo/ragazzi ragazza/ragazze"
    "§mãe/mães pai/pais irmão/irmãos irmã/irmãs filho/filhos filha/filhas marido/esposo mulher/mulheres/esposa/senhora/sra/dona tio tia sobrinho sobrinha primo prima avó avô homem/homens/senhor/sr menino/meninos menina/meninas"
    "§moeder/moeders vader/vaders broer/broers zus/zussen zoon/zonen dochter/dochters echtgenoot echtgenote oom tante neef nicht oma/grootmoeder opa/grootvader man/mannen/heer/dhr/meneer vrouw/vrouwen/mevrouw/mevr jongen/jongens meisje/meisjes"
)
_COLOURS: Final = by_language(
    "red blue green yellow black white brown grey/gray orange purple/violet pink"
    "§rot/rote/roten/roter/rotes blau/blaue/blauen/blauer/blaues grün/grüne/grünen/grüner/grünes gelb/gelbe/gelben/gelber/gelbes schwarz/schwarze/schwarzen/schwarzer/schwarzes weiß/weiße/weißen/weißer/weißes braun/braune/braunen/brauner/braunes grau/graue/grauen/grauer/graues"
    "§rouge/rouges bleu/bleue/bleus/bleues vert/verte/verts/vertes jaune/jaunes noir/noire/noirs/noires blanc/blanche/blancs/blanches gris/grise/grises rose/roses"
    "§rojo/roja/rojos/rojas azul/azules verde/verdes amarillo/amarilla/amarillos/amarillas negro/negra/negros/negras blanco/blanca/blancos/blancas gris/grises rosa"
    "§rosso/rossa/rossi/rosse blu/azzurro/azzurra verde/verdi giallo/gialla/gialli/gialle nero/nera/neri/nere bianco/bianca/bianchi/bianche grigio/grigia/grigi/grigie rosa"
    "§vermelho/vermelha/vermelhos/vermelhas azul/azuis verde/verdes amarelo/amarela/amarelos/amarelas preto/preta/pretos/pretas/negro/negra branco/branca/brancos/brancas cinza/cinzas rosa"
    "§rood/rode blauw/blauwe groen/groene geel/gele zwart/zwarte wit/witte bruin/bruine grijs/grijze"
)
_QUANTITIES: Final = by_language(
    "all/every/everyone most half many/numerous several/multiple some few no/none/nobody"
    "§alle/allen/sämtliche meisten hälfte viele/vielen/zahlreiche/zahlreichen mehrere/mehreren einige/einigen/manche wenige/wenigen keine/keiner/niemand"
    "§tous/toutes plupart moitié plusieurs nombreux/nombreuses quelques/certains/certaines aucun/aucune/personne"
    "§todos/todas mayoría mitad muchos/muchas/numerosos/numerosas varios/varias algunos/algunas/ciertos/ciertas pocos/pocas ningún/ninguno/ninguna/nadie"
    "§tutti/tutte maggior/maggioranza metà molti/molte/numerosi/numerose diversi/diverse alcuni/alcune/certi/certe pochi/poche nessun/nessuno/nessuna"
    "§todos/todas maioria metade muitos/muitas/numerosos/numerosas vários/várias alguns/algumas/certos/certas poucos/poucas nenhum/nenhuma/ninguém"
    "§alle/allemaal meeste helft veel/vele/talrijke verschillende/meerdere sommige/enkele weinig geen/niemand"
)

# How much of a place or thing.
_EXTENTS: Final = by_language(
    "whole/entire part/parts§ganz/ganze/ganzen/ganzer/ganzes/gesamte/gesamten teil/teile/teilen§tout/toute/entier/entière partie/parties"
    "§todo/toda/entero/entera parte/partes§tutto/tutta/intero/intera parte/parti§todo/toda/inteiro/inteira parte/partes§hele/geheel deel/delen"
)

_TIMES: Final = by_language(
    "spring/springtime summer/summertime autumn/fall winter/wintertime seconds minutes hours days weeks months years decades centuries"
    "§frühling/frühjahr/frühjahrs sommer/sommers herbst/herbstes winter/winters sekunden minuten stunden tage/tagen wochen monate/monaten jahre/jahren jahrzehnte/jahrzehnten"
    "§printemps été automne hiver secondes minutes heures jours semaines mois années/ans décennies siècles"
    "§primavera verano otoño invierno segundos minutos horas días semanas meses años décadas siglos"
    "§primavera estate autunno inverno secondi minuti ore giorni settimane mesi anni decenni secoli"
    "§primavera verão outono inverno segundos minutos horas dias semanas meses anos décadas séculos"
    "§voorjaar/lente zomer najaar/herfst winter seconden minuten uren dagen weken maanden jaren decennia eeuwen"
)

# How bad harm is, to people and to things.
_HARM: Final = by_language(
    "minor/slight/slightly/mild/mildly serious/seriously/severe/severely/major fatal/fatally/deadly damage/damages/damaged destroy/destroys/destroyed"
    "§leicht/leichte/leichten/leichter/leichtes schwer/schwere/schweren/schwerer/schweres tödlich/tödliche/tödlichen/tödlicher/tödliches beschädigt/beschädigte/beschädigten zerstört/zerstörte/zerstörten"
    "§léger/légère/légers/légères/légèrement grave/graves/gravement/grièvement mortel/mortelle/mortels/mortelles endommagé/endommagée/endommagés/endommagées détruit/détruite/détruits/détruites"
    "§leve/leves/levemente grave/graves/gravemente mortal/mortales dañado/dañada/dañados/dañadas/dañó destruido/destruida/destruidos/destruidas/destruyó"
    "§lieve/lievi/lievemente grave/gravi/gravemente mortale/mortali danneggiato/danneggiata/danneggiati/danneggiate distrutto/distrutta/distrutti/distrutte"
    "§leve/leves/levemente grave/graves/gravemente mortal/mortais danificado/danificada/danificados/danificadas destruído/destruída/destruídos/destruídas"
    "§licht/lichte ernstig/ernstige/zwaar/zware dodelijk/dodelijke beschadigd/beschadigde/beschadigden verwoest/verwoeste/verwoestte/vernield/vernielde"
)

# How a patient is.
_CONDITIONS: Final = by_language(
    "stable/satisfactory serious/grave critical"
    "§stabil/stabile/stabilen/stabiler/stabiles ernst/ernste/ernsten/ernster kritisch/kritische/kritischen/kritischer/kritisches"
    "§stable/stables grave/graves/sérieux critique/critiques"
    "§estable/estables grave/graves crítico/crítica/críticos/críticas"
    "§stabile/stabili grave/gravi critico/critica/critici/critiche"
    "§estável/estáveis grave/graves crítico/crítica/críticos/críticas"
    "§stabiel/stabiele ernstig/ernstige kritiek/kritieke"
)

# Which side, whose, and whether it was meant.
_SIDES: Final = by_language(
    "left right inside/indoors outside/outdoors upper lower private/privately public/publicly deliberate/deliberately/intentional/intentionally accidental/accidentally/unintentional"
    "§linke/linken/linker/linkes/links rechte/rechten/rechter/rechtes/rechts innerhalb/drinnen außerhalb/draußen obere/oberen/oberer untere/unteren/unterer privat/private/privaten/privater/privates öffentlich/öffentliche/öffentlichen/öffentlicher/öffentliches absichtlich/vorsätzlich versehentlich/fahrlässig"
    "§gauche droite intérieur extérieur privé/privée/privés/privées public/publique/publics/publiques volontaire/volontairement involontaire/involontairement/accidentel/accidentelle"
    "§izquierda/izquierdo derecha dentro fuera privado/privada/privados/privadas público/pública/públicos/públicas deliberado/deliberada/intencionado/intencionada accidental/accidentales"
    "§sinistra destra dentro/interno fuori/esterno privato/privata/privati/private pubblico/pubblica/pubblici/pubbliche volontario/volontaria/doloso/dolosa involontario/involontaria/colposo/colposa/accidentale"
    "§esquerda/esquerdo direita dentro fora privado/privada/privados/privadas público/pública/públicos/públicas intencional/deliberado/deliberada acidental"
    "§links/linker/linkse rechts/rechtse binnen buiten bovenste onderste particulier/particuliere openbaar/openbare/publiek/publieke opzettelijk/opzettelijke onopzettelijk/onopzettelijke"
)

# What a note on the page itself says about an item: that it came, or that it went.
_COMINGS: Final = by_language(
    "new/addition/added removal/removed/deletion/deleted"
    "§neu/neue/neuer/neues/neuen/ergänzung entfernung/löschung/streichung"
    "§nouveau/nouvelle/nouveaux/nouvelles/ajout suppression/retrait"
    "§nuevo/nueva/nuevos/nuevas eliminación/supresión§nuovo/nuova/nuovi/nuove/aggiunta rimozione/eliminazione"
    "§novo/nova/novos/novas/adição remoção/eliminação§nieuw/nieuwe/toevoeging verwijdering/schrapping"
)

# With or without one of these before an office or a relation, it is another one; "former" and "ex" say the same.
_OFFICES: Final = by_language(
    "ex/former/formerly/onetime/erstwhile deputy/vice acting/interim assistant/associate designate/elect"
    "§ex/ehemalige/ehemaliger/ehemaligen/ehemaliges/ehemals vize/stellvertretende/stellvertretender/stellvertretenden kommissarische/kommissarischer/kommissarischen designierte/designierter/designierten"
    "§ex/ancien/ancienne/anciens/anciennes vice/adjoint/adjointe intérimaire/intérim futur/future"
    "§ex/antiguo/antigua vice/adjunto/adjunta interino/interina electo/electa"
    "§ex vice/vicario/aggiunto/aggiunta interim designato/designata"
    "§ex/antigo/antiga vice/adjunto/adjunta interino/interina eleito/eleita"
    "§ex/oud/voormalig/voormalige vice/plaatsvervangend/plaatsvervangende/adjunct waarnemend/waarnemende/demissionair/demissionaire"
)

# What narrows a statement down: "open only to residents", "acted alone", "confirmed cases".
_NOTHING_ELSE: Final = words_by_language(
    "only solely alone exclusively confirmed§nur lediglich bloß allein alleine ausschließlich bestätigte bestätigten"
    "§seulement seul seule seuls seules uniquement exclusivement confirmés confirmées§sólo solo sola solos solas solamente únicamente exclusivamente confirmados confirmadas"
    "§solo sola soli sole soltanto solamente unicamente esclusivamente confermati confermate"
    "§só sozinho sozinha sozinhos sozinhas somente apenas unicamente exclusivamente confirmados confirmadas§alleen slechts enkel uitsluitend bevestigde"
)
# Verbs before what is not done yet, or may not succeed, in base forms, and forms that the lexicon takes for a noun:
# "tried to hide it", "hid it"; "aims to cut jobs", "cut jobs"; "is considering a ban", "decided on a ban".
_ATTEMPTS: Final = words_by_language(
    "try attempt aim plan intend want hope seek vow threaten pledge offer agree prepare consider mull weigh"
    "§versuchen planen wollen beabsichtigen hoffen drohen erwägen prüfen bereit"
    "§tenter tente essayer vouloir prévoir espérer compte menacer menace envisager étudier"
    "§intentar tratar querer planear esperar espera pretender amenazar amenaza considerar estudiar sopesar"
    "§tentare cercare volere intendere sperare contare minacciare minaccia valutare valuta considerare"
    "§tentar querer quer planejar planear esperar pretender ameaçar considerar estudar avaliar cogitar"
    "§proberen pogen willen plant plannen hopen dreigen overwegen"
)
# What says how a sentence of a court is served, or that who was judged was not there: "prison avec sursis".
_OF_SENTENCES: Final = words_by_language(
    "suspended parole probation bail absentia§bewährung bewährungsstrafe bewährungsstrafen kaution abwesenheit"
    "§sursis ferme probatoire provisoire caution contumace§suspendida condicional provisional fianza rebeldía"
    "§sospesa condizionale domiciliari cauzione contumacia§suspensa condicional preventiva domiciliar fiança revelia"
    "§voorwaardelijk voorwaardelijke onvoorwaardelijk onvoorwaardelijke borgtocht verstek"
)
_SUSPENDED: Final = frozenset("suspended suspendida sospesa suspensa".split())
# Qualities of which one is the opposite of the other, in base forms.
_QUALITIES: Final = {
    lang: tuple(tuple(frozenset(side.split(",")) for side in pair.split("/")) for pair in pairs.split())
    for lang, pairs in by_language(
        "big,large,huge/small,tiny old/young,new rich/poor long/short fast,quick/slow early/late heavy/light hot/cold strong/weak hard,difficult/easy high/low full/empty wide/narrow male/female former/latter good/bad"
        "§groß,riesig/klein,winzig alt/jung,neu reich/arm lang/kurz schnell/langsam früh/spät schwer/leicht heiß/kalt stark/schwach schwierig/einfach hoch/niedrig voll/leer breit/schmal männlich/weiblich gut/schlecht"
        "§grand,gros/petit vieux,ancien/jeune,nouveau,neuf riche/pauvre long/court rapide/lent lourd/léger chaud/froid fort/faible difficile/facile haut/bas plein/vide large/étroit masculin/féminin bon/mauvais"
        "§grande,gran/pequeño viejo,antiguo/joven,nuevo rico/pobre largo/corto rápido/lento pesado/ligero caliente/frío fuerte/débil difícil/fácil alto/bajo lleno/vacío ancho/estrecho masculino/femenino bueno,buen/malo,mal"
        "§grande/piccolo vecchio,anziano/giovane,nuovo ricco/povero lungo/corto,breve rapido,veloce/lento pesante/leggero caldo/freddo forte/debole difficile/facile alto/basso pieno/vuoto largo/stretto maschile/femminile buono/cattivo"
        "§grande/pequeno velho,antigo/jovem,novo rico/pobre longo/curto rápido/lento pesado/leve quente/frio forte/fraco difícil/fácil alto/baixo cheio/vazio largo/estreito masculino/feminino bom/mau,ruim"
        "§groot/klein oud/jong,nieuw rijk/arm lang/kort snel/langzaam vroeg/laat zwaar/licht heet,warm/koud sterk/zwak moeilijk/makkelijk,eenvoudig hoog/laag vol/leeg breed/smal mannelijk/vrouwelijk goed/slecht"
    ).items()
}
_PREFIXES: Final = ("ex", "vice", "vize", "sub", "oud", "co")


def _groups(listed: str) -> dict[str, int]:
    return {word: n for n, group in enumerate(listed.split()) for word in group.split("/")}


_LISTS: Final = (_KIN, _COLOURS, _QUANTITIES, _EXTENTS, _TIMES, _HARM, _CONDITIONS, _SIDES, _COMINGS)
_SETS: Final[Mapping[str, tuple[Mapping[str, int], ...]]] = {
    lang: tuple(_groups(listed[lang]) for listed in _LISTS) for lang in _KIN
}
_OFFICE_GROUPS: Final = {lang: _groups(words) for lang, words in _OFFICES.items()}


# What an office is for comes before or after it.
_PORTFOLIO: Final = {
    lang: re.compile(rf"(?<!\w){pattern}(?!\w)")
    for lang, pattern in by_language(
        r"(\w+) (?:secretary|minister|ministry|department|office|spokes\w+)§(\w{3,})(?:minister|ministerium|senator|direktor)(?:in|s|n|innen)?"
        r"§(?:ministre|ministère|secrétaire d'état) (?:de l'|de la |des |du |de |à l'|à la |aux )(\w+)§(?:ministr[oa]|ministerio|secretari[oa]) (?:del |de la |de )(\w+)"
        r"§(?:ministr[oa]|ministero|assessore) (?:dell'|della |del |degli |delle |dei |di |all'|alla |agli )(\w+)"
        r"§(?:ministr[oa]|ministério|secretári[oa]) (?:d[aeo]s? )(\w+)§(?:minister|ministerie|staatssecretaris) van (\w+)"
    ).items()
}


def another_portfolio(old: str, new: str, lang: str) -> bool:
    """Return whether both sides refer to one office of another kind: "home secretary", "foreign secretary".

    Args:
        old: the old text in lower case.
        new: the new one.
        lang: one of `lexicon.LANGUAGES`.
    """
    pattern = _PORTFOLIO[lang]
    before, after = (pattern.findall(side) for side in (old, new))
    return len(before) == len(after) == 1 and before != after and before[0] not in new and after[0] not in old


def another_office(removed: Iterable[str], added: Iterable[str], lang: str) -> bool:
    """Return whether an office or relation is another one: "mayor", "deputy mayor"; "esposa", "exesposa".

    Args: as for `exclude_each_other`.
    """
    known = _OFFICE_GROUPS[lang]
    gone, came = ({known[word] for word in words if word in known} for words in (removed, added))
    return gone != came or any(
        longer == prefix + shorter
        for shorter, longer in (sorted((a, b), key=len) for a in removed for b in added)
        for prefix in _PREFIXES
    )


def limits(removed: Iterable[str], added: Iterable[str], lang: str) -> bool:
    """Return whether words that narrow a statement down came or went: to a part ("some", "few"), to one case ("only").

    Args: as for `exclude_each_other`.
    """
    known = _SETS[lang][_LISTS.index(_QUANTITIES)]
    gone, came = ({known[word] for word in words if known.get(word)} for words in (removed, added))
    return gone != came or _NOTHING_ELSE[lang].isdisjoint(removed) != _NOTHING_ELSE[lang].isdisjoint(added)


def is_amount_for(amount: str, words: Iterable[str], lang: str) -> bool:
    """Return whether a loose amount ("several") has another one, or its like, among `words`, in lower case: "many"."""
    known = _SETS[lang][_LISTS.index(_QUANTITIES)]
    return amount in known and not known.keys().isdisjoint(words)


def is_attempt(removed: Iterable[str], added: Iterable[str], lang: str) -> bool:
    """Return whether one side alone refers to an attempt or a plan, and the other perhaps to what was done.

    Args: as for `exclude_each_other`.
    """
    attempts = _ATTEMPTS[lang]
    is_tried = [any(w in attempts or lemma(w, lang) in attempts for w in words) for words in (removed, added)]
    return is_tried[0] != is_tried[1]


def qualifies_sentence(removed: Collection[str], added: Collection[str], lang: str) -> bool:
    """Return whether one side alone says how a sentence is served, or that it was passed on somebody absent.

    Args: as for `exclude_each_other`.
    """
    # "Halted", "suspended": in the place of another word, this may not be a sentence.
    terms = _OF_SENTENCES[lang] - (_SUSPENDED if removed and added else frozenset())
    return terms.intersection(removed) != terms.intersection(added)


def say_the_same(removed: Iterable[str], added: Iterable[str], lang: str) -> bool:
    """Return whether each word that went is of one of the sets, and the one in its place says the same: "ex", "former".

    Args: as for `exclude_each_other`.
    """
    pairs = list(zip_longest(removed, added))
    return bool(pairs) and all(
        any(word in known and known[word] == known.get(other) for known in (*_SETS[lang], _OFFICE_GROUPS[lang]))
        for word, other in pairs
    )


def are_one_quality(word: str, other: str, lang: str) -> bool:
    """Return whether two words in lower case are of one quality: "small", "tiny"."""
    forms, others = ({each, lemma(each, lang)} for each in (word, other))
    return any(not forms.isdisjoint(side) and not others.isdisjoint(side) for pair in _QUALITIES[lang] for side in pair)


def exclude_each_other(removed: Iterable[str], added: Iterable[str], lang: str) -> bool:
    """Return whether a word of a closed set went, and another one of it came, which says another thing.

    Args:
        removed: the words in lower case that the old side alone has.
        added: those that the new side alone has.
        lang: one of `lexicon.LANGUAGES`.
    """
    for known in _SETS[lang]:
        gone, came = ({known[word] for word in words if word in known} for words in (removed, added))
        if gone and came and gone.isdisjoint(came):
            return True
    forms = [{form for word in words for form in (word, lemma(word, lang))} for words in (removed, added)]
    if any(
        not forms[0].isdisjoint(one) and not forms[1].isdisjoint(other)
        for pair in _QUALITIES[lang]
        for one, other in (pair, pair[::-1])
    ):
        return True
    # English writes its peoples with a capital: they are compared as names.
    if lang == "en":
        return False
    left, arrived = ({people(word, lang) for word in words} - {""} for words in (removed, added))
    return bool(left and arrived and left.isdisjoint(arrived))

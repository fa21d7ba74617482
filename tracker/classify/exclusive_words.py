# ruff: noqa: E501 - a list of words is read by its heading, not by its line ends
"""Sets of words that exclude each other: kin and gender, basic colours, quantities, extents, seasons and spans of time, harm, conditions of patients, sides, peoples, additions, qualities.

Where one of a set took the place of another, the sentence says something else. Forms and words that say the same are
joined by "/". The basic colours are those of Berlin and Kay (1969), which nearly every language has.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from .lemmas import lemma
from .lexicon import by_language
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


def _groups(listed: str) -> dict[str, int]:
    return {word: n for n, group in enumerate(listed.split()) for word in group.split("/")}


_LISTS: Final = (_KIN, _COLOURS, _QUANTITIES, _EXTENTS, _TIMES, _HARM, _CONDITIONS, _SIDES, _COMINGS)
_SETS: Final[Mapping[str, tuple[Mapping[str, int], ...]]] = {
    lang: tuple(_groups(listed[lang]) for listed in _LISTS) for lang in _KIN
}


def is_amount_for(amount: str, words: Iterable[str], lang: str) -> bool:
    """Return whether a loose amount ("several") has another one, or its like, among `words`, in lower case: "many"."""
    known = _SETS[lang][_LISTS.index(_QUANTITIES)]
    return amount in known and not known.keys().isdisjoint(words)


def exclude_each_other(removed: Iterable[str], added: Iterable[str], lang: str) -> list[tuple[str, str]]:
    """Return the words of closed sets that went, each with another one of its set that came.

    Args:
        removed: the words in lower case that the old side alone has.
        added: those that the new side alone has.
        lang: one of `lexicon.LANGUAGES`.
    """
    found: list[tuple[str, str]] = []
    for known in _SETS[lang]:
        gone, came = ([word for word in words if word in known] for words in (removed, added))
        if gone and came and {known[word] for word in gone}.isdisjoint(known[word] for word in came):
            found += zip(gone, came, strict=False)
    for pair in _QUALITIES[lang]:
        for one, other in (pair, pair[::-1]):
            gone, came = (
                [word for word in words if word in side or lemma(word, lang) in side]
                for words, side in ((removed, one), (added, other))
            )
            found += zip(gone, came, strict=False)
    # English writes its peoples with a capital: they are compared as names.
    if lang != "en":
        gone, came = ([word for word in words if people(word, lang)] for words in (removed, added))
        if {people(word, lang) for word in gone}.isdisjoint(people(word, lang) for word in came):
            found += zip(gone, came, strict=False)
    return list(dict.fromkeys(found))

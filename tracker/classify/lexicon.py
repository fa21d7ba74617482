# ruff: noqa: E501 - a list of words is read by its heading, not by its line ends
"""The words that the rules look for, in English, German, French, Spanish, Italian, Portuguese and Dutch."""

from __future__ import annotations

import re
from collections.abc import Sequence

_WORD = re.compile(r"[^\W_]+")


def words_of(low: str) -> list[tuple[str, int]]:
    """Return the words of `low`, each with where it starts."""
    return [(m[0], m.start()) for m in _WORD.finditer(low)]


class Phrases:
    """Finds any of many phrases in a text, with one look-up a word. Phrases are given in lists, parted by "|"."""

    def __init__(self, *lists: str) -> None:
        self._by_first: dict[str, list[str]] = {}
        for phrase in sorted(
            {p.strip() for part in lists for p in part.split("|") if p.strip()},
            key=lambda p: (-len(p), p),  # of phrases that begin alike, the longest is found
        ):
            first = _WORD.match(phrase)
            if first:  # a sign such as % is not a word
                self._by_first.setdefault(first[0], []).append(phrase)

    @classmethod
    def by_language(cls, lists: dict[str, str]) -> dict[str, Phrases]:
        """Return one finder a language for one list a language."""
        return {lang: cls(phrases) for lang, phrases in lists.items()}

    def find(self, low: str, words: Sequence[tuple[str, int]] | None = None) -> list[tuple[int, int]]:
        """Return the start and end of every phrase in a text, in order and without overlap.

        Args:
            low: the text in lower case with plain apostrophes.
            words: its words, where a caller has them already.
        """
        found: list[tuple[int, int]] = []
        by_first = self._by_first
        end = 0
        if words is None:
            words = words_of(low)
        for word, at in [each for each in words if each[0] in by_first]:
            if at < end:
                continue
            for phrase in by_first[word]:
                stop = at + len(phrase)
                if low.startswith(phrase, at) and not low[stop : stop + 1].isalnum():
                    found.append((at, stop))
                    end = stop
                    break
        return found


LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl")


def by_language(listed: str) -> dict[str, str]:
    """Split a list that has one part a language, parted by "§", in the order of `LANGUAGES`."""
    return dict(zip(LANGUAGES, listed.split("§"), strict=True))


def words_by_language(listed: str) -> dict[str, frozenset[str]]:
    """Return the words of such lists by language; in each, blanks separate the words."""
    return {lang: frozenset(words.split()) for lang, words in by_language(listed).items()}


# Amounts that words say without a number.
LOOSE_NUMBERS = by_language(
    "dozen|dozens|hundreds|thousands|millions|billions|trillions|several|half a million|half a billion|half a dozen"
    "§dutzend|dutzende|dutzenden|hunderte|hunderten|tausende|tausenden|millionen|milliarden|mehrere|eine halbe million"
    "|ein halbes dutzend"
    "§douzaine|dizaine|dizaines|centaines|milliers|millions|milliards|plusieurs|un demi-million"
    "§docena|docenas|decenas|cientos|miles|millones|varios|varias|medio millón"
    "§dozzina|decine|centinaia|migliaia|milioni|miliardi|mezzo milione"
    "§dúzia|dezenas|centenas|milhares|milhões|bilhões|vários|várias|meio milhão"
    "§dozijn|tientallen|honderden|duizenden|miljoenen|miljarden|verschillende|half miljoen"
)
EXACT_NUMBERS = {
    "half a million": "500000", "half a billion": "500000000", "half a dozen": "6", "eine halbe million": "500000",
    "ein halbes dutzend": "6", "un demi-million": "500000", "medio millón": "500000", "mezzo milione": "500000",
    "meio milhão": "500000", "half miljoen": "500000",
}  # fmt: skip
"""Of the loose numbers, those that are exact."""


def _values(listed: str) -> dict[str, dict[str, int]]:
    """Read "word/word=2 word=3" of each language into the value of each word."""
    pairs = {lang: [part.split("=") for part in words.split()] for lang, words in by_language(listed).items()}
    return {lang: {w: int(n) for words, n in ps for w in words.split("/")} for lang, ps in pairs.items()}


# Parts of a whole after a number or an article: two thirds, a quarter, ein Drittel. A half needs neither.
PARTS = _values(
    "half=2 third/thirds=3 quarter/quarters=4 fifth/fifths=5 sixth/sixths=6 eighth/eighths=8 tenth/tenths=10"
    "§hälfte=2 drittel/dritteln=3 viertel/vierteln=4 fünftel/fünfteln=5 sechstel=6 achtel=8 zehntel=10"
    "§moitié=2 tiers=3 quart/quarts=4 cinquième/cinquièmes=5 sixième/sixièmes=6 dixième/dixièmes=10"
    "§mitad=2 tercio/tercios=3 cuarto/cuartos=4 quinto/quintos=5 sexto/sextos=6 décimo/décimos=10"
    "§metà=2 terzo/terzi=3 quarto/quarti=4 quinto/quinti=5 sesto/sesti=6 decimo/decimi=10"
    "§metade=2 terço/terços=3 quarto/quartos=4 quinto/quintos=5 sexto/sextos=6 décimo/décimos=10"
    "§helft=2 derde=3 kwart=4 vijfde=5 zesde=6 achtste=8 tiende=10"
)
# How often, and how many times as much.
TIMES = _values(
    "once=1 twice=2 thrice=3 double/doubled=2 triple/tripled/trebled=3 quadrupled=4"
    "§einmal=1 verdoppelt/doppelt=2 verdreifacht=3 vervierfacht=4"
    "§double/doublé=2 triple/triplé=3"
    "§doble/duplicado=2 triple/triplicado=3"
    "§doppio/raddoppiato=2 triplo/triplicato=3"
    "§dobro/dobrou=2 triplo/triplicou=3"
    "§eenmaal=1 tweemaal=2 driemaal=3 dubbele/verdubbeld=2 verdrievoudigd=3"
)
MULTIPLES = frozenset(word for words in TIMES.values() for word in words) - {"twice", "thrice", "tweemaal", "driemaal"}
"""Of these, those that say little on their own: "a double murder"."""
FOLDS = {"en": "fold", "de": "mal", "nl": "voudig"}
"""The ending by which a number becomes "so many times": tenfold, dreimal."""
# Words that text2num reads as numbers and that mean something else in running text.
NO_NUMBERS = frozenset("sei quarto quinto segundo segunda quinta sexta oh threes fours fives sixes sevens".split())
# What a number counts, by the words next to it.
ROLES = {
    "killed": "killed|kills|kill|dead|deaths|died|die|fatalities|death toll|lives|tote|toten|getötet|opfer|gestorben|morts|mort|tués|décès|muertos|muerto|fallecidos|morti|vittime|mortos|mortes|doden|dood|omgekomen|starb|starben|tötet|tötete|töteten|tue|tué|tuent|mata|mató|matan|mataron|matou|mataram|uccide|ucciso|uccidono|doodt|doodde|doodden|bodies|dead bodies",
    "injured": "injured|wounded|hurt|injuries|verletzt|verletzte|verletzten|blessés|heridos|feriti|feridos|gewonden|gewond",
    "missing": "missing|unaccounted|vermisst|vermisste|vermissten|disparus|portés disparus|desaparecidos|dispersi|vermist|vermisten",
    "people": "people|persons|residents|workers|students|menschen|personen|personnes|personas|persone|pessoas|mensen|arrested|suspects|women|men|children",
}  # fmt: skip
# Days and times relative to the date of publication.
DAYS = by_language(
    "monday|tuesday|wednesday|thursday|friday|saturday|sunday|yesterday|today|tomorrow|tonight|last week|next week"
    "|last month|next month|last year|next year|this week|this month|this year|this morning|this afternoon|this evening"
    "|last night|overnight|midnight|on the morning|on the afternoon|on the evening|on the night|in the morning|in the afternoon|in the evening|in the spring|in the summer"
    "|in the autumn|in the fall|in the winter|last spring|last summer|last autumn|last winter|next spring|next summer"
    "|next autumn|next winter|this spring|this summer|this autumn|this winter|the weekend|noon|midday|christmas|christmas eve|christmas day|boxing day|easter|new year's eve"
    "|new year's day|thanksgiving|halloween|ramadan"
    "§montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag|gestern|heute|morgen|vorgestern|übermorgen"
    "|vergangene woche|letzte woche|nächste woche|kommende woche|diese woche|vergangenes jahr|nächstes jahr|dieses jahr"
    "|im frühjahr|im frühling|im sommer|im herbst|im winter|am wochenende|am morgen|am vormittag|am nachmittag|am abend"
    "|in der nacht|montagabend|dienstagabend|mittwochabend|donnerstagabend|freitagabend|samstagabend|sonntagabend"
    "|montagmorgen|dienstagmorgen|mittwochmorgen|donnerstagmorgen|freitagmorgen|samstagmorgen|sonntagmorgen|mitternacht|weihnachten|heiligabend|ostern|pfingsten|silvester|neujahr|ramadan"
    "§lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|hier|aujourd'hui|demain|avant-hier|après-demain"
    "|la semaine dernière|la semaine prochaine|cette semaine|le mois dernier|le mois prochain|l'an dernier|l'an prochain"
    "|cette année|ce matin|ce soir|cette nuit|au printemps|en été|cet été|à l'automne|en hiver|cet hiver|minuit|midi|noël|pâques|ramadan"
    "§lunes|martes|miércoles|jueves|viernes|sábado|domingo|ayer|hoy|mañana|anteayer|anoche|esta mañana|esta tarde"
    "|esta noche|la semana pasada|la próxima semana|esta semana|el mes pasado|el próximo mes|el año pasado"
    "|el próximo año|este año|en primavera|en verano|en otoño|en invierno|medianoche|mediodía|navidad|nochebuena|nochevieja|semana santa|ramadán"
    "§lunedì|martedì|mercoledì|giovedì|venerdì|sabato|domenica|ieri|oggi|domani|stamattina|stasera|stanotte"
    "|la settimana scorsa|la scorsa settimana|la prossima settimana|questa settimana|il mese scorso|il mese prossimo"
    "|l'anno scorso|l'anno prossimo|quest'anno|in primavera|in estate|in autunno|in inverno|mezzanotte|mezzogiorno|natale|pasqua|capodanno|ferragosto|ramadan"
    "§segunda-feira|terça-feira|quarta-feira|quinta-feira|sexta-feira|sábado|domingo|ontem|hoje|amanhã|esta semana"
    "|semana passada|próxima semana|mês passado|próximo mês|ano passado|próximo ano|este ano|na primavera|no verão"
    "|no outono|no inverno|meia-noite|meio-dia|natal|páscoa|carnaval"
    "§maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag|gisteren|vandaag|morgen|eergisteren|overmorgen|vanavond"
    "|vanochtend|vanmiddag|vannacht|vorige week|volgende week|deze week|vorige maand|volgende maand|vorig jaar"
    "|volgend jaar|dit jaar|in de lente|in de zomer|in de herfst|in de winter|middernacht|kerst|kerstmis|pasen|pinksteren|ramadan"
)
# Noon and midnight are hours, too.
HOURS_BY_NAME = dict.fromkeys(
    "midnight mitternacht minuit medianoche mezzanotte meia-noite middernacht".split(), "0"
) | dict.fromkeys("noon midday midi mediodía mezzogiorno meio-dia".split(), "12")
# Before or after a span of time, these say which one it is: this year, in the coming weeks, la semana pasada.
WHICH_BEFORE = frozenset(
    "this last next past coming recent previous following dieses diesem diesen dieser letzten letztes letzter letztem vergangenen "
    "vergangenem vergangenes vorigen vorigem vorletzten kommenden kommendem kommendes nächsten nächstem nächstes laufenden ces cette "
    "cet dernières derniers prochaines prochains este esta estos estas próximos próximas últimos últimas questo questa questi "
    "queste prossimi prossime scorsi ultimi ultime neste nesta deste desta próximos últimos deze dit komende afgelopen vorige "
    "volgende laatste".split()
)
WHICH_AFTER = frozenset(
    "dernier dernière derniers dernières prochain prochaine prochains prochaines suivant suivante pasado pasada pasados pasadas "
    "próximo próxima siguiente scorso scorsa scorsi scorse prossimo prossima successivo passado passada seguinte ago "
    "later earlier zuvor später darauf geleden later plus".split()
)
# Before a span of time without a number: for days, seit Jahren, da mesi.
DURING = frozenset(
    "for within in since over after before für seit binnen nach vor innert über pendant depuis durant après durante desde hace "
    "tras per da dopo por há após voor sinds na binnen gedurende al".split()
)
# Words that weaken or strengthen a statement, suspicion and estimates among them.
HEDGES = by_language(
    "may|might|could|allegedly|alleged|alleges|allege|reportedly|apparently|apparent|possibly|possible|probably|likely"
    "|unlikely|perhaps|maybe|suspected|presumed|presumably|believed|purported|purportedly|supposedly|seemingly|seems"
    "|seem|seemed|appears|appear|appeared|potential|potentially|unconfirmed|unverified|rumored|rumoured|accused|claimed"
    "|claiming|about|around|roughly|approximately|nearly|almost|at least|up to|more than|less than|as many as|over"
    "|fewer than|an estimated|estimated|is said to|are said to|was said to|were said to|so-called|certainly|definitely"
    "|clearly|expected|forecast to|predicted to|projected to|tipped to|thought to|it is thought|it was thought|it is understood|is understood to|are understood to|if confirmed|in part|partly|tentative|tentatively|preliminary"
    "|mightn't|couldn't|suspects|arguably|conceivably|evidently|ostensibly|assumed|rumor|rumour"
    "|claims to|claim to|claims that|claim that|claims it|claims he|claims she|claims they|claimed to|close to|just over"
    "|just under|as few as|as much as|plausible|plausibly|probable|would-be|set to|appears set to|appear set to|seems set to|seem set to|looks set to|look set to|poised to|preparing to|on course to|on track to|alleging|all but|in what appears|what appears|what seems|what seemed|what feels like|what felt like|what looks like|what looked like|speculated|can|feared dead|feared killed|feared to be|feared to have|is feared that|was feared that"
    "§mutmaßlich|mutmaßliche|mutmaßlicher|mutmaßlichen|angeblich|angebliche|angeblichen|offenbar|wohl|möglicherweise"
    "|vermutlich|wahrscheinlich|könnte|könnten|dürfte|dürften|soll|sollen|rund|etwa|mindestens|bis zu|vielleicht|scheint"
    "|mutmaßliches|mutmaßlichem|mutmasslich|mutmassliche|mutmasslicher|mutmasslichen|angeblicher|angebliches|anscheinend"
    "|vermeintlich|vermeintliche|vermeintlicher|vermeintlichen|vermeintliches|womöglich|eventuell|voraussichtlich"
    "|mögliche|möglicher|möglichen|mögliches|möglich|wahrscheinliche|wahrscheinlichen|offenkundig|scheinbar|scheinen"
    "|verdächtigt|verdächtige|verdächtigen|ungefähr|circa|ca|knapp|fast|nahezu|beinahe|schätzungsweise|höchstens"
    "|mehr als|weniger als|über|könne|solle|vermutete|vermuteten|teilweise|kann|können|wird vermutet|es heißt"
    "§présumé|présumée|présumés|aurait|auraient|serait|seraient|pourrait|pourraient|peut-être|probablement|apparemment"
    "|environ|au moins|prétendument|semble|supposé|supposée|près de|plus de"
    "|présumées|supposés|supposées|semblent|semblerait|paraît|vraisemblablement|éventuel|éventuelle"
    "|éventuels|éventuellement|possible|possibles|probable|probables|potentiel|potentielle|soupçonné|soupçonnée|soupçonnés"
    "|suspecté|suspectée|suspectés|accusé|accusée|accusés|sans doute|presque|quasiment|moins de|jusqu'à|quelque|ferait"
    "|feraient|peut|peuvent|aurait été|certainement|en partie|censé|censée|viserait|voudrait|permettrait|on pense que|il se pourrait"
    "§presunto|presunta|presuntos|presuntas|supuesto|supuesta|supuestos|podría|podrían|habría|habrían|posiblemente"
    "|probablemente|quizá|quizás|aparentemente|alrededor de|al menos|presuntamente|supuestamente|parece|más de|cerca de"
    "|supuestas|sería|serían|tendría|tendrían|estaría|estarían|puede|pueden|posible|posibles|probable"
    "|probables|presumiblemente|sospechoso|sospechosa|sospechosos|acusado|acusada|acusados|tal vez|al parecer|parecen"
    "|unos|unas|aproximadamente|casi|menos de|hasta|se cree|se estima|en torno a|eventual|potencial|se piensa|se sospecha|todo apunta|todo indica"
    "§presunto|presunta|presunti|avrebbe|avrebbero|sarebbe|sarebbero|potrebbe|potrebbero|forse|probabilmente|apparentemente"
    "|almeno|circa|sembra|presumibilmente|più di|oltre"
    "|presunte|possibile|possibili|probabile|probabili|sospetto|sospetta|sospettato|sospettati"
    "|accusato|accusata|accusati|pare|a quanto pare|sembrano|sembrerebbe|verosimilmente|eventuale|eventuali|quasi"
    "|meno di|fino a|può|possono|potenziale|starebbe|verrebbe|si pensa|si ritiene|si sospetta|si stima"
    "§suposto|suposta|supostos|supostamente|poderia|poderiam|pode|podem|teria|teriam|seria|seriam|talvez|provavelmente"
    "|possivelmente|pelo menos|mais de"
    "|supostas|estaria|estariam|aparentemente|possível|possíveis|provável|prováveis|parece"
    "|parecem|cerca de|quase|menos de|aproximadamente|alegado|alegada|alegadamente|suspeito|suspeita|suspeitos|acusado"
    "|acusada|acusados|presumível|presumivelmente|presumido|até|eventual|potencial|acredita-se|estima-se|suspeita-se"
    "§vermeende|vermeend|vermoedelijk|vermoedelijke|mogelijk|mogelijke|waarschijnlijk|misschien|zou|zouden|naar verluidt"
    "|ongeveer|minstens|lijkt|blijkbaar"
    "|kan|kunnen|schijnbaar|schijnt|kennelijk|ogenschijnlijk|wellicht|waarschijnlijke|verdachte|verdacht|beweerde"
    "|zogenaamd|zogenaamde|circa|bijna|ruim|meer dan|minder dan|ten minste|tenminste|hoogstens|lijken|leek|leken"
    "|vermoed|vermoede|potentiële|wordt vermoed|naar schatting"
)
BEFORE_NUMBERS = frozenset(
    "about|around|over|close to|bis zu|über|rund|etwa|knapp|ca|près de|plus de|moins de|jusqu'à|quelque|unos|unas"
    "|hasta|cerca de|en torno a|alrededor de|oltre|fino a|circa|até|ruim|more than|less than|up to|mehr als|weniger als"
    "|más de|menos de|più di|meno di|mais de|meer dan|minder dan".split("|")
)
"""Of the hedges, those that weaken a number alone: "about 40", not "about the law"."""
_SAME_HEDGES = (
    "about|around|roughly|approximately|rund|etwa|ungefähr|circa|ca|environ|quelque|unos|unas|alrededor de|cerca de|ongeveer",
    "more than|over|mehr als|über|plus de|más de|più di|oltre|mais de|meer dan|ruim",
    "nearly|almost|close to|fast|nahezu|beinahe|près de|presque|quasiment|casi|quasi|quase|bijna",
    "less than|fewer than|weniger als|moins de|menos de|meno di|minder dan",
    "up to|as many as|as much as|bis zu|jusqu'à|hasta|fino a|até|tot",
    "perhaps|maybe|possibly",
    "seems|seem|appears|appear",
    "appears set to|appear set to|seems set to|seem set to|looks set to|look set to",
    "seemed|appeared",
    "probably|likely",
    "apparently|seemingly",
    "believed|thought to|is understood to|are understood to",
    "expected|forecast to|predicted to|projected to|tipped to",
    "reportedly|is said to|are said to|was said to|were said to",
)
SAME_HEDGE = {word: group.partition("|")[0] for group in _SAME_HEDGES for word in group.split("|")}
"""Hedges that say the same as another, by the first of their group."""
IDIOMS = frozenset(
    "than expected|than-expected|as possible|safely possible|reasonably possible|humanly possible|if possible|where possible|wherever possible|wenn möglich|falls möglich|si possible|si es posible|se possibile|se possível"
    "|not only|not just|wie möglich|nicht nur|que possible|dès que possible|pas seulement|non seulement|lo posible|lo antes posible"
    "|no solo|no sólo|possibile che|il più possibile|non solo|o possível|o mais possível|não só|não apenas|mogelijk is|zo mogelijk"
    "|niet alleen|niet enkel".split("|")
)
"""Phrases with a word that hedges or denies elsewhere; they do neither."""
# Words that deny, and verbs of refusing and failing.
NEGATIONS = by_language(
    "not|no|never|none|nobody|nothing|nor|neither|without|cannot|no longer|deny|denies|denied|denying|refuse|refused"
    "|refuses|fail|fails|failed|unable|false|untrue|incorrect|hardly|nowhere|refusing|refusal|failing to|failure to|denial"
    "|reject|rejects|rejected|rejecting|rejection|decline to|declines to|declined to|lack|lacks|lacked|barely|scarcely"
    "§nicht|kein|keine|keinen|keiner|keinem|keines|nie|niemals|niemand|niemanden|niemandem|nichts|ohne|weder|keinerlei"
    "|keinesfalls|keineswegs|nirgends|nirgendwo|kaum|nein|dementiert|dementierte|dementierten|bestreitet|bestritt"
    "|bestreiten|verweigert|verweigerte|weigert|weigerte|abgelehnt|lehnt|lehnte|scheitert|scheiterte|gescheitert"
    "§ne|n|pas|jamais|aucun|aucune|sans|rien|personne n|non|ni|nul|nulle|guère|refuse|refusé|refusent|dément|démenti"
    "|nie|nié|rejette|rejeté|rejetée|échoue|échoué"
    "§no|nunca|jamás|ningún|ninguna|ninguno|nadie|nada|sin|tampoco|ni|niega|niegan|negó|negaron|rechaza|rechazó"
    "|rechazaron|rechazado|desmiente|desmintió|apenas"
    "§non|no|mai|nessun|nessuno|nessuna|senza|niente|nulla|né|neppure|nemmeno|neanche|nega|negato|rifiuta|rifiutato"
    "|respinge|respinto|respinta|smentisce|smentito"
    "§não|nunca|jamais|nada|nenhum|nenhuma|ninguém|sem|nem|tampouco|sequer|nega|negou|recusa|recusou|rejeita|rejeitou"
    "|desmente|desmentiu"
    "§niet|geen|nooit|niemand|niets|zonder|noch|nergens|nauwelijks|evenmin|ontkent|ontkende|weigert|weigerde|verwerpt"
    "|verwierp|afgewezen"
)
# Verbs of saying, and "according to".
_SAYING = by_language(
    "said|says|say|saying|told|tells|according to|announced|announces|announce|stated|states|added|wrote|writes|reported|reports"
    "|claimed|insisted|acknowledged|sources|source|confirms|confirmed|warns|warned|warn|suggests|insists|argues|argued"
    "|admits|admitted|blames|blamed|promises|promised|vows|vowed|pledges|pledged|predicts|predicted|notes|noted"
    "|testified|tweeted"
    "§sagte|sagt|sagten|sagen|erklärte|erklärten|erklärt|teilte|teilten|laut|zufolge|nach angaben|nach eigenen angaben"
    "|nach polizeiangaben|nach informationen|berichtete|berichteten|berichtet|berichten|meldete|meldet|hieß es|heißt es"
    "|betonte|sagte aus"
    "|behauptete|behauptet|behaupten|warnte|warnt|warnten|kritisierte|kritisiert|urteilt|schrieb|schreibt"
    "|versprach|verspricht|räumte ein|räumt ein|mitteilte|mitteilten|mitteilt"
    "§a déclaré|a dit|dit|disent|a affirmé|a annoncé|selon|d'après|a indiqué|a précisé|a expliqué|a assuré|a ajouté"
    "|a rapporté|indique|affirme|déclare|rapporte|de source|aux dires"
    "|avertit|a averti|prévient|reconnaît|a reconnu|admet|a admis|promet|a promis|estime|a estimé|assure|dénonce|a dénoncé"
    "§dijo|dijeron|afirmó|según|declaró|anunció|dice|dicen|indicó|señaló|explicó|aseguró|añadió|informó|informaron"
    "|sostuvo|manifestó|de acuerdo con"
    "|advierte|advirtió|asegura|afirma|admite|admitió|reconoce|reconoció|promete|prometió|denuncia|denunció|sostiene|señala"
    "§ha detto|ha dichiarato|secondo|ha affermato|ha spiegato|ha riferito|ha annunciato|ha aggiunto|dice|afferma"
    "|riferisce|riferiscono|stando a|a detta"
    "|avverte|ha avvertito|assicura|ammette|ha ammesso|riconosce|ha riconosciuto|promette|ha promesso|denuncia|sostiene|ha sostenuto"
    "§disse|disseram|afirmou|segundo|de acordo com|declarou|diz|informou|informaram|anunciou|explicou|afirma|conforme"
    "|alerta|alertou|admite|admitiu|promete|prometeu|denuncia|denunciou|garante|garantiu|disseram"
    "§zei|zegt|volgens|verklaarde|meldde|zeiden|zeggen|meldt|melden|verklaart|aldus|liet weten|vertelde|bevestigde"
    "|waarschuwt|waarschuwde|belooft|beloofde|beweert|geeft toe|gaf toe|erkent|erkende|schrijft|schreef"
)
# The plural of a past: "a dit", "ont dit"; "afirmó", "afirmaron".
_PLURALS = {
    "fr": (re.compile(r"\Aa "), "ont "),
    "es": (re.compile(r"(?<!i)ó\Z"), "aron"),
    "it": (re.compile(r"\Aha "), "hanno "),
    "pt": (re.compile(r"ou\Z"), "aram"),
}


def _with_plurals(phrases: str, lang: str) -> str:
    """Return the `phrases`, separated by "|", and the plural of those in the past."""
    past, plural = _PLURALS.get(lang, (None, ""))
    listed = phrases.split("|")
    return "|".join(dict.fromkeys([*listed, *(past.sub(plural, phrase) for phrase in listed)] if past else listed))


SAYING = {lang: _with_plurals(phrases, lang) for lang, phrases in _SAYING.items()}
# After these comes why something happened.
CAUSES = {
    lang: re.compile(rf"(?<!\w)(?:{words})(?!\w)")
    for lang, words in by_language(
        "because of|due to|caused by|owing to|blamed on|result of|sparked by|triggered by"
        r"§wegen|aufgrund|infolge|durch|aus grund|ursache war§à cause d\w*|en raison d\w*|dû à|due à|suite à|provoquée? par|causée? par"
        r"§a causa del?|debido a|por culpa del?|causad[oa] por|provocad[oa] por§a causa d\w+|per colpa d\w+|dovut[oa] a\w*|causat[oa] da\w*"
        r"|provocat[oa] da\w*§por causa d\w+|devido a\w*|causad[oa] por|provocad[oa] por|em razão d\w+§door|wegens|vanwege|als gevolg van|veroorzaakt door"
    ).items()
}
# Who was asked said nothing.
NO_COMMENT = {
    lang: re.compile(words)
    for lang, words in by_language(
        r"\b(?:not|n't|declin\w+|refus\w+|no)\b.{0,30}\b(?:respon|repl|comment|answer|return)"
        r"§\b(?:reagier|antwort|beantwort|äußer|stellungnahme|kommentar).{0,60}\bnicht\b|\b(?:nicht|keine)\b.{0,40}(?:reagier|antwort|äußer|geäußert|stellung|kommentar)"
        r"§\b(?:n'|ne |pas |refus).{0,40}(?:répon|réagi|comment|donné suite)§\b(?:no|rehus|declin)\w*\b.{0,40}(?:respon|contest|coment|pronunci)"
        r"§\b(?:non|rifiut|declin)\w*\b.{0,40}(?:rispo|comment|replic)§\b(?:não|recus)\w*\b.{0,40}(?:respon|coment|manifest|pronunci)"
        r"§\b(?:reage|antwoord|commentaar).{0,60}\b(?:niet|geen)\b|\b(?:niet|geen|weiger)\w*\b.{0,40}(?:reage|reactie|antwoord|commentaar)"
    ).items()
}
# Titles before names: not part of a name, but they join its words.
TITLES = frozenset(
    "mr mrs ms dr prof sir lady lord sen rep gov president minister king queen herr frau monsieur madame señor señora "
    "signor senhor meneer mevrouw gen lt col sgt m mme mlle sr sra dra don doña sig dott avv mgr "
    "archbishop bishop cardinal rabbi imam ayatollah reverend pastor senator congressman congresswoman councillor ambassador "
    "judge professor sheriff herrn presidente presidenta président présidente ministro ministra ministre admiral colonel captain lieutenant sergeant erzbischof bischof kardinal papst senatorin oberst monseigneur archevêque "
    "général monseñor arzobispo cardenal monsignore arcivescovo cardinale onorevole arcebispo cardeal aartsbisschop bisschop "
    "kardinaal generaal".split()
)
# Before a name, these say no more than that it is a person.
_HONORIFICS = frozenset(
    "mr mrs ms dr prof professor sir lady lord herr herrn frau monsieur madame m mme mlle señor señora sr sra don doña dra signor signora sig dott "
    "avv senhor meneer mevrouw mgr".split()
)
# Titles that are too often a word of another kind to be taken from the names that follow them.
_OTHER_OFFICES = frozenset("chancellor governor premier mayor pope prince princess commissioner secretary".split())
# German offices are one word, so that no list has them all: "Außenminister", "Polizeichefin".
_OFFICES = ("minister", "präsident", "kanzler", "meister", "chef", "sprecher", "vorsitzender", "vorsitzende")


def is_title(word: str, lang: str) -> bool:
    """Return whether `word` is a title or an office that a name may follow."""
    low = word.lower().rstrip(".")
    return low in TITLES or (lang == "de" and low.removesuffix("in").endswith(_OFFICES))


def is_office(word: str, lang: str) -> bool:
    """Return whether `word` is a title that says what somebody is: "Senator", not "Mr"."""
    low = word.lower().rstrip(".")
    return low in _OTHER_OFFICES or (is_title(word, lang) and low not in _HONORIFICS)


ACRONYMS = frozenset({"IT", "US", "WHO"})
"""Written so, they are names and no words of grammar: "a US jet", "the WHO"."""
# Words that have a capital letter at the start of a sentence or in German and are not names.
NO_NAMES = frozenset(
    (
        "the a an in on at of for to by with from and but or as it its he she they we i you his her their our this that "
        "these those there here if when while after before since because although though however meanwhile also yet so "
        "who what where why how is are was were be been has have had do does did not no yes all some many most more less "
        "one two three four five six seven eight nine ten both each every such other another new last first second next "
        "over under about into out up down off than then now still just even only very correction update editor note "
        "police officials witnesses analysts prosecutors residents authorities experts critics people workers students "
        "doctors investigators lawyers scientists researchers lawmakers reporters neighbors friends relatives someone "
        "everyone nobody sources farmers teachers voters polizei behörden ermittler experten "
        "der die das den dem des ein eine und oder aber im am zu zum zur von vom mit bei für auf aus nach er sie es wir ich "
        "le la les un une des du de et ou mais il elle ils elles nous vous je on en au aux dans par pour sur avec ce cette "
        "el los las una unos y o pero en del al con por para es su sus lo esta este "
        "lo gli uno una e ma di da nel nella dei che ha si non per con "
        "os as um uma do da dos das no na nos nas em ao com por que são não "
        "het een van en op voor met zijn dat niet maar i'm i’m it's it’s ok okay "
        "angaben ansicht meinung aussage aussagen informationen auskunft sicht kraft zukunft anspruch gefahr haft brand "
        "betrieb gang folge form frage grund anfang bedarf kindern menschen personen frauen männern millionen milliarden "
        "tausenden hunderten euro prozent dollar untersuchungshaft rente bewegung wahrheit ordnung richtung teilen"
    ).split()
)

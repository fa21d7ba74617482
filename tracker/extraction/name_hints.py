"""Guess from class names, ids and itemprops what an element is. Structure decides first; names break ties."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final


class Hint:
    """What a name suggests; flags that may be combined."""

    NONE: Final = 0
    BODY: Final = 1  # the article's text
    WEAK: Final = 2  # probably not the article's text: sidebars, tags, author boxes
    JUNK: Final = 4  # adverts, share buttons, tools; surely not the text, unless most of the text is in it
    VENDOR: Final = 8  # consent managers and comment systems
    DEK: Final = 16
    BYLINE: Final = 32
    CAPTION: Final = 64
    DATE: Final = 128
    PROMO: Final = 256
    PAYWALL: Final = 512
    LIVE: Final = 1024
    BOX: Final = 2048  # a fact box


_JOINT: Final = r"[-_ ]?"  # between two words of a name
_PATTERNS: Final[dict[int, str]] = {
    Hint.BODY: (
        rf"article{_JOINT}_?(?:body|text|content|copy|main)|(?:story|entry|post|news|content|main|"
        rf"single){_JOINT}_?(?:body|text|content)"
        rf"|body{_JOINT}(?:text|copy|content)|articlebody|storybody|rich{_JOINT}text|article__body|"
        rf"text{_JOINT}body|artikel{_JOINT}(?:text|body|inhalt)"
        r"|cuerpo|corpo|contenido|articolo|textkorper"
    ),
    Hint.VENDOR: (
        r"onetrust|didomi|cookie|consent|gdpr|cmp-?(?:banner|consent|dialog|modal|overlay|popup|ui)|usercentrics|sp_message|disqus|fb-comments|"
        r"comment(?:s|list|section|area|ary)?(?![a-z0-9])"
        r"|kommentar|commentaires|comentarios|coral-|viafoura|openweb"
    ),
    Hint.PROMO: (
        r"related|recommend|read(?:ing)?-?_?(?:more|also|next)|also-?read|more-?_?(?:on|from|stor|"
        r"news|article|like)|most-?_?(?:read|popular|viewed)"
        r"|popular|trending|teaser|(?<!article)promo|outbrain|taboola|zergnet|upscore|newsletter|"
        r"signup|sign-up|subscri(?:be|ption)|abo-?(?:box|teaser)"
        r"|rail(?![a-z])|carousel|slider|inline-?(?:article|story|link|box)|infobox-?link|"
        r"mehr-?zum|auch-?interess|lesen-?sie|lire-?aussi"
        r"|leggi-?anche|te-?puede|relacionad|verwandt|weitere|recirc|read-?in|suggest|playlist|"
        r"podcast-?(?:promo|box|player)|mostread|onward|further-?reading"
    ),
    Hint.JUNK: (
        # Whole words: "ad" must not be found in "head".
        r"(?<![a-z0-9])(?:ads?|advert(?:s|isement|ising|isment|orial)?|anzeige[n]?|werbung|publicidad|publicite|pub|"
        r"gpt|dfp|sponsor(?:ed|s)?|banner)(?![a-z0-9])"
        r"|adslot|ad-?slot|ad-?container|ad-?unit|ad-?wrapper|adsense|advertis|google_?ads|social|"
        r"share(?![a-z])|sharing|sharebar|share-?(?:bar|tools|buttons?)|breadcrumb|pagination|"
        r"pager(?![a-z])|cookie"
        r"|toolbar|menu(?![a-z])|skip-?link|masthead|ticker|poll(?![a-z])|quiz|survey|umfrage|rating|"
        r"paywall|regwall|piano|donat(?:e|ion)|video-?(?:player|js)|player(?![a-z])|print-?only|"
        r"screen-?reader|sr-only|visually-?hidden|a11y-?hidden"
    ),
    Hint.WEAK: (
        r"sidebar|side-bar|aside|footer|foot(?![a-z])|header(?![a-z])|nav(?![a-z])|navigation|"
        r"tags?(?![a-z0-9])|tag-?list|topics?(?![a-z])|keywords|meta(?![a-z])|author-?(?:bio|box|info|"
        r"card|profile|desc)|bio(?![a-z])|about-?author|autor|copyright|disclaimer"
        r"|legal|fact-?box|info-?box|infokasten|factsheet|box(?![a-z])|card(?![a-z])|(?<![a-z])tools(?![a-z])|"
        r"modal|popup|overlay|embed|pull-?quote|slideshow|audio|listen|read-?time|"
        r"reading-?time|views?-?count"
    ),
    Hint.DEK: (
        rf"standfirst|(?<![a-z])dek(?![a-z])|deck(?![a-z])|(?<![a-z])lead(?![a-z])|"
        rf"(?<![a-z])lede(?![a-z])|intro(?:duction|text)?(?![a-z])|chapo|(?<![a-z])chapeau|ingress|"
        rf"vorspann|subtitle|sub-?_?title|sub-?_?hed|sub-?_?head(?:line)?|summary|excerpt|abstract|teaser-?text"
        rf"|preamble|manchet|sommario|occhiello|bajada|entradilla|copete|sottotitolo|subtitulo|"
        rf"strapline|kicker-?text|description|article{_JOINT}_?(?:intro|lead|summary|desc)|"
        rf"(?<![a-z])spot(?![a-z])|leadtext|leadin(?![a-z])"
    ),
    Hint.BYLINE: (
        r"byline|author(?!iz|it)|autor(?!i[sz])|writer|contributor|reporter|verfasser|auteur|autore|"
        r"journalist|redakteur|(?<![a-z])by(?![a-z])|signature|firma(?![a-z])|skribent|muhabir|yazar"
    ),
    Hint.CAPTION: (
        r"caption|bildunterschrift|bildtext|legende|pie-?(?:de-?)?foto|didascalia|image-?(?:credit|"
        r"source|text|desc)|img-?(?:desc|caption)|photo-?(?:credit|desc|info)|picture-?text|figcap|"
        r"fotoleyenda|wp-caption"
    ),
    Hint.DATE: (
        r"date(?![a-z])|time(?![a-z])|timestamp|dateline|datum|fecha|published|pubdate|posted|updated|modified"
    ),
    Hint.PAYWALL: (
        r"paywall|regwall|piano-|metered|premium-?(?:wall|box|offer)|subscriber-?only|"
        r"plus-?(?:paywall|wall)|offer-?wall"
    ),
    Hint.BOX: r"fact-?(?:box|file|sheet)|info-?box|infokasten|fakta-?(?:box|ruta)|recuadro|despiece|encadre",
    Hint.LIVE: r"live-?_?blog|liveticker|live-?ticker|liveupdate|live-?_?(?:post|entry|event)",
}


_COMPILED_PATTERNS: Final = tuple((hint, re.compile(pattern)) for hint, pattern in _PATTERNS.items())
_ANY_PATTERN: Final = re.compile("|".join(_PATTERNS.values()))
# Ghost wraps every block of its editor so: a note among the text is a "card".
_NEUTRAL_NAME: Final = re.compile(r"kg-(?:(?:callout|toggle|blockquote)-)?card")
_CAMEL_CASE: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
_PLAIN_WORD: Final = re.compile(r"(?<![^\W_])(?:[^\W\d_]+(?![^\W_])|[^\W\d_]{4,}(?=\d+(?![^\W_])))")
_MIN_CAMEL_PIECE_CHARS: Final = 3  # on average: "AuAdJlVL" is a hash, no camel case
# Words that together with the next word can mean what neither means alone: "article body", "read more".
_FIRST_OF_TWO: Final = frozenset(
    "article story entry post news content main single body text rich artikel read reading more also most mehr auch"
    " lesen lire leggi te inline info sign abo further ad google share skip video print screen sr visually side tag"
    " cmp author about fact pull views view sub kicker pie img image photo picture wp editor editors update live"
    " premium subscriber plus offer sp fb audio podcast teaser".split()
)


@lru_cache(maxsize=32768)
def hint(names: str) -> int:
    """Return the flags of `Hint` that a class attribute, id, itemprop or data-testid suggests.

    Names may be in lower case, camel case or with dashes and underscores.
    """
    found: int = Hint.NONE
    if " " in names:
        for name in names.split():
            found |= hint(name)
        return found
    if _NEUTRAL_NAME.fullmatch(names):
        return found
    words = _PLAIN_WORD.findall(names)  # digits may follow a word of four letters
    if not names.islower():
        words = []
        for word in _PLAIN_WORD.findall(names):
            pieces = [word] if word.islower() else _CAMEL_CASE.sub("-", word).lower().split("-")
            if len(pieces) < 3 or len(word) >= _MIN_CAMEL_PIECE_CHARS * len(pieces):
                words += pieces
    before = ""
    for word in words:
        found |= _meaning(word)
        if before:
            found |= _meaning(f"{before}-{word}")
        before = word if word in _FIRST_OF_TWO else ""
    return found


@lru_cache(maxsize=32768)
def _meaning(word: str) -> int:
    """Return the flags that one word, or two joined by a dash, suggests."""
    if not _ANY_PATTERN.search(word):
        return Hint.NONE
    found: int = Hint.NONE
    for kind, pattern in _COMPILED_PATTERNS:
        if pattern.search(word):
            found |= kind
    return found

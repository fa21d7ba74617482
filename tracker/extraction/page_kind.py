"""Decide the kind of a page: an article, a live blog, or a page in place of one, such as a consent wall."""

from __future__ import annotations

import re
from typing import Final

from tracker.model.article import Article, BlockKind, NoticeKind, PageKind

from . import page_head
from .name_hints import Hint
from .page_head import PageHead
from .page_tree import PageTree, Zone

_MIN_NAMED_ENTRIES: Final = 4  # of a live blog
_ENTRY_TAGS: Final = frozenset({"article", "li", "section", "div"})
_NOT_FOUND: Final = re.compile(
    r"\b(?:page|article|story|content) (?:not found|can(?:no|')t be found|could not be found|"
    r"no longer (?:available|exists)|does(?: not|n't) exist|unavailable)|^\W*(?:error )?404\b|"
    r"\b404\b.{0,20}(?:not found|error|fehler)|not found\W*$|"
    r"seite (?:wurde )?nicht gefunden|nicht (?:mehr )?verfügbar|page (?:introuvable|non trouvée)|"
    r"página no encontrada|pagina non trovata|página não encontrada|pagina niet gevonden|"
    r"sidan (?:kunde inte|hittades inte)|siden (?:ble|blev) ikke funnet|"
    r"страница не найдена|sayfa bulunamadı|ページが見つかりません|페이지를 찾을 수",
    re.IGNORECASE,
)
_BOT: Final = re.compile(
    r"just a moment|attention required|access (?:to this page has been )?denied|"
    r"are you (?:a )?(?:robot|human)|verify(?:ing)? (?:that )?you are (?:a )?human|"
    r"pardon our interruption|checking your browser|security check|captcha|unusual traffic|"
    r"ddos protection|bot (?:detection|verification)|robot check|human verification|blocked$|"
    r"request blocked|enable javascript and cookies to continue",
    re.IGNORECASE,
)
_CONSENT: Final = re.compile(
    r"(?:we (?:value|care about|respect) your privacy|before you continue|cookie (?:consent|"
    r"preferences|settings|policy)|consent (?:to|management|form)|your privacy (?:choices|"
    r"is important)|accept (?:all )?cookies|"
    r"with (?:ads|advertising) (?:and|or)|mit werbung (?:lesen|weiterlesen|nutzen)|zustimm(?:en|"
    r"ung)|datenschutz-?einstellungen|cookies? (?:akzeptieren|zulassen)|accepter et continuer|"
    r"gérer (?:mes|les) cookies|continuer sans accepter|privacy ?(?:manager|center|gate)|"
    r"consentimiento|consenso)",
    re.IGNORECASE,
)
_PAYWALL: Final = re.compile(
    r"(?:subscribe|sign in|log in|register|become a (?:member|subscriber)) (?:now |today )?(?:to|"
    r"and) (?:continue|keep|read|unlock|access|get)|(?:to|and) (?:continue|keep) reading|"
    r"already (?:a |have an? )?(?:subscrib|account|member)|this (?:article|content|"
    r"story) is (?:for|reserved for|only available to|exclusive(?:ly)? (?:for|"
    r"to)) (?:\w+ )?(?:subscribers|members)|"
    r"you(?:'ve| have) (?:reached|used) .{0,30}(?:free articles|limit)|unlock this article|"
    r"(?:jetzt|weiter)lesen mit|(?:bereits|schon) abonnent|nur für abonnenten|"
    r"exklusiv für abonnenten|jetzt (?:\w+ )?(?:testen|abonnieren) und weiterlesen|"
    r"réservé aux abonnés|déjà abonné|il vous reste .{0,20}% de cet article|"
    r"suscríbe(?:te|se) para (?:seguir|continuar)|contenido exclusivo para suscriptores|"
    r"articolo riservato agli abbonati|abbonati per (?:continuare|leggere)|"
    r"conteúdo exclusivo para assinantes",
    re.IGNORECASE,
)
_UNSPACED: Final = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_UNSPACED_WEIGHT: Final = 3
_SENTENCE: Final = re.compile(r"[^.!?。！？…]{15,}(?:[.!?…](?=\s|$|[\"”»'])|[。！？])|[\u0e00-\u0e7f]{30,}")
# Characters of text. A page with more than a long text is never a wall; one with a short text is an article
# only if it says that it is.
_MIN_ARTICLE_CHARS: Final = 250
_MIN_DECLARED_ARTICLE_CHARS: Final = 60
_MIN_PROSE_CHARS: Final = 120
_SHORT_TEXT_CHARS: Final = 900
_LONG_TEXT_CHARS: Final = 2 * _SHORT_TEXT_CHARS
_MAX_WALL_CHARS: Final = 2_500
_MAX_SEARCHED_LINES: Final = 60
_MAX_SEARCHED_CHARS: Final = 4_000
_MAX_TITLE_CHARS: Final = 120
_MAX_PLEA_CHARS: Final = 300
_MIN_GALLERY_CAPTIONS: Final = 4
# A page with more lines and text than this, and more of it in links, is a list; less will do if it says that it is one.
_MIN_LISTING_LINES: Final = 12
_MIN_LISTING_CHARS: Final = 800
_MIN_LISTING_LINK_SHARE: Final = 0.55
_MIN_DECLARED_LISTING_CHARS: Final = 500
_MIN_DECLARED_LISTING_LINK_SHARE: Final = 0.5
_MAX_SHELL_CHARS: Final = 200  # of a page whose scripts load the text
_BLOCKED_STATUSES: Final = frozenset({401, 403, 429, 503})
# An update note promises a text, which may be missing only now.
_IN_PLACE_OF_TEXT: Final = frozenset({NoticeKind.CORRECTION, NoticeKind.EDITORS_NOTE})
_LISTING_TYPES: Final = frozenset({"CollectionPage", "SearchResultsPage", "ItemList", "WebSite"})


def detect_page_kind(head: PageHead, page: PageTree, article: Article, status: int) -> tuple[PageKind, str]:
    """Return the kind of the page and the reason for it; the reason is empty for a plain article.

    `status` is the HTTP status. Walls and missing pages come first: they can have a text of their own.
    """
    size = _size(article.text)
    found = _wall(head, page, article, size, status)
    if found:
        return found
    if status in {404, 410}:
        return PageKind.SOFT_404, f"status {status}"
    if size <= _SHORT_TEXT_CHARS and not (article.published and size > _MIN_ARTICLE_CHARS):
        for text in (head.title, article.headlines.h1, head.first("og:title")[0]):
            missing = _NOT_FOUND.search(text) if len(text) < _MAX_TITLE_CHARS else None
            if missing:
                return PageKind.SOFT_404, f"title says {missing[0].strip()!r}"
    why = live_blog_reason(head, page)
    if why and (article.text or not why.endswith("entries")):
        return PageKind.LIVE_BLOG, why
    found = _paywall(head, page, size)
    if found:
        return found
    if (
        size >= _MIN_ARTICLE_CHARS
        or _is_dated_prose(article)
        or (size >= _MIN_DECLARED_ARTICLE_CHARS and is_declared_article(head))
    ):
        return PageKind.ARTICLE, ""
    return _without_text(head, page, article, size)


def live_blog_reason(head: PageHead, page: PageTree) -> str:
    """Return why the page is a live blog; empty if it is not. `scoring.weigh` must have been called before."""
    if any("LiveBlogPosting" in page_head.types(item) for item in head.entities):
        return "JSON-LD says LiveBlogPosting"
    entries = sum(1 for e in page.heavy if e.hint & Hint.LIVE and e.tag in _ENTRY_TAGS)
    return f"{entries} live entries" if entries >= _MIN_NAMED_ENTRIES else ""


def _size(text: str) -> int:
    """Return the length of a text in characters; one of a script without blanks counts as three."""
    return len(text) + (_UNSPACED_WEIGHT - 1) * len(_UNSPACED.findall(text))


def _is_dated_prose(article: Article) -> bool:
    """Return whether the page has a headline, a date and two sentences: it is an article, whatever a banner says."""
    if not (article.title and article.published):
        return False
    prose = "\n".join(
        b.text for b in article.editorial if b.kind is BlockKind.PARAGRAPH and not _CONSENT.search(b.text)
    )
    return _size(prose) >= _MIN_PROSE_CHARS and len(_SENTENCE.findall(prose)) >= 2


def is_declared_article(head: PageHead) -> bool:
    """Return whether the head calls the page an article."""
    return bool(head.article) or head.first("og:type")[0].lower().endswith("article")


def _wall(head: PageHead, page: PageTree, article: Article, size: int, status: int) -> tuple[PageKind, str] | None:
    """Recognise a page that asks for consent, or for proof that the visitor is human."""
    if size > _LONG_TEXT_CHARS or head.article or _is_dated_prose(article):
        return None
    shown = " ".join(line.text for line in page.lines[:_MAX_SEARCHED_LINES])[:_MAX_SEARCHED_CHARS]
    found = _BOT.search(head.title) or (_BOT.search(shown) if status in _BLOCKED_STATUSES else None)
    if found:
        return PageKind.BOT_WALL, f"says {found[0]!r}"
    if len(shown) >= _MAX_WALL_CHARS:
        return None
    found = _CONSENT.search(head.title)
    if found is None and len(_CONSENT.findall(shown)) >= 2:
        found = _CONSENT.search(shown)
    return (PageKind.CONSENT_WALL, f"says {found[0]!r}") if found else None


def _paywall(head: PageHead, page: PageTree, size: int) -> tuple[PageKind, str] | None:
    """Recognise an article cut off by a paywall: by JSON-LD, element names and wording, two of which must agree."""
    if size > _LONG_TEXT_CHARS:
        return None
    is_closed = str(head.article.get("isAccessibleForFree", "")).lower() == "false"
    is_named = any(element.hint & Hint.PAYWALL for element in page.elements)
    if not is_closed and not is_named and size >= _SHORT_TEXT_CHARS // 2:
        return None
    plea = None
    for line in page.lines:
        if len(line.text) < _MAX_PLEA_CHARS and not line.zone & Zone.NAV:
            plea = _PAYWALL.search(line.text)
            if plea:
                break
    if is_closed and (plea or is_named or len(head.entity("articleBody")) > 2 * size):
        return PageKind.PAYWALL, "JSON-LD says it is not free"
    is_short = size < _SHORT_TEXT_CHARS
    if plea and (is_named or is_short) and (is_named or is_closed or size < _SHORT_TEXT_CHARS // 2):
        return PageKind.PAYWALL, f"says {plea[0]!r}"
    return None


def _without_text(head: PageHead, page: PageTree, article: Article, size: int) -> tuple[PageKind, str]:
    """Decide the kind of a page with hardly any text."""
    # Photo galleries have captions and no text; lists have many lines, most of them links.
    linked = sum(line.links for line in page.lines)
    shown = sum(len(line.text) for line in page.lines)
    captions = sum(1 for line in page.lines if line.zone & Zone.CAPTION)
    if captions >= _MIN_GALLERY_CAPTIONS and is_declared_article(head):
        return PageKind.GALLERY, f"{captions} captions"
    is_declared_listing = any(kind in _LISTING_TYPES for item in head.entities for kind in page_head.types(item))
    is_listing = shown > _MIN_LISTING_CHARS and linked > _MIN_LISTING_LINK_SHARE * shown
    if (is_listing and len(page.lines) > _MIN_LISTING_LINES) or (
        is_declared_listing
        and shown > _MIN_DECLARED_LISTING_CHARS
        and linked > _MIN_DECLARED_LISTING_LINK_SHARE * shown
    ):
        return PageKind.LISTING, "a list of links"
    if not head.has_next_data and any(notice.kind in _IN_PLACE_OF_TEXT for notice in article.notices):
        # "This article has been removed": the outlet withdrew it.
        return PageKind.ARTICLE, "a notice in place of the text"
    if head.has_next_data or (shown < _MAX_SHELL_CHARS and (head.title or head.metas)):
        return PageKind.JS_SHELL, "hardly any text without its scripts"
    if size < _MIN_DECLARED_ARTICLE_CHARS:
        return PageKind.EMPTY, "no text"
    return PageKind.ARTICLE, "short"

"""What a response turned out to be: an article, or one of the things that stand where an article was."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from tracker.model import Article, PageKind

from . import jsonld, live
from .tree import PageTree, Zone
from .vocabulary import Hint

if TYPE_CHECKING:
    from .head import Head

_I: Final = re.IGNORECASE
_NOT_FOUND: Final = re.compile(
    (
        r"\b(?:page|article|story|content) (?:not found|can(?:no|')t be found|could not be found|"
        r"no longer (?:available|exists)|does(?: not|n't) exist|unavailable)|^\W*(?:error )?404\b|"
        r"\b404\b.{0,20}(?:not found|error|fehler)|not found\W*$|"
        r"seite (?:wurde )?nicht gefunden|nicht (?:mehr )?verfügbar|page (?:introuvable|non trouvée)|"
        r"página no encontrada|pagina non trovata|página não encontrada|pagina niet gevonden|"
        r"sidan (?:kunde inte|hittades inte)|siden (?:ble|blev) ikke funnet|"
        r"страница не найдена|sayfa bulunamadı|ページが見つかりません|페이지를 찾을 수"
    ),
    _I,
)
_BOT: Final = re.compile(
    (
        r"just a moment|attention required|access (?:to this page has been )?denied|"
        r"are you (?:a )?(?:robot|human)|verify(?:ing)? (?:that )?you are (?:a )?human|"
        r"pardon our interruption|checking your browser|security check|captcha|unusual traffic|"
        r"ddos protection|bot (?:detection|verification)|robot check|human verification|blocked$|"
        r"request blocked|enable javascript and cookies to continue"
    ),
    _I,
)
_CONSENT: Final = re.compile(
    (
        r"(?:we (?:value|care about|respect) your privacy|before you continue|cookie (?:consent|"
        r"preferences|settings|policy)|consent (?:to|management|form)|your privacy (?:choices|"
        r"is important)|accept (?:all )?cookies|"
        r"with (?:ads|advertising) (?:and|or)|mit werbung (?:lesen|weiterlesen|nutzen)|zustimm(?:en|"
        r"ung)|datenschutz-?einstellungen|cookies? (?:akzeptieren|zulassen)|accepter et continuer|"
        r"gérer (?:mes|les) cookies|continuer sans accepter|privacy ?(?:manager|center|gate)|"
        r"consentimiento|consenso)"
    ),
    _I,
)
_PAYWALL: Final = re.compile(
    (
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
        r"conteúdo exclusivo para assinantes"
    ),
    _I,
)
_ARTICLE_MIN: Final = 250
_SHORT: Final = 900
_LISTING_TYPES: Final = frozenset({"CollectionPage", "SearchResultsPage", "ItemList", "WebSite"})


def recognise(head: Head, page: PageTree, article: Article, status: int) -> tuple[PageKind, str]:
    """Return the kind of page and, where it is no plain article, the reason."""
    size = len(article.text)
    for test in (_wall, _missing, _live, _paywall):
        found = test(head, page, article, status)
        if found:
            return found
    if size >= _ARTICLE_MIN or (size >= 60 and says_article(head)):
        return PageKind.ARTICLE, ""
    return _poor(head, page, article)


def says_article(head: Head) -> bool:
    """Say whether the head calls the page an article."""
    return bool(head.article) or head.first("og:type")[0].lower().endswith("article")


def _whole(page: PageTree) -> str:
    return " ".join(line.text for line in page.lines[:60])[:4000]


def _wall(head: Head, page: PageTree, article: Article, status: int) -> tuple[PageKind, str] | None:
    if len(article.text) > _SHORT * 2 or head.article:
        return None
    title = head.title
    whole = _whole(page)
    if _BOT.search(title) or (status in {401, 403, 429, 503} and _BOT.search(whole)):
        return PageKind.BOT_WALL, f"says {(_BOT.search(title) or _BOT.search(whole) or ['?'])[0]!r}"
    if len(whole) < 2_500 and (_CONSENT.search(title) or len(_CONSENT.findall(whole)) >= 2):
        return PageKind.CONSENT_WALL, f"says {(_CONSENT.search(title) or _CONSENT.search(whole) or ['?'])[0]!r}"
    return None


def _missing(head: Head, _page: PageTree, article: Article, status: int) -> tuple[PageKind, str] | None:
    if status in {404, 410}:
        return PageKind.SOFT_404, f"status {status}"
    if len(article.text) > _SHORT or (article.published and len(article.text) > _ARTICLE_MIN):
        return None
    for text in (head.title, article.headlines.h1, head.first("og:title")[0]):
        found = _NOT_FOUND.search(text) if len(text) < 120 else None
        if found:
            return PageKind.SOFT_404, f"title says {found[0].strip()!r}"
    return None


def _live(head: Head, page: PageTree, article: Article, status: int) -> tuple[PageKind, str] | None:
    del status
    why = live.reason(head, page)
    if why and (article.text or not why.endswith("entries")):
        return PageKind.LIVE_BLOG, why
    return None


def _paywall(head: Head, page: PageTree, article: Article, status: int) -> tuple[PageKind, str] | None:
    del status
    size = len(article.text)
    if size > _SHORT * 2:
        return None
    closed = str(head.article.get("isAccessibleForFree", "")).lower() == "false"
    named = any(e.hint & Hint.PAYWALL for e in page.elements)
    if not closed and not named and size >= _SHORT // 2:
        return None
    body = head.entity("articleBody")
    words = next(
        (
            m
            for line in page.lines
            if len(line.text) < 300 and not line.zone & Zone.NAV and (m := _PAYWALL.search(line.text))
        ),
        None,
    )
    if closed and (words or named or len(body) > 2 * size):
        return PageKind.PAYWALL, "JSON-LD says it is not free"
    if words and (named or size < _SHORT) and (named or closed or size < _SHORT // 2):
        return PageKind.PAYWALL, f"says {words[0]!r}"
    return None


def _poor(head: Head, page: PageTree, article: Article) -> tuple[PageKind, str]:
    linked = sum(line.links for line in page.lines)
    whole = sum(len(line.text) for line in page.lines)
    photos = sum(1 for line in page.lines if line.zone & Zone.CAPTION)
    if photos >= 4 and says_article(head):
        return PageKind.GALLERY, f"{photos} captions"
    if (
        any(t in _LISTING_TYPES for item in head.entities for t in jsonld.types(item))
        and whole > 500
        and linked > 0.5 * whole
    ):
        return PageKind.LISTING, "a list of links"
    if whole > 800 and linked > 0.55 * whole and len(page.lines) > 12:
        return PageKind.LISTING, "a list of links"
    if head.page_data or (whole < 200 and (head.title or head.metas)):
        return PageKind.JS_SHELL, "no text without its scripts"
    return (PageKind.EMPTY, "no text") if len(article.text) < 60 else (PageKind.ARTICLE, "short")

"""Recognise notices: what an outlet says about its own edits, in the languages of the news."""

from __future__ import annotations

import re
from typing import Final

from tracker.model.article import NoticeKind

from .timestamp_patterns import is_timestamp

# A wire's note on what it changed, in brackets at the end: "(Adds analyst comment.)"
_WIRE: Final = (
    r"\(\s*(?:updates?|updated|adds?|corrects?|recasts?|rewrites?|removes?|clarifies|fixes|deletes?|refiles?|repeats|"
    r"restores|changes|drops|tops|writethru|aktualisiert|ergänzt|korrigiert|corrige|actualiza|añade|aggiorna|atualiza|"
    r"acrescenta|mise à jour|ajoute)\b[^()]{3,400}(?:\([^()]*\)[^()]*)*\)?\.?$"
)
_PUBLICATION: Final = (
    r"(?:story|article|post|report|piece|column|page|file|headline|item|newsletter|version|list|"
    r"review|interview|obituary|essay|transcript|graphic|caption|photo|video)"
)
_CORRECTION: Final = (
    r"(?:corrections?(?: and clarifications?)?|corrected|erratum|errata(?: corrige)?|korrektur|"
    r"korrigendum|berichtigung|richtigstellung|correctif|rectificatif|"
    r"rectification|corrección|fe de (?:errores|erratas)|rectificación|correzione|rettifica|"
    r"correção|errata|retificação|correctie|"
    r"rectificatie|rättelse|rettelse|retting|oikaisu|sprostowanie|korekta|düzeltme|исправление|"
    r"опровержение|виправлення|διόρθωση|oprava|helyreigazítás)"
    r"(?:\s*\([^)]{0,40}\)|,?\s+[\w. ]{0,30}\d{4}|\s+\d[\d./ ]{3,12})?\s*[:：–—-]"
    r"|correction\s*$|(?:訂正|更正|정정|바로잡습니다|【訂正】|お詫び)"
    rf"|(?:an?|the|our) (?:earlier|previous|initial|original|prior) (?:version|edition|headline|"
    rf"{_PUBLICATION})\b"
    rf"|this {_PUBLICATION}(?:'s \w+)? (?:has been|was|is being) (?:corrected|amended|revised)"
    r"|in einer (?:früheren|vorherigen|ersten|älteren) (?:version|fassung)|une (?:première |"
    r"précédente )?version (?:précédente|antérieure|initiale)"
    r"|una versión (?:anterior|previa)|una (?:precedente )?versione precedente|"
    r"uma versão anterior|in een eerdere versie|i en tidigare version"
    r"|i en tidligere (?:versjon|version|udgave)|w poprzedniej wersji|в (?:предыдущей|"
    r"более ранней) версии"
)
_CLARIFICATION: Final = (
    r"(?:clarification|klarstellung|präzisierung|précision|aclaración|precisazione|chiarimento|"
    r"esclarecimento|verduidelijking|"
    r"förtydligande|presisering|präcisering|wyjaśnienie|уточнение|açıklama)(?:\s*\([^)]{0,40}\)|"
    r",?\s+[\w. ]{0,30}\d{4})?\s*[:：–—-]"
    rf"|this {_PUBLICATION} (?:has been|was) (?:clarified|edited to clarify|updated to (?:clarify|"
    rf"reflect))"
)
_EDITORS_NOTE: Final = (
    r"(?:editors?['’]?s?['’]? note|editor’s note|note from the editors?|note to readers|"
    r"a note to our readers|publisher's note|anm(?:erkung|\.) der redaktion|anm\. d\. red|"
    r"hinweis der redaktion|"
    r"in eigener sache|transparenzhinweis|note de la rédaction|ndlr|nota (?:del editor|"
    r"de la redacción|de redacción|del director|da redação|do editor|della redazione|"
    r"di redazione)|noot van de redactie|"
    r"redaktörens anmärkning|redaksjonens merknad|od redakcji|от редакции|примечание редакции|"
    r"editörün notu|編集部注|编者按|編按|편집자\s?주|toimituksen huomautus)\s*[:：\].–—-]?"
)
_UPDATE: Final = (
    rf"this (?:is an? )?(?:{_PUBLICATION} )?(?:breaking|developing) (?:news )?{_PUBLICATION}? ?(?:has been|was|"
    rf"and (?:has been|was)) updated"
    rf"|this (?:breaking |developing )?(?:news )?{_PUBLICATION} (?:has been|was|is being|will be|"
    rf"has since been) (?:last )?updated"
    r"|(?:update|updated|aktualisierung|aktualisiert|nachtrag|mise à jour|actualización|"
    r"aggiornamento|atualização|uppdatering|oppdatering|opdatering|aktualizacja|обновление|"
    r"обновлено|güncelleme|更新|【更新】)"
    r"(?:\s*\([^)]{0,40}\)|,?\s+[\w. ]{0,24}\d{1,4}(?:[:.]\d\d)?(?:\s?[ap]\.?m\.?)?)?\s*[:：–—]"
    r"|(?:dieser|der) (?:artikel|beitrag|text|bericht) (?:wurde|"
    r"wird) (?:\w+ ){0,6}?(?:aktualisiert|ergänzt|korrigiert|geändert|überarbeitet)"
    r"|cet article a été (?:\w+ ){0,3}(?:mis à jour|modifié|corrigé|actualisé)|(?:este|"
    r"esta) (?:artículo|noticia|nota|historia) (?:ha sido|fue) (?:actualizad|corregid|modificad)"
    r"|(?:este|esta) (?:artigo|matéria|reportagem|texto) foi (?:atualizad|corrigid|alterad)|"
    r"dit artikel (?:is|werd) (?:\w+ ){0,4}(?:bijgewerkt|aangepast|gewijzigd)"
    r"|questo articolo è stato (?:\w+ ){0,2}(?:aggiornato|corretto|modificato)|"
    r"denne (?:artikkelen|saken|artikel) (?:er|ble|blev) (?:oppdatert|rettet|endret|opdateret)"
)
_MAX_NOTICE_CHARS: Final = 1_500
_PATTERNS: Final = tuple(
    (kind, re.compile(rf"^\W{{0,3}}(?:{pattern})", re.IGNORECASE))
    for kind, pattern in (
        (NoticeKind.UPDATE, _WIRE),
        (NoticeKind.EDITORS_NOTE, _EDITORS_NOTE),
        (NoticeKind.CORRECTION, _CORRECTION),
        (NoticeKind.CLARIFICATION, _CLARIFICATION),
        (NoticeKind.UPDATE, _UPDATE),
    )
)
_WIRE_CORRECTION: Final = re.compile(r"^\W{0,3}\(?\s*(?:corrects?|corrected|fixes|korrigiert|corrige)\b", re.IGNORECASE)
_FIRST_LETTERS: Final = re.compile(r"\W{0,4}(\w{1,4})")
# The first letters of every notice in Latin script: most lines need not be tried against the slow patterns.
_PREFIXES: Final = frozenset(
    (
        "upd add cor rec rew rem cla fix del ref rep res cha dro top wri akt erg kor act aña agg atu acr mis ajo "
        "err ber ric fe ret rät oik spr düz opr hel the an a our thi in une una uma i w kla prä pré acl pre chi "
        "esc ver för wyj açı edi pub not anm hin eig tra ndl noo red od toi die der cet est dit que den nac upp "
        "opp opd gün tid"
    ).split()
)


def notice_kind(text: str) -> NoticeKind | None:
    """Return which kind of notice *text* begins as, or None."""
    first = _FIRST_LETTERS.match(text)
    if first is None or len(text) > _MAX_NOTICE_CHARS:
        return None
    prefix = first[1][:3].lower()
    is_other_script = prefix >= "\u0370"
    if (prefix not in _PREFIXES and not is_other_script) or is_timestamp(text):
        return None
    for kind, pattern in _PATTERNS:
        if pattern.match(text):
            return NoticeKind.CORRECTION if kind is NoticeKind.UPDATE and _WIRE_CORRECTION.match(text) else kind
    return None

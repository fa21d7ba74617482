# ruff: noqa: E501 - one wording a line is how this table is read and checked
"""How outlets word their notices: one row a family, the first that fits names the kind."""

from __future__ import annotations

import re
from typing import NamedTuple

from ..model import NoticeKind


class Family(NamedTuple):
    """One way outlets word a notice, in one language."""

    kind: NoticeKind
    lang: str
    pattern: re.Pattern[str]


def _families(*rows: tuple[NoticeKind, str, str]) -> tuple[Family, ...]:
    return tuple(Family(kind, lang, re.compile(pattern, re.IGNORECASE)) for kind, lang, pattern in rows)


_LEAD = r"^[\W_]*(?:\d{1,2}[^\w]{1,3})?"
_DATE_HINT = r"(?:[\s,.(–—-]*[^:]{0,40})?"
# After "Update" a colon alone says little ("Update often: …"): a day or a time must stand between, or nothing.
_WHEN = r"(?:[\s,.(–—-]*[^:]{0,30}?(?:\d[^:]{0,20}|\w+tag|\w+dag))?"
_PIECE = r"(?:story|article|post|piece|report|column|version|item|page|video|headline|photo caption|caption|essay|review|obituary|interview|graphic|chart|podcast|newsletter|transcript|list|map|dispatch|analysis|version of (?:the|this) (?:story|article))"
_THIS = rf"(?:(?:this|our)\s+(?:[\w.-]+\s+){{0,3}}?{_PIECE}|the\s+(?:story|article|post|headline|column|caption|photo caption|headline (?:of|on) this (?:article|story)))"
_WRONG = r"(?:misstated|misidentified|misspelled|misspelt|misquoted|misattributed|mischaracteri[sz]ed|misreported|mistakenly|incorrectly|inaccurately|erroneously|wrongly|imprecisely|overstated|understated|transposed)"
_HAD = r"(?:referred|said|stated|gave|described|omitted|included|contained|rendered|used|reported|attributed|suggested|listed|named|identified|implied|failed|had|claimed|quoted|put|carried|did not|was|were|cited|called|indicated)"
_EARLIER = r"(?:an?|the)\s+(?:earlier|previous|prior|original|initial|older|first|print)\s+(?:print\s+|online\s+)?"
FAMILIES = _families(
    # clarifications first: they are often introduced as corrections are
    (NoticeKind.CLARIFICATION, "en", rf"{_LEAD}clarifications?(?:\s*\([^)]*\))?{_DATE_HINT}\s*[:–—]"),
    (NoticeKind.CLARIFICATION, "en", rf"\b{_THIS}\s+(?:has been|was|is)\s+(?:\w+\s+){{0,2}}?(?:amended|updated|edited|revised|changed|modified)\b.*\bto (?:\w+ )?clarify"),
    (NoticeKind.CLARIFICATION, "en", rf"\b{_PIECE} (?:has been|was) clarified\b"),
    (NoticeKind.CLARIFICATION, "en", r"^\W*\(?clarifies\b"),
    (NoticeKind.CLARIFICATION, "de", rf"{_LEAD}(?:klarstellung|präzisierung){_DATE_HINT}\s*:"),
    (NoticeKind.CLARIFICATION, "fr", rf"{_LEAD}(?:précision|mise au point|clarification)s?{_DATE_HINT}\s*:"),
    (NoticeKind.CLARIFICATION, "es", rf"{_LEAD}(?:aclaración|aclaraciones|precisión){_DATE_HINT}\s*:"),
    (NoticeKind.CLARIFICATION, "it", rf"{_LEAD}(?:precisazione|chiarimento){_DATE_HINT}\s*:"),
    (NoticeKind.CLARIFICATION, "pt", rf"{_LEAD}(?:esclarecimento){_DATE_HINT}\s*:"),
    (NoticeKind.CLARIFICATION, "nl", rf"{_LEAD}(?:verduidelijking|toelichting){_DATE_HINT}\s*:"),
    # corrections
    (NoticeKind.CORRECTION, "en", rf"{_LEAD}(?:for the record|corrections?(?:\s+(?:and|&)\s+clarifications?)?|corrected|corrigend(?:um|a)|errat(?:um|a)){_DATE_HINT}\s*[:–—]|^\W*\(corrected\)"),
    (NoticeKind.CORRECTION, "en", r"^\W*\(?(?:this\s+[\w\s.]{0,24}?story\s+)?corrects?\b(?!\s+answers?)"),
    (NoticeKind.CORRECTION, "en", rf"\b{_EARLIER}(?:versions?|editions?)\s+of\s+{_THIS}\b[^.]{{0,60}}?\b(?:{_WRONG}|{_HAD})\b"),
    (NoticeKind.CORRECTION, "en", rf"\b{_EARLIER}(?:versions?|editions?|story|article|headline|caption)\b[^.]{{0,30}}?\b{_WRONG}\b|^\W*(?:an?|the)\s+(?:earlier|previous|prior)\s+(?:print\s+|online\s+)?(?:versions?|editions?)\s+{_HAD}\b"),
    (NoticeKind.CORRECTION, "en", rf"\b{_THIS}\s+(?:was|has been|is)\s+(?:\w+\s+){{0,2}}?(?:amended|corrected)\b"),
    (NoticeKind.CORRECTION, "en", rf"\b{_THIS}\s+(?:has been|was)\s+(?:\w+\s+){{0,2}}?(?:revised|updated|edited|changed|modified|refiled|resubmitted)\b.{{0,80}}?\b(?:correct(?:s|ed|ing|ions?)?|errors?|mistakes?|misspelling|inaccura\w+)\b"),
    (NoticeKind.CORRECTION, "en", rf"\bthis {_PIECE} (?:originally (?!appeared|published|ran\b|aired)|previously (?!appeared|published|ran\b|aired)|initially|incorrectly|mistakenly|erroneously|misstated|misidentified|misspelled)\b"),
    (NoticeKind.CORRECTION, "en", r"\bdue to (?:an? )?(?:\w+ )?(?:editing|production|reporting|typographical|transcription|translation) (?:error|mistake)"),
    (NoticeKind.CORRECTION, "en", r"\bversion of (?:the|this) story (?:was|is) refiled to correct|\bwe (?:regret|apologi[sz]e for) the error\b|\bthe error has been corrected\b"),
    (NoticeKind.CORRECTION, "de", rf"{_LEAD}(?:korrektur(?:hinweis)?|berichtigung|richtigstellung){_DATE_HINT}\s*:"),
    (NoticeKind.CORRECTION, "de", r"\bin einer (?:früheren|ersten|vorherigen|älteren|ursprünglichen) (?:version|fassung)\b.{0,40}\b(?:artikels?|textes|beitrags|meldung|berichts?|hieß|stand|war|hatten|haben|wurde)\b|\b(?:wir haben|haben wir)\b[^.]{0,80}\b(?:korrigiert|berichtigt)\b"),
    (NoticeKind.CORRECTION, "fr", rf"{_LEAD}(?:correction|corrections|rectificatif|rectification|erratum|correctif){_DATE_HINT}\s*:"),
    (NoticeKind.CORRECTION, "fr", r"\bune (?:première|précédente|ancienne) version de (?:cet|notre|l[’']) ?(?:article|texte|dépêche)\b|\bune version (?:précédente|antérieure) de (?:cet|notre|l[’']) ?(?:article|texte|dépêche)\b|\bcontrairement à ce que nous (?:avions|avons) (?:écrit|indiqué|affirmé)\b|\b(?:cet |l[’'])article a été (?:corrigé|rectifié)\b"),
    (NoticeKind.CORRECTION, "es", rf"{_LEAD}(?:corrección|correcciones|fe de erratas?|fe de errores|rectificación){_DATE_HINT}\s*:"),
    (NoticeKind.CORRECTION, "es", r"\b(?:una|la) versión (?:anterior|previa|inicial|original) de (?:este|esta|el|la) (?:artículo|nota|noticia|texto|información|reportaje)\b|\b(?:este|el) artículo (?:ha sido|fue) (?:corregido|rectificado)\b"),
    (NoticeKind.CORRECTION, "it", rf"{_LEAD}(?:correzione|rettifica|errata corrige){_DATE_HINT}\s*:"),
    (NoticeKind.CORRECTION, "it", r"\buna (?:precedente versione|versione precedente|prima versione) (?:di questo|dell[’']|del) ?(?:articolo|testo|pezzo)\b|\b(?:questo |l[’'])articolo è stato (?:corretto|rettificato)\b"),
    (NoticeKind.CORRECTION, "pt", rf"{_LEAD}(?:correção|correções|errata|erramos|retificação){_DATE_HINT}\s*:"),
    (NoticeKind.CORRECTION, "pt", r"\b(?:uma|a) versão (?:anterior|prévia|original|inicial) (?:deste|desta|do|da) (?:artigo|texto|reportagem|notícia|matéria|nota)\b|\beste (?:artigo|texto) foi (?:corrigido|retificado)\b|\bdiferentemente do (?:informado|publicado)\b"),
    (NoticeKind.CORRECTION, "nl", rf"{_LEAD}(?:correctie|rectificatie|verbetering|correcties en aanvullingen){_DATE_HINT}\s*:"),
    (NoticeKind.CORRECTION, "nl", r"\b(?:een |in een )?(?:eerdere|vorige|oudere) versie van (?:dit|het) (?:artikel|bericht|verhaal|stuk)\b|\bin een eerdere versie\b.{0,40}\bstond\b|\bdit (?:artikel|bericht) is (?:\w+ )?gecorrigeerd\b"),
    # editor's notes, those that only announce an update first
    (NoticeKind.UPDATE, "en", rf"^[\W_]*editors?[’']?s?[’']?\s+note\W+{_THIS}\s+(?:has been|was)\s+(?:\w+\s+){{0,2}}?updated\b"),
    (NoticeKind.EDITORS_NOTE, "en", r"^[\W_]*(?:editor|editors)[’']?s?[’']?\s+note\b|^[\W_]*a note (?:from the editors?|to (?:our )?readers)\b|^[\W_]*publisher[’']s note\b"),
    (NoticeKind.EDITORS_NOTE, "de", r"^[\W_]*(?:anmerkung|hinweis)(?:en)?\s+(?:der|unserer|an die)\s+(?:redaktion|leser)\b|^[\W_]*anm\.\s*d\.\s*(?:red|r)\b|^[\W_]*in eigener sache\s*:"),
    (NoticeKind.EDITORS_NOTE, "fr", r"^[\W_]*(?:ndlr|n\.d\.l\.r\.)\s*:|^[\W_]*note aux lecteurs\b|^[\W_]*note de la rédaction\b"),
    (NoticeKind.EDITORS_NOTE, "es", r"^[\W_]*nota (?:de la redacción|del editor|de los editores|a los lectores|de redacción)\b"),
    (NoticeKind.EDITORS_NOTE, "it", r"^[\W_]*nota (?:della redazione|del direttore|dell[’']editore|di redazione)\b|^[\W_]*n\.?d\.?r\.?\s*:"),
    (NoticeKind.EDITORS_NOTE, "pt", r"^[\W_]*nota (?:da redação|do editor|da redacção|aos leitores)\b"),
    (NoticeKind.EDITORS_NOTE, "nl", r"^[\W_]*(?:noot|opmerking) van de redactie\b|^[\W_]*naschrift (?:van de )?redactie\b|^[\W_]*redactionele (?:noot|aantekening)\b"),
    # updates
    (NoticeKind.UPDATE, "en", r"^\W*\(\s*(?:updates?|adds?|recasts?|rewrites?|refiles?|repeats?|releads?|updating|adding|edits?|trims?|removes?|deletes?|changes?|inserts?|new throughout|writes through|story refiled)\b"),
    (NoticeKind.UPDATE, "en", r"^\W*(?:update|wrapup|refile|rpt|corrected|advisory)\s+\d+[-–:]|^\W*(?:refile|rpt|corrected)[-–]"),
    (NoticeKind.UPDATE, "en", r"^\W*eds:\s"),
    (NoticeKind.UPDATE, "en", r"^\W*(?:updates?|adds|recasts)\s+(?:with|throughout|details?|quotes?|comments?|background|lede?|headline|paragraphs?|byline|dateline|share)\b"),
    (NoticeKind.UPDATE, "en", r"^\W*update\s*(?:\([^)]{3,30}\)|,[^:]{3,40}|\d{1,2}[/.]\d{1,2}[/.\d]*|\d{1,2}:\d\d[^:]{0,20}|\d*)\s*(?:[:–—]\s|:$)"),
    (NoticeKind.UPDATE, "en", rf"\b{_THIS}\s+(?:has been|was|is being|will be|is)\s+(?:\w+\s+){{0,2}}?(?:updated|refiled|revised|recast|edited|changed|expanded|republished)\b"),
    (NoticeKind.UPDATE, "en", r"\bversion of (?:the|this) story was refiled\b|^\W*\(?(?:the|this) story was refiled\b"),
    (NoticeKind.UPDATE, "en", r"^\W*(?:this is a )?(?:developing|breaking)(?: news)? story\b|\bcheck back for updates\b|\bmore follows\b"),
    (NoticeKind.UPDATE, "de", rf"^\W*(?:update|aktualisierung|nachtrag|ergänzung)\b{_WHEN}\s*:|\b(?:dieser|der) (?:artikel|text|beitrag) (?:wurde|wird)\b[^.]{{0,60}}\b(?:aktualisiert|ergänzt|überarbeitet|erweitert)\b"),
    (NoticeKind.UPDATE, "fr", rf"^\W*(?:mise à jour|actualisation|ajout)\b{_DATE_HINT}\s*:|\bcet article a été (?:mis à jour|actualisé|complété|modifié)\b|^\W*\((?:actualisé|actualise|mis à jour|ajoute|avec|précise)\b"),
    (NoticeKind.UPDATE, "es", rf"^\W*(?:actualización){_DATE_HINT}\s*:|\b(?:este|esta|el|la) (?:artículo|noticia|texto|información|nota) (?:ha sido|fue|se ha) (?:actualizad[oa]|ampliad[oa])\b|^\W*\((?:actualiza|añade|agrega|amplía)\b"),
    (NoticeKind.UPDATE, "it", rf"^\W*(?:aggiornamento){_DATE_HINT}\s*:|\b(?:questo|l[’'])\s?articolo (?:è stato|viene) (?:aggiornato|integrato|modificato)\b|^\W*\((?:aggiorna|aggiunge)\b"),
    (NoticeKind.UPDATE, "pt", rf"^\W*(?:atualização|actualização){_DATE_HINT}\s*:|\b(?:este|esta|o|a) (?:artigo|texto|reportagem|notícia|matéria) foi (?:atualizad[oa]|actualizad[oa]|ampliad[oa])\b|^\W*\((?:atualiza|acrescenta)\b"),
    (NoticeKind.UPDATE, "nl", rf"^\W*(?:update|aanvulling)\b{_WHEN}\s*:|\bdit (?:artikel|bericht|verhaal) (?:is|werd|wordt)\b[^.]{{0,40}}\b(?:bijgewerkt|aangevuld|geüpdatet|aangepast)\b"),
)  # fmt: skip
"""Every way a notice is worded that we know; the first that fits names the kind."""

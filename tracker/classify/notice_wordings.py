# ruff: noqa: E501 - one wording a line is how this table is read and checked
"""How outlets word their notices: one row a wording. The first that fits gives the kind."""

from __future__ import annotations

import re
from typing import NamedTuple

from ..model.article import NoticeKind


class Wording(NamedTuple):
    """One way outlets word a notice, in one language."""

    kind: NoticeKind
    lang: str
    pattern: re.Pattern[str]


def _wordings(*rows: tuple[NoticeKind, str, str]) -> tuple[Wording, ...]:
    return tuple(Wording(kind, lang, re.compile(pattern, re.IGNORECASE)) for kind, lang, pattern in rows)


_LEAD = r"^[\W_]*(?:\d{1,2}[^\w]{1,3})?"
_DATE_HINT = r"(?:[\s,.(–—-]*[^:]{0,40})?"
# "Update" and a colon say little ("Update often: …"): only a day or a time may stand between them.
_WHEN = r"(?:[\s,.(–—-]*[^:]{0,30}?(?:\d[^:]{0,20}|\w+tag|\w+dag))?"
_PIECE = r"(?:story|article|post|piece|report|column|version|item|page|video|headline|photo caption|caption|essay|review|obituary|interview|graphic|chart|podcast|newsletter|transcript|list|map|dispatch|analysis|live ?blog|version of (?:the|this) (?:story|article))"
_THIS = rf"(?:(?:this|our)\s+(?:[\w.-]+\s+){{0,3}}?{_PIECE}|the\s+(?:story|article|post|headline|column|caption|photo caption|headline (?:of|on) this (?:article|story)))"
_WRONG = r"(?:misstated|misidentified|misspelled|misspelt|misquoted|misattributed|mischaracteri[sz]ed|misreported|mistakenly|incorrectly|inaccurately|erroneously|wrongly|imprecisely|overstated|understated|transposed|misnamed|mislabell?ed|misdated)"
_HAD = r"(?:referred|said|stated|gave|described|omitted|included|contained|rendered|used|reported|attributed|suggested|listed|named|identified|implied|failed|had|claimed|quoted|put|carried|did not|was|were|cited|called|indicated|corrected|spelled|spelt|mentioned|wrote|noted|showed|placed|dated|credited|linked|confused|mixed)"
_EARLIER = r"(?:an?|the)\s+(?:earlier|previous|prior|original|initial|older|first|print)\s+(?:print\s+|online\s+)?"
_BEEN = r"(?:has been|was|is|were)\s+(?:\w+\s+){0,2}?"
_CHANGED = r"(?:amended|updated|edited|revised|changed|modified|corrected|altered|refiled|rewritten)"
# The words for an outlet's own piece, by language. A law, a treaty and a report are texts too: without "this" before it,
# only what no parliament amends counts, or what was changed after it was published.
_DE = r"(?:(?:dies(?:er|es|e)|unser(?:e)?)\s+(?:\w+\s+)?(?:artikel|text|beitrag|bericht|meldung|nachricht|interview|liveblog|ticker|überschrift)|(?:der|die|das)\s+(?:artikel|beitrag|überschrift|bildunterschrift|titelzeile|dachzeile|teaser))"
_DE_OF = r"(?:artikels?|textes|texts|beitrags|berichts|interviews|meldung|nachricht|überschrift)"
_DE_EARLIER = r"(?:früheren?|ersten?|vorherigen?|älteren?|ursprünglichen?|vorigen?)\s+(?:version|fassung)"
_FR = r"(?:(?:cet|cette|ce|notre)\s+(?:article|dépêche|texte|papier|billet|reportage|entretien)|l[’']article|(?:le titre|la légende|le chapô) de (?:cet|l[’'])\s?article)"
_FR_EARLIER = r"(?:une\s+|la\s+)?(?:(?:première|précédente|ancienne)\s+version|version\s+(?:précédente|antérieure|initiale|originale))"
_ES = r"(?:(?:este|esta)\s+(?:artículo|noticia|texto|información|nota|reportaje|crónica|entrevista|pieza)|(?:el|la)\s+(?:artículo|titular|noticia))"
_IT = r"(?:quest[oa’']\s?(?:articolo|testo|pezzo|notizia|intervista)|l[’']articolo|il titolo (?:di questo |dell[’'])articolo)"
_PT = r"(?:(?:este|esta)\s+(?:artigo|texto|reportagem|notícia|matéria|nota|entrevista)|(?:o|a)\s+(?:artigo|reportagem|matéria|título))"
_NL = r"(?:(?:dit|deze)\s+(?:artikel|bericht|nieuwsbericht|verhaal|stuk|tekst|column)|(?:het|de)\s+(?:artikel|kop|bijschrift)(?:\s+(?:van|boven)\s+dit\s+artikel)?)"
# What follows "with" in brackets is often only the agency that a text comes from: "(avec AFP)".
_AGENCY = r"(?:l[’'])?(?:afp|reuters|ap|dpa|efe|ansa|agence|agences|agencias|agenzie|agências|belga|anp|ats|apa|sid|información|informações)\b"
# Within quotation marks, "we" is not the outlet.
_WE = r"^[^\w“\"„«‘']*we"
WORDINGS = _wordings(
    # clarifications first: they are often introduced as corrections are
    (NoticeKind.CLARIFICATION, "en", rf"{_LEAD}clarifications?(?:\s*\([^)]*\))?{_DATE_HINT}\s*[:–—]"),
    (NoticeKind.CLARIFICATION, "en", rf"\b{_THIS}\s+{_BEEN}{_CHANGED}\b.*\bto (?:\w+ )?(?:clarify|make (?:it )?(?:clear|plain|clearer))\b"),
    (NoticeKind.CLARIFICATION, "en", rf"\b{_PIECE} (?:has been|was) clarified\b"),
    (NoticeKind.CLARIFICATION, "en", r"^\W*\(?clarifies\b"),
    (NoticeKind.CLARIFICATION, "de", rf"{_LEAD}(?:klarstellung|präzisierung){_DATE_HINT}\s*:|\b(?:{_DE}|der text|die meldung)\s+(?:wurde|ist|haben wir)\b.{{0,80}}\b(?:präzisiert|klargestellt|konkretisiert)\b"),
    (NoticeKind.CLARIFICATION, "fr", rf"{_LEAD}(?:précision|mise au point|clarification)s?{_DATE_HINT}\s*:|\b{_FR} a été [\w\s]{{3,20}}\b.{{0,60}}\b(?:pour|afin de) (?:préciser|clarifier)\b"),
    (NoticeKind.CLARIFICATION, "es", rf"{_LEAD}(?:aclaración|aclaraciones|precisión|puntualización){_DATE_HINT}\s*:|\b{_ES} (?:ha sido|fue|se ha) \w+d[oa]\b.{{0,60}}\bpara (?:precisar que|aclarar)\b"),
    (NoticeKind.CLARIFICATION, "it", rf"{_LEAD}(?:precisazione|chiarimento){_DATE_HINT}\s*:|\b{_IT} (?:è stat[oa]|viene) \w+t[oa]\b.{{0,60}}\bper (?:precisare|chiarire)\b"),
    (NoticeKind.CLARIFICATION, "pt", rf"{_LEAD}(?:esclarecimento){_DATE_HINT}\s*:|\b{_PT} foi \w+d[oa]\b.{{0,60}}\bpara (?:esclarecer|deixar claro)\b"),
    (NoticeKind.CLARIFICATION, "nl", rf"{_LEAD}(?:verduidelijking|toelichting|verheldering){_DATE_HINT}\s*:|\b{_NL} (?:is|werd) \w+\b.{{0,60}}\bom te verduidelijken\b|\b{_NL} (?:is|werd)\b.{{0,40}}\bverduidelijkt\b"),
    # corrections
    (NoticeKind.CORRECTION, "en", rf"{_LEAD}(?:for the record|corrections?(?:\s+(?:and|&)\s+clarifications?)?|corrected|corrigend(?:um|a)|errat(?:um|a)){_DATE_HINT}\s*[:–—]|^\W*\(corrected\)"),
    (NoticeKind.CORRECTION, "en", r"^\W*\(?(?:this\s+[\w\s.]{0,24}?story\s+)?(?:corrects\b|correct\s*[:–—])|^\W*this (?:version|story|article)\b[^.]{0,40}?\bcorrects\b|^\W*eds:[^.]{0,60}\bcorrects?\b|^\W*corrected(?:-|\s\d|:)"),
    (NoticeKind.CORRECTION, "en", rf"\b{_EARLIER}(?:versions?|editions?)\s+of\s+{_THIS}\b[^.]{{0,60}}?\b(?:{_WRONG}|{_HAD})\b"),
    (NoticeKind.CORRECTION, "en", rf"\b{_EARLIER}(?:versions?|editions?|story|article|headline|caption)\b[^.]{{0,30}}?\b{_WRONG}\b|^\W*(?:an?|the)\s+(?:earlier|previous|prior)\s+(?:print\s+|online\s+)?(?:versions?|editions?)\s+{_HAD}\b"),
    (NoticeKind.CORRECTION, "en", rf"\b{_THIS}\s+(?:was|has been|is)\s+(?:\w+\s+){{0,2}}?(?:amended|corrected)\b|^\W*(?:the\s+)?(?:story|article|post|headline|caption) corrected\b|^\W*(?:amended|corrected) (?:on|at) (?:\w+ )?\d"),
    (NoticeKind.CORRECTION, "en", rf"\b{_THIS}\s+(?:has been|was)\s+(?:\w+\s+){{0,2}}?(?:revised|updated|edited|changed|modified|refiled|resubmitted)\b.{{0,80}}?\b(?:correct(?:s|ed|ing|ions?)?|errors?|mistakes?|misspelling|inaccura\w+)\b"),
    (NoticeKind.CORRECTION, "en", rf"\bthis {_PIECE} (?:originally (?!appeared|published|ran\b|aired)|previously (?!appeared|published|ran\b|aired)|initially|incorrectly|mistakenly|erroneously|misstated|misidentified|misspelled)\b"),
    (NoticeKind.CORRECTION, "en", r"\b(?:due|owing) to (?:an? )?(?:\w+ )?(?:editing|production|reporting|typographical|transcription|translation) (?:error|mistake)|^\W*because of (?:an? )?(?:\w+ )?(?:editing|production|reporting|transcription|translation) (?:error|mistake)"),
    (NoticeKind.CORRECTION, "en", rf"\b{_EARLIER}(?:headline|caption|photo caption|standfirst|subheading|graphic|map|chart)\s+(?:on|with|for|to|of|in|above)\s+(?:an?\s+\w+\s+version of\s+)?{_THIS}|^\W*the (?:story|article|headline|caption|post) (?:(?:previously|originally|initially)\s+(?:{_WRONG}|{_HAD})|{_WRONG})\b"),
    (NoticeKind.CORRECTION, "en", rf"^\W*(?:last\s+)?updated\b[^.]{{0,60}}?\bto (?:correct|fix)\b|^\W*in an? (?:earlier|previous) version of {_THIS}"),
    (NoticeKind.CORRECTION, "en", rf"\bversion of (?:the|this) story (?:was|is) refiled to correct|\bwe (?:regret|apologi[sz]e for) the (?:error|mistake)\b|\bthe error has been corrected\b|\bhas been (?:corrected|fixed) in (?:this|the) (?:story|article|version|post)\b|^\W*\(corrected\b|^\W*(?:an?\s+)?corrections?\s+(?:(?:was|were|has been|have been)\s+)?(?:made|added|appended|issued|published)\b|{_WE}(?:[’']ve| have) (?:since )?(?:corrected|fixed)\b(?! course)|{_WE} (?:previously|earlier|originally|initially|incorrectly|mistakenly|wrongly|erroneously) (?:reported|said|wrote|stated)\b|^\W*an error in\b.{{0,60}}\b(?:fixed|corrected)\b"),
    (NoticeKind.CORRECTION, "de", rf"{_LEAD}(?:korrektur(?:hinweis)?|berichtigung|richtigstellung){_DATE_HINT}\s*:|{_LEAD}(?:berichtigung|richtigstellung)\."),
    (NoticeKind.CORRECTION, "de", rf"\bin der {_DE_EARLIER} (?:dieses|des|dieser|unseres)\s+{_DE_OF}|\b(?:zunächst|ursprünglich|zuerst) (?:hieß|stand|hatten)\b.{{0,15}}\b(?:in diesem|in dieser|an dieser stelle|hier|wir)\b|\bwir hatten (?:zunächst|zuerst|ursprünglich|irrtümlich|fälschlich)\w*\b.{{0,80}}\b(?:berichtet|geschrieben|gemeldet)\b|\bin einer {_DE_EARLIER}\b.{{0,60}}\b(?:{_DE_OF}|hieß|stand|war|hatten|haben|wurde|fehler|falsch|irrtümlich|fälschlich)\b|\beine {_DE_EARLIER} (?:dieses|des|dieser|unseres)\s+{_DE_OF}|\b(?:wir haben|haben wir|die redaktion hat)\b[^.]{{0,80}}\b(?:korrigiert|berichtigt|richtiggestellt)\b|\b{_DE} (?:wurde|ist)\b.{{0,80}}\b(?:korrigiert|berichtigt|richtiggestellt)\b|\bbitten\b.{{0,40}}\b(?:fehler|irrtum|versehen)\b.{{0,20}}\bzu entschuldigen\b"),
    (NoticeKind.CORRECTION, "fr", rf"{_LEAD}(?:correction|corrections|rectificatif|rectification|erratum|correctif){_DATE_HINT}\s*:|{_LEAD}(?:rectificatif|erratum)\.|^\W*\((?:rectificatif|rectifie|corrige|corrigé)\b"),
    (NoticeKind.CORRECTION, "fr", rf"\b{_FR_EARLIER} de (?:cet|cette|ce|notre|l[’'])\s?(?:article|texte|dépêche|papier)\b|\bcontrairement à ce (?:que nous|qui était|qui a été|qu[’']indiquait)\b.{{0,40}}\b(?:écrit|indiqué|affirmé|publié)|\b{_FR} a été (?:\w+ )?(?:corrigée?|rectifiée?)\b|\b{_FR} a été [\w\s]{{3,20}}\b.{{0,60}}\b(?:pour|afin de) (?:corriger|rectifier)\b|\bune erreur s[’']est glissée\b|\bune erreur s[’']était glissée\b|\b(?:présentons|prions).{{0,40}}\b(?:excuser?s?)\b.{{0,40}}\b(?:lecteurs|erreur)\b|\bnous avons (?:corrigé|rectifié) (?:une|cette|l[’'])\s?erreur\b"),
    (NoticeKind.CORRECTION, "es", rf"{_LEAD}(?:corrección|correcciones|fe de erratas?|fe de errores|rectificación){_DATE_HINT}\s*:|{_LEAD}fe de err\w+\.|^\W*\((?:corrige|rectifica|corregid[oa])\b"),
    (NoticeKind.CORRECTION, "es", rf"\b(?:una|la) (?:(?:primera|anterior|previa)\s+versión|versión (?:anterior|previa|inicial|original)) de (?:este|esta|el|la) (?:artículo|nota|noticia|texto|información|reportaje)\b|\b{_ES} (?:ha sido|fue|se ha) (?:\w+ )?(?:corregid[oa]|rectificad[oa])\b|\b{_ES} (?:ha sido|fue|se ha) \w+d[oa]\b.{{0,60}}\b(?:para|por) (?:corregir|rectificar|subsanar|un error)\b|\blamentamos el error\b|\bpedimos disculpas por (?:el|este) error\b"),
    (NoticeKind.CORRECTION, "it", rf"{_LEAD}(?:correzione|rettifica|errata corrige){_DATE_HINT}\s*:|{_LEAD}errata corrige\.|^\W*\((?:corregge|rettifica)\b|\bci scusiamo\b.{{0,40}}\bper l[’']errore\b"),
    (NoticeKind.CORRECTION, "it", rf"\buna (?:precedente versione|versione precedente|prima versione) (?:di questo|dell[’']|del) ?(?:articolo|testo|pezzo)\b|\b{_IT} è stat[oa] (?:\w+ )?(?:corrett[oa]|rettificat[oa])\b|\b{_IT} è stat[oa] \w+t[oa]\b.{{0,60}}\bper (?:correggere|rettificare|un errore)\b"),
    (NoticeKind.CORRECTION, "pt", rf"{_LEAD}(?:correção|correções|errata|erramos|retificação){_DATE_HINT}\s*:|^\W*\((?:corrige|retifica)\b|\bpedimos desculpas?\b.{{0,30}}\bpel[oa] (?:erro|falha)\b"),
    (NoticeKind.CORRECTION, "pt", rf"\b(?:n?uma|n?a) (?:primeira versão|versão (?:anterior|prévia|original|inicial)) (?:deste|desta|do|da) (?:artigo|texto|reportagem|notícia|matéria|nota)\b|^\W*(?:em |a )?versão (?:anterior|original) (?:deste|desta) |\b(?:{_PT}|o texto) foi (?:\w+ )?(?:corrigid[oa]|retificad[oa])\b|^\W*texto (?:corrigido|retificado)\b|\b{_PT} foi \w+d[oa]\b.{{0,60}}\bpara (?:corrigir|retificar)\b|\b(?:diferentemente|ao contrário) do (?:que (?:foi )?)?(?:informado|publicado)\b"),
    (NoticeKind.CORRECTION, "nl", rf"{_LEAD}(?:correctie|rectificatie|verbetering|correcties (?:en|&) aanvullingen){_DATE_HINT}\s*:|{_LEAD}rectificatie\.|^\W*\(corrigeert\b"),
    (NoticeKind.CORRECTION, "nl", rf"\b(?:een |in een )?(?:eerdere|vorige|oudere) versie van (?:dit|het|deze) (?:artikel|bericht|verhaal|stuk|column)\b|\bin een eerdere versie\b.{{0,40}}\bstond\b|\b{_NL} (?:is|werd)\b.{{0,40}}\b(?:gecorrigeerd|gerectificeerd)\b|\b(?:gecorrigeerd|gerectificeerd) in dit (?:artikel|bericht|stuk)\b|\beerder (?:stond|werd|stelden|schreven|meldden)\b.{{0,30}}\bdit (?:artikel|bericht|stuk)\b"),
    # editor's notes, those that only announce an update first
    (NoticeKind.UPDATE, "en", rf"^[\W_]*editors?[’']?s?[’']?\s+note(?:\s*\([^)]*\)|,[^:]{{0,30}})?\W+{_THIS}\s+(?:has been|was)\s+(?:\w+\s+){{0,2}}?updated\b"),
    (NoticeKind.EDITORS_NOTE, "en", r"^[\W_]*(?:editor|editors)[’']?s?[’']?\s+note\b|^[\W_]*a note (?:from the editors?|to (?:our )?readers)\b|^[\W_]*publisher[’']s note\b"),
    (NoticeKind.EDITORS_NOTE, "en", rf"\b{_THIS}\s+(?:has been|was|is)\s+(?:\w+\s+)?(?:retracted|withdrawn|unpublished)\b|^\W*retraction\s*[:–—]"),
    (NoticeKind.EDITORS_NOTE, "de", r"^[\W_]*(?:anmerkung|hinweis)(?:en)?\s+(?:der|unserer|an die)\s+(?:redaktion|leser)\b|^[\W_]*anm\.\s*d\.\s*(?:red|r)\b|^[\W_]*(?:in eigener sache|transparenz(?:hinweis)?)\s*:"),
    (NoticeKind.EDITORS_NOTE, "fr", r"^[\W_]*(?:ndlr|n\.d\.l\.r\.)\s*:|^[\W_]*note aux lecteurs\b|^[\W_]*note de la rédaction\b"),
    (NoticeKind.EDITORS_NOTE, "es", r"^[\W_]*nota (?:de la redacción|del editor|de los editores|a los lectores|de redacción)\b|^[\W_]*n\.\s?(?:de la r(?:edacción|\.)|del e\.)"),
    (NoticeKind.EDITORS_NOTE, "it", r"^[\W_]*nota (?:della redazione|del direttore|dell[’']editore|di redazione)\b|^[\W_]*n\.?d\.?r\.?\s*:"),
    (NoticeKind.EDITORS_NOTE, "pt", r"^[\W_]*nota (?:da redação|do editor|da redacção|aos leitores)\b"),
    (NoticeKind.EDITORS_NOTE, "nl", r"^[\W_]*(?:noot|opmerking) van de redactie\b|^[\W_]*naschrift (?:van de )?redactie\b|^[\W_]*redactionele (?:noot|aantekening)\b"),
    # updates
    (NoticeKind.UPDATE, "en", r"^\W*\(\s*(?:story\s+)?(?:updates?|adds?|recasts?|rewrites?|refiles?|repeats?|releads?|updating|adding|edits?|trims?|removes?|deletes?|drops|fixes|restores|combines|rewords|replaces|incorporates|changes?|updated|inserts?|new throughout|writes through|story refiled|story updated)\b"),
    (NoticeKind.UPDATE, "en", r"^\W*(?:update|wrapup|refile|rpt|advisory)\s+\d+[-–:]|^\W*(?:refile|rpt)[-–]"),
    (NoticeKind.UPDATE, "en", r"^\W*eds:\s"),
    (NoticeKind.UPDATE, "en", r"^\W*(?:updates?|updated|adds|recasts|refiles)\s+(?:with|throughout|details?|quotes?|comments?|background|lede?|headline|paragraphs?|byline|dateline|share|to (?:fix|add))\b|^\W*(?:last\s+)?updated\s*(?:at|on|today|\w+day|[\d:,(–—]|with|to).{0,60}?\b(?:with|to (?:add|include|reflect|note|say|show))\b"),
    (NoticeKind.UPDATE, "en", r"^\W*update\s*(?:\([^)]{3,30}\)|,[^:]{3,40}|(?:at|on)\s[^:]{0,12}\d[^:]{0,3}(?::\d\d)?[^:]{0,20}|\d{1,2}[/.]\d{1,2}[/.\d]*|\d{1,2}:\d\d[^:]{0,20}|\d*)\s*(?:[:–—]\s|:$)|^\W*updated\s*[:–—]\s+(?=(?:[^\s\d]+\s+){3})"),
    (NoticeKind.UPDATE, "en", rf"\b{_THIS}\s+(?:has been|was|is being|will be|is)\s+(?:\w+\s+){{0,2}}?(?:{_CHANGED}|recast|expanded|republished)\b|^\W*(?:story|article|post) (?:was|has been) (?:{_CHANGED})\b|\b{_THIS},[^,.]{{0,60}},\s+{_BEEN}{_CHANGED}\b|\b{_THIS}\s+was (?:first |originally )published\b[^.]{{0,60}}\b(?:updated|edited|changed)\b|{_WE}(?:[’']ve| have) (?:since )?(?:updated|amended|expanded) (?:this|our|the) (?:\w+ )?{_PIECE}"),
    (NoticeKind.UPDATE, "en", r"\bversion of (?:the|this) story was refiled\b|^\W*\(?(?:the|this) story was refiled\b"),
    (NoticeKind.UPDATE, "en", r"^\W*(?:this is a )?(?:developing|breaking)(?: news)? story\b|\bcheck back for updates\b|\bmore follows\b"),
    (NoticeKind.UPDATE, "de", rf"^\W*(?:update|aktualisierung|nachtrag|ergänzung)\b{_WHEN}\s*:|^\W*aktualisiert\s*[:–—]\s+(?=(?:[^\s\d]+\s+){{2}})|\b{_DE} (?:wurde|wird|haben wir)\b.{{0,80}}\b(?:aktualisiert|ergänzt|überarbeitet|erweitert|angepasst)\b|\b(?:der text|die meldung|der bericht) (?:wurde|wird)\b.{{0,20}}\b(?:nach(?:träglich| veröffentlichung| der veröffentlichung)|um \d[\d.:]*|fortlaufend|laufend|zuletzt)\b.{{0,80}}\b(?:aktualisiert|ergänzt|überarbeitet|erweitert|geändert)\b|\b{_DE} (?:wurde|ist)\b.{{0,40}}\b(?:nachträglich|nach (?:der )?veröffentlichung)\b.{{0,40}}\b(?:geändert|verändert)\b|\bnach (?:der )?veröffentlichung\b.{{0,80}}\b(?:aktualisiert|ergänzt|erweitert)\b|^\W*\((?:neu|ergänzung|aktualisierung|wiederholung)\s*:|^\W*\((?:durchgehend |komplett )(?:neu|aktualisiert|überarbeitet)|^\W*\((?:aktualisiert|ergänzt|erweitert) (?:mit|um (?!\d))"),
    (NoticeKind.UPDATE, "fr", rf"^\W*(?:mise à jour|actualisation|ajout|modifications?)\b{_DATE_HINT}\s*:|^\W*\[mise à jour\b[^\]]{{0,40}}\]|\b{_FR}(?:,[^,.]{{0,60}},)? (?:a été|est|sera) (?:\w+ )?(?:mise? à jour|actualisée?|complétée?|enrichie?)\b|\bcet article a été modifié\b|^\W*(?:article )?mis à jour\b[^.]{{0,40}}?\b(?:avec|pour (?:ajouter|inclure))\b|^\W*\((?:actualisé|actualise|mise? à jour|ajoute|ajout|complète|complété|précise|reprise|répétition|avec (?!{_AGENCY}))\b"),
    (NoticeKind.UPDATE, "es", rf"^\W*(?:actualización){_DATE_HINT}\s*:|^\W*\[actualización\b[^\]]{{0,40}}\]|\b{_ES} (?:ha sido|fue|se ha|será|se irá) (?:\w+ )?(?:actualizad[oa]|ampliad[oa]|actualizando)\b|\b{_ES}(?: de est[ea] \w+)? (?:ha sido|fue|se ha) modificad[oa]\b|\b{_ES} se (?:actualizó|amplió|modificó|corrigió)\b|^\W*actualizad[oa]\b[^.]{{0,40}}?\b(?:con|para (?:incluir|añadir|agregar))\b|^\W*\((?:actualiza|añade|agrega|amplía|completa|repite)\b|^\W*(?:noticia|información|nota) en (?:desarrollo|ampliación|actualización)\b"),
    (NoticeKind.UPDATE, "it", rf"^\W*(?:aggiornamento){_DATE_HINT}\s*:|\b{_IT} (?:è stat[oa]|viene|sarà) (?:\w+ )?(?:aggiornat[oa]|integrat[oa]|modificat[oa])\b|^\W*articolo (?:aggiornato|modificato|integrato)\b.{{0,40}}\b(?:con|per)\b|^\W*\((?:aggiorna|aggiunge|ripete|riscrive)\b|^\W*(?:notizia|articolo) in (?:aggiornamento|evoluzione)\b"),
    (NoticeKind.UPDATE, "pt", rf"^\W*(?:atualização|actualização){_DATE_HINT}\s*:|^\W*\[a(?:c)?tualização\b[^\]]{{0,40}}\]|\b{_PT} (?:foi|é|será|está sendo) (?:\w+ )?(?:atualizad[oa]|actualizad[oa]|ampliad[oa])\b|^\W*(?:texto|reportagem|matéria|notícia|artigo) (?:atualizad[oa]|alterad[oa]|ampliad[oa])\b[^.]{{0,40}}\b(?:com|para)\b|^\W*\((?:atualiza|actualiza|acrescenta|adiciona|repete)\b|^\W*(?:matéria|notícia|reportagem) em (?:atualização|desenvolvimento)\b"),
    (NoticeKind.UPDATE, "nl", rf"^\W*(?:update|aanvulling)\b{_WHEN}\s*:|\b{_NL} (?:is|werd|wordt)\b.{{0,40}}\b(?:bijgewerkt|aangevuld|geüpdatet|aangepast)\b|^\W*\((?:voegt|vult|nieuw)\b"),
)  # fmt: skip
"""Every wording that we know; the first that fits gives the kind."""

REQUIRED_FRAGMENTS = tuple(
    (
        "(|updat|correct|clarif|amend|version|versie|versión|versão|edition|editor|headline|caption|retract|withdrawn"
        "|unpublish|refile|recast|revised|edited|changed|modified|altered|expanded|republish|rewritten|mistake|error|misst"
        "|misid|missp|misquo|misat|mischar|misrep|misna|misla|misda|incorrect|inaccura|erroneous|wrongly|previously"
        "|originally|initially|regret|apologi|errat|corrig|for the record|story|eds:|rpt|wrapup|update|advisory"
        "|check back|more follows|note|adds |fassung|korr|berichtig|richtigstell|klarstell|präzisier|konkretisi|klargest"
        "|richtiggest|entschuldig|aktualisi|nachtrag|ergänz|überarbeitet|erweitert|angepasst|redaktion|anm.|eigener sache"
        "|transparenz|ursprünglich|zunächst|zuerst|geändert|verändert|hinweis|excuse|précis|mise au point|mise à jour|mis à jour|rectif|erreur|contrairement|ndlr"
        "|n.d.l.r|rédaction|lecteurs|actualis|ajout|complét|enrichi|modifi|aclarac|precisión|puntualiz|precisar|aclarar"
        "|correcc|correg|rectific|disculpas|lamentamos|actualiz|ampliad|ampliac|desarrollo|redacción|n. de|nota |precisaz"
        "|chiarim|chiarire|corre|rettific|scusiamo|aggiorn|integrat|evoluzione|n.d.r|ndr|esclarec|deixar claro|correç"
        "|retific|erramos|desculpa|publicado|informado|atualiz|em desenvolvimento|redação|redacção|verduidelijk"
        "|toelichting|verheldering|correct|rectificatie|verbetering|gecorrigeerd|bijgewerkt|aangevuld|geüpdatet|aangepast"
        "|aanvulling|eerder |redactie|redactionele|we have|we've|we’ve|publisher|developing"
    ).split("|")
)
"""Every notice has one of these, in lower case. Most sentences have none, and need not be tried against each wording."""

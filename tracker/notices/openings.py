# ruff: noqa: E501 - a list of words is read by its heading, not by its line ends
"""How notices begin: the labels before a colon, and the wires' notes in brackets; each alone gives a kind."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from tracker.model.article import NoticeKind

# What may come between a label and its colon: a date, a time, "of 3 May", "to this story".
_WHEN: Final = (
    r"(?:on|at|of|from|as|added|last|vom|am|um|den|le|du|à|au|de|del|dia|a|las?|los|el|il|dell?[aeo]|alle|ore|di|em|às|da|do|om|op|van|uhr|uur|heures?"
    r"|horas?|h|hrs?|[ap]\.?m\.?|e[ds]?t|c[ds]?t|p[ds]?t|gmt|utc|bst|cet|mez|today|yesterday|heute|eastern|pacific|time|noon|midday|abend|mittag"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)(?:day)?|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche"
    r"|lunes|martes|miércoles|jueves|viernes|sábado|domingo|(?:lune|marte|mercole|giove|vener)dì|sabato|domenica|(?:segunda|terça|quarta|quinta|sexta)(?:-feira)?"
    r"|(?:maan|dins|woens|donder|vrij|zater|zon)dag|(?:jan|feb|fév|fev|mar|mär|maa|mrt|abr|avr|apr|may|mai|mei|maj|mag|maggio|jun|jui|giu|jul|lug|aug|aoû|ago|sep|set|oct|okt|ott|out"
    r"|nov|dec|dez|déc|dic|gen|ene)[^\W\d]{0,7})"
)
_DATED: Final = (
    r"(?:\s+(?:to|on|in) (?:this|the|our) (?:story|article|post|report|column|piece)|\s*[(\[][^)\]]{1,40}[)\]]"
    rf"|(?:[\s,.(–—-]{{1,3}}(?:{_WHEN}\b\.?|\d[\d:.,/]*(?:st|nd|rd|th|er|h|[ap]m)?\d*))+\)?)?"
)
_END: Final = r"\s*(?:[:：–—|\]]|-\s|$|\.(?=\s|$))"
_CORRECTIONS: Final = (
    r"(?:(?:clarifications?|precisions?) (?:and|&) )?corrections?(?: apportée?s?)?(?:\s*(?:and|&)\s*(?:clarifications?|amplifications?"
    r"|additions?))?|corrected|amend(?:ment|ed)|corrigend(?:um|a)|errat(?:um|a)(?: corrige)?|for the record|our mistake|our apologies|apolog(?:y|ies)|retraction|setting the record straight|(?:whoops|oops|oups)|(?:a )?(?:correction|clarification) (?:added|appended|made)"
    r"|korrektur(?:hinweis|en)?|korrigendum|berichtigung(?:en)?|richtigstellung|gegendarstellung|korrigiert(?:e (?:version|fassung|meldung))?|berichtigt|entschuldigung"
    r"|correctifs?|rectificatifs?|rectification|mea culpa|version corrigée|droit de réponse|démenti|nos excuses"
    r"|correcci(?:ón|ones)|fe de (?:errores|erratas?)|(?:nota de )?rectificaci(?:ón|ones)|rectificamos|aviso de corrección|(?:versión |información )?corregid[oa]|disculpas|derecho de (?:réplica|rectificación)"
    r"|correzion[ei]|rettific(?:a|he)|correç(?:ão|ões)|erramos|errámos|[\w ]{3,20} errou|direito de resposta|pedido de desculpas?|diritto di replica|rettifichiamo|retificaç(?:ão|ões)|corre[cç]ção"
    r"|correcties?(?: (?:en|&) aanvullingen)?|rectificaties?|verbetering(?:en)?|rechtzetting|herstel|excuses"
    r"|rättelse|rettelse|retting|oikaisu|sprostowanie|korekta|düzeltme|исправление|опровержение|виправлення|διόρθωση"
    r"|oprava|helyreigazítás"
    # A reply that a law or a court demands says so before the colon: "Rettifica ai sensi dell'art. 8 …:".
    r"|(?:right of reply|gegendarstellung|richtigstellung|droit de réponse|rectification|derecho de (?:réplica|rectificación)|rettifica|diritto di replica|direito de resposta|retificação|rectificatie)\b(?=[^:!?]{0,70}(?:judici|gericht|court|tribunal|justi|juge|juez|rechter|§|\bart|\d))[^:!?]{1,70}(?=:)"
    r"|we (?:got|had) (?:this|it|that|one) wrong|wir lagen falsch|wir haben uns geirrt|nous nous sommes trompés|nos (?:hemos )?equivoca(?:mos|do)|ci siamo sbagliati|enganámo-nos|nos enganamos|we hadden het (?:mis|fout)"
    r"|foutje|fehlerteufel|aanvulling(?:en)? (?:en|&) (?:verbetering|correctie)(?:en)?"
)
_CLARIFICATIONS: Final = (
    r"clarifications?|clarified|for (?:the sake of )?clarity|klarstellung|präzisierung|zur klarstellung"
    r"|zum besseren verständnis|précisions?|mise au point|clarification|pour plus de clarté|(?:nota )?aclaratoria|nota aclaratoria|nota de rectificación|aclaraci(?:ón|ones)"
    r"|precisión|puntualización|matización|para mayor claridad|precisazion[ei]|chiariment[oi]|per chiarezza|esclarecimento"
    r"|para que fique claro|verduidelijking|toelichting|verheldering|(?:voor alle|ter) (?:duidelijkheid|verduidelijking)"
    r"|förtydligande|presisering|präcisering|wyjaśnienie|уточнение|açıklama"
)
_EDITORS: Final = (
    r"editors?'?s?'? note|note from the editors?|(?:a )?note to (?:our )?readers|publisher's note|ed\.? note"
    r"|(?:anmerkung|hinweis)(?:en)? (?:der|unserer|an die|aus der) (?:redaktion|leser\w*|chefredaktion)"
    r"|anm(?:erkung|\.) ?d(?:er|\.) ?r(?:ed(?:aktion|\.)|\.)|in eigener sache|transparenz(?:hinweis)?|redaktioneller hinweis|redaktionshinweis|(?:liebe )?leserinnen und leser|aan (?:de|onze) lezers|ai (?:nostri )?lettori|aos leitores|a (?:los|nuestros) lectores"
    r"|note de la rédaction|ndlr|n\.d\.l\.r\.|note (?:aux lecteurs|de l'éditeur)|à nos lecteurs"
    r"|nota (?:del editor|de los editores|de (?:la )?redacción|del director|a(?: nuestros| los)? lectores|da redac?ção"
    r"|d[oe] editor|da dire[cç]?ção|aos leitores|della redazione|di redazione|dell'editore|del direttore|ai lettori)|n\. ?de(?: la)? r(?:edacción)?\.?"
    r"|n\. ?del e(?:ditor)?\.?|n\.? ?d\.? ?r\.?|(?:noot|opmerking|aantekening) van de (?:hoofd)?redactie"
    r"|naschrift(?: van de)? redactie|redactionele (?:noot|aantekening)|red\.|noot redactie"
    r"|(?:declaration|disclosure) of interests?|offenlegung|déclaration d'intérêts?|declaración de intereses|dichiarazione d(?:i |')interess[ei]|declaração de interesses?|transparency note|note de transparence|nota d[ei] (?:transparencia|trasparenza|transparência)"
    r"|redaktörens anmärkning|redaksjonens merknad|od redakcji|от редакции|примечание редакции|editörün notu|编集部注"
    r"|编者按|編按|편집자\s?주|toimituksen huomautus"
)
_UPDATES: Final = (
    r"updates?|updated|addendum|addition|postscript|aktualisierung|aktualisiert|nachtrag|ergänzung|mise à jour|actualisation|actualisé|ajout"
    r"|modifications?(?: apportées?)?|actualizaci(?:ón|ones)|actualizado|ampliación|aggiornament[oi]|atualizaç(?:ão|ões)"
    r"|actualização|atualizado|aanvulling(?:en)?|bijgewerkt|uppdatering|oppdatering|opdatering|aktualizacja|обновление"
    r"|обновлено|güncelleme|(?:what'?s )?new in this (?:version|update)|neu in dieser (?:fassung|version)|nouveau dans cette version|novedades de esta versión|novità di questa versione|novo nesta versão|nieuw in deze versie|maj(?!\.)|(?:last|latest|letzte|dernière|última|ultim[oa]|laatste) (?:edit|change|änderung|bearbeitung|modification|modificación|edición|modifica|intervento|alteração|edição|wijziging|aanpassing|bewerking)"
)
_WEAK: Final = (
    r"notes?|(?:full )?disclosure|(?:wichtiger )?hinweis|anmerkung|anm\.|nb|n\.b\.|p\.?s\.?|remarque|attention|avis|precisando|nota|notitie|noot|opmerking|let op|attenzione"
    r"|atención|aviso|atenção|important|wichtig|naschrift|redaktion|die redaktion|advisory|eds"
)
_SCRIPTS: Final = r"(?:訂正|更正|정정|바로잡습니다|【訂正】|お詫び)"
# One pattern, since compiling what follows a label five times takes longer than all the labels.
_LABEL: Final = re.compile(
    rf"[^\w“”\"„«»‘#]{{0,4}}_?(?:(?:an?|une?|una|uma?|eine?|een) )?(?:(?P<correction>{_CORRECTIONS})|(?P<clarification>{_CLARIFICATIONS})|(?P<editors>{_EDITORS})"
    rf"|(?P<update>{_UPDATES})|(?P<weak>{_WEAK}))(?P<dated>{_DATED}){_END}"
)
# "(Adds comment, background)": a verb in the third person, which nobody but a wire begins with, or what is new.
_WIRE_VERBS: Final = (
    r"updates?|updating|updated|adds?|adding|recasts?|rewrites?|removes?|fixes|deletes?|refiles?|refiled|repeats|restores|changes|drops"
    r"|releads?|edits|trims|combines|rewords|replaces|incorporates|inserts?|tops|writethru|writes through|new throughout"
    r"|new:|subs|story (?:refiled|updated|updates)|aktualisiert (?:mit|um (?!\d))|ergänzt(?: mit| um (?!\d))|neu:|neu (?:ist|sind|mit)|erweitert um"
    r"|aktualisierung:|ergänzung:|wiederholung:|durchgehend|komplett (?:neu|überarbeitet)|actualise|actualisé|ajoute|complète|complété"
    r"|mise à jour|mis à jour avec|reprise|répétition|actualiza|añade|agrega|amplía|completa|repite|aggiorna|aggiunge|ripete|riscrive"
    r"|atualiza|acrescenta|adiciona|repete|amplia|voegt|vult|nieuw:|nieuw (?:is|met)|toegevoegd:|met (?:reactie|aanvulling)"
    r"|avec (?!(?:l')?(?:afp|reuters|ap|dpa|efe|ansa|agences?|belga|anp|ats|apa|sid)\b)"
)
_WIRE_CORRECTS: Final = (
    r"(?:officially )?correct(?:s|ed)\b(?! answers?)|corrige|rectifie|rectifica|retifica|si corregge|corregge|rettifica|corrigeert|rectificeert|herstelt|verbetert|subsana"
    r"|korrigiert|berichtigt|corrigé|corregid[oa]|corrett[oa]|corrigid[oa]|gecorrigeerd"
)
_WIRE_CLARIFIES: Final = r"clarifies|clarified|präzisiert|précise|precisa|aclara|chiarisce|esclarece|verduidelijkt"
# "Where it said X, it should say Y."
_READ_AS: Final = (
    r"\W*(?:donde (?:se )?(?:leía|lee|dice|decía|dijo|pone|ponía|puso)\b.*\b(?:léase|(?:debe|debía|debería|debió) (?:decir|leerse|poner|figurar))\b"
    r"|onde se (?:lê|lia|leu|escreveu)\b.*\b(?:leia-se|deve(?:ria)? ler-se)\b|dove (?:si )?(?:legge|leggeva|è scritto|era scritto)\b.*\b(?:leggasi|si legga|va letto|deve leggersi)\b"
    r"|(?:statt|anstelle von) [„“\"»«].*\b(?:muss|müsste) es\b.{0,60} (?:heißen|lauten)\b|(?:richtig muss es|es muss(?:te)? (?:richtig|korrekt)) (?:heißen|lauten)\b"
    r"|au lieu de [«“\"].*\bil (?:faut|fallait) (?:bien )?lire\b|waar (?:stond|staat)\b.*\b(?:had moeten staan|moet worden gelezen|leze men)\b"
    r"|for [“\"'].{1,80}[”\"'],? (?:please )?read [“\"'])"
)
_FIXES: Final = re.compile(
    r"\b(?:correct(?:s|ed|ing)?|errors?|mistakes?|misspell\w*|wrong|spelling|korrig\w+|berichtig\w+|fehlers?|tippfehler|corrig\w+|coquilles?|erreurs?"
    r"|erratas?|errores|corregid[oa]s?|corrett[oaie]|corregg\w+|refus[oi]|errori|erros?|gralhas?|gecorrigeerd\w*|corrigeert|fout(?:en)?|tikfout)\b"
)
# "This story contains descriptions of violence": the text at hand, and what in it may hurt a reader.
_WARNS: Final = (
    r"\W*(?:(?:content |trigger )?(?:warning|note|hinweis|triggerwarnung|warnung|avertissement|attention|advertencia|aviso|avvertenza|attenzione|waarschuwing|let op)\s?[:–—-]\s)?"
    r"(?:(?:this|the following) (?:story|article|piece|interview|post|column|podcast) (?:contains|includes|describes|discusses|mentions)\b.{0,60}\b(?:suicid|self-harm|violen|abus|assault|rape|graphic|distress|disturb|upset)"
    r"|(?:in diesem (?:text|artikel|beitrag|interview|podcast) geht es um|diese[rs]? (?:text|artikel|beitrag|interview|podcast) (?:enthält|schildert|thematisiert))\b.{0,60}(?:gewalt|suizid|missbrauch|selbstverletz|belastend|verstör)"
    r"|ce(?:t|tte)? (?:article|récit|texte|reportage|entretien|podcast|enquête) (?:contient|comporte|évoque|décrit|aborde)\b.{0,60}\b(?:violen|suicid|viols?\b|agress|choqu|heurt|sensib)"
    r"|est[ea] (?:artículo|reportaje|texto|noticia|relato|entrevista) (?:contiene|incluye|describe|aborda)\b.{0,60}\b(?:violen|suicid|abus|agres|sensib)"
    r"|quest(?:[oa] |')(?:articolo|testo|reportage|racconto|intervista|inchiesta) (?:contiene|descrive|riporta|affronta)\b.{0,60}\b(?:violen|suicid|abus|stupr|sensib)"
    r"|est[ea] (?:artigo|texto|reportagem|notícia|entrevista|matéria) (?:contém|inclui|descreve|aborda|traz)\b.{0,60}\b(?:violên|violen|suicíd|abus|agress|perturb|sensív)"
    r"|(?:dit|deze) (?:artikel|verhaal|stuk|interview|bericht|reportage|podcast) (?:bevat|beschrijft|gaat over)\b.{0,60}(?:geweld|zelfdoding|suïcide|misbruik|verkracht|schokkend))"
)
# "We originally reported that …", "contrary to what we wrote": the outlet refers to what it published. Where somebody is
# quoted without quotation marks ("…, the captain said"), "we" is not the outlet.
_AS_WE_WROTE: Final = (
    r"\W*(?:we (?:originally|initially|previously|first|wrongly|incorrectly|mistakenly|erroneously) (?:reported|wrote) that\b|contrary to what we (?:\w+ )?(?:reported|wrote|published)\b"
    r"|wir (?:hatten|haben) (?:zunächst|zuerst|ursprünglich|irrtümlich|fälschlicherweise|versehentlich) (?:berichtet|gemeldet|geschrieben)\b"
    r"|contrairement à ce que nous (?:avons|avions) (?:écrit|publié|indiqué)\b|contrairement à ce que nous (?:écrivions|indiquions)\b|nous (?:avions|avons) (?:d'abord|initialement|par erreur|à tort) (?:écrit|publié)\b"
    r"|(?:en contra de|al contrario de|contrariamente a) lo que (?:publicamos|escribimos|publicábamos)\b|(?:publicamos|escribimos) (?:inicialmente|por error|erróneamente)\b"
    r"|contrariamente a quanto (?:abbiamo|avevamo|da noi) (?:\w+ )?(?:scritto|riportato|pubblicato)\b|(?:abbiamo|avevamo) (?:inizialmente|erroneamente|per errore) (?:scritto|riportato|pubblicato)\b"
    r"|(?:ao contrário|diferentemente) do que (?:publicámos|publicamos|noticiámos|noticiamos|escrevemos)\b|(?:publicámos|publicamos|escrevemos|noticiámos|noticiamos) (?:inicialmente|por engano|por lapso|por erro|erradamente)\b"
    r"|anders dan (?:wij|we) (?:\w+ )?(?:meldden|schreven|berichtten)\b|(?:eerder|aanvankelijk) (?:meldden|schreven|berichtten) (?:wij|we)\b)"
    r"(?!.*, (?:[^,]{0,60}\b(?:said|told)\b|so |sagte|dit |a dit|raconte|explique|dijo|ha detto|disse|zei))"
)
_WIRE: Final = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        (NoticeKind.CORRECTION, rf"\W*[(\[]\s*(?:{_WIRE_CORRECTS})\b|\W*(?:eds|editors): ?[^.]{{0,60}}\bcorrects?\b"),
        (NoticeKind.CLARIFICATION, rf"\W*[(\[]\s*(?:{_WIRE_CLARIFIES})\b"),
        (NoticeKind.UPDATE, rf"\W*[(\[]\s*(?:{_WIRE_VERBS})(?!\w)|\W*eds:\s"),
        (NoticeKind.CORRECTION, rf"\W*corrected-|{_READ_AS}|{_AS_WE_WROTE}"),
        (NoticeKind.EDITORS_NOTE, _WARNS),
        (
            NoticeKind.UPDATE,
            r"\W*(?:(?:update|wrapup|refile|rpt|advisory)[ -]\d+[-–:]|(?:refile|rpt)[-–:]|(?:last|latest) update adds\b)",
        ),
        (
            NoticeKind.UPDATE,
            r"\W*(?:updates?|updated|adds|recasts|refiles|corrects)(?:\s\d{1,2}[:.]\d\d [ap]\.?m\.?|\s\w{3,6}day)?\s+(?:with|throughout|details?|quotes?|comments?|background|lede?|headline|paragraphs?|byline|dateline|share|reaction|to (?:fix|add|include|correct))\b",
        ),
    )
)
# "Article modifié le 4 avril pour …", "Updated at 11.20 GMT to add …": the text and what was done, without article or verb.
_TEXTS: Final = r"article|story|post|artikel|beitrag|meldung|dépêche|noticia|información|artículo|articolo|notizia|artigo|matéria|reportagem|notícia|te(?:xt|xte|xto|sto|kst)"
_EDITED: Final = (
    r"updated|corrected|amended|edited|revised|aktualisiert|korrigiert|berichtigt|ergänzt|geändert|mise? à jour|modifiée?|corrigée?|actualisée?|complétée?"
    r"|actualizad[oa]|corregid[oa]|modificad[oa]|ampliad[oa]|aggiornat[oa]|corrett[oa]|modificat[oa]|a[ct]?tualizad[oa]|corrigid[oa]|alterad[oa]"
    r"|bijgewerkt|aangepast|gecorrigeerd|aangevuld|rewritten|überarbeitet|réécrite?|reescrit[oa]|riscritt[oa]|herschreven"
)
_PUBLISHED: Final = r"published|posted|publication|veröffentlicht|erschienen|publiée?|parue?|publicad[oa]|publicación|pubblicat[oa]|pubblicazione|publicação|gepubliceerd|publicatie|verschenen"
_AT: Final = rf"(?:[\s,.(–—-]{{1,3}}(?:{_WHEN}\b\.?|\d[\d:.,/]*(?:st|nd|rd|th|er|h|[ap]m)?\d*))"
_PURPOSE: Final = r"[\s,)]+(?:to|with|mit|um|avec|pour|con|para|per|com|met|om)\s\w"
_SINCE: Final = r"[\s,]+(?:after|following|nach|après|à la suite|tras|después|dopo|após|depois|na|nadat)\s\w"
# A text that is the subject and is gone: "This column has been removed at the request of its author."
_THIS_TEXT: Final = (
    r"(?:this|diese[rs]?|cet(?:te)?|ce|est[ea]|quest[oa]|dit|deze) (?:article|story|post|column|interview|piece|report|artikel|text|beitrag|kommentar|meldung|kolumne|texte|chronique|tribune"
    r"|entretien|contenu|artículo|texto|noticia|columna|entrevista|información|contenido|articolo|testo|intervista|pezzo|contenuto|artigo|reportagem|matéria|notícia|coluna|conteúdo|bericht|stuk|verhaal)"
)
_IS_GONE: Final = (
    r"(?:(?:has been|was) (?:removed|taken (?:down|offline)|withdrawn|unpublished|retracted)|is no longer available|(?:wurde|ist|haben wir)\b[^.]{0,50}?\b(?:gelöscht|entfernt|zurückgezogen|offline|nicht mehr)"
    r"|a été (?:retirée?|dépubliée?|supprimée?)|n'est plus (?:en ligne|disponible|accessible)|(?:ha sido|fue) (?:retirad|eliminad|despublicad)[oa]|ya no está disponible|(?:è stat[oa]|è) (?:rimoss|ritirat|cancellat)[oa]|non è più (?:disponibile|online)"
    r"|foi (?:retirad|removid|despublicad|apagad|tirad)[oa]|saiu do ar|já não está (?:disponível|online)|(?:is|werd)\b[^.]{0,50}?\b(?:verwijderd|ingetrokken|offline|van de (?:site|website) gehaald)|is niet (?:meer|langer) (?:beschikbaar|te lezen))"
)
_EDITED_TEXT: Final = re.compile(
    rf"\W*(?:last |zuletzt )?(?:(?:{_TEXTS}) (?:{_EDITED}){_AT}*|(?:{_EDITED}){_AT}+){_PURPOSE}"
    # "First published at 5.58am; rewritten at 8.10am with the fire service's account", "Published 4 May, updated 19 May after …"
    rf"|\W*(?:first |originally |zuerst |erstmals |eerste |eerder )?(?:{_PUBLISHED}){_AT}+[;,.]? (?:[\w .:]{{0,20}}?\b)?(?:{_EDITED})\b{_AT}*(?:{_PURPOSE}|{_SINCE})"
    # "Actualisé avec le cours de clôture": in German, this may begin any sentence.
    r"|\W*(?:actualisée?|mise? à jour|complétée?|enrichie?|a[ct]?tualizad[oa]|ampliad[oa]|aggiornat[oa]|integrat[oa]|bijgewerkt|aangevuld) (?:avec|con|com|met) (?!(?:l'|la |de |la )?(?:afp|reuters|ap|dpa|efe|ansa|agence|agencias?|agenzie|lusa|belga|anp)\b)[^,.]{3,80}\.?$"
    rf"|[^\w“”\"„«»‘]*{_THIS_TEXT}\b(?! (?:de|del|della|da|do|du|der|des|of|van) )[^.!?]{{0,30}}?\b{_IS_GONE}"
)
_TIME_OF_EDIT: Final = re.compile(rf"\b(?P<edited>{_EDITED}|changed)(?! from\b){_AT}+", re.IGNORECASE)
_CAPITALS: Final = re.compile(r"\W*(?:ADDS|UPDATES|CORRECTS|RECASTS|REFILES|SUBS|FIXES|CLARIFIES|WRITETHRU)\b")

# Words for "updated" with nothing but words and figures of dates and times after them.
_TIME_STAMP: Final = re.compile(
    r"\W*(?:article |artikel |articolo |artículo |artigo |last |zuletzt |última? |ultimo |dernière )?"
    r"(?:updated?|aktualisiert|aktualisierung|mise? à jour|actualisée?|actualizad[oa]|actualización|aggiornat[oa]"
    r"|aggiornamento|atualizad[oa]|atualização|actualização|bijgewerkt|update)\b"
    r"(?:\d+(?:h|st|nd|rd|th|er)?\b|\W|\b(?:at|on|en date|du|am|pm|a\.m|p\.m|um|uhr|vom|le|à|a|las?|el|alle|ore|del|il|às|as|em|de|om|uur|op|h|hrs|on"
    r"|e[ds]?t|gmt|utc|bst|cet|ist|pt|pdt|pst|th|st|nd|rd|today|yesterday"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)(?:day)?|(?:mo|diens|mitt|donners|frei|sams|sonn)\w*"
    r"|(?:jan|feb|fév|mar|mär|maa|abr|avr|apr|may|mai|mei|mag|jun|jui|giu|jul|lug|aug|aoû|ago|sep|set|oct|okt|ott|out"
    r"|nov|dec|dez|déc|dic|gen|ene|mrt)[^\W\d]*)\b)*",
    re.IGNORECASE,
)


class Opening(NamedTuple):
    """How a text begins.

    Attributes:
        label: "correction", "clarification", "editors", "update", "weak" for "Note:", or "".
        dated: the label has a date or a time.
        wire: what a wire's note in brackets or capitals, "for X read Y", or another opening that only notices have, is.
        end: where the label ends.
        is_edited_text: it says without article or verb that the text was edited, when and what for.
    """

    label: str = ""
    dated: bool = False
    wire: NoticeKind | None = None
    end: int = 0
    is_edited_text: bool = False

    @property
    def is_certain(self) -> bool:
        """Whether a text that begins so is a notice, whatever else it says."""
        return self.wire is not None or self.is_edited_text

    @property
    def is_decisive(self) -> bool:
        """Whether hardly anything but a notice begins so."""
        return self.label in {"correction", "clarification", "editors"}


def without_time_of_edit(text: str) -> str:
    """Return a notice without the time at which it says that the text was edited: "amended on 3 May 2026 to …"."""
    return _TIME_OF_EDIT.sub(r"\g<edited>", text)


def is_only_a_time(text: str) -> bool:
    """Return whether `text` is when something was updated and nothing else: "Mise à jour : 18 juil. 2024"."""
    return _TIME_STAMP.fullmatch(text) is not None and not text.rstrip().endswith(":")


def read_opening(text: str, low: str) -> Opening:
    """Read how a text begins; `low` is the text in lower case with straight apostrophes."""
    wire = next((kind for kind, pattern in _WIRE if pattern.match(low)), None)
    if wire is None and _CAPITALS.match(text):
        wire = NoticeKind.UPDATE
    if wire is NoticeKind.UPDATE and _FIXES.search(low):
        wire = NoticeKind.CORRECTION
    if label := _LABEL.match(low):
        found = label.groupdict()
        dated = found.pop("dated")
        [name] = (name for name, words in found.items() if words)
        return Opening(name, bool(dated), wire, label.end())
    if re.match(_SCRIPTS, low):
        return Opening("correction", end=2)
    return Opening(wire=wire, is_edited_text=_EDITED_TEXT.match(low) is not None)

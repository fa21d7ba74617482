"""Phrases by which a line shows what it is, in the languages of the news; notices are asked for first."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from tracker.model import NoticeKind

from . import starts

_I: Final = re.IGNORECASE
_WORD: Final = re.compile(r"[\w-]+")

# --- notices: what the outlet says of its own edits
_WIRE: Final = (
    r"\(\s*(?:updates?|updated|adds?|corrects?|recasts?|rewrites?|removes?|clarifies|fixes|deletes?|refiles?|repeats|"
    r"restores|changes|drops|tops|writethru|aktualisiert|ergänzt|korrigiert|corrige|actualiza|añade|aggiorna|atualiza|"
    r"acrescenta|mise à jour|ajoute)\b[^()]{3,400}(?:\([^()]*\)[^()]*)*\)?\.?$"
)
_THING: Final = (
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
    rf"{_THING})\b"
    rf"|this {_THING}(?:'s \w+)? (?:has been|was|is being) (?:corrected|amended|revised)"
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
    rf"|this {_THING} (?:has been|was) (?:clarified|edited to clarify|updated to (?:clarify|"
    rf"reflect))"
)
_EDITOR: Final = (
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
    rf"this (?:is an? )?(?:{_THING} )?(?:breaking|developing) (?:news )?{_THING}? ?(?:has been|was|"
    rf"and (?:has been|was)) updated"
    rf"|this (?:breaking |developing )?(?:news )?{_THING} (?:has been|was|is being|will be|"
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
_LIMIT: Final = 1_500
_NOTICES: Final = tuple(
    (kind, re.compile(rf"^\W{{0,3}}(?:{pattern})", _I))
    for kind, pattern in (
        (NoticeKind.UPDATE, _WIRE),
        (NoticeKind.EDITORS_NOTE, _EDITOR),
        (NoticeKind.CORRECTION, _CORRECTION),
        (NoticeKind.CLARIFICATION, _CLARIFICATION),
        (NoticeKind.UPDATE, _UPDATE),
    )
)
_WIRE_CORRECTS: Final = re.compile(r"^\W{0,3}\(?\s*(?:corrects?|corrected|fixes|korrigiert|corrige)\b", _I)
_FIRST_WORD: Final = re.compile(r"\W{0,4}(\w{1,4})")
# How a notice can begin: a look at three letters spares most lines the patterns.
_NOTICE_STARTS: Final = frozenset(
    (
        "upd add cor rec rew rem cla fix del ref rep res cha dro top wri akt erg kor act aña agg atu "
        "acr mis ajo err ber ric"
        " fe ret rät oik spr düz opr hel the an a our thi in une una uma i w kla prä pré acl pre chi "
        "esc ver för wyj açı edi"
        " pub not anm hin eig tra ndl noo red od toi die der cet est dit que den nac upp opp opd gün "
        "tid"
    ).split()
)


# --- lines that are a time and nothing else
_MONTH: Final = (
    r"(?:jan|feb|fév|fev|mar|mär|mrt|apr|avr|abr|may|mai|maj|mei|mag|jun|jui|jul|aug|aou|aoû|ago|"
    r"sep|set|oct|okt|out|ott|nov|dec|dez|déc|dic|des|ene|gen|lug|giu|kas|ara|oca|şub|nis|haz|tem|"
    r"ağu|eyl|eki"
    r"|янв|фев|мар|апр|мая|май|июн|июл|авг|сен|окт|ноя|дек|sty|lut|kwi|maj|cze|lip|sie|wrz|paź|"
    r"lis|gru)[^\W\d_]*\.?"
)
_DAY: Final = (
    r"(?:mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so|lun|mar|mer|jeu|ven|sam|dim|mié|jue|vie|"
    r"sáb|dom|seg|ter|qua|qui|sex|montag|dienstag|mittwoch|donnerstag|freitag|samstag|"
    r"sonntag)[^\W\d_]{0,7}\.?"
)
_STAMP_WORD: Final = (
    r"(?:last |first |zuletzt |letzte |stand|article |artikel |beitrag )?(?:published|updated|"
    r"modified|posted|created|update|updated|edited|aktualisiert(?:\s+am)?|aktualisierung|"
    r"veröffentlicht(?:\s+am)?|erstellt(?:\s+am)?|stand|geändert|publié|mis à jour|modifié|"
    r"publicado|actualizado|"
    r"pubblicato|aggiornato|atualizado|publicerad|uppdaterad|publisert|oppdatert|sist oppdatert|"
    r"publiceret|opdateret|gepubliceerd|bijgewerkt|opublikowano|aktualizacja|güncelleme|"
    r"yayınlanma|giriş|опубликовано|обновлено|入力|更新|公開|配信|입력|수정|등록|date|time|le|il|am|den|on|at|"
    r"um|à|às|alle|kl|ore|el|em|a las|vor|il y a|hace|há|fa|since|seit)"
)
_UNITS: Final = (
    r"(?:hours?|hrs?|stunden?|heures?|horas?|ore|timer|saat|days?|tage?n?|jours?|días|giorni|"
    r"weeks?|months?|seconds?|ago|fa|siden|sedan|önce|minutes?|minuti|minutos)\b|"
    r"(?:gmt|utc|bst|est|edt|pst|pdt|cet|cest|mez|mesz|ist|et|pt|ct|jst|kst|wib|noon|midnight|"
    r"today|yesterday|heute|gestern|hier|aujourd'hui|hoy|ayer|oggi|ieri|hoje|ontem|сегодня|"
    r"вчера)\b|年|月|日|時|分|時間前|分前|년|월|일|시|분|오전|오후|г\.?\b|в\b|de\b|of\b|and\b"
)
_STAMP: Final = re.compile(
    (
        rf"^(?:\W|{_STAMP_WORD}\b|{_MONTH}|{_DAY}|\d{{1,2}}h\d\d|\d{{1,4}}+(?:st|nd|rd|th|er|º)?|[ap]\.?m\.?\b|uhr\b|"
        rf"h\b|min(?:ute)?[sn]?(?:[ -](?:read|lesezeit))?\b|{_UNITS})+$"
    ),
    _I,
)
_DIGIT: Final = re.compile(r"\d")
_LETTERS: Final = re.compile(r"[^\W\d_]+")
_TIMELY: Final = re.compile(rf"(?:{_STAMP_WORD}|{_MONTH}|{_DAY}|uhr|min(?:ute)?[sn]?|{_UNITS})+", _I)
# Parts of phrases of a time that say nothing of one by themselves.
_PARTS: Final = frozenset(
    (
        "last first zuletzt letzte stand article artikel beitrag sist mis à jour il y am pm las aujourd hui"
        " st nd rd th er read lesezeit"
    ).split()
)


# --- lines that lead elsewhere
_PROMO: Final = re.compile(
    (
        r"^\W{0,4}(?:"
        r"(?:see|more|read|related|watch|listen|explore|also|learn more|opinion|analysis|explainer|"
        r"from the archives?|go deeper|dig deeper|don't miss|what to read next|recommended|"
        r"in pictures|in photos|photos|video|podcast|live updates|follow live|live)\s*(?:[:：|>»→]|"
        r"\s[–—-]\s)"
        r"|(?:see also|read (?:more|next|also|on|this|full|our|the full)|more (?:on this|from|stories|"
        r"about|coverage|like this|news)|also read|also on|related(?: (?:stories|articles|content|"
        r"coverage|news|topics?|links?|reading|posts))?\b\s*[:：]?$|related (?:story|article|coverage|"
        r"reading)\b|you (?:may|might) (?:also )?(?:like|be interested)|click here|sign up (?:for|to|"
        r"here)|keep reading|continue reading|most (?:read|popular|viewed)|top stories|trending|"
        r"recommended(?: for you)?\s*$)"
        r"|(?:lesen sie|lies|lest|mehr) (?:hier |dazu |auch|mehr|hierzu|zum thema|dazu|über|aus|von|"
        r":)|lesen sie (?:hier|jetzt|weitere)|mehr (?:zum thema|dazu|lesen|news)|(?:das könnte|auch|"
        r"weitere) (?:sie|interessant|artikel|themen|nachrichten)\b|zum thema\b|siehe (?:auch|dazu)|"
        r"auch interessant|empfohlen(?:er|e)? |passend dazu|hintergrund:|interview:|kommentar:|"
        r"weiterlesen|weiterführende"
        r"|(?:à|a) lire(?: aussi)?\b|lire (?:aussi|également|la suite|notre)|(?:à|a) voir aussi|"
        r"voir aussi|pour aller plus loin|sur le même (?:sujet|thème)"
        r"|(?:lee|lea|leer|ver|mira|te puede|también te|puedes leer|más (?:información|sobre|"
        r"noticias)|te recomendamos|noticia(?:s)? relacionada|lee (?:también|más|aquí))\s?(?:también|"
        r"tambien|más|además|interesar|recomendamos|leer|información|:)"
        r"|(?:leggi|guarda|vedi) (?:anche|pure|tutt|l'|la )|(?:leia|veja|confira|saiba) (?:também|"
        r"mais)|lees (?:ook|meer|verder)|läs (?:också|mer|även|mera)|les (?:også|mer|mere|flere)|"
        r"læs (?:også|mere)|lue (?:myös|lisää)"
        r"|czytaj (?:też|także|więcej|również)|zobacz (?:też|także|również)|читайте (?:также|ещё|еще)|"
        r"по теме|смотрите также|читати також|ilgili haber|(?:devamını|bunu da) oku|přečtěte si|"
        r"čtěte (?:také|více)|olvassa el|διαβάστε (?:επίσης|ακόμα)|citește și|čítajte"
        r"|(?:関連記事|あわせて読みたい|続きを読む|もっと見る|관련기사|관련 기사|"
        r"相关(?:阅读|新闻|报道)|延伸閱讀|相關新聞|【関連】|▶|►|☞)"
        r")"
    ),
    _I,
)
_BARE: Final = re.compile(
    (
        r"^\W{0,3}(?:see|more|read|watch|listen|related|read (?:more|also|next)|see also|also read|"
        r"(?:lesen|sehen) sie (?:auch|hier|dazu)(?: auch)?|lies auch|(?:à|a) lire(?: aussi)?|lire aussi|"
        r"(?:[lt]e|les|os) puede interesar|(?:lea|lee|vea|mira) (?:también|además)|"
        r"(?:leia|veja|saiba) (?:também|mais)|leggi anche|lees ook|läs (?:också|mer)|les også|læs også|"
        r"(?:czytaj|zobacz) (?:też|także|również|więcej)|dowiedz się więcej|читайте (?:также|ещё)|"
        r"ilgili haber)\s*[:：]\s*\S"
    ),
    _I,
)

# --- lines of the house
_BOILERPLATE: Final = re.compile(
    (
        r"^\W{0,3}(?:"
        r"(?:©|\(c\)\s|copyright\b|all rights reserved|alle rechte vorbehalten|tous droits réservés|"
        r"todos los derechos|tutti i diritti|todos os direitos)"
        r"|more stories like this|this (?:material|content) may not be (?:published|reproduced|copied)"
        r"|(?:sign up|submit your|by (?:signing up|subscribing|registering|clicking)|"
        r"create (?:an?|your)(?: free)? account|"
        r"subscribe|register|join|download|follow us|like us|support our|become a|"
        r"get (?:the|our|more|all)|stay (?:up|informed|on top)|click|tap|send us|email us|"
        r"have (?:you got )?a (?:story|tip|news tip)|got a (?:story|tip)|contact us|if you (?:liked|"
        r"enjoyed) this|enjoy(?:ing|ed) this|want more|for more (?:news|stories|information (?:visit|"
        r"on|about this)|on this|from)|to (?:subscribe|sign up|read the full|continue reading|"
        r"comment))\b.{0,260}$"
        r"|(?:advertisement|advertising|anzeige|werbung|publicité|publicidad|publicidade|pubblicità|"
        r"annonce|annons|reklama?|reklam|mainos|advertentie|sponsored|promoted|"
        r"story continues(?: below.*)?|article continues(?: below.*)?|(?:the )?(?:article|"
        r"text) continues after.*|广告|広告|광고|реклама)\W*$"
        r"|(?:share|tweet|pin|email|print|save|comments?|kommentare?|kommentieren|teilen|drucken|"
        r"merken|partager|commenter|compartir|condividi|compartilhar|facebook|twitter|whatsapp|reddit|"
        r"linkedin|copy link|link copied!?|loading\.*|play video|play|pause|close|menu|skip|"
        r"back to top|nach oben|gift article|listen to (?:this )?article|artikel anhören|vorlesen|"
        r"log ?in|anmelden|"
        r"(?:sign|log) in(?: or .{0,24}| / .{0,16})?|"
        r"(?:gefällt mir|like(?: this)?)(?:\W+(?:loading|wird geladen))?|wird geladen)(?:\s*\(?\d*\)?)\W*$"
        r"|\d[\d.,]*\s?[km]?\s*(?:comments?|shares?|views?|likes?|kommentare?|reads?|"
        r"min(?:ute)?s?(?: read| lesezeit)?|mins? read)\W*$|(?:reading time|lesezeit|lesedauer|"
        r"temps de lecture|tiempo de lectura)\b.{0,24}$|\d+ min(?:ute)?s?(?:\.|n)? (?:read|lesezeit|"
        r"de lecture|de lectura)\W*$"
        r"|(?:melde dich|abonnieren sie|jetzt (?:abonnieren|anmelden|registrieren|kostenlos|testen)|"
        r"newsletter\b|zum newsletter|hier (?:anmelden|abonnieren)|folgen sie uns|abonnez-vous|"
        r"inscrivez-vous|suscríbe|suscribete|síguenos|iscriviti|inscreva-se|assine|siga o|abonnement|"
        r"fehler (?:gefunden|entdeckt)|haben sie (?:einen fehler|hinweise)|"
        r"hier geht es zum)\b.{0,260}$"
        r"|(?:filed under|posted in|tagged(?: with| in)?|categor(?:y|ies)|tags?|kategorien?|schlagw[öo]rter?|"
        r"abgelegt unter|classé dans|archivado en|etiquetas?|categorías?)\s*[:：]"
        r"|(?:an dieser stelle (?:findest du|finden sie|sehen sie) (?:einen )?extern\w*|"
        r"ich bin (?:damit )?einverstanden, dass mir|(?:damit können )?personenbezogene daten (?:können )?an dritt\w+|"
        r"to (?:view|see|show) this content|"
        r"this (?:article|content) (?:contains|is) (?:content )?(?:provided|hosted) by|allow \w+ content)\b.{0,260}$"
        r"|our standards\b|(?:read|see) (?:our )?(?:comments policy|privacy policy|terms)|"
        r"the washington post is not|opinions expressed (?:in|by)|the views expressed"
        r"|(?:please )?enable javascript|your browser|this (?:video|content|feature) (?:is|can|"
        r"could)n?o?t?\b.{0,20}(?:available|be (?:played|displayed|loaded))"
        r")"
    ),
    _I,
)
_HOUSE: Final = re.compile(
    (
        r"(?:is|are) available (?:on|at|to)\s+\S+\.(?:com|co\.uk|org|net)\W*$|(?:delivered|"
        r"straight) to your inbox|(?:sign|signing) up (?:for|to) (?:our|the|his|"
        r"her) .{0,60}newsletter|subscribe to our .{0,60}newsletter"
        r"|^.{0,80}(?:follow|folgen|suivez|síguenos).{0,30}(?:facebook|twitter|instagram|whatsapp|"
        r"telegram|google news).{0,80}$|\bnewsletter\b.{0,60}(?:sign up|abonnieren|inscri|anmelden|"
        r"suscr)"
        r"|(?:all rights reserved|alle rechte vorbehalten)\W*$"
        r"|^\W{0,3}(?:follow|folgen sie|folge|suivez|síguenos|sigue|siga|segui|seguici|volg)\b.{1,80}"
        r"\b(?:facebook|twitter|instagram|whatsapp|telegram|youtube|linkedin|google news)\b"
        r"|\b(?:nuestro|nosso|notre|unser(?:e[mnrs]?)?|our|tenemos|il nostro)\b.{0,24}\b(?:canal|channel|kanal|"
        r"chaîne|canale|grup[po]o?)\b.{0,24}\b(?:youtube|telegram|whatsapp|instagram)\b"
        r"|(?:earn|receive|get|collect) (?:a |an |some )?(?:small |affiliate |share of )*commissions?\b|"
        r"\b(?:contains?|include[sd]?|provisions?-?|use[sd]?) affiliate[- ]?links?\b|"
        r"advertisers do not influence"
        r"|(?:verwenden|nutzen|setzen) wir cookies|\b(?:we|wir) (?:use|verwenden|nutzen) cookies|"
        r"(?:this|our|diese|unsere) (?:web)?(?:site|seite) (?:uses|verwendet|nutzt) cookies|"
        r"nous utilisons des cookies|utiliz(?:a|amos|ziamo) (?:i )?cookies?"
        r"|\b(?:this (?:entry|post)|diese[mn] (?:eintrag|beitrag)|cet(?:te)? (?:entrée|article)|esta entrada|"
        r"questo articolo)\b.{0,80}\brss\b"
    ),
    _I,
)
_CONTRIBUTED: Final = re.compile(r"\bcontributed to this (?:report|story|article)\W*$", _I)
_HOUSE_WORDS: Final = (
    "newsletter available inbox follow folge suivez sígue siga segui volg reserved vorbehalten youtube telegram"
    " whatsapp commission affiliate influence cookie rss"
).split()
_CREDIT: Final = re.compile(
    (
        r"^\W{0,3}(?:"
        r"(?:reporting|writing|editing|additional reporting|compiled|translated|translation|edited|"
        r"photography|graphics?|source|sources|quellen?|credit|photo|foto|fotos|bild|bilder|picture|"
        r"image|illustration|text|grafik|redaktion|redigering|fonte|fuente|copyright)\s*(?:by\b|[:：])"
        r"|\((?:reporting|additional reporting|writing|editing|compiled|translated|with (?:files|"
        r"reporting|inputs?|agency))\b"
        r"|(?:with (?:files|assistance|inputs?|reporting|agency)\s+(?:from|by|inputs?|reporting)?\b|"
        r"--?\s?with assistance|—\s?with assistance|associated press writers?\b.{0,160}contributed|"
        r"mit material|mit informationen|avec (?:afp|l'afp|reuters|agences))"
        r").{0,220}$"
    ),
    _I,
)
_AGENCIES: Final = frozenset(
    "dpa afp reuters ap apa sda epd kna sid efe ansa lusa belga anp ntb tt ritzau pap tass тасс dts bloomberg pa media"
    " press association associated agencies agenturen agency und mit and with from lnw dpa-infocom afx europa tanjug"
    " xinhua ians pti ani ctk čtk mti interfax ukrinform kyodo yonhap cna".split()
)
_SIGNED: Final = re.compile(
    r"\W{0,2}\w{2,4}\s?/\s?(?:dpa|afp|reuters|apa?|efe|pap|ansa|lusa|belga|anp|ntb|tt|tass|тасс|epd|kna|sid)\W{0,2}$",
    _I,
)
_DATELINE: Final = re.compile(
    r"^[A-ZÀ-Þ][^\d.!?:;]{1,40}(?:\([A-Za-z ,/]{2,24}\))?\s*[–—-]{1,2}\s*$|^\([A-Z][A-Za-z ]{1,24}\)\s*[–—-]{0,2}\s*$"
)
_RELATED_HEAD: Final = re.compile(
    (
        r"^\W{0,3}(?:related|more (?:on|from|stories|news|like|in)|most (?:read|popular|viewed|"
        r"shared)|read (?:more|next|also)|you (?:may|might)|recommended|trending|popular|top stories|"
        r"latest|editors?['’]s? picks|don't miss|elsewhere|in other news|what to read|sign up|"
        r"newsletter|comments?|share this|about the author|"
        r"mehr (?:zum|aus|von|zu|news|themen)|weitere|auch interessant|das könnte|meist(?:gelesen|"
        r"geklickt)|lesen sie|themen|kommentare|ähnliche|verwandte|passend|empfehlung|neueste|"
        r"aktuelle|zum thema|sur le même|à lire|lire aussi|les plus lus|commentaires|articles (?:liés|"
        r"associés)|"
        r"relacionad|más (?:sobre|noticias|información|leíd)|lo más|te puede|noticias|leggi anche|"
        r"potrebbe interess|leia|mais (?:lidas|notícias|sobre)|lees (?:ook|meer)|meest gelezen|"
        r"läs (?:mer|också)|les også|mest (?:lest|læst)|czytaj|polecane|najnowsze|читайте|по теме|"
        r"ilgili|関連|あわせて|人気|ランキング|관련|많이 본)"
    ),
    _I,
)
STARTS: Final = ((_BOILERPLATE, starts.HOUSE), (_PROMO, starts.PROMO), (_CREDIT, starts.CREDIT))
"""Patterns with the beginnings of what they match."""


def notice(text: str) -> NoticeKind | None:
    """Return which kind of notice *text* begins as, or None."""
    first = _FIRST_WORD.match(text)
    if first is None or len(text) > _LIMIT:
        return None
    start = first[1][:3].lower()
    if (start not in _NOTICE_STARTS and start < "\u0370") or stamp(text):
        return None
    for kind, pattern in _NOTICES:
        if pattern.match(text):
            return NoticeKind.CORRECTION if kind is NoticeKind.UPDATE and _WIRE_CORRECTS.match(text) else kind
    return None


def stamp(text: str) -> bool:
    """Say whether *text* is a date, a time, or so long ago, and nothing else."""
    if len(text) > 120 or not _DIGIT.search(text):
        return False
    return all(map(_is_timely, _LETTERS.findall(text))) and _STAMP.match(text) is not None


@lru_cache(maxsize=8192)
def _is_timely(word: str) -> bool:
    """Say whether a word can stand in a date or a time; most lines hold one that cannot."""
    return len(word) == 1 or word.lower() in _PARTS or _TIMELY.fullmatch(word) is not None


def promo(text: str) -> bool:
    """Say whether *text* begins by sending the reader elsewhere."""
    return starts.may_begin(text, starts.PROMO) and _PROMO.match(text) is not None


def bare_promo(text: str) -> bool:
    """Say whether *text* is "See: …" or "More: …", which needs no link to be a promo."""
    return len(text) <= 200 and _BARE.match(text) is not None


def boilerplate(text: str) -> bool:
    """Say whether *text* is a line of the house: copyright, sign-up, buttons, counters."""
    if len(text) > 400:
        return False
    if starts.may_begin(text, starts.HOUSE) and _BOILERPLATE.match(text):
        return True
    return any(map(text.lower().__contains__, _HOUSE_WORDS)) and _HOUSE.search(text) is not None


def credit(text: str) -> bool:
    """Say whether *text* says who wrote, edited, photographed or supplied."""
    if len(text) > 260:
        return False
    if len(text) <= 40 and (_SIGNED.match(text) or all(word in _AGENCIES for word in _WORD.findall(text.lower()))):
        return True
    return (starts.may_begin(text, starts.CREDIT) and _CREDIT.match(text) is not None) or (
        "contributed to this" in text and _CONTRIBUTED.search(text) is not None
    )


def dateline(text: str) -> bool:
    """Say whether *text* is a dateline alone."""
    return len(text) <= 70 and _DATELINE.match(text) is not None


def related_heading(text: str) -> bool:
    """Say whether a heading announces links to other stories."""
    return len(text) <= 90 and _RELATED_HEAD.match(text) is not None

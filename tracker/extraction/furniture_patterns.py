"""Recognise furniture by its wording, in many languages: promos, boilerplate, credits, datelines and times."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_MAX_PROMO_CHARS: Final = 200
_MAX_BOILERPLATE_CHARS: Final = 400
_MAX_CREDIT_CHARS: Final = 260
_MAX_SIGNATURE_CHARS: Final = 40
_MAX_DATELINE_CHARS: Final = 70
_MAX_HEADING_CHARS: Final = 90
_WORD: Final = re.compile(r"[\w-]+")
# Lines that lead to other pages.
_PROMO: Final = re.compile(
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
    r")",
    re.IGNORECASE,
)
# Such lines that are a promo even without a link: "See: …".
_PROMO_WITH_COLON: Final = re.compile(
    r"^\W{0,3}(?:see|more|read|watch(?: below| above)?|listen|related|read (?:more|also|next)|see also|also read|"
    r"(?:lesen|sehen) sie (?:auch|hier|dazu)(?: auch)?|lies auch|(?:à|a) lire(?: aussi)?|lire aussi|"
    r"(?:[lt]e|les|os) puede interesar|(?:lea|lee|vea|mira) (?:también|además)|"
    r"(?:leia|veja|saiba) (?:também|mais)|leggi anche|lees ook|läs (?:också|mer)|les også|læs også|"
    r"(?:czytaj|zobacz) (?:też|także|również|więcej)|dowiedz się więcej|читайте (?:также|ещё)|"
    r"ilgili haber)\s*[:：]\s*\S",
    re.IGNORECASE,
)

# What outlets print around every article: copyright, sign-up, buttons, counters, adverts, categories.
_BOILERPLATE: Final = re.compile(
    r"^\W{0,3}(?:"
    r"(?:©|\(c\)\s|copyright\b|all rights reserved|alle rechte vorbehalten|tous droits réservés|"
    r"todos los derechos|tutti i diritti|todos os direitos)"
    r"|more stories like this|this (?:material|content) may not be (?:published|reproduced|copied)"
    r"|(?:sign up|submit your|by (?:signing up|subscribing|registering|clicking)|"
    r"create (?:an?|your)(?: free)? account|"
    r"subscribe|register|join|download|follow us|like us|support our|become a|"
    r"get (?:the|our|more|all)|stay (?:up|informed|on top)|click|tap|send us|email us|"
    r"have (?:you got )?a (?:story|tip|news tip)|got a (?:story|tip)|contact us|if you (?:liked|"
    r"enjoyed) this|enjoy(?:ing|ed)? this|want more|for more (?:news|stories|information (?:visit|"
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
    r"werden sie (?:jetzt |auch )?(?:mitglied|abonnent)|devenez (?:membre|abonné)|hazte (?:socio|miembro)|"
    r"fehler (?:gefunden|entdeckt)|haben sie (?:einen fehler|hinweise)|"
    r"hier geht es zum)\b.{0,260}$"
    r"|(?:filed under|posted in|tagged(?: with| in)?|categor(?:y|ies)|tags?|kategorien?|schlagw[öo]rter?|"
    r"abgelegt unter|classé dans|archivado en|etiquetas?|categorías?)\s*[:：]"
    r"|(?:an dieser stelle (?:findest du|finden sie|sehen sie) (?:einen )?extern\w*|"
    r"ich bin (?:damit )?einverstanden, dass mir|(?:damit können )?personenbezogene daten (?:können )?an dritt\w+|"
    r"to (?:view|see|show) this content|"
    r"this (?:article|content) (?:contains|is) (?:content )?(?:provided|hosted) by|allow \w+ content)\b.{0,260}$"
    r"|\d[\d.,]* (?:people|readers|users) (?:are )?(?:currently |now )?(?:reading|viewing|watching)\b.{0,60}$"
    r"|scroll (?:down )?for (?:the )?(?:full )?(?:video|gallery|photos|more)\b.{0,60}$"
    r"|add \S.{0,60}\bpreferred source on google\b"
    r"|(?:follow|find|read|see) .{0,60}\bcoverage\b.{0,100}\bat:? (?:https?://|\w+(?:\.\w+)+/)"
    r"|this (?:article|story|post|piece) (?:was )?(?:originally|first) (?:appeared|published|posted|ran)\b.{0,260}$"
    r"|(?:подпис(?:ывайтесь|аться)|присоединяйтесь)\b.{0,200}$"
    r"|our standards\b|(?:read|see) (?:our )?(?:comments policy|privacy policy|terms)|"
    r"the washington post is not|opinions expressed (?:in|by)|the views expressed"
    r"|(?:please )?enable javascript|your browser|this (?:video|content|feature) (?:is|can|"
    r"could)n?o?t?\b.{0,20}(?:available|be (?:played|displayed|loaded))"
    r")",
    re.IGNORECASE,
)
# The same, told by words anywhere in the line.
_BOILERPLATE_WITHIN: Final = re.compile(
    r"(?:is|are) available (?:on|at|to)\s+\S+\.(?:com|co\.uk|org|net)\W*$|(?:delivered|"
    r"straight) to your inbox|(?:sign|signing) up (?:for|to) (?:our|the|his|"
    r"her) .{0,60}newsletter|subscribe to our .{0,60}newsletter"
    r"|^.{0,80}(?:follow|folgen|suivez|síguenos).{0,30}(?:facebook|twitter|instagram|whatsapp|"
    r"telegram|google news).{0,80}$|\bnewsletter\b.{0,60}(?:sign up|abonnieren|inscri|anmelden|"
    r"suscr)"
    r"|(?:all rights reserved|alle rechte vorbehalten)\W*$"
    r"|^\W{0,3}(?:listen|subscribe|follow|hear)\b.{0,120}\bwherever you (?:get|find|listen to) (?:your )?podcasts"
    r"|\breach (?:him|her|them|the (?:reporter|author|writer)s?) at \S+@"
    r"|^\W{0,3}(?:follow|folgen sie|folge|suivez|síguenos|(?:puedes )?seguir|sigue|siga|segui|seguici|volg)\b"
    r".{1,80}"
    r"\b(?:facebook|twitter|instagram|whatsapp|telegram|youtube|linkedin|google news)\b"
    r"|\b(?:nuestro|nosso|notre|unser(?:e[mnrs]?)?|our|tenemos|il nostro)\b.{0,24}\b(?:canal|channel|kanal|"
    r"chaîne|canale|grup[po]o?)\b.{0,24}\b(?:youtube|telegram|whatsapp|instagram)\b"
    r"|(?:earn|receive|get|collect) (?:a |an |some )?(?:small |affiliate |share of )*commissions?\b|"
    r"\b(?:contains?|include[sd]?|provisions?-?|use[sd]?) affiliate[- ]?links?\b|"
    r"advertisers do not influence|\bwe (?:may )?(?:receive|earn|get) (?:\w+ )?compensation (?:when|if|for)\b|"
    r"\bwir (?:erhalten|bekommen) .{0,30}\bprovision\b"
    r"|^\W{0,3}(?:die |das )?(?:aktuelle|neue) (?:ausgabe|heft)\b.{0,120}(?:kiosk\b|\be-paper\b)"
    r"|(?:verwenden|nutzen|setzen) wir cookies|\b(?:we|wir) (?:use|verwenden|nutzen) cookies|"
    r"(?:this|our|diese|unsere) (?:web)?(?:site|seite) (?:uses|verwendet|nutzt) cookies|"
    r"nous utilisons des cookies|utiliz(?:a|amos|ziamo) (?:i )?cookies?"
    r"|\b(?:this (?:entry|post)|diese[mn] (?:eintrag|beitrag)|cet(?:te)? (?:entrée|article)|esta entrada|"
    r"questo articolo)\b.{0,80}\brss\b",
    re.IGNORECASE,
)
_CONTRIBUTED: Final = re.compile(r"\bcontributed to this (?:report|story|article)\W*$", re.IGNORECASE)
# A line without one of these words need not be tried against _BOILERPLATE_WITHIN.
_BOILERPLATE_WORDS: Final = (
    "newsletter available inbox facebook twitter instagram linkedin google reserved vorbehalten youtube telegram"
    " whatsapp commission compensation provision affiliate influence cookie rss kiosk e-paper podcasts reach"
).split()
_CREDIT: Final = re.compile(
    r"^\W{0,3}(?:"
    r"(?:reporting|writing|editing|additional reporting|compiled|translated|translation|edited|"
    r"photography|graphics?|source|sources|quellen?|credit|photo|foto|fotos|bild|bilder|picture|"
    r"image|illustration|text|grafik|redaktion|redigering|fonte|fuente|copyright)\s*(?:by\b|[:：])"
    r"|\((?:reporting|additional reporting|writing|editing|compiled|translated|with (?:files|"
    r"reporting|inputs?|agency))\b"
    r"|(?:with (?:files|assistance|inputs?|reporting|agency)\s+(?:from|by|inputs?|reporting)?\b|"
    r"--?\s?with assistance|—\s?with assistance|associated press writers?\b.{0,160}contributed|"
    r"mit material|mit informationen|avec (?:afp|l'afp|reuters|agences))"
    r").{0,220}$",
    re.IGNORECASE,
)
_AGENCIES: Final = frozenset(
    "dpa afp reuters ap apa sda epd kna sid efe ansa lusa belga anp ntb tt ritzau pap tass тасс dts bloomberg pa media"
    " press association associated agencies agenturen agency und mit and with from lnw dpa-infocom afx europa tanjug"
    " xinhua ians pti ani ctk čtk mti interfax ukrinform kyodo yonhap cna".split()
)
# An author's initials and an agency: "aja/PAP".
_INITIALS_AND_AGENCY: Final = re.compile(
    r"\W{0,2}\w{2,4}\s?/\s?(?:dpa|afp|reuters|apa?|efe|pap|ansa|lusa|belga|anp|ntb|tt|tass|тасс|epd|kna|sid)\W{0,2}$",
    re.IGNORECASE,
)
_DATELINE: Final = re.compile(
    r"^[A-ZÀ-Þ][^\d.!?:;]{1,40}(?:\([A-Za-z ,/]{2,24}\))?\s*[–—-]{1,2}\s*$|^\([A-Z][A-Za-z ]{1,24}\)\s*[–—-]{0,2}\s*$"
)
_RELATED_HEADING: Final = re.compile(
    r"^\W{0,3}(?:related|more (?:on|from|stories|news|like|in)|most (?:read|popular|viewed|"
    r"shared)|read (?:more|next|also)|you (?:may|might)|recommended|trending|popular|top stories|"
    r"latest|editors?['’]s? picks|don't miss|elsewhere|in other news|what to read|sign up|"
    r"newsletter|comments?|share this|about the author|"
    r"mehr (?:zum|aus|von|zu|news|themen)|weitere|auch interessant|das könnte|meist(?:gelesen|"
    r"geklickt)|lesen sie|themen|kommentare|ähnliche|verwandte|passend|empfehlung|neueste|"
    r"aktuelle|schon gelesen|zum thema|sur le même|à lire|lire aussi|les plus lus|commentaires|articles (?:liés|"
    r"associés)|"
    r"relacionad|más (?:sobre|noticias|información|leíd)|lo más|te puede|noticias|leggi anche|"
    r"potrebbe interess|leia|mais (?:lidas|notícias|sobre)|lees (?:ook|meer)|meest gelezen|"
    r"läs (?:mer|också)|les også|mest (?:lest|læst)|czytaj|polecane|najnowsze|читайте|по теме|"
    r"ilgili|関連|あわせて|人気|ランキング|관련|많이 본)",
    re.IGNORECASE,
)
_MAX_TIMESTAMP_CHARS: Final = 120
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
_LABEL: Final = (
    r"(?:last |first |zuletzt |letzte |stand|article |artikel |beitrag )?(?:published|updated|"
    r"modified|posted|created|update|updated|edited|aktualisiert(?:\s+am)?|aktualisierung|"
    r"veröffentlicht(?:\s+am)?|erstellt(?:\s+am)?|stand|geändert|publié|mis à jour|modifié|"
    r"publicado|actualizado|"
    r"pubblicato|aggiornato|atualizado|publicerad|uppdaterad|publisert|oppdatert|sist oppdatert|"
    r"publiceret|opdateret|gepubliceerd|bijgewerkt|opublikowano|aktualizacja|güncelleme|"
    r"yayınlanma|giriş|опубликовано|обновлено|入力|更新|公開|配信|입력|수정|등록|date|time|le|il|am|den|on|at|"
    r"um|à|às|alle|kl|ore|el|em|a las|vor|il y a|hace|há|fa|since|seit)"
)
_UNIT: Final = (
    r"(?:hours?|hrs?|stunden?|heures?|horas?|ore|timer|saat|days?|tage?n?|jours?|días|giorni|"
    r"weeks?|months?|seconds?|ago|fa|siden|sedan|önce|minutes?|minuti|minutos)\b|"
    r"(?:gmt|utc|bst|est|edt|pst|pdt|cet|cest|mez|mesz|ist|et|pt|ct|jst|kst|wib|noon|midnight|"
    r"today|yesterday|heute|gestern|hier|aujourd'hui|hoy|ayer|oggi|ieri|hoje|ontem|сегодня|"
    r"вчера)\b|年|月|日|時|分|時間前|分前|년|월|일|시|분|오전|오후|г\.?\b|в\b|de\b|of\b|and\b"
)
_TIMESTAMP: Final = re.compile(
    rf"^(?:\W|{_LABEL}\b|{_MONTH}|{_DAY}|\d{{1,2}}h\d\d|\d{{1,4}}+(?:st|nd|rd|th|er|º)?|[ap]\.?m\.?\b|uhr\b|"
    rf"h\b|min(?:ute)?[sn]?(?:[ -](?:read|lesezeit))?\b|{_UNIT})+$",
    re.IGNORECASE,
)
_DIGIT: Final = re.compile(r"\d")
_LETTERS: Final = re.compile(r"[^\W\d_]+")
_TIME_WORD: Final = re.compile(rf"(?:{_LABEL}|{_MONTH}|{_DAY}|uhr|min(?:ute)?[sn]?|{_UNIT})+", re.IGNORECASE)
# Words that are part of a time only together with others: "il y a 2 heures".
_PARTIAL_WORDS: Final = frozenset(
    "last first zuletzt letzte stand article artikel beitrag sist mis à jour il y am pm las aujourd hui"
    " st nd rd th er read lesezeit".split()
)


def is_promo(text: str) -> bool:
    """Return whether `text` begins by sending the reader to another page."""
    return _PROMO.match(text) is not None


def is_promo_with_colon(text: str) -> bool:
    """Return whether `text` is "See: …" or "More: …", which is a promo even without a link."""
    return len(text) <= _MAX_PROMO_CHARS and _PROMO_WITH_COLON.match(text) is not None


def is_boilerplate(text: str) -> bool:
    """Return whether `text` is what outlets print around every article: copyright, sign-up, buttons, counters."""
    if len(text) > _MAX_BOILERPLATE_CHARS:
        return False
    if _BOILERPLATE.match(text):
        return True
    return any(map(text.lower().__contains__, _BOILERPLATE_WORDS)) and _BOILERPLATE_WITHIN.search(text) is not None


def is_credit(text: str) -> bool:
    """Return whether `text` says who wrote, edited, photographed or supplied something, and nothing else."""
    if len(text) > _MAX_CREDIT_CHARS:
        return False
    if len(text) <= _MAX_SIGNATURE_CHARS and (
        _INITIALS_AND_AGENCY.match(text) or all(word in _AGENCIES for word in _WORD.findall(text.lower()))
    ):
        return True
    return _CREDIT.match(text) is not None or ("contributed to this" in text and _CONTRIBUTED.search(text) is not None)


def is_dateline(text: str) -> bool:
    """Return whether `text` is a dateline alone: "LONDON (Wire) —"."""
    return len(text) <= _MAX_DATELINE_CHARS and _DATELINE.match(text) is not None


def announces_links(text: str) -> bool:
    """Return whether a heading announces links to other articles: "Related articles"."""
    return len(text) <= _MAX_HEADING_CHARS and _RELATED_HEADING.match(text) is not None


def is_timestamp(text: str) -> bool:
    """Return whether `text` is a date, a time, or how long ago something was, and nothing else."""
    if len(text) > _MAX_TIMESTAMP_CHARS or not _DIGIT.search(text):
        return False
    return all(map(_can_be_in_timestamp, _LETTERS.findall(text))) and _TIMESTAMP.match(text) is not None


@lru_cache(maxsize=8192)
def _can_be_in_timestamp(word: str) -> bool:
    """Return whether a word can be part of a date or a time; most lines have one that cannot, which is soon found."""
    return len(word) == 1 or word.lower() in _PARTIAL_WORDS or _TIME_WORD.fullmatch(word) is not None

# ruff: noqa: E501 - a list of words is read by its heading, not by its line ends
"""Set phrases of notices in seven languages, by what they announce.

Everything else is recognised by the meanings of words (`vocabulary.py`); these are too short for that, or none of their
words means anything on its own.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

_TEXT: Final = r"(?:noticia|información|nota|notizia|articolo|pezzo|matéria|notícia|reportagem|artigo|texto|artículo)"
_NAMES: Final = (
    r"(?:(?:les )?(?:pré)?noms?|(?:el |los )?nombres?|(?:i |il )?nom[ei]|(?:os? )?nomes?|(?:de )?nam(?:en|e)?)"
)
_REMOVED: Final = (
    r"(?:removed|taken (?:down|off)|withdrawn|deleted|unpublished|closed|turned off|gelöscht|entfernt|geschlossen|offline|retirée?s?|supprimée?s?|fermés|retirad[oa]s?|eliminad[oa]s?|cerrad[oa]s|rimoss[oaie]|ritirat[oaie]|cancellat[oaie]|chius[ie]"
    r"|removid[oa]s?|apagad[oa]s?|encerrad[oa]s|saiu do ar|verwijderd|ingetrokken|gehaald|gesloten|uitgezet)"
)
_CAUSE: Final = (
    r"(?:requests?|rights|licen[cs]e|copyright|privacy|safety|court|legal|tone|wunsch|bitten|rechte|lizenz|gericht\w*|persönlichkeits\w*|ton|demande|droits|justice|tribunal|petición|derechos|judicial|tono|richiesta|diritti|tribunale"
    r"|pedido|direitos|justiça|liminar|tom|verzoek|rechten|rechter|privacyredenen|toon)"
)
_FORMULAS: Final = {
    "developing": r"^\W*(?:this is a )?(?:developing|breaking)(?: news)? story|^\W*more (?:to come|follows)|check back for (?:updates|more)|^\W*(?:mehr|weitere(?: informationen| details)?|details)(?: (?:in kürze|folgen?|dazu in kürze))+"
    rf"|^\W*plus (?:d'informations?|de détails) (?:à (?:suivre|venir)|dans)|^\W*(?:en breve|más información en|habrá más información|seguimos (?:ampliando|actualizando))|\b{_TEXT} (?:en|in|em) (?:desarrollo|ampliación|elaboración|evolución|aggiornamento|evoluzione|atualização|actualização|desenvolvimento)"
    r"|^\W*(?:em|in) (?:atualização|actualização|aggiornamento)\W*$|^\W*(?:seguono|seguiranno) |^\W*mais (?:informações|detalhes) (?:em|a)\b|^\W*(?:meer (?:informatie )?volgt|later meer|meer volgt)"
    r"|(?:^|[.:!?] )(?:(?:(?:this|the) (?:story|article|page|post|piece) (?:will be|is being)|we(?:'re| are| will| will be|'ll)(?: still| keep| be)?) (?:updat\w+|working on this|adding (?:to|more)|expanded)|refresh (?:this page )?(?:for|regularly)"
    r"|(?:dieser|der) (?:artikel|text|beitrag) wird (?:\w+ )?(?:aktualisiert|ergänzt|fortgeschrieben)|(?:cet |l')(?:article|papier) (?:évolue(?:ra)?|sera (?:\w+ )?(?:complété|actualisé|enrichi|mis à jour))"
    r"|est[ea] (?:noticia|información|artículo|texto) se (?:irá|actualiza|ampliará|está)|(?:quest[oa] |l'|la )(?:articolo|notizia|pezzo) (?:verrà|sarà|è in corso di) (?:aggiorna|integra|amplia)"
    r"|est[ea] (?:notícia|matéria|texto|reportagem|artigo) (?:será|vai ser|está a ser|está sendo) a[c]?tuali[sz]|dit (?:artikel|bericht|verhaal) wordt (?:\w+ )?(?:bijgewerkt|aangevuld|geüpdatet))",
    # Names that were changed are a notice if the sentence begins with them and says no more than why: in news, the name is
    # that of one street, or of voters in a list.
    "fictitious": rf"\b{_NAMES}(?: [\wéèí]+){{0,5}}? (?:d'emprunt|fictifs?|ficticios?|supuestos?|de? fantasia|fictícios?|gefingeerd|fiktiv)|\bnamen? (?:\w+ )?von der redaktion geändert"
    r"|(?:^|[.:;!?»”*]\s*)\W{0,3}(?:(?:some|all|both|certain|einige|alle|beide|certains|tous|algunos|todos|alcuni|tutti|alguns|sommige) )?(?:(?:of )?the |die |der |le |les |los? |el |de |i |il |os? )?(?:(?:names|namen|(?:pré)?noms|nombres|nomi|nomes)(?: [\wéèí']+){0,6}?|name|naam|(?:pré)?nom|nombre|nome) "
    r"(?:(?:have|has|were|was) (?:been )?changed|(?:(?:wurden?|sind|ist) )?(?:(?:von|zu|zum|auf|nachträglich) (?:\w+ ){0,4}?)?geändert|(?:ont|a) été (?:modifiée?s?|changée?s?)|(?:ha|han) sido (?:cambiad|modificad)os?|se han? (?:cambiad|modificad)o|(?:è|sono) stat[oi] (?:cambiat|modificat)[oi]|(?:foi|foram) (?:trocad|alterad)os?|(?:is|zijn) (?:(?:om|op|uit|door|wegens) (?:\w+ ){1,4}?)?(?:veranderd|gewijzigd|aangepast))"
    r"(?: a posteriori)?(?=\s*(?:[.;)\]]|$)|\s+(?:to|for|at|because|zum|zur|auf|aus|um|wegen|à|pour|afin|par (?:souci|mesure|la rédaction)|para|por (?:motivos|razones|razões|segurança)|a pe\w+|per|su richiesta|om|op|uit|wegens)\b)",
    "before": r"\b(?:interview|essay|article|column|piece|intervista|entrevista|entretien|gespräch|gesprek|kommentar|artikel|artículo|articolo|artigo)\b.{0,20} (?:(?:was|were) (?:written|conducted|recorded|filed|completed) before|(?:wurde|entstand|erschien) vor |a été (?:réalisée?|écrite?|conduite?) avant|se (?:hizo|realizó|escribió|grabó) antes|(?:è|era) stat[oa] (?:fatt|realizzat|scritt|registrat)[oa] prima|foi (?:feit|escrit|gravad)[oa] antes|(?:is|werd) (?:afgenomen|geschreven|opgenomen|gehouden) voor)",
    "asks to state": r"\b(?:(?:we would|would) like to (?:point out|make (?:it )?clear|clarify)|asked us to (?:point out|note|state|clarify|make clear)|leg(?:t|en) wert auf die feststellung|(?:tient|tiennent|tenons) à préciser|nous (?:demande|prie) de préciser|(?:nos pide|pide) que (?:precis|aclar)\w+|ci chied\w+ di (?:precisare|chiarire)|pede(?:-nos)? (?:que esclare\w+|para esclarecer)|hech(?:t|ten) eraan te (?:melden|benadrukken))",
    "read as": r"\b(?:donde (?:se |ponía |pone |decía |dice )|onde se l(?:ia|ê)|là où nous|dove si legge)\b.*\b(?:debe|debía|debería|leia-se|leggasi|si legga|léase)|\bleia-se\b|\bil fallait lire|\bes muss (?:richtig )?heißen|\bmuss es (?:richtig )?heißen|\b(?:it )?should have (?:read|said|been)\b"
    r"|\bhätten? (?:\w+ )?(?:heißen|lauten|stehen) (?:müssen|sollen)\b|\b(?:aurait dû|il aurait fallu) (?:être|lire|écrire|figurer)\b|\b(?:debió|debía|debería haber|tendría que haber) (?:decir|dicho|poner|puesto|leerse|figurar)\b"
    r"|\bavrebbe dovuto (?:essere|dire|leggersi)\b|\b(?:devia|deveria) (?:ler-se|dizer|constar|ter dito)\b|\bhad (?:\w+ )?moeten (?:staan|zijn|luiden)\b",
    "our error": r"\bist uns (?:\w+ ){0,4}?(?:fehler|versehen|irrtum) unterlaufen|\buns ist (?:\w+ ){0,4}?(?:fehler|versehen|irrtum) unterlaufen|\b(?:hat|haben) sich (?:\w+ ){0,4}?fehler eingeschlichen|\berreur s'est glissée|\b(?:error )?se (?:ha )?desliz[óa]\w*|\bwij? hebben ons vergist|\bci siamo sbagliati:|\bnos equivocamos al\b|\bwe (?:got it|were) wrong(?::| to (?:say|write))|\berr(?:ámos|amos|ou) (?:ao|na|no|em)\b",
    "disclosure": r"\b(?:author|writer|reporter|columnist|autor|autorin|auteur|autora|autore)(?:'s)?\b.{0,30} (?:(?:is|ist|est|es|è|é) (?:an?|ein|eine|un|une|une|um|uma|de)? ?(?:consultant|member|shareholder|cousin|mitglied|berater\w*|membre|conseill\w+|consulente|membro|socio|consultor\w*)|advises|advise|conseille|asesora|adviseert|owns|works for|worked for|(?:travel|trip) was paid)",
    "reply after publication": r"\b(?:(?:after|since|following) (?:the )?publication|(?:after|since) (?:this|the|our) (?:story|article|piece|report) (?:was published|appeared|ran)|nach (?:der )?(?:veröffentlichung|erscheinen)|(?:après|à la suite de|depuis) (?:la )?(?:publication|parution)|tras (?:la )?publica\w+|después de (?:la )?publica\w+"
    r"|dopo (?:la pubblicazione|l'uscita)|(?:após|depois d)a? (?:a )?publicação|na (?:de )?publicatie|na (?:het )?verschijnen)",
    # What a reply after publication does: it limits what the text says, or it is printed.
    "limits": r"\b(?:not\b[^.;]{1,60}\bbut|nicht\b[^.;]{1,60}\bsondern|pas\b[^.;]{1,60}\bmais|no\b[^.;]{1,60}\bsino|non\b[^.;]{1,60}\b(?:ma|bensì)|não\b[^.;]{1,60}\b(?:mas|e sim)|niet\b[^.;]{1,60}\bmaar)\b"
    r"|\b(?:points out|makes clear|specif(?:ies|ied)|weist darauf hin|stellt klar|précis(?:e|ent|é)|tient à|puntualiza\w*|precisa\w*|aclar[aó]\w*|esclarece\w*|preciseert|benadrukt|verduidelijkt)\b",
    "printed reply": r"\b(?:responses?|repl(?:y|ies)|statement|comments?|antwort|stellungnahme|reaktion|réponse|déclaration|réaction|version|respuesta|comunicado|declaraciones|palabras|replica|risposta|nota|dichiarazione|resposta|comunicado|posição|reactie|antwoord|verklaring)\b"
    r".{0,50}\b(?:added|above|below|end|in full|last paragraph|ergänzt|am ende|unten|oben|ajouté\w*|à la fin|en fin|figure\w*|añadid\w*|al final|incorporad\w*|in coda|in fondo|aggiunt\w*|integra|no fim|ao fim|acrescentad\w*|íntegra|toegevoegd|onderaan|verwerkt)\b",
    "to make clear": r"\b(?:to (?:make (?:it )?|be )?(?:clear(?:er)?|plain(?:er)?|explicit)|to (?:clarify|specify)|um (?:klarzustellen|(?:deutlich|klar)(?:er)? zu machen|zu verdeutlichen)|zur (?:klarstellung|verdeutlichung)|pour (?:préciser|clarifier|expliciter|lever (?:toute|une) ambiguïté)"
    r"|para (?:aclarar|precisar|puntualizar|dejar claro|que quede claro|esclarecer|clarificar|deixar claro)|per (?:chiarire|precisare|specificare|rendere (?:più )?chiaro)|om (?:duidelijk te maken|te verduidelijken)|(?:ter|voor de) (?:verduidelijking|duidelijkheid))\b",
    "only for": r"\b(?:only (?:applies|covers|concerns|to|for)|applies only|gilt nur|betrifft nur|ausschließlich|ne (?:concerne|vaut|s'applique) (?:\w+ )?que|uniquement|seulement|solo (?:se|afecta|para|vale|per)|únicamente|riguarda solo|vale solo|soltanto|apenas|somente|só (?:vale|se)|alleen (?:geldt|voor|om|betrekking)|geldt alleen|uitsluitend)\b",
    "removed for cause": rf"\b{_REMOVED}\b.{{0,80}}\b{_CAUSE}\b|\b{_CAUSE}\b.{{0,80}}\b{_REMOVED}\b",
    "namesake": r"\b(?:no (?:connection|link|relation) (?:to|with)|unrelated to|not the (?:\w+ ){1,3}(?:mentioned|named|referred)|nicht (?:identisch|zu verwechseln) mit|nichts (?:mit .{0,60} )?zu tun|aucun (?:lien|rapport) avec|homonyme|étrang(?:er|ère) (?:à l'|aux )|ninguna relación con|nada que ver con|ajen[oa] a l[oa]s?|nessun (?:legame|rapporto) con|estrane[oa] a[il]|omonim[oai]|(?:nenhuma|não tem) (?:relação|ligação) com|não é a (?:\w+ )?(?:mencionad|citad|referid)[oa]|niets te maken met|is niet (?:de|het) (?:\w+ ){1,4}(?:met dezelfde naam|uit dit))"
    r".{0,80}\b(?:mentioned|named|article|story|above|genannt\w*|artikel\w*|text\w*|erwähnt\w*|cité\w*|article|texte|mencionad[oa]|citad[oa]|narran|relatan|noticia|texto|artículo|citat[oaie]|articolo|descritti|matéria|reportagem|notícia|genoemde?|bericht|stuk|verhaal)\b",
    "accepts": r"\b(?:we (?:now )?(?:accept|acknowledge|recognise|recognize)|wir erkennen an|nous reconnaissons|reconocemos|riconosciamo|reconhecemos|wij? erkennen)\b.{0,80}\b(?:untrue|false|wrong|unfounded|incorrect|baseless|unwahr|falsch|unbegründet|faux|fausses|infondé\w*|inexact\w*|fals[oa]s?|infundad[oa]s?|infondat[oaie]|incorret[oa]s?|onjuist|onwaar|ongegrond)\b",
    "slip": r"\b(?:ci (?:è|sono) (?:scappat|sfuggit)[oaie]|nous (?:a|avait) échappé|se nos (?:ha )?(?:escap|col)[óa]\w*|(?:ist|war) uns (?:\w+ ){0,3}(?:entgangen|durchgerutscht)|is ons (?:ontglipt|ontgaan)|escapou-nos|escapou ao (?:jornal|repórter)|slipped (?:past|by|through)|zero (?:too many|de trop|di troppo|de más|a mais)|zahlendreher|nul te veel)\b",
    "choice": r"^\W*(?:why (?:we|are we|do we|did we)|warum (?:wir|nennen wir|nennt die redaktion|zeigen wir|berichten wir)|pourquoi (?:nous|citons-nous)|por qué (?:publicamos|nombramos|contamos)|perché (?:pubblichiamo|nominiamo)|por que (?:publicamos|nomeamos|divulgamos)|waarom (?:noemen|publiceren|tonen) we|waarom noemt de redactie)|\b(?:does not|doesn't|do not|don't) (?:normally|usually|generally|ordinarily|typically) (?:name|identify)",
    "withdrawn": r"\b(?:(?:dé|des)publi(?:é|cad)\w*|no longer (?:stand|available)|nicht mehr (?:abrufbar|verfügbar)|(?:n'est|no está|non è|não está|is niet) (?:plus|más|più|mais|meer) (?:disponible|disponibile|disponível|beschikbaar)|offline (?:genommen|gehaald)|(?:comments|kommentar\w*|commentaires|comentarios|commenti|comentários|reacties) .{0,40}(?:closed|geschlossen|fermés|cerrados|chiusi|encerrados|gesloten))",
}


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return the names and expressions, compiled when they are first looked for."""
    return tuple((name, re.compile(words)) for name, words in _FORMULAS.items())


def formulas(low: str) -> list[str]:
    """Return what the set phrases of a text in lower case with straight apostrophes announce."""
    return [name for name, pattern in _patterns() if pattern.search(low)]

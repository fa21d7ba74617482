# ruff: noqa: E501 - a list of words is read by its heading, not by its line ends
"""The words that notices are made of, in seven languages, by what they mean.

A word that ends in an asterisk stands for all words that begin so. The order of languages in each class is English, German,
French, Spanish, Italian, Portuguese, Dutch. A class has one meaning in all of them, so that what the model learns from one
language holds in the others.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_MEANINGS: Final = {
    # The text at hand
    "this": "this these dies dieser diese dieses diesem diesen cet cette ces este esta estos estas questo questa quest queste deste desta neste nesta dit deze bovenstaand* bovenstaande present",
    "here": "here hier aqui aquí qui ici hierbo* obenstehend*",
    "our": "our unser unsere unserer unserem unseren unseres notre nos nuestr* nostr* nosso nossa nossos nossas onze ons",
    "we": "we i us wir uns nous noi ci nós nos wij",
    "we have": "hemos habíamos abbiamo avevamo temos tínhamos avons avions hebben hadden haben hatten",
    "the": "the der die das dem den des im zum zur beim le la l les du au aux el los las del al il lo gli nel nella nell della dell o os no na do da het de",
    "an": "a an ein eine einer einem einen un une una uno um uma een",
    "piece": "article newsletter articles story stories post piece dispatch write-up artikel artikels artikeln beitrag beitrags beiträge meldung meldungen text textes texts bericht berichts berichte nachricht bericht dépêche texte papier billet artículo artículos noticia noticias texto textos información informaciones reportaje pieza despacho articolo articoli pezzo notizia testo lancio artigo artigos matéria matérias reportagem notícia notícias peça nieuwsbericht verhaal stuk tekst contenuto contenido conteúdo",
    "format": "report column item page essay review obituary interview interviews newsletter transcript live liveblog blog explainer timeline editorial op-ed podcast analysis profile feature recipe coverage entry guide quiz gallery edition interviews kommentar kommentars kolumne reportage porträt porträts stück liveticker ticker rezension kritik nachruf seite analyse chronik reportage entretien tribune chronique portrait enquête brève page compte critique analyse entrevista crónica columna perfil página reseña análisis nota intervista servizio recensione rubrica pagina ritratto cronaca intervento coluna crônica resenha publicação publicación publicaciones pubblicazione publication recensie overzicht pagina profiel column tribuna editoriale opinión opinião factcheck faktencheck",
    "display": "headline headlines caption captions standfirst subheading sub-heading subhead subheadline headlines byline dek hed überschrift überschriften schlagzeile titelzeile dachzeile bildunterschrift* bildtext bildzeile teaser vorspann* titel titre titres légende légendes chapô intertitre sous-titre titular titulares título títulos subtítulo entradilla piedefoto titolo titoli didascalia didascalie sommario occhiello legenda legendas linhafina kop koppen bijschrift* fotobijschrift* onderschrift intro inleiding teaserbild",
    "picture": "photo photos photograph* picture pictures image images video videos graphic graphics chart charts map maps table infographic illustration foto fotos bild bilder aufmacherbild grafik grafiken infografik karte tabelle tabellen video photographie image infographie graphique carte tableau cartes vidéo imagen imágenes fotografía fotografías gráfico gráficos infografía mapa tabla vídeo immagine immagini fotografia grafico infografica mappa tabella imagem imagens infográfico tabela grafiek grafieken kaart kaartje tabel afbeelding beeld",
    "part": "paragraph paragraphs graf grafs sentence sentences passage passages quote quotes quotation wording line absatz absätze absatzes satz satzes passage stelle stellen zitat zitate formulierung paragraphe paragraphes alinéa phrase citation passage párrafo párrafos frase cita pasaje capoverso paragrafo frase citazione passaggio parágrafo parágrafos citação trecho alinea zin zinsnede citaat passage zinnen reference mention",
    "ordinal": "first second third fourth fifth sixth seventh eighth last final opening 1st 2nd 3rd 4th 5th 6th 7th 8th ersten zweiten dritten vierten fünften sechsten letzten premier deuxième troisième quatrième dernier primer segundo tercer cuarto quinto último primo secondo terzo quarto ultimo primeiro terceiro eerste tweede derde vierde vijfde laatste",
    "version": "version versions edition editions draft fassung fassungen ausgabe ausgaben version mouture édition versión versiones edición versione versioni edizione stesura versão versões edição versie versies editie",
    "earlier": "neuer* earlier early previous prior original initial older früher* vorherig* vorig* ursprünglich* erster ersten erste vorangegangen* première précédent* antérieur* initiale original* ancien ancienne anterior anteriores primera previa originales inicial precedent* prima originari* inizial* primeira eerder* vorige oudere oorspronkelijk* originele",
    "at first": "originally initially previously zunächst anfangs zuvor zuerst initialement auparavant abord inicialmente originalmente previamente principio inizialmente originariamente dapprima precedentemente anteriormente aanvankelijk oorspronkelijk eerder",
    # What is admitted
    "error": "mix-up vergist equivocamos errou slip error errors mistake mistakes typo typos slip misprint inaccuracy inaccuracies fehler fehlers irrtum irrtums versehen ungenauigkeit* erreur erreurs coquille coquilles faute inexactitude* imprécision error errores errata erratas fallo equivocación imprecisión inexactitud confusión desliz errore errori svista sviste refuso refusi imprecisione inesattezza disguido erro erros lapso lapsos falha engano gralha gralhas equívoco imprecisão incorreção fout fouten vergissing onjuistheid misverstand slordigheid *fehler *fehlers *fout *fouten",
    "craft": "editing production reporting typographical typing transcription translation formatting technical copying proofreading layout redaktion* übertragungs* übersetzung* tipp* edición redacción transcripción traducción tecleo maquetación édition saisie frappe relecture transcription traduction redazionale tipografic* battitura trascrizione traduzione impaginazione digitação revisão transcrição tradução paginação redactiefout tikfout vertaalfout typefout",
    "wrong": "misremember* incorrect incorrectly wrong wrongly mistakenly erroneous* inaccurate inaccurately false falsely inadvertently misleading falsch falsche falschen falscher falsches fälschlich* irrtümlich* versehentlich* fehlerhaft* unzutreffend* unkorrekt* missverständlich* erroné* incorrect* tort faux fausse inexact* mal erróne* incorrect* equivocad* errat* sbagliat* erroneamente scorrett* inesatt* incorret* errad* erroneamente erradamente indevidamente onjuist* verkeerd* foutief foutieve foute abusievelijk abuis onrechte indebidamente",
    "misstated": "confond* confundía confundia verwechselte elkaar misstat* misspel* misidentif* misattribut* misquot* misreport* mischaracteri* misname* misdat* misl* misrepresent* overstat* understat* omitted confused transposed conflated verwechselt vertauscht verwechslung vertauschung verschrieben confondu confondions confondait inversé* interverti* orthographié* confundi* confund* intercambiad* confus* invertit* scambiat* storpiat* trocou trocad* trocámos invertid* confundi* grafad* grafia verwisseld verward gespeld omgewisseld",
    "stated": "geheißen erwähnt stated described identified named called attributed listed suggested implied referred indicated claimed contained included mentioned quoted gave hieß stand lautete nannte bezeichnet* geschrieben* behauptet* angegeben genannt wiedergegeben zugeschrieben verlegt indiquait indiquions mentionnait évoquait affirmait attribuait attribuions situait citait écrivions comportait présentait disait decía decíamos indicaba afirmaba señalaba atribuía atribuíamos situaba situábamos recogía figuraba aparecía contenía citaba identificaba informaba aseguraba sostenía leggeva diceva indicava riportava riportavamo attribuiva situava collocava conteneva affermava sosteneva citava dizia informava afirmava indicava constava atribuía trazia continha situava citava identificava vermeldde stond stonden noemde bevatte schreef toegeschreven suggereerde vermeld gemeld genoemd",
    "wrote": "wrote reported said written geschrieben berichtet gemeldet veröffentlicht écrit indiqué affirmé annoncé attribué présenté rapporté escrito dicho informado atribuido publicado afirmado señalado indicado publicamos scritto riportato indicato attribuito affermato pubblicato escrito noticiado informado atribuído escrevemos noticiámos dissemos publicámos geschreven gemeld bericht vermeld schreven meldden schreef meldde",
    "published": "published posted appeared aired printed publication erschienen publiziert veröffentlicht veröffentlichung publié* paru parue diffusé* publication publicad* publicación emitid* difundid* pubblicat* uscito uscita pubblicazione publicad* veiculad* publicação saiu gepubliceerd* verschenen publicatie",
    "corrected": "emendad* emendat* corrected corrects correct correcting fixed fixes rectified amends corrige corregge korrigiert* korrigieren berichtigt* berichtigen richtiggestellt behoben corrigé* corrigeons corriger rectifi* corregid* corregir corregimos rectificad* rectificar rectificamos subsanad* subsanar corrigió corrett* correggiamo correggere rettificat* rettifichiamo rettificare emendat* corrigid* corrigir corrigimos corrigiu retificad* rectificad* verbetert gecorrigeerd* corrigeren corrigeerden gerectificeerd* rechtgezet hersteld verbeterd",
    "amended": "amended amendment enmendad* altered refiled resubmitted republished",
    "changed": "cambió modificó changes mudou changed edited revised modified replaced rewritten reworded reworked adjusted swapped substituted geändert verändert angepasst überarbeitet ersetzt ausgetauscht umformuliert abgeändert modifié* changé* remplacé* reformulé* réécrit* modificad* cambiad* cambiamos sustituid* reemplazad* reformulad* editad* matizad* modificat* cambiat* sostituit* riformulat* riscritt* alterad* trocad* substituíd* reescrit* mudad* modificad* aangepast* gewijzigd* veranderd vervangen herschreven bewerkt aangescherpt",
    "updated": "atualiz* actualizamos actualizámos updated updates update updating expanded recast aktualisiert* ergänzt* erweitert* nachgetragen misajour actualisé* complété* enrichi* étoffé* actualizad* actualizó actualizará actualizando actualizaremos ampliad* ampliando completad* completando aggiornat* aggiorniamo aggiorneremo integrat* ampliat* atualizad* actualizad* complementad* completad* bijgewerkt* aangevuld* geüpdatet uitgebreid bijgehouden",
    "added": "ajoute ajoutons incorpora acrescenta acrescent* añade aggiunge aufgenommen added adding appended adds includes hinzugefügt eingefügt nachgereicht ajouté* ajoutons inséré* añadid* añadimos agregad* incorporad* incluid* aggiunt* aggiungiamo inserit* acrescentad* acrescentámos adicionad* incluíd* inserid* toegevoegd* opgenomen",
    "removed": "dropped naming abrufbar retirer retirar removed cut deleted withheld withdrawn withdrew retracted unpublished anonymi* unnamed redacted taken blurred entfernt* gelöscht* zurückgezogen gestrichen offline anonymisiert verpixelt unkenntlich retiré* retirons supprimé* anonymisé* flouté* dépublié* masqué* retirad* retirado retiramos eliminad* suprimid* borrad* omitid* pixelad* despublicad* ritirat* rimoss* tolt* cancellat* oscurat* omess* removid* apagad* excluíd* preservad* omitid* ocultad* verwijderd ingetrokken geschrapt weggehaald geanonimiseerd weggelaten",
    "clarified": "unclear unclarity esclareçamos esclarece aclaremos clarif* clear clearer ambiguous ambiguity precise precisely klargestellt* klarheit klarzustellen präzisier* präziser konkretisiert verdeutlich* deutlich deutlicher clarifi* préciser précisé* précisons expliciter ambigu* clair aclarad* aclarar aclaramos precisar precisad* precisamos matizar puntualizar claro ambig* chiarire chiarit* chiaro precisare precisat* precisiamo specificare esclarecer esclarecid* esclarecemos verduidelijk* duidelijk duidelijker gepreciseerd preciezer",
    "misunderstood": "misunderst* impression confusion missverst* eindruck verwirrung interprét* laisser croire penser entender malentend* equívoco equívocos intendere equivoci ambiguità verwarring misverstand* indruk",
    # Names for notices
    "correction": "correction corrections corrigendum erratum errata retraction korrektur korrekturen berichtigung berichtigungen richtigstellung korrekturhinweis correctif rectificatif rectification corrección correcciones fedeerratas rectificación correzione correzioni rettifica rettifiche erratacorrige correção correções erramos errámos retificação correctie correcties rectificatie rechtzetting",
    "clarification": "clarification clarifications klarstellung präzisierung précision précisions aclaración aclaraciones precisión puntualización matización precisazione precisazioni chiarimento esclarecimento esclarecimentos verduidelijking toelichting",
    "updating": "update updates aktualisierung aktualisierungen nachtrag ergänzung ergänzungen actualisation ajout actualización actualizaciones ampliación aggiornamento aggiornamenti atualização actualização atualizações aanvulling aanvullingen",
    "note": "note notes hinweis hinweise anmerkung anmerkungen nota note noot opmerking aantekening notice",
    "editors": "editor editors newsroom desk staff redaktion redaktionell* rédaction redacción redactores redazione redaktions* redação redacção redactie redactionele hoofdredactie director direttore autor autore",
    "regret": "regret regrets regretted apologi* apology sorry bedauern entschuldig* excus* regrett* disculp* perdón lamentamos lamenta scus* scusiamo desculp* excuses spijt betreur*",
    "readers": "reader readers readership leser leserin leserinnen lesern lecteur lecteurs lectrice lectrices lector lectores lectora lettore lettori lettrici lettrice leitor leitores leitora lezer lezers lezeres",
    "thanks": "thank thanks thankful grateful dank danke danken merci remerci* gracias agradec* grazie ringrazi* obrigad* dank danken",
    "alerted": "spotted spotting pointed alerted attention contacted hingewiesen aufmerksam signalé signale averti fait advertid* avisad* advirtió avisó avisaron advierte señaló segnalat* segnalazione avvertit* alertad* avisou apontad* wees wezen gewezen attent",
    # What else notices tell
    "request": "request requested asked asks wunsch bitte bat demande demandé petición pidió pide solicitó solicitud richiesta chiesto chiede pedido pediu solicitação verzoek verzocht gevraagd",
    "protect": "protect protects privacy safety security reprisals legal schutz schützen persönlichkeitsrecht* protéger préserver anonymat sécurité proteger preservar intimidad privacidad identidad seguridad anonimato represalias tutelare proteggere sicurezza riservatezza identidade privacidade segurança beschermen bescherming veiligheid identité identity identità identität identiteit",
    "name": "name names surname surnames spelling spelled namen name nachname nachnamen vorname vornamen schreibweise geschrieben nom noms prénom prénoms orthographe nombre nombres apellido apellidos nome nomi cognome cognomi sobrenome sobrenomes nomes apelido naam namen achternaam voornaam voornamen",
    "fictitious": "supuestos fictional fictitious pseudonym pseudonyms fiktiv* pseudonym fictif* emprunt ficticio* ficticia* supuesto fantasia fittizi* fictíci* gefingeerd* pseudoniem",
    "datum": "figure figures number date age year amount price sum total percentage location attribution title titles address toll zahl zahlen datum alter jahr jahreszahl summe betrag preis ort angabe angaben wert werte chiffre chiffres date âge année montant prix lieu fonction cifra cifras fecha edad año dato datos importe precio cargo lugar cifra cifre data età anno dato dati importo prezzo carica luogo dado dados data idade ano valor valores preço número números getal getallen bedrag leeftijd jaar jaartal cijfer cijfers aantal functie plaats",
    "reply": "response responses reply statement statements comment comments reaction details quotes context information stellungnahme reaktion reaktionen antwort äußerungen aussagen angaben details réponse réponses réaction réactions déclaration déclarations communiqué précisions respuesta respuestas reacción reacciones declaraciones datos replica risposta reazione reazioni dichiarazioni resposta posição posicionamento reação declarações reactie reacties antwoord verklaring uitspraak",
    "developing": "elaboración developing breaking laufend fortlaufend ständig cours desarrollo evoluzione desenvolvimento evolución doorlopend continu* shortly minutes minuti minutos",
    "more": "kürze seguono seguiranno more weitere plus más altre mais meer folgt follows follow folgen ampliará ulteriori novos",
    "will": "will wird werden sera seront irá irán sarà verrà vai será wordt zal worden are is being está è",
    "was": "was were been has have had wurde wurden ist sind war waren été est sont ha han sido fue fueron stato stata stati state sono viene foi foram é tem era is zijn werd werden",
    "contrary": "contrary contrairement contrario contrariamente contrário contrariamente anders diversamente differenza diferentemente diferencia unlike entgegen abweichend",
    "not": "not nicht kein keine keinen pas non no não niet geen ni",
    "but": "but rather instead sondern statt mais sino mas bensì ma maar",
    "in truth": "actually fact correct right true tatsächlich richtig richtige richtigen korrekt réalité exact exacte bonne bon realidad correct* verdad realtà giusto giusta corretto realidade certo correto juist juiste werkelijk",
    "read as": "read reads léase lire lisez leia lê lia leggasi leggi legge lees dice decir debe debería pone poner donde onde dove doit",
    "may mislead": "could might may können könnte pouvait podía poteva podia kon",
    "since": "since now later subsequently inzwischen nachträglich nun depuis désormais ya desde posteriormente ora successivamente já entretanto inmiddels nadien alsnog intussen",
    "after": "after following nach nachdem après tras después dopo após depois na nadat suite",
    "before": "before vor avant antes prima voor",
    "asks to state": "duidelijkheid verdeutlichung pide pede chiede demande feststellung hecht tient tiennent tenons precisemos aclaremos esclareçamos equivoci missverständnissen précisons",
    "interest": "paid support consultant consulente asesora asesor conseille adviseert consultor consultora berater beraterin advises shareholder disclosed funded funding",
    "warning": "descriptions disturbing distressing suicide graphic",
    "put": "mise mis mises put",
    "closed": "closed fermés geschlossen schließen cerrado* chiusi chiuso encerrados gesloten",
    "by mistake": "due owing because durch wegen aufgrund raison cause debido causa per par por door",
    "to show": "reflect reflects include show note make say add clarify um afin pour para om reflejar incluir refletir riflettere",
    # Others who correct, change and say things
    "said": "said says told announced warned argued admitted explained insisted according sagte sagten teilte erklärte räumte laut mitteilte déclaré annonce annoncé selon reconnu admis explique assure dit dijo dijeron anunció admitió explicó reconoció según aseguró afirmó señala secondo detto annunciato ammesso spiega riconosce disse afirmou anunciou admitiu explicou reconheceu segundo volgens zei zegt meldt maakte erkende erkent liet",
    "they": "he she they his her their its er sie ihr ihre seine sein il elle ils elles son sa ses leur su sus él ella ellos lui lei loro suo sua suoi ele ela eles dele seu sua seus hij zij ze zijn haar hun",
    "others": "ministry minister company companies firm court judge police council government parliament senate committee commission university museum agency bank airline authority authorities treaty bill law constitution referendum ministerium unternehmen konzern gericht polizei regierung parlament bundestag behörde gesetz verfassung bundesamt verlag verein partei ministère entreprise groupe tribunal gouvernement parlement préfecture loi constitution institut sénat maire mairie empresa gobierno ministerio parlamento congreso senado ley constitución decreto policía juez club azienda governo ministero senato camera legge tribunale comune costituzione decreto questura procura governo ministério constituição lei prefeitura câmara polícia juiz projeto commissione comisión comissão comité comitato partito partido partei parti bedrijf ministerie regering kamer grondwet wet wetsvoorstel rechtbank rechter gemeente politie",
    "press": "record herald courier newspaper newspapers tabloid broadcaster magazine publisher journal zeitung sender magazin quotidien hebdomadaire chaîne diario periódico cadena revista editorial quotidiano giornale editrice emittente jornal emissora editora krant weekblad omroep uitgever tijdschrift",
    "works": "book novel film movie poem poet painting song album software app game car vaccine dictionary map model roman buch film gemälde lied auto impfstoff album livre film roman tableau chanson voiture vaccin libro novela película canción cuadro coche vacuna libro romanzo film canzone auto vaccino livro romance filme canção carro vacina boek roman film lied auto vaccin",
    "month": "january february march april may june july august september october november december jan feb mar apr jun jul aug sept sep oct nov dec januar februar märz mai juni juli oktober dezember janvier février mars avril juin juillet août septembre octobre novembre décembre enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre gennaio febbraio aprile maggio giugno luglio settembre ottobre novembre dicembre janeiro fevereiro março maio junho julho setembro outubro dezembro januari februari maart mei augustus",
    "day": "monday tuesday wednesday thursday friday saturday sunday yesterday montag dienstag mittwoch donnerstag freitag samstag sonntag lundi mardi mercredi jeudi vendredi samedi dimanche lunes martes miércoles jueves viernes sábado domingo lunedì martedì mercoledì giovedì venerdì sabato domenica segunda terça quarta quinta sexta maandag dinsdag woensdag donderdag vrijdag zaterdag zondag gestern hier ayer ieri ontem gisteren",
    "clock": "am pm gmt bst est edt et utc cet uhr h heures horas ore uur",
    "you": "you your sie ihr ihre ihnen euch du dein vous votre vos tu tus usted lei vostro você seu u uw je jouw",
    "subscribe": "subscribe newsletter sign follow free join click copyright rights reserved abonn* anmelden folgen kostenlos suscr* síguenos gratis iscriviti seguici assine siga inscreva volg affiliate commission advertis* products product deals shop buy prices price",
}

# What several meanings have in common.
_WIDER: Final = {
    "TEXT": "piece format display picture part version",
    "EDIT": "corrected amended changed updated added removed clarified",
    "FAULT": "error wrong misstated craft misunderstood",
    "US": "we our here editors",
    "LABEL": "correction clarification updating note",
    "OTHERS": "others press works they said",
    "WHEN": "month day clock year",
}
_WIDER_BY_MEANING: Final = {name: wider for wider, names in _WIDER.items() for name in names.split()} | {
    "we have": "US",
    "we verb": "US",
}
# Spanish, Portuguese and Italian say "we" by the end of a verb, which these words have without being one.
_WE_VERB: Final = re.compile(r"\w{2}(?:[aáei]mos|[aei]mmo|[aei]vamo|iamo)$")
_NOT_WE: Final = frozenset(
    "últimos próximos mismos ramos supremos extremos mínimos máximos legítimos mesmos primos tramos séptimos ánimos".split()
)
_CLOCK: Final = re.compile(r"\d{1,2}[:.]\d\d")
_YEAR: Final = re.compile(r"(?:19|20)\d\d")


def _by_word() -> tuple[dict[str, list[str]], dict[str, list[str]], dict[str, list[str]]]:
    """Return the meanings of whole words, of beginnings of words and of their ends."""
    whole: dict[str, list[str]] = {}
    stems: dict[str, list[str]] = {}
    endings: dict[str, list[str]] = {}
    for name, words in _MEANINGS.items():
        for word in dict.fromkeys(words.split()):
            table = stems if word.endswith("*") else endings if word.startswith("*") else whole
            table.setdefault(word.strip("*"), []).append(name)
    return whole, stems, endings


_WHOLE, _STEMS, _ENDINGS = _by_word()
_STEM_LENGTHS: Final = sorted({len(stem) for stem in _STEMS})
_ENDING_LENGTHS: Final = sorted({len(ending) for ending in _ENDINGS})


def words_for(*names: str) -> frozenset[str]:
    """Return the whole words that have one of these meanings."""
    wanted = set(names)
    return frozenset(word for word, found in _WHOLE.items() if not wanted.isdisjoint(found))


@lru_cache(maxsize=16_384)
def meanings(word: str) -> tuple[str, ...]:
    """Return what a word or figure in lower case may mean in a notice; nothing for most words of a text."""
    if word[0].isdigit():
        kind = "clock" if _CLOCK.fullmatch(word) else "year" if _YEAR.fullmatch(word) else ""
        return ("number", kind, "WHEN") if kind else ("number",)
    found = list(_WHOLE.get(word, ()))
    for length in _STEM_LENGTHS:
        found += _STEMS.get(word[:length], ()) if length <= len(word) else ()
    for length in _ENDING_LENGTHS:
        found += _ENDINGS.get(word[-length:], ()) if length < len(word) else ()
    if _WE_VERB.search(word) and word not in _NOT_WE:
        found.append("we verb")
    found += [_WIDER_BY_MEANING[name] for name in found if name in _WIDER_BY_MEANING]
    return tuple(dict.fromkeys(found))

"""Short edits as editors make them in Italian and Portuguese, each with what is said of it."""

from tests.edit_judgements import judged_as_listed

EDITS = """\
it Il govrno ha presentato il bilancio martedì. | Il governo ha presentato il bilancio martedì.
   form
it La citta è senza acqua. | La città è senza acqua.
   form
it Le vittime sono state trasportato in ospedale. | Le vittime sono state trasportate in ospedale.
   wording
it Martedì il consiglio ha votato il bilancio. | Il consiglio ha votato il bilancio martedì.
   form
it I vigili del fuoco hanno evacuato il palazzo. | Il palazzo è stato evacuato dai vigili del fuoco.
   wording
it Secondo la polizia, due uomini sono stati arrestati. | Due uomini sono stati arrestati, ha riferito la polizia.
   wording
it «Siamo pronti», ha detto il sindaco. | «Siamo pronti», ha dichiarato il sindaco.
   wording
it Il sospettato ha sparato sulla folla. | Il sospettato avrebbe sparato sulla folla.
   claim:altered; hedge: ∅ → avrebbe
it Il presunto assassino è stato arrestato. | L'assassino è stato arrestato.
   claim:altered; hedge: presunto → ∅
it Il ministro ha sottratto fondi pubblici. | Il ministro avrebbe sottratto fondi pubblici.
   claim:altered; hedge: ∅ → avrebbe
it L'incendio ha provocato 12 morti. | L'incendio ha provocato 14 morti.
   claim:altered; number killed: 12 → 14
it Il deficit è al 3,5% del Pil. | Il deficit è al 5,3% del Pil.
   claim:altered; number percent: 3,5% → 5,3%
it Il progetto costa 2 milioni di euro. | Il progetto costa 2 miliardi di euro.
   claim:altered; number money: 2 milioni → 2 miliardi
it La riunione sarà lunedì. | La riunione sarà giovedì.
   claim:altered; date: lunedì → giovedì
it L'incidente è avvenuto ieri. | L'incidente è avvenuto lunedì.
   claim?:altered; date: ieri → lunedì
it È nato il 3 maggio 1950. | È nato il 5 maggio 1950.
   claim:altered; date: 3 maggio 1950 → 5 maggio 1950
it Il direttore della fabbrica è stato sentito. | L'ex direttore della fabbrica è stato sentito.
   claim?:added
it La moglie del ministro è stata sentita. | L'ex moglie del ministro è stata sentita.
   claim?:added
it Il fratello della vittima ha testimoniato. | Il cugino della vittima ha testimoniato.
   claim?:altered
it Mosca ha respinto la proposta. | La Russia ha respinto la proposta.
   unclear?
it L'Iran ha bombardato il porto. | Israele ha bombardato il porto.
   claim:altered; place: Iran → Israele
it È stato accusato di omicidio. | È stato condannato per omicidio.
   claim:altered; hedge: accusato → ∅
it Tre marinai sono dispersi. | Tre marinai sono morti.
   claim:altered
it L'uomo è ferito. | L'uomo è morto.
   claim:altered
it Il sindaco ha confermato la sua presenza. | Il sindaco non ha confermato la sua presenza.
   claim:altered; negation: ∅ → non
it Alcuni studenti si sono ammalati. | Tutti gli studenti si sono ammalati.
   claim?:altered
it L'incidente è avvenuto a Torino. | L'incidente è avvenuto a Genova.
   claim:altered; name: Torino → Genova
it Ha parlato di una «catastrofe». | Ha parlato di una «tragedia».
   claim?:altered; quote removed: «catastrofe» → ∅; quote added: ∅ → «tragedia»
it L'azienda non ha risposto alle domande. | L'azienda non ha voluto rispondere alle domande.
   wording?
it Il conducente era ubriaco. | Il conducente era stanco.
   unclear?
it I prezzi sono saliti a maggio. | I prezzi sono scesi a maggio.
   claim:altered; negation opposite: saliti → scesi
it Il tribunale ha approvato la fusione. | Il tribunale ha bocciato la fusione.
   claim:altered; negation opposite: approvato → bocciato
it Il conducente, che aveva bevuto, è stato arrestato. | Il conducente è stato arrestato.
   claim:removed
it Il conducente è stato arrestato. | Il conducente, che aveva bevuto, è stato arrestato.
   claim:added
it Due uomini sono stati arrestati. Un terzo è in fuga. | Due uomini sono stati arrestati.
   claim:removed; number percent: terzo → ∅
it Due uomini sono stati arrestati e un terzo è in fuga. | Due uomini sono stati arrestati. Un terzo è in fuga.
   form
it Il cane ha morso il postino. | Il postino ha morso il cane.
   claim?:altered
it Il fuoco ha distrutto tre case. | L'incendio ha distrutto tre case.
   wording?
it Il ministro si dimetterà. | Il ministro si è dimesso.
   claim:altered
it Secondo la polizia, l'assassino ha agito da solo. | L'assassino ha agito da solo.
   claim:altered; source attribution: polizia → ∅
it Le forze russe hanno attraversato il fiume. | Le forze ucraine hanno attraversato il fiume.
   claim?:altered
pt O govreno apresentou o orçamento na terça-feira. | O governo apresentou o orçamento na terça-feira.
   form
pt A policia prendeu dois homens. | A polícia prendeu dois homens.
   wording?
pt As vítimas foram levado ao hospital. | As vítimas foram levadas ao hospital.
   wording
pt Na terça-feira, o conselho votou o orçamento. | O conselho votou o orçamento na terça-feira.
   form
pt Os bombeiros evacuaram o prédio. | O prédio foi evacuado pelos bombeiros.
   wording?
pt Segundo a polícia, dois homens foram presos. | Dois homens foram presos, informou a polícia.
   wording
pt "Estamos prontos", disse o prefeito. | "Estamos prontos", afirmou o prefeito.
   wording
pt O suspeito atirou na multidão. | O suspeito teria atirado na multidão.
   claim:altered; hedge: ∅ → teria
pt O suposto assassino foi preso. | O assassino foi preso.
   claim:altered; hedge: suposto → ∅
pt O ministro desviou recursos. | O ministro supostamente desviou recursos.
   claim:altered; hedge: ∅ → supostamente
pt O incêndio deixou 12 mortos. | O incêndio deixou 14 mortos.
   claim:altered; number killed: 12 → 14
pt O déficit chega a 3,5% do PIB. | O déficit chega a 5,3% do PIB.
   claim:altered; number percent: 3,5% → 5,3%
pt A cidade tem 1.200.000 habitantes. | A cidade tem 1,2 milhão de habitantes.
   form
pt O projeto custa R$ 2 milhões. | O projeto custa R$ 2 bilhões.
   claim:altered; number money: R$ 2 milhões → R$ 2 bilhões
pt Duas pessoas morreram. | 2 pessoas morreram.
   form
pt A reunião será na segunda-feira. | A reunião será na quinta-feira.
   claim:altered; date: segunda-feira → quinta-feira
pt O acidente ocorreu ontem. | O acidente ocorreu na segunda-feira.
   claim?:altered; date: ontem → segunda-feira
pt Ele nasceu em 3 de maio de 1950. | Ele nasceu em 5 de maio de 1950.
   claim:altered; date: 3 de maio de 1950 → 5 de maio de 1950
pt O diretor da fábrica depôs. | O ex-diretor da fábrica depôs.
   claim?:added
pt A mulher do ministro depôs. | A ex-mulher do ministro depôs.
   claim?:added
pt O irmão da vítima depôs. | O primo da vítima depôs.
   claim?:altered
pt Moscou rejeitou a proposta. | A Rússia rejeitou a proposta.
   unclear?
pt O Irã bombardeou o porto. | Israel bombardeou o porto.
   claim:altered; place: Irã → Israel
pt Ele foi acusado de homicídio. | Ele foi condenado por homicídio.
   claim:altered; hedge: acusado → ∅
pt Três marinheiros estão desaparecidos. | Três marinheiros estão mortos.
   claim:altered
pt O homem está ferido. | O homem está morto.
   claim:altered
pt O prefeito confirmou a presença. | O prefeito não confirmou a presença.
   claim:altered; negation: ∅ → não
pt Alguns alunos adoeceram. | Todos os alunos adoeceram.
   claim?:altered
pt O acidente ocorreu em Recife. | O acidente ocorreu em Salvador.
   claim:altered; place: Recife → Salvador
pt Ele falou de uma "catástrofe". | Ele falou de uma "tragédia".
   claim?:altered; quote removed: "catástrofe" → ∅; quote added: ∅ → "tragédia"
pt A empresa não respondeu às perguntas. | A empresa não quis responder às perguntas.
   wording?
pt O motorista estava bêbado. | O motorista estava cansado.
   unclear?
pt Os preços subiram em maio. | Os preços caíram em maio.
   claim:altered; negation opposite: subiram → caíram
pt O tribunal aprovou a fusão. | O tribunal rejeitou a fusão.
   claim:altered; negation: ∅ → rejeitou
pt O motorista, que havia bebido, foi preso. | O motorista foi preso.
   claim:removed
pt O motorista foi preso. | O motorista, que havia bebido, foi preso.
   claim:added
pt Dois homens foram presos. Um terceiro está foragido. | Dois homens foram presos.
   claim:removed
pt Dois homens foram presos e um terceiro está foragido. | Dois homens foram presos. Um terceiro está foragido.
   form
pt O cachorro mordeu o carteiro. | O carteiro mordeu o cachorro.
   claim?:altered
pt O fogo destruiu três casas. | O incêndio destruiu três casas.
   wording?
pt O ministro vai renunciar. | O ministro renunciou.
   claim?:altered
pt Segundo a polícia, o atirador agiu sozinho. | O atirador agiu sozinho.
   claim:altered; source attribution: polícia → ∅
pt As forças russas cruzaram o rio. | As forças ucranianas cruzaram o rio.
   claim?:altered
pt O prefeito vai falar hoje. | O prefeito falará hoje.
   wording
"""

test_an_edit_is_judged_by_what_it_says = judged_as_listed(EDITS)

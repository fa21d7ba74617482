# ruff: noqa: E501 - an edit stands on one line
"""Short edits as editors make them in seven languages, longer ones and those of names, each with what is said of it."""

from tests.edit_judgements import judged_as_listed

EDITS = """\
it È stato arrestato un 40enne. | È stato arrestato un uomo di 40 anni.
   unclear?
it Un 40enne è stato arrestato. | Un 42enne è stato arrestato.
   claim:altered; number age: 40 → 42
en The US said no. | Britain said no.
   claim:altered; place: US → Britain
de Scholz traf Macron in Paris. | Merz traf Macron in Paris.
   unclear?
es Telefónica despidió a 40 empleados. | Repsol despidió a 40 empleados.
   unclear?
en The suspect is in custody, officials said late on Sunday. | The suspect is in custody, according to officials late on Sunday.
   wording
en The former chancellor met the delegation at the hotel on Friday. | The chancellor met the delegation at the hotel on Friday.
   claim?:removed
en Residents were angry about the plan, which was announced in May. | Residents were worried about the plan, which was announced in May.
   unclear?
en The authorities started an inquiry into the spill at the plant. | The authorities began an inquiry into the spill at the plant.
   wording?
en Beijing said it would answer the tariffs in kind. | China said it would answer the tariffs in kind.
   claim?:altered; place: Beijing → China; source speaker: Beijing → China
de Laut Staatsanwaltschaft war der Mann allein unterwegs. | Der Mann war allein unterwegs, sagte die Staatsanwaltschaft.
   wording
de Der ehemalige Minister sagte vor dem Ausschuss in Berlin aus. | Der Minister sagte vor dem Ausschuss in Berlin aus.
   claim?:removed
de Die Anwohner waren empört über die Pläne der Stadt. | Die Anwohner waren besorgt über die Pläne der Stadt.
   unclear?
de Peking kündigte am Freitag neue Zölle auf Autos an. | China kündigte am Freitag neue Zölle auf Autos an.
   unclear?
de Die Mieten in der Stadt sanken im vergangenen Jahr deutlich. | Die Mieten in der Stadt stiegen im vergangenen Jahr deutlich.
   claim:altered; negation opposite: sanken → stiegen
fr D'après le parquet, le suspect était connu des services de police. | Le suspect était connu des services de police, selon le parquet.
   wording
fr L'ancien maire de la commune sera jugé en septembre. | Le maire de la commune sera jugé en septembre.
   claim?:removed
fr La nouvelle ligne coûtera trois fois plus que prévu, selon un rapport. | La nouvelle ligne coûterait trois fois plus que prévu, selon un rapport.
   claim:altered
fr Le groupe supprime deux cents postes dans son usine de Mulhouse. | Le groupe supprimera deux cents postes dans son usine de Mulhouse.
   claim:altered
fr Pékin a réagi vendredi aux nouvelles taxes. | La Chine a réagi vendredi aux nouvelles taxes.
   unclear?
fr Deux soldats allemands ont été blessés dans l'accident près de la base. | Deux soldats polonais ont été blessés dans l'accident près de la base.
   claim?:altered
fr Le Parlement a adopté la réforme des retraites dans la nuit. | Le Parlement a rejeté la réforme des retraites dans la nuit.
   claim:altered; negation: ∅ → rejeté
fr Le parti a commencé sa campagne dans le sud du pays. | Le parti a débuté sa campagne dans le sud du pays.
   wording?
es De acuerdo con la fiscalía, el sospechoso actuó solo. | El sospechoso actuó solo, según la fiscalía.
   wording
es El exalcalde de la ciudad será juzgado en septiembre. | El alcalde de la ciudad será juzgado en septiembre.
   claim?:altered
es La línea costará el triple de lo previsto, según el informe. | La línea costaría el triple de lo previsto, según el informe.
   claim:altered
es Pekín respondió el viernes a los nuevos aranceles. | China respondió el viernes a los nuevos aranceles.
   unclear?
es Dos soldados alemanes resultaron heridos en el accidente de la base. | Dos soldados polacos resultaron heridos en el accidente de la base.
   claim?:altered
es El Congreso rechazó la reforma de las pensiones de madrugada. | El Congreso aprobó la reforma de las pensiones de madrugada.
   claim:altered; negation: rechazó → ∅
es El partido comenzó su campaña en el sur del país. | El partido empezó su campaña en el sur del país.
   wording?
it A detta della procura, il sospettato ha agito da solo. | Il sospettato ha agito da solo, secondo la procura.
   wording
it L'ex sindaco della città sarà processato a settembre. | Il sindaco della città sarà processato a settembre.
   claim?:removed
it L'azienda chiude lo stabilimento di Melfi. | L'azienda chiuderà lo stabilimento di Melfi.
   claim:altered
it Pechino ha risposto venerdì ai nuovi dazi. | La Cina ha risposto venerdì ai nuovi dazi.
   unclear?
it Due soldati tedeschi sono rimasti feriti nell'incidente alla base. | Due soldati polacchi sono rimasti feriti nell'incidente alla base.
   claim?:altered
it Il Parlamento ha respinto la riforma delle pensioni nella notte. | Il Parlamento ha approvato la riforma delle pensioni nella notte.
   claim:altered; negation: respinto → ∅
it Il partito ha iniziato la sua campagna nel sud del paese. | Il partito ha cominciato la sua campagna nel sud del paese.
   wording?
pt De acordo com o Ministério Público, o suspeito agiu sozinho. | O suspeito agiu sozinho, disse o Ministério Público.
   wording
pt O ex-prefeito da cidade será julgado em setembro. | O prefeito da cidade será julgado em setembro.
   claim?:removed
pt A empresa fecha a fábrica de Camaçari. | A empresa fechará a fábrica de Camaçari.
   claim:altered
pt Pequim respondeu na sexta-feira às novas tarifas. | A China respondeu na sexta-feira às novas tarifas.
   unclear?
pt Dois soldados alemães ficaram feridos no acidente na base. | Dois soldados poloneses ficaram feridos no acidente na base.
   claim?:altered
pt O Congresso rejeitou a reforma da previdência na madrugada. | O Congresso aprovou a reforma da previdência na madrugada.
   claim:altered; negation: rejeitou → ∅
pt O partido começou sua campanha no sul do país. | O partido iniciou sua campanha no sul do país.
   wording?
nl Volgens het OM handelde de verdachte alleen. | De verdachte handelde alleen, zei het OM.
   wording
nl De oud-burgemeester van de stad staat in september terecht. | De burgemeester van de stad staat in september terecht.
   claim?:removed
nl Peking reageerde vrijdag op de nieuwe heffingen. | China reageerde vrijdag op de nieuwe heffingen.
   unclear?
nl Twee Duitse militairen raakten gewond bij het ongeluk op de basis. | Twee Poolse militairen raakten gewond bij het ongeluk op de basis.
   claim?:altered; place: Duitse → ∅
nl De Kamer verwierp het pensioenplan in de nacht van dinsdag. | De Kamer steunde het pensioenplan in de nacht van dinsdag.
   claim:altered; negation: verwierp → ∅
nl De partij begon haar campagne in het zuiden van het land. | De partij startte haar campagne in het zuiden van het land.
   wording?
en Chancellor Rachel Reeves spoke first. | Rachel Reeves spoke first.
   wording?
en Xi Jinping met the delegation. | President Xi met the delegation.
   wording?
en The mayor spoke on Friday. | The mayor, Ann Lee, spoke on Friday.
   claim:added; name: ∅ → Ann Lee
es El premio fue para Ana García. | El premio fue para Lucía García.
   claim:altered; name: Ana García → Lucía García
es Pedro Sánchez viajó a Roma. | Sánchez viajó a Roma.
   wording?
es La empresa Iberdrola vendió la planta. | La empresa Endesa vendió la planta.
   claim:altered; name: Iberdrola → Endesa
it Il premio è andato ad Anna Rossi. | Il premio è andato a Giulia Rossi.
   claim:altered; name: Anna Rossi → Giulia Rossi
it Giorgia Meloni è volata a Parigi. | Meloni è volata a Parigi.
   wording
pt O prêmio foi para Ana Souza. | O prêmio foi para Carla Souza.
   claim:altered; name: Ana Souza → Carla Souza
pt Luiz Inácio Lula da Silva viajou a Paris. | Lula viajou a Paris.
   wording?
nl De prijs ging naar Anna de Vries. | De prijs ging naar Eva de Vries.
   claim:altered; name: Anna → Eva
nl Mark Rutte sprak met de pers. | Rutte sprak met de pers.
   wording?
de Der Preis ging an Anna Weber. | Der Preis ging an Julia Weber.
   claim:altered; name: Anna Weber → Julia Weber
de Olaf Scholz flog nach Paris. | Scholz flog nach Paris.
   wording?
de Der Konzern Siemens verkaufte das Werk. | Der Konzern Bosch verkaufte das Werk.
   claim?:altered
en California officials said the fire was contained. | Oregon officials said the fire was contained.
   claim:altered; place: California → Oregon
de Die Polizei in Bayern sucht Zeugen. | Die Polizei sucht Zeugen.
   unclear?
en Three people died in the crash, police said. | Three people died in the crash, police in Ohio said.
   claim?:added; place: ∅ → Ohio
de Am 3. Mai sang ein Chor am Hafen. | Am 4. Mai sang ein Chor am Hafen vom „Flashover“.
   claim:altered; date: 3. Mai → 4. Mai
en The water was 20°C at noon. | The water was 20°F at noon.
   claim:altered; number: 20°C → 20°F
de Die 18-Jährige siegte. | Die 18 Jahre alte Frau siegte.
   unclear?
en About 1/2 of the town lost power. | About 1/3 of the town lost power.
   claim:altered; number: 1/2 → 1/3
"""

test_an_edit_is_judged_by_what_it_says = judged_as_listed(EDITS)

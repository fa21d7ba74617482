# ruff: noqa: E501 - an edit stands on one line
"""Edits of one small word that make it somebody or something else, which are never called form or mere wording."""

from tests.edit_judgements import judged_as_listed

EDITS = """\
en He was held at the border. | She was held at the border.
   unclear
en The firm said it was sorry. | The firm said they were sorry.
   form
de Er wurde am Flughafen gefasst. | Sie wurde am Flughafen gefasst.
   unclear
nl Hij werd aan de grens gepakt. | Zij werd aan de grens gepakt.
   unclear
fr Le juge est accusé. | La juge est accusée.
   unclear
es El juez fue acusado. | La juez fue acusada.
   unclear
pt O presidente foi reeleito. | A presidente foi reeleita.
   unclear
en Bowls Cup: Eltham v Norcroft - radio & text | Bowls Cup: Eltham 7-6 Norcroft - radio & text
   claim:added; number: ∅ → 7-6
en Eltham v Norcroft | Eltham 1-0 Norcroft: Reyes scores early
   claim:added; number: ∅ → 1-0; name: ∅ → Reyes
en Norcroft: Flood shuts five roads | Flood shuts five roads in Norcroft
   wording
en The sale ended. | The sale ended when Black Friday was over.
   claim:added
en Cup 2022 semi-final: Eltham lead | Cup 2022: Eltham lead
   wording?
en The pool opens in spring. | The pool opens in winter.
   claim?:altered
nl Het bad gaat in het voorjaar open. | Het bad gaat in het najaar open.
   claim?:altered
en The home secretary wrote to the mayor. | The foreign secretary wrote to the mayor.
   claim?:altered
fr Le ministre de l'Intérieur a écrit au maire. | Le ministre de la Défense a écrit au maire.
   claim:altered; name: Intérieur → Défense
en Shops across the town are shut. | Some shops across the town are shut.
   unclear?
en The plan would cut fees. | The plan would raise fees.
   claim:altered; negation opposite: cut → raise
es La aerolínea cancelará diez vuelos. | Iberia cancelará diez vuelos.
   unclear?
en Police met a guide on Monday. | Dutch police met a guide on Monday.
   unclear?
en New information about strikes in the north. | Removal of information about strikes in the north.
   claim?:altered
fr Nouvelles informations sur les grèves. | Suppression d'informations sur les grèves.
   claim?:altered
en Swimmers who trained for Tokyo 2020 praised the new pool. | Swimmers who trained for the Games praised the new pool.
   claim?:altered; place: Tokyo → ∅
en A fire at a Christmas party killed the owner. | A fire at a party killed the owner.
   unclear?
en The park closed on a Monday in May. | The park closed in May.
   claim:removed; date: Monday → ∅
en Two people died in a 2020 fire at the pier. | Two people died in a fire at the pier.
   claim:removed; date: 2020 → ∅
de Sie fuhr am Morgen nachBremen und blieb dort. | Sie fuhr am Morgen nach Bremen und blieb dort.
   form
en The clerk called Alice Brown about the bill. | The clerk called AliceGreen about the bill.
   claim:altered; name: Alice Brown → AliceGreen
"""

test_a_small_word_may_change_what_is_said = judged_as_listed(EDITS)


SOURCES = """\
en Walkers queued for hours at the gate. | Walkers are warned of long queues at the gate.
   claim:altered; date: hours → ∅
en There is a risk of theft in the old town. | There are increased reports of theft in the old town.
   claim:altered
en The number of people confirmed dead reached 80 there. | The number of dead reached 80 there.
   wording?
de Der Bürgermeister ist aus seinem Büro zurück. | Der Bürgermeister meldet sich aus seinem Büro zurück.
   wording?
en The bill appears to be in doubt now. | The bill seems to be in doubt now.
   wording
en Authorities say dozens of boats are lost. | Indonesia says dozens of boats are lost.
   unclear?
en “That happens without us telling them to do it.” | Mike Griffin, an organiser, said of it: “That happens without us telling them to do it.”
   claim:added; name: ∅ → Mike Griffin; source attribution: ∅ → said
de Der Ausfall wurde laut Franziska Hartmann verursacht. | Der Ausfall wurde laut Kai Wegner verursacht.
   claim:altered; name: Franziska Hartmann → Kai Wegner; source speaker: Franziska Hartmann → Kai Wegner
en A doctor and a nurse say the ward was full. | The army says the ward was full.
   claim?:altered; source speaker: nurse → army
en Smith said it was shut. | Brown said it was shut.
   claim:altered; name: Smith → Brown; source speaker: Smith → Brown
en A kiosk burned down, said the baker. | A kiosk burned down, said the brewer.
   claim?:altered; source speaker: baker → brewer
en Police said the mayor fell from the bridge. | The mayor said he fell from the bridge.
   claim?:altered; source speaker: Police → mayor
en Three boats sank, police said. | Three boats sank, police in the town said.
   wording?
en The head of the port admits delays but says the crew is safe. | The head of the port insists the crew is safe.
   unclear?
en The chef wrote a book about soup. | The chef left a book about soup.
   wording?
en The road appears set to open in May. | The road looks set to open in May.
   wording
de Augenzeugen berichten von Schüssen am Hafen. | Es gab Schüsse am Hafen.
   claim?:altered; source attribution: berichten → ∅
de Laut der Polizei brannte ein Kiosk. | Laut der Feuerwehr brannte ein Kiosk.
   claim?:altered; source speaker: Polizei → Feuerwehr
de Der Polizei zufolge brannte ein Kiosk. | Der Feuerwehr zufolge brannte ein Kiosk.
   claim?:altered; source speaker: Polizei → Feuerwehr
fr Selon la police, un kiosque a brûlé. | Selon les pompiers, un kiosque a brûlé.
   claim?:altered; source speaker: police → pompiers
es Según la policía, ardió un quiosco. | Según los bomberos, ardió un quiosco.
   claim?:altered; source speaker: policía → bomberos
it Secondo la polizia è bruciato un chiosco. | Secondo i pompieri è bruciato un chiosco.
   claim?:altered; source speaker: polizia → pompieri
pt Segundo a polícia, ardeu um quiosque. | Segundo os bombeiros, ardeu um quiosque.
   claim?:altered; source speaker: polícia → bombeiros
en Berg told Smith that the bridge is closed. | Berg told Jones that the bridge is closed.
   claim:altered; name: Smith → Jones
en Police said the road was closed and Berg said it was icy. | Berg said it was icy.
   claim?:altered; source attribution: Police → ∅
nl Volgens de politie brandde een kiosk af. | Volgens de brandweer brandde een kiosk af.
   claim?:altered; source speaker: politie → brandweer
"""

test_a_source_is_who_says_it_and_no_noun_or_passive = judged_as_listed(SOURCES)

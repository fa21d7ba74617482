"""Edits of one sentence, each with all that is said of it: what became of the claim, and which facts differ."""

from tests.edit_judgements import judged_as_listed

EDITS = """\
en They pay £30 a day there. | They pay £30 a week there.
   claim:altered; number money: £30 a day → £30 a week
en It used 5 kWh last night. | It used 5 µSv last night.
   claim:altered; number: 5 kWh → 5 µSv
en The pool is 20 square miles wide. | The pool is 20 square metres wide.
   claim:altered; number: 20 square miles → 20 square metres
en The storm is at 20°south now. | The storm is at 25°south now.
   claim:altered; number: 20 → 25
de Er zahlt 30 Euro pro Monat. | Er zahlt 30 Euro pro Woche.
   claim:altered; number money: 30 Euro pro Monat → 30 Euro pro Woche
en The fund lost 5 mg in 2 days. | The fund lost 5 µg in 2 days.
   claim:altered; number: 5 mg → 5 µg
en Some 3 were killed and 5 were injured. | Some 5 were killed and 3 were injured.
   claim:altered; number killed: 3 → 5; number injured: 5 → 3
en The unit took 12 km and 15 km on foot. | The unit took 12 and 15 km on foot.
   wording?
en The clinic lost 12 nurses and 7 doctors in June. | The clinic lost 14 nurses and 9 doctors in June.
   claim:altered; number: 12 → 14; number: 7 → 9
en They were held for three weeks. | They were held.
   claim:removed; date: three weeks → ∅
en He got a sentence of five years. | He got a sentence.
   claim:removed; number: five → ∅
en The fee rose by 5 percent to 40 euros. | The fee rose by 7 percent to 45 euros.
   claim:altered; number percent: 5 → 7; number money: 40 → 45
en They left on Monday and came back on Friday. | They left on Tuesday and came back on Saturday.
   claim:altered; date: Monday → Tuesday; date: Friday → Saturday
en They left on Monday. | They left on Monday, before Friday.
   claim:added; date: ∅ → Friday
en He arrived at 5 p.m. on Monday. | He arrived at 6 p.m. on Monday.
   claim:altered; date time: 5 p.m. → 6 p.m.
en The plant makes twice as much. | The plant makes three times as much.
   claim:altered; number: twice → ∅; number: ∅ → three
en She came third there. | She came fourth there.
   claim:altered; number: third → fourth
en Aston Villa won there. | Villa won there.
   wording
en Man City won the cup. | Manchester City won the cup.
   wording
en Dan Brown spoke there. | Dan Browne spoke there.
   claim?:altered; name: Dan Brown → Dan Browne
en He was never freed there. | He was freed there.
   claim:altered; negation: never → ∅
en It could rain at least 5 mm. | It could rain 5 mm.
   claim:altered; hedge: at least → ∅
en Is it safe there? | It is safe there.
   claim:altered; hedge: ? → ∅
en He allegedly stole the car. | He stole the car.
   claim:altered; hedge: allegedly → ∅
en He was charged with murder. | He was convicted of murder.
   claim:altered
en He was arrested on Monday. | He was released on Monday.
   claim:altered; negation opposite: arrested → released
en It was, she said, “a disaster”. | It was, she said, “a triumph”.
   claim:altered; quote altered: “a disaster” → “a triumph”
en It was, she said, “a disaster for us all”. | It was, she said, “a disaster”.
   claim:altered; quote altered: “a disaster for us all” → “a disaster”
en He said: “We will not go.” | He said: “We will go.”
   claim:altered; quote altered: “We will not go.” → “We will go.”; negation: not → ∅
en Anna Berg said: “We lost.” | Tom Reyes said: “We lost.”
   claim:altered; name: Anna Berg → Tom Reyes; source speaker: Anna Berg → Tom Reyes
en The firm is to hire staff. | The firm has hired staff.
   claim:altered
en The bridge opens up traffic. | The bridge closes traffic.
   claim:altered; negation opposite: opens → closes
en Prices rose last year. | Prices fell last year.
   claim:altered; negation opposite: rose → fell
en Thousands marched there. | Hundreds marched there.
   claim:altered; number: Thousands → Hundreds
en They met on 3/4/2024 there. | They met on 3/5/2024 there.
   claim:altered; date: 3/4/2024 → 3/5/2024
en A gunman opened fire at a school. | A gunman opened fire at a church.
   unclear?
de Er saß 24 Monate in Haft. | Er saß zwei Jahre in Haft.
   form
en He was jailed for 24 months. | He was jailed for 24 years.
   claim:altered; number: 24 months → 24 years
en He was jailed for 30 days. | He was jailed for one month.
   claim:altered; number: 30 → one
en It is thought the driver fell asleep. | The driver fell asleep.
   claim:altered; hedge: It is thought → ∅
pt Acredita-se que o motorista dormiu. | O motorista dormiu.
   claim:altered; hedge: Acredita-se → ∅
en The bank cut rates on Monday. | The bank raised rates on Monday.
   claim:altered; negation opposite: cut → raised
de Die Bank senkt die Zinsen. | Die Bank erhöht die Zinsen.
   claim:altered; negation opposite: senkt → erhöht
en Half the town is dark. | The town is dark.
   unclear?
en The hospital said he is in a stable condition. | The hospital said he is in a critical condition.
   claim?:altered
en The left wing of the party won. | The right wing of the party won.
   claim?:altered
fr Une école privée a fermé. | Une école publique a fermé.
   claim?:altered
fr Cela date des années 80. | Cela date des années 1990.
   claim:altered; date: années 80 → années 1990
en A man has died after a crash. | A man in his late 40s has died after a crash.
   claim:added; number age: ∅ → 40
de Ein Mann starb. | Ein Mann Mitte 40 starb.
   claim:added; number age: ∅ → 40
en It happened last week. | It happened this week.
   claim:altered; date: last week → this week
en It happened yesterday. | It happened today.
   claim:altered; date: yesterday → today
en It happened three days ago. | It happened four days ago.
   claim:altered; number: three → four
fr Il y a douze morts. | Il y a quinze morts.
   claim:altered; number killed: douze → quinze
fr Il a dit lundi non. | Il a dit mardi non.
   claim:altered; date: lundi → mardi
fr Elle ne viendra pas. | Elle viendra.
   claim:altered; negation: ne → ∅; negation: pas → ∅
fr Il paie 30 euros par jour. | Il paie 30 euros par mois.
   claim:altered; number money: 30 euros par jour → 30 euros par mois
es Murieron doce personas. | Murieron quince personas.
   claim:altered; number people: doce → quince
es Será el lunes. | Será el martes.
   claim:altered; date: lunes → martes
it Sono morte dodici persone. | Sono morte quindici persone.
   claim:altered; number people: dodici → quindici
pt Morreram doze pessoas. | Morreram quinze pessoas.
   claim:altered; number people: doze → quinze
nl Er kwamen twaalf mensen om. | Er kwamen vijftien mensen om.
   claim:altered; number people: twaalf → vijftien
de Er soll gehen. | Er geht.
   claim:altered
de Das Haus ist sicher. | Das Haus ist nicht sicher.
   claim:altered; negation: ∅ → nicht
de Es waren einundzwanzig Leute. | Es waren zweiundzwanzig Leute.
   claim:altered; number: einundzwanzig → zweiundzwanzig
en The colour is red. | The color is red.
   form
en The goverment fell. | The government fell.
   form
en The form of it is odd. | The from of it is odd.
   unclear
en The ship sank with all hands. | The ship sank with no hands.
   claim:altered; negation: ∅ → no
en It is the largest port. | It is one of the largest ports.
   claim:added
en The company cut 1,200 jobs in Ohio. | The company cut about 1,200 jobs in Ohio.
   claim:altered; hedge: ∅ → about
en It is up 5 points at 40. | It is up 5 percent at 40.
   claim:altered; number percent: 5 → 5 percent
en The council can shut the old mill. | The council cannot shut the old mill.
   claim:altered; negation: ∅ → cannot
en The roads were not closed after the storm. | The roads stayed open after the storm.
   claim:altered; negation: not → ∅
en He called it “a very bad deal for us”. | He called it “a bad deal for us”.
   claim:altered; quote altered: “a very bad deal for us” → “a bad deal for us”
en He called it “a farce”. | He called it a farce.
   claim:altered; quote marks: “a farce” → ∅
en Some 40 of 120 workers left in May. | Some 60 of 120 workers left in May.
   claim:altered; number people: 40 → 60
en It cost 5 million dollars to build in 1990. | It cost 5 billion dollars to build in 1990.
   claim:altered; number money: 5 million → 5 billion
en Five of them were injured, two badly. | Seven of them were injured, two badly.
   claim:altered; number injured: Five → Seven
en The 12th man came in. | The 13th man came in.
   claim:altered; number: 12th → 13th
en The match ends at 7:30 p.m. GMT. | The match ends at 7:30 a.m. GMT.
   claim:altered; date time: 7:30 p.m. → 7:30 a.m.
en The trial begins next month. | The trial begins next year.
   claim:altered; date: next month → next year
en It covers 12 acres of land. | It covers 12 hectares of land.
   claim:altered; number: 12 acres → 12 hectares
en The ship is 200 metres long. | The ship is 200 feet long.
   claim:altered; number: 200 metres → 200 feet
en They took 3 of the 10 seats and 25% of the vote. | They took 4 of the 10 seats and 26% of the vote.
   claim:altered; number: 3 → 4; number percent: 25% → 26%
en Mr Berg, 45, was there. | Mr Berg, 54, was there.
   claim:altered; number age: 45 → 54
en More than 100 people came. | Fewer than 100 people came.
   claim:altered; hedge: More than → Fewer than; negation opposite: more → fewer
en About 100 people came. | More than 100 people came.
   claim:altered; hedge: About → More than
en He denied the claim. | He confirmed the claim.
   claim:altered; negation: denied → ∅
en The deal was signed by Anna Berg. | The deal was signed by her.
   claim:removed; name: Anna Berg → ∅
en It is a big, quiet and old mill. | It is a quiet, big and old mill.
   form
en He sells apples, pears and plums. | He sells apples and plums.
   claim:removed
en The the mill is shut. | The mill is shut.
   form
en The mill’s owner left. | The mill's owner left.
   form
en He did not come. | He didn't come.
   form
en It fell to 1.05 from 1.10. | It fell to 1.10 from 1.05.
   claim:altered; number: 1.05 → 1.10; number: 1.10 → 1.05
fr Le maire a dit qu'il viendra. | Le maire a dit qu'il ne viendra pas.
   claim:altered; negation: ∅ → ne; negation: ∅ → pas
fr La police a arrêté 12 personnes à Lyon. | La police a arrêté 14 personnes à Lille.
   claim:altered; number people: 12 → 14; place: Lyon → Lille
fr « C'est un échec », dit-il. | « C'est un succès », dit-il.
   claim:altered; quote altered: « C'est un échec » → « C'est un succès »
es La policía detuvo a 12 personas el 4 de marzo. | La policía detuvo a 12 personas el 5 de marzo.
   claim:altered; date: 4 de marzo → 5 de marzo
es No habrá huelga. | Habrá huelga.
   claim:altered; negation: No → ∅
it Ha detto che non verrà. | Ha detto che verrà.
   claim:altered; negation: non → ∅
it Costa 1.500 euro. | Costa 1.600 euro.
   claim:altered; number money: 1.500 → 1.600
pt Ele não virá hoje. | Ele virá hoje.
   claim:altered; negation: não → ∅
nl Hij komt niet vandaag. | Hij komt vandaag.
   claim:altered; negation: niet → ∅
nl Het kost 5 miljoen euro. | Het kost 6 miljoen euro.
   claim:altered; number money: 5 miljoen → 6 miljoen
de Er sagte: „Das ist falsch.“ | Er sagte: „Das ist richtig.“
   claim:altered; quote altered: „Das ist falsch.“ → „Das ist richtig.“
de Am Montag brannte es. | Am Dienstag brannte es.
   claim:altered; date: Montag → Dienstag
de Um 15 Uhr war es vorbei. | Um 16 Uhr war es vorbei.
   claim:altered; date time: 15 Uhr → 16 Uhr
de Die Miete stieg um 5 Prozent. | Die Miete stieg um 5 Prozentpunkte.
   claim:altered; number percent: 5 Prozent → 5 Prozentpunkte
en Prices rose tenfold there. | Prices rose fivefold there.
   claim:altered; number: tenfold → fivefold
en It opened in May. | It opened in June.
   claim:altered; date: May → June
en The 25-year-old driver fled. | The 35-year-old driver fled.
   claim:altered; number age: 25 → 35
en It costs between 5 and 7 euros. | It costs between 5 and 9 euros.
   claim:altered; number money: 7 → 9
en About a dozen nurses left. | About two dozen nurses left.
   claim:altered; number: dozen → two dozen
en The vote was 52 to 48. | The vote was 51 to 49.
   claim:altered; number: 52 → 51; number: 48 → 49
en He left late on Monday night. | He left early on Monday morning.
   claim:altered; date: Monday night → Monday morning
en It was probably a fire. | It was a fire.
   claim:altered; hedge: probably → ∅
fr Le train part à 15h30. | Le train part à 16h30.
   claim:altered; date time: 15h30 → 16h30
fr Il serait mort. | Il est mort.
   claim:altered; hedge: serait → ∅
pt No dia 5 de março chegou. | No dia 6 de março chegou.
   claim:altered; date: 5 de março → 6 de março
de Er ist angeblich tot. | Er ist tot.
   claim:altered; hedge: angeblich → ∅
de Am 5. Mai kam er. | Am 6. Mai kam er.
   claim:altered; date: 5. Mai → 6. Mai
de Es kamen dreimal so viele. | Es kamen zweimal so viele.
   claim:altered; number: dreimal → zweimal
de Der 25-jährige Fahrer floh. | Der 35-jährige Fahrer floh.
   claim:altered; number age: 25 → 35
nl Om 7.30 ging hij. | Om 8.30 ging hij.
   claim:altered; date time: 7.30 → 8.30
en It ended at 23:30 there. | It ended at 0:30 there.
   claim:altered; date time: 23:30 → 0:30
en The talk at No 10 went on. | The talk went on.
   claim:removed
en The blast injured as many as 12 people there. | The blast injured as many as 14 people there.
   claim:altered; number injured: 12 → 14
en |Anna Berg|12 goals| | |Anna Berg|14 goals|
   claim:altered; number: 12 → 14
de Es gibt keine Toten. | Es gibt Tote.
   claim:altered; negation: keine → ∅
"""

test_an_edit_is_judged_and_its_facts_are_named = judged_as_listed(EDITS)

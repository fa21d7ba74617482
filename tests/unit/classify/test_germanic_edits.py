"""Short edits as editors make them in Dutch, German and English, each with what is said of it."""

from tests.edit_judgements import judged_as_listed

EDITS = """\
nl De regring presenteerde dinsdag de begroting. | De regering presenteerde dinsdag de begroting.
   form
nl Het kabinet wil de tarieven verlagen in heel europa. | Het kabinet wil de tarieven verlagen in heel Europa.
   form
nl De financiele markten reageerden rustig. | De financiële markten reageerden rustig.
   wording
nl De auto botste tegen een boom. | De wagen botste tegen een boom.
   wording?
nl Dinsdag stemde de raad over de begroting. | De raad stemde dinsdag over de begroting.
   form
nl De brandweer ontruimde het gebouw. | Het gebouw werd ontruimd door de brandweer.
   wording
nl Volgens de politie zijn twee mannen aangehouden. | Twee mannen zijn aangehouden, meldt de politie.
   wording
nl "We zijn er klaar voor", zei de burgemeester. | "We zijn er klaar voor", aldus de burgemeester.
   wording
nl De verdachte schoot op de menigte. | De verdachte zou op de menigte hebben geschoten.
   claim:altered; hedge: ∅ → zou
nl De vermeende moordenaar is opgepakt. | De moordenaar is opgepakt.
   claim:altered; hedge: vermeende → ∅
nl De minister heeft geld verduisterd. | De minister heeft mogelijk geld verduisterd.
   claim:altered; hedge: ∅ → mogelijk
nl Bij de brand vielen 12 doden. | Bij de brand vielen 14 doden.
   claim:altered; number killed: 12 → 14
nl Het tekort is 3,5 procent. | Het tekort is 3,5%.
   form
nl Het tekort is 3,5 procent. | Het tekort is 5,3 procent.
   claim:altered; number percent: 3,5 → 5,3
nl Het project kost 2 miljoen euro. | Het project kost 2 miljard euro.
   claim:altered; number money: 2 miljoen → 2 miljard
nl De vergadering is maandag. | De vergadering is donderdag.
   claim:altered; date: maandag → donderdag
nl Het ongeluk gebeurde gisteren. | Het ongeluk gebeurde maandag.
   claim?:altered; date: gisteren → maandag
nl Minister Eelco Heinen stapt op. | Minister Caspar Veldkamp stapt op.
   claim:altered; name: Eelco Heinen → Caspar Veldkamp
nl De directeur van de fabriek is verhoord. | De oud-directeur van de fabriek is verhoord.
   claim?:added
nl De vrouw van de minister is verhoord. | De ex-vrouw van de minister is verhoord.
   claim?:added
nl De broer van het slachtoffer getuigde. | De neef van het slachtoffer getuigde.
   claim?:altered
nl Moskou wees het voorstel af. | Rusland wees het voorstel af.
   unclear?
nl Iran bombardeerde de haven. | Israël bombardeerde de haven.
   claim:altered; place: Iran → Israël
nl Hij werd aangeklaagd voor moord. | Hij werd veroordeeld voor moord.
   claim:altered
nl Drie zeelieden worden vermist. | Drie zeelieden zijn omgekomen.
   claim:altered
nl De man is gewond. | De man is dood.
   claim:altered
nl De burgemeester bevestigde zijn komst. | De burgemeester bevestigde zijn komst niet.
   claim:altered; negation: ∅ → niet
nl Alle passagiers overleefden. | De meeste passagiers overleefden.
   claim?:altered
nl Sommige leerlingen werden ziek. | Alle leerlingen werden ziek.
   claim?:altered
nl Het ongeluk gebeurde in Utrecht. | Het ongeluk gebeurde in Zwolle.
   claim:altered; place: Utrecht → Zwolle
nl Hij sprak van een „ramp”. | Hij sprak van een „tragedie”.
   claim?:altered; quote removed: „ramp” → ∅; quote added: ∅ → „tragedie”
nl Het bedrijf reageerde niet op vragen. | Het bedrijf wilde niet reageren op vragen.
   wording?
nl De bestuurder was dronken. | De bestuurder was moe.
   unclear?
nl De prijzen stegen in mei. | De prijzen daalden in mei.
   claim:altered; negation opposite: stegen → daalden
nl De rechter keurde de fusie goed. | De rechter keurde de fusie af.
   claim:altered; negation opposite: goed → af
nl De bestuurder, die had gedronken, is opgepakt. | De bestuurder is opgepakt.
   claim:removed
nl De bestuurder is opgepakt. | De bestuurder, die had gedronken, is opgepakt.
   claim:added
nl Twee mannen zijn opgepakt. Een derde is voortvluchtig. | Twee mannen zijn opgepakt.
   claim:removed; number percent: derde → ∅
nl Twee mannen zijn opgepakt en een derde is voortvluchtig. | Twee mannen zijn opgepakt. Een derde is voortvluchtig.
   form
nl De hond beet de postbode. | De postbode beet de hond.
   unclear
nl Het vuur verwoestte drie huizen. | De brand verwoestte drie huizen.
   wording?
nl De minister treedt morgen af. | De minister trad gisteren af.
   claim:altered; date: morgen → gisteren
nl Hij overleed op 84-jarige leeftijd. | Hij overleed op de leeftijd van 84 jaar.
   wording?
nl Volgens de politie handelde de schutter alleen. | De schutter handelde alleen.
   claim?:altered; source attribution: politie → ∅
nl De Russische troepen staken de rivier over. | De Oekraïense troepen staken de rivier over.
   claim?:altered; place: Russische → ∅
en The driver was drunk, witnesses said. | The driver was tired, witnesses said.
   unclear?
en Police said the gunman acted alone. | The gunman acted alone.
   claim?:altered; source attribution: Police → ∅
en Moscow rejected the plan. | Russia rejected the plan.
   unclear?
en His wife was questioned. | His ex-wife was questioned.
   claim?:added
en The deputy mayor resigned. | The mayor resigned.
   claim?:removed
en The committee recieved the report on Monday. | The committee received the report on Monday.
   form
en The driver was arrested. | The driver, who had been drinking, was arrested.
   claim?:added
en Two men were arrested. A third is on the run. | Two men were arrested.
   claim:removed; number percent: third → ∅
en The bill passed the House. | The bill failed in the House.
   claim:altered; negation: ∅ → failed
en He died aged 84. | He died at the age of 84.
   wording
en Protesters threw stones. | Protesters threw objects.
   unclear?
en The talks will resume on Friday. | The talks resumed on Friday.
   claim?:altered
de Nach Angaben der Polizei handelte der Täter allein. | Der Täter handelte allein.
   claim:altered; source attribution: Polizei → ∅
de Der Fahrer war betrunken. | Der Fahrer war übermüdet.
   unclear?
de Moskau lehnte den Plan ab. | Russland lehnte den Plan ab.
   unclear?
de Der Mann wurde bei der Explosion verletzt. | Der Mann wurde bei der Explosion getötet.
   claim:altered
de Drei Seeleute werden vermisst. | Drei Seeleute sind tot.
   claim:altered
de Er wurde wegen Betrugs angeklagt. | Er wurde wegen Betrugs verurteilt.
   claim:altered
de Einige Schüler erkrankten. | Alle Schüler erkrankten.
   claim?:altered
de Seine Frau wurde befragt. | Seine Ex-Frau wurde befragt.
   claim?:added
de Die stellvertretende Bürgermeisterin trat zurück. | Die Bürgermeisterin trat zurück.
   claim?:removed
de Der Täter hat die Frau erstochen. | Der Täter soll die Frau erstochen haben.
   claim:altered; hedge: ∅ → soll
de Der mutmaßliche Mörder wurde gefasst. | Der Mörder wurde gefasst.
   claim:altered; hedge: mutmaßliche → ∅
de Das Projekt kostet 2 Millionen Euro. | Das Projekt kostet 2 Milliarden Euro.
   claim:altered; number money: 2 Millionen → 2 Milliarden
de Der Fahrer, der getrunken hatte, wurde festgenommen. | Der Fahrer wurde festgenommen.
   claim:removed
de Der Fahrer wurde festgenommen. | Der Fahrer, der getrunken hatte, wurde festgenommen.
   claim:added
de Bundeskanzler Friedrich Merz unterzeichnete das Gesetz. | Kanzler Friedrich Merz unterzeichnete das Gesetz.
   wording?
de Das Gericht billigte die Fusion. | Das Gericht untersagte die Fusion.
   claim:altered; negation opposite: billigte → untersagte
de Der Bürgermeister bestätigte seine Teilnahme. | Der Bürgermeister bestätigte seine Teilnahme nicht.
   claim:altered; negation: ∅ → nicht
de Der Unfall ereignete sich gestern. | Der Unfall ereignete sich am Montag.
   claim?:altered; date: gestern → Montag
de Der Minister wird zurücktreten. | Der Minister ist zurückgetreten.
   claim?:altered
de Das Flugzeug landete in Oslo. | Das Flugzeug landete in Bergen.
   claim:altered; place: Oslo → Bergen
de Er starb im Alter von 84 Jahren. | Er starb mit 84 Jahren.
   wording?
de Die Strasse ist gesperrt. | Die Straße ist gesperrt.
   form
de Die Feuerwehr räumte das Haus. | Das Haus wurde von der Feuerwehr geräumt.
   wording
de Der Richter sprach den Mann frei. | Der Mann wurde vom Richter freigesprochen.
   wording
de Die Polizei nahm drei Männer fest. | Drei Männer wurden von der Polizei festgenommen.
   wording
de Das Gericht lehnte den Antrag ab. | Das Gericht hat den Antrag abgelehnt.
   form
de Die Bahn kündigte einen Streik an. | Die Bahn hat einen Streik abgesagt.
   unclear?
nl De rechter liet de man vrij. | De man is door de rechter vrijgelaten.
   wording
"""

test_an_edit_is_judged_by_what_it_says = judged_as_listed(EDITS)

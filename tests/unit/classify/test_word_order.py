"""Edits that change the order of words, who is meant, or how much, and those that say the same in another way."""

from tests.articles import article
from tests.edit_judgements import facts, judged_as_listed
from tracker import compare

EDITS = """\
en The mill was shut by the owner. | The owner shut the mill.
   wording
en The dog bit the man. | The man bit the dog.
   claim?:altered
en The dog bit the man. | The man was bitten by the dog.
   unclear?
en Expect a few extra minutes at the border. | Expect a few minutes extra at the border.
   unclear
de Nicht alle Wähler stimmten zu. | Alle Wähler stimmten nicht zu.
   unclear
nl Niet alle kiezers stemden toe. | Alle kiezers stemden niet toe.
   unclear
es No todos votaron. | Todos no votaron.
   unclear
en Russia attacked Ukraine at dawn. | Ukraine attacked Russia at dawn.
   claim?:altered
en Smith was beaten by Jones in the final. | Jones beat Smith in the final.
   wording
en The wife of the minister sued the newspaper. | The newspaper sued the wife of the minister.
   unclear
en Bread, milk and eggs were short. | Eggs, milk and bread were short.
   form
en The bridge was closed at 5 p.m. by police. | Police closed the bridge at 17:00.
   form
de Der Hund biss den Mann. | Den Mann biss der Hund.
   unclear
de Am Dienstag ließ das Gericht ihn frei. | Das Gericht ließ ihn am Dienstag frei.
   form
fr La police a arrêté deux hommes lundi. | Deux hommes ont été arrêtés lundi par la police.
   wording
it La polizia ha arrestato due uomini lunedì. | Due uomini sono stati arrestati lunedì dalla polizia.
   wording
en Twelve fighters were killed. | Twelve civilians were killed.
   unclear?
en He was shot by his brother. | He was shot by his father.
   claim?:altered
en The men were freed. | The women were freed.
   claim?:altered
en All patients survived. | Most patients survived.
   claim?:altered
en The car was red. | The car was blue.
   claim?:altered
en Israel bombed the port. | Iran bombed the port.
   claim:altered; place: Israel → Iran
en Russian troops crossed the river. | Ukrainian troops crossed the river.
   claim:altered; place: Russian → Ukrainian
en Manager Ann Smith left. | Coach Ann Smith left.
   wording?
en The US sent two ships. | The United States sent two ships.
   form
en The UK sent ships. | Britain sent ships.
   unclear?
en About 20 people came. | Around 20 people came.
   wording
de Rund 20 Menschen kamen. | Etwa 20 Menschen kamen.
   wording
en Some 20 people came. | More than 20 people came.
   claim:altered; hedge: ∅ → More than
de Außenminister Müller kündigte das Gesetz an. | Außenminister Schulz kündigte das Gesetz an.
   claim:altered; name: Müller → Schulz
de Das sagte Merkel am Montag. | Das sagte Scholz am Montag.
   claim:altered; name: Merkel → Scholz; source speaker: Merkel → Scholz
en Nearly half of voters agree. | Almost half of voters agree.
   wording
en Nearly half of voters agree. | More than half of voters agree.
   claim:altered; hedge: Nearly → More than
en The ministry said on Monday that talks would resume. | Talks would resume, the ministry said on Monday.
   form
en "It is a disaster", he said. | "It's a disaster," he said.
   form
en He resigned yesterday. | He resigned on Monday.
   claim?:altered; date: yesterday → Monday
en Kent lost 12 people and Essex 3. | Essex lost 3 people and Kent 12.
   unclear
"""

test_an_edit_is_judged_by_what_it_says = judged_as_listed(EDITS)


def test_a_name_that_begins_a_sentence_is_known_from_the_rest_of_the_article():
    base = "The bill was drafted by Miller and read by Smith."
    sides = (article(base, f"{name} signed the bill on Monday.", lang="en") for name in ("Miller", "Smith"))
    assert facts(compare(*sides)) == ["name: Miller → Smith"]

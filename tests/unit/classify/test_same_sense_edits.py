# ruff: noqa: E501 - an edit stands on one line
"""Phrases of the news that say the same, conversions in brackets, numbers in names, tenses after "said"."""

from tests.edit_judgements import judged_as_listed

EDITS = """\
en After decades of allegations, the singer was found guilty of running a scheme to abuse women. | After decades of allegations, the singer is convicted of running a scheme to abuse women.
   wording?
en He was cleared of all charges by the jury. | He was acquitted of all charges by the jury.
   wording?
en Louis Theroux meets people at the fringes of US society in his new BBC Two series. | Louis Theroux meets people at the fringes of US society.
   claim:removed
en The songs, which fans have claimed contain fake vocals, were pulled. | The songs, which fans claim contain fake vocals, were pulled.
   wording
en The songs, which fans claimed contain fake vocals, were pulled. | The songs, which contain fake vocals, were pulled.
   claim:altered; hedge: claimed → ∅; source attribution: claimed → ∅
en The bill is expected to pass. | The bill will pass.
   claim:altered; hedge: expected → ∅
en A bomb killed at least 12 in two attacks. | A bomb killed at least 14 in two attacks.
   claim:altered; number killed: 12 → 14
en Twelve people were injured in the crash. | Twelve people were hurt in the crash.
   unclear?
en Two soldiers were wounded in the attack. | Two soldiers were injured in the attack.
   unclear?
en The minister resigned on Friday. | The minister stepped down on Friday.
   unclear?
en The coach was fired after three defeats. | The coach was sacked after three defeats.
   wording?
en He was taken into custody on Sunday. | He was detained on Sunday.
   unclear?
en He was pronounced dead at the scene. | He died at the scene.
   unclear?
en The suspect was shot dead by police. | The suspect was fatally shot by police.
   unclear?
en The bill was passed by the Senate. | The Senate approved the bill.
   unclear?
en The firm is to lay off 500 workers. | The firm will make 500 workers redundant.
   unclear?
en Thousands took to the streets. | Thousands demonstrated.
   unclear?
en The quake struck at dawn. | The earthquake hit at dawn.
   unclear?
en The court rejected the appeal. | The court dismissed the appeal.
   unclear?
en It comes after months of protests. | It follows months of protests.
   unclear?
en He faces up to 10 years in jail. | He faces up to 10 years in prison.
   wording?
en The two countries signed a ceasefire. | The two countries signed a truce.
   wording?
en The storm made landfall on Tuesday. | The storm came ashore on Tuesday.
   unclear?
de Der Mann wurde zu sechs Jahren Haft verurteilt. | Der Mann muss sechs Jahre ins Gefängnis.
   unclear?
de Der Minister trat am Freitag zurück. | Der Minister legte am Freitag sein Amt nieder.
   unclear?
de Der Trainer wurde entlassen. | Der Trainer wurde gefeuert.
   unclear?
de Zwölf Menschen wurden verletzt. | Zwölf Menschen erlitten Verletzungen.
   unclear?
de Der Mann starb noch am Unfallort. | Der Mann verstarb noch am Unfallort.
   wording?
de Zwei Menschen kamen ums Leben. | Zwei Menschen starben.
   unclear?
fr Il a été condamné à six ans de prison. | Il a été condamné à six ans de réclusion.
   unclear?
fr Le ministre a démissionné vendredi. | Le ministre a quitté ses fonctions vendredi.
   unclear?
fr Deux personnes sont mortes. | Deux personnes sont décédées.
   unclear?
fr Deux personnes ont été tuées. | Deux personnes ont perdu la vie.
   unclear?
es Dos personas murieron en el accidente. | Dos personas fallecieron en el accidente.
   wording?
es El ministro dimitió el viernes. | El ministro renunció el viernes.
   unclear?
es El entrenador fue despedido. | El entrenador fue destituido.
   unclear?
it Due persone sono morte. | Due persone hanno perso la vita.
   unclear?
it Il ministro si è dimesso venerdì. | Il ministro ha lasciato l'incarico venerdì.
   unclear?
pt Duas pessoas morreram no acidente. | Duas pessoas perderam a vida no acidente.
   unclear?
nl Twee mensen kwamen om het leven. | Twee mensen overleden.
   unclear?
en Twelve people were injured. | Twelve people were killed.
   claim:altered; number injured: Twelve → ∅; number killed: ∅ → Twelve
en The minister resigned on Friday. | The minister will step down on Friday.
   claim:altered
en The minister resigned. | The minister is to resign.
   claim:altered
en United won the match. | United lost the match.
   claim:altered; negation opposite: won → lost
en The appeal was rejected. | The appeal was upheld.
   claim:altered; negation: rejected → ∅
en The appeal was rejected. | The appeal was thrown out.
   unclear?
en The strike was postponed. | The strike was called off.
   claim:altered
en The strike was cancelled. | The strike was called off.
   unclear?
en The suspect is believed to be armed. | The suspect is armed.
   claim:altered; hedge: believed → ∅
en Two men were shot dead by police. | Two men were gunned down by police.
   unclear?
en She was sentenced to six years in prison. | She was sentenced to life in prison.
   claim:altered; date: six years → ∅
en She was jailed for six years. | She was sentenced to nine years in prison.
   claim:altered; number: six → nine
fr Trois personnes sont mortes. | Trois personnes ont été blessées.
   claim:altered
es Tres personas murieron. | Tres personas resultaron heridas.
   claim:altered
en The wall is 10 miles long. | The wall is 10 miles (about 16 kilometers) long.
   wording?
en The deal is worth 3 billion euros ($3.3 billion). | The deal is worth 4 billion euros.
   claim:altered; number money: 3 billion → 4 billion; number money: $3.3 billion → ∅
en He weighs 80kg (176 pounds). | He weighs 80kg.
   wording?
en Twelve people (three of them children) died. | Twelve people died.
   claim:removed; number killed: three → ∅
en The firm lost £3m (£2m in cash). | The firm lost £3m.
   claim:removed; number money: £2m → ∅
en Profit was £3m (£2m). | Profit was £3m.
   claim:removed; number money: £2m → ∅
fr Le prix est de 20 euros (22 dollars). | Le prix est de 20 euros.
   wording?
en The new BBC Two series starts. | The new BBC One series starts.
   claim?:altered
en He was driving in the Formula 1 race. | He was driving in the race.
   claim:removed; place: Formula → ∅
en In Gaza 12 civilian deaths were reported. | In Gaza 15 civilian deaths were reported.
   claim:altered; number killed: 12 → 15
en In Gaza 12 civilian deaths were reported. | In Gaza civilian deaths were reported.
   claim:removed; number killed: 12 → ∅
en He says it may take years. | He said it might take years.
   unclear?
en It can take years. | It could take years.
   claim:altered; hedge: can → could
en Experts predicted it was likely to see the most automation over the next 10 years. | Experts predicted it was likely to see the most automation over 10 years.
   wording?
de Er arbeitete dort über zehn Jahre. | Er arbeitete dort zehn Jahre.
   claim:altered; hedge: über → ∅
en Over 10 people died. | Ten people died.
   claim:altered; hedge: Over → ∅
en About 40 people died. | Forty people died.
   claim:altered; hedge: About → ∅
en The mayor vowed to fight the ruling. | The mayor pledged to fight the ruling.
   wording
en The suspect fled the scene. | The suspect ran away from the scene.
   unclear?
en Two hikers went missing on Monday. | Two hikers disappeared on Monday.
   unclear?
en Firefighters put out the blaze. | Firefighters extinguished the fire.
   unclear?
en The talks broke down. | The talks collapsed.
   unclear?
en He set fire to the shop. | He torched the shop.
   unclear?
en The bank went bust. | The bank went bankrupt.
   unclear?
en He pleaded guilty to fraud. | He admitted fraud.
   claim:altered; source attribution: ∅ → admitted
en The troops withdrew from the town. | The troops pulled out of the town.
   unclear?
en The minister apologised. | The minister said sorry.
   unclear?
en The dam burst. | The dam gave way.
   unclear?
de Die Firma ist pleite. | Die Firma ist insolvent.
   unclear?
de Der Vorsitzende gab sein Amt auf. | Der Vorsitzende trat zurück.
   unclear?
fr Le suspect a pris la fuite. | Le suspect s'est enfui.
   unclear?
es El sospechoso huyó. | El sospechoso se dio a la fuga.
   unclear?
it Il sospettato è fuggito. | Il sospettato si è dato alla fuga.
   unclear?
pt O suspeito fugiu. | O suspeito pôs-se em fuga.
   unclear?
nl De verdachte sloeg op de vlucht. | De verdachte vluchtte.
   unclear?
nl De minister trad af. | De minister stapte op.
   unclear?
en The rebels won the battle of the port. | The rebels claimed victory in the battle of the port.
   claim:altered; hedge: ∅ → claimed
"""

test_words_that_say_the_same_are_no_changed_claim = judged_as_listed(EDITS)

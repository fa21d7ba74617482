"""Short edits as editors make them in French and Spanish, each with what is said of it."""

from tests.edit_judgements import judged_as_listed

EDITS = """\
fr Le gouvernment a présenté son budget mardi. | Le gouvernement a présenté son budget mardi.
   form
fr Les victimes ont été transporté à l'hôpital. | Les victimes ont été transportées à l'hôpital.
   wording
fr Le président a evoqué une crise sans précedent. | Le président a évoqué une crise sans précédent.
   form
fr La voiture a percuté un arbre à la sortie du village. | L'auto a percuté un arbre à la sortie du village.
   wording?
fr Les pompiers ont évacué l'immeuble. | L'immeuble a été évacué par les pompiers.
   wording
fr Selon la police, deux hommes ont été arrêtés. | Deux hommes ont été arrêtés, a indiqué la police.
   wording
fr « Nous sommes prêts », a dit le maire. | « Nous sommes prêts », a déclaré le maire.
   wording
fr Le suspect a tiré sur la foule. | Le suspect aurait tiré sur la foule.
   claim:altered; hedge: ∅ → aurait
fr L'attaque a fait dix morts. | L'attaque aurait fait dix morts.
   claim:altered; hedge: ∅ → aurait
fr Le meurtrier présumé a été arrêté. | Le meurtrier a été arrêté.
   claim:altered; hedge: présumé → ∅
fr L'incendie a fait 12 morts. | L'incendie a fait 14 morts.
   claim:altered; number killed: 12 → 14
fr Le déficit atteint 3,5 % du PIB. | Le déficit atteint 5,3 % du PIB.
   claim:altered; number percent: 3,5 % → 5,3 %
fr La ville compte 1 200 000 habitants. | La ville compte 1,2 million d'habitants.
   form
fr Le projet coûte 2 millions d'euros. | Le projet coûte 2 milliards d'euros.
   claim:altered; number money: 2 millions → 2 milliards
fr La température a atteint 40 degrés. | La température a atteint 42 degrés.
   claim:altered; number: 40 → 42
fr La réunion aura lieu lundi. | La réunion aura lieu jeudi.
   claim:altered; date: lundi → jeudi
fr L'accident s'est produit hier. | L'accident s'est produit lundi.
   claim?:altered; date: hier → lundi
fr La séance a commencé à 20h30. | La séance a commencé à 20 h 30.
   form
fr La séance a commencé à 20h30. | La séance a commencé à 21h30.
   claim:altered; date time: 20h30 → 21h30
fr Le ministre Bruno Retailleau a démissionné. | Le ministre Gérald Darmanin a démissionné.
   claim:altered; name: Bruno Retailleau → Gérald Darmanin
fr Le directeur de l'usine a été entendu. | Le directeur adjoint de l'usine a été entendu.
   claim?:added
fr Sa femme a été entendue par les enquêteurs. | Son ex-femme a été entendue par les enquêteurs.
   claim?:added
fr Le frère de la victime a témoigné. | Le cousin de la victime a témoigné.
   claim?:altered
fr Moscou a rejeté la proposition. | La Russie a rejeté la proposition.
   unclear?
fr L'Iran a bombardé le port. | Israël a bombardé le port.
   claim:altered; place: Iran → Israël
fr Il a été mis en examen pour meurtre. | Il a été condamné pour meurtre.
   claim:altered
fr Trois marins sont portés disparus. | Trois marins sont morts.
   claim:altered
fr L'homme est blessé. | L'homme est mort.
   claim:altered
fr Le maire a confirmé sa présence. | Le maire n'a pas confirmé sa présence.
   claim:altered; negation: ∅ → n; negation: ∅ → pas
fr Tous les passagers ont survécu. | La plupart des passagers ont survécu.
   claim?:altered
fr Certains élèves ont été malades. | Tous les élèves ont été malades.
   claim?:altered
fr L'accident a eu lieu à Lyon. | L'accident a eu lieu à Lille.
   claim:altered; place: Lyon → Lille
fr Il a parlé d'une « catastrophe ». | Il a parlé d'une « tragédie ».
   claim?:altered; quote removed: « catastrophe » → ∅; quote added: ∅ → « tragédie »
fr La société n'a pas répondu à nos questions. | La société n'a pas souhaité répondre à nos questions.
   wording?
fr Le conducteur était ivre. | Le conducteur était fatigué.
   unclear?
fr Les prix ont augmenté en mai. | Les prix ont baissé en mai.
   claim:altered; negation opposite: augmenté → baissé
fr Le tribunal a approuvé la fusion. | Le tribunal a rejeté la fusion.
   claim:altered; negation: ∅ → rejeté
fr Le conducteur, qui avait bu, a été arrêté. | Le conducteur a été arrêté.
   claim:removed
fr Le conducteur a été arrêté. | Le conducteur, qui avait bu, a été arrêté.
   claim:added
fr Deux hommes ont été arrêtés. Un troisième est en fuite. | Deux hommes ont été arrêtés.
   claim:removed
fr Deux hommes ont été arrêtés et un troisième est en fuite. | Deux hommes ont été arrêtés. Un troisième est en fuite.
   form
fr Le chien a mordu le facteur. | Le facteur a mordu le chien.
   claim?:altered
fr Le feu a détruit trois maisons. | L'incendie a détruit trois maisons.
   wording?
fr Le ministre va démissionner. | Le ministre a démissionné.
   claim?:altered
fr Selon la police, le tireur a agi seul. | Le tireur a agi seul.
   claim:altered; source attribution: police → ∅
fr Le chef de l'Etat s'exprimera jeudi. | Le chef de l'État s'exprimera jeudi.
   wording
es El gobieno presentó el presupuesto el martes. | El gobierno presentó el presupuesto el martes.
   form
es La policia detuvo a dos hombres. | La policía detuvo a dos hombres.
   form
es Las víctimas fueron trasladado al hospital. | Las víctimas fueron trasladadas al hospital.
   wording
es El coche chocó contra un árbol. | El automóvil chocó contra un árbol.
   wording?
es Los bomberos evacuaron el edificio. | El edificio fue evacuado por los bomberos.
   wording
es Según la policía, dos hombres fueron detenidos. | Dos hombres fueron detenidos, informó la policía.
   wording
es "Estamos listos", dijo el alcalde. | "Estamos listos", afirmó el alcalde.
   wording
es El sospechoso disparó contra la multitud. | El sospechoso habría disparado contra la multitud.
   claim:altered; hedge: ∅ → habría
es El presunto asesino fue detenido. | El asesino fue detenido.
   claim:altered; hedge: presunto → ∅
es El ministro desvió fondos públicos. | El ministro presuntamente desvió fondos públicos.
   claim:altered; hedge: ∅ → presuntamente
es El incendio dejó 12 muertos. | El incendio dejó 14 muertos.
   claim:altered; number killed: 12 → 14
es El déficit alcanza el 3,5% del PIB. | El déficit alcanza el 5,3% del PIB.
   claim:altered; number percent: 3,5% → 5,3%
es La ciudad tiene 1.200.000 habitantes. | La ciudad tiene 1,2 millones de habitantes.
   form
es El proyecto cuesta 2 millones de euros. | El proyecto cuesta 2.000 millones de euros.
   claim:altered; number money: 2 millones → 2.000 millones
es La reunión será el lunes. | La reunión será el jueves.
   claim:altered; date: lunes → jueves
es El accidente ocurrió ayer. | El accidente ocurrió el lunes.
   claim?:altered; date: ayer → lunes
es La esposa del ministro declaró. | La exesposa del ministro declaró.
   claim?:altered
es El hermano de la víctima declaró. | El primo de la víctima declaró.
   claim?:altered
es Moscú rechazó la propuesta. | Rusia rechazó la propuesta.
   unclear?
es Irán bombardeó el puerto. | Israel bombardeó el puerto.
   claim:altered; place: Irán → Israel
es Fue acusado de asesinato. | Fue condenado por asesinato.
   claim:altered; hedge: acusado → ∅
es Tres marineros están desaparecidos. | Tres marineros están muertos.
   claim:altered
es El hombre está herido. | El hombre está muerto.
   claim:altered
es El alcalde confirmó su asistencia. | El alcalde no confirmó su asistencia.
   claim:altered; negation: ∅ → no
es Todos los pasajeros sobrevivieron. | La mayoría de los pasajeros sobrevivieron.
   claim?:altered
es Algunos alumnos enfermaron. | Todos los alumnos enfermaron.
   claim?:altered
es El accidente ocurrió en Sevilla. | El accidente ocurrió en Valencia.
   claim:altered; place: Sevilla → Valencia
es Habló de una «catástrofe». | Habló de una «tragedia».
   claim?:altered; quote removed: «catástrofe» → ∅; quote added: ∅ → «tragedia»
es La empresa no respondió a las preguntas. | La empresa no quiso responder a las preguntas.
   wording?
es El conductor estaba borracho. | El conductor estaba cansado.
   unclear?
es Los precios subieron en mayo. | Los precios bajaron en mayo.
   claim:altered; negation opposite: subieron → bajaron
es El tribunal aprobó la fusión. | El tribunal rechazó la fusión.
   claim:altered; negation: ∅ → rechazó
es El conductor, que había bebido, fue detenido. | El conductor fue detenido.
   claim:removed
es El conductor fue detenido. | El conductor, que había bebido, fue detenido.
   claim:added
es Dos hombres fueron detenidos. Un tercero está huido. | Dos hombres fueron detenidos.
   claim:removed
es Dos hombres fueron detenidos y un tercero está huido. | Dos hombres fueron detenidos. Un tercero está huido.
   form
es El perro mordió al cartero. | El cartero mordió al perro.
   claim?:altered
es El fuego destruyó tres casas. | El incendio destruyó tres casas.
   wording?
es El ministro va a dimitir. | El ministro ha dimitido.
   claim?:altered
es Según la policía, el tirador actuó solo. | El tirador actuó solo.
   claim:altered; source attribution: policía → ∅
es El juez dictó sentencia este martes. | El juez ha dictado sentencia este martes.
   wording
es EEUU envió dos barcos. | EE UU envió dos barcos.
   form
es Las fuerzas rusas cruzaron el río. | Las fuerzas ucranianas cruzaron el río.
   claim?:altered
es El juez liberó al hombre. | El hombre fue liberado por el juez.
   wording
fr Le ministre va parler lundi. | Le ministre parlera lundi.
   wording
es El alcalde va a hablar hoy. | El alcalde hablará hoy.
   wording
"""

test_an_edit_is_judged_by_what_it_says = judged_as_listed(EDITS)

"""Who did violence is part of what a sentence says, in the active and the passive; so is how bad the harm was."""

from tests.edit_judgements import judged_as_listed

EDITS = """\
en Officers shot the man on the bridge. | The man was shot on the bridge.
   claim?:removed
fr Il a été blessé par un policier devant la gare. | Il a été blessé devant la gare.
   claim?:removed
es El hombre fue herido por la policía en la plaza. | El hombre fue herido en la plaza.
   claim?:removed
en The bill was passed by the council on Monday night. | The bill was passed on Monday night.
   wording?
en The fire destroyed the hall. | The fire damaged the hall.
   claim?:altered
en She was seriously hurt in the fall. | She was slightly hurt in the fall.
   claim?:altered
fr Il souffre de blessures légères. | Il souffre de blessures graves.
   claim?:altered
de Das Haus wurde beschädigt. | Das Haus wurde zerstört.
   claim?:altered
"""

test_an_edit_is_judged_by_whether_it_names_who_did_it = judged_as_listed(EDITS)

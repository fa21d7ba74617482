"""Find sources that were anonymous and are named now, and the other way round."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from .mentions import lowered

if TYPE_CHECKING:
    from tracker.model.change import Fact

_ANONYMOUS = re.compile(
    r"(?<!\w)(?:(?:a |one |two |three |several |some |other |the )?"
    r"(?:(?:people|persons?|officials?|sources?|executives?|diplomats?|aides?|insiders?|bankers?|lawyers?)"
    r"(?: \w+){0,3} (?:familiar with|briefed on|close to|with (?:direct )?knowledge of)"
    r"(?: (?:the|its|his|her|their))?(?: \w+)?"
    r"|(?:anonymous|unnamed|unidentified) \w+|sources?(?= (?:said|say|says|told|close))|sources?(?=,| in ))"
    r"|on (?:the )?condition (?:of anonymity|(?:they|he|she) not be (?:named|identified))|speaking anonymously"
    r"|(?:asked|asking|declined|wished|requested) not to be (?:named|identified)|declined to be (?:named|identified)"
    r"|not authori[sz]ed to (?:speak|talk|comment)\w*"
    r"|(?:aus|nach angaben aus|in) \w*kreisen|insidern?|eingeweihten?|mit der (?:sache|angelegenheit) vertraut\w*"
    r"|\w* ?anonym\w*|nicht namentlich genannt\w*|informanten"
    r"|sous (?:le )?couvert (?:de l'|d')anonymat|(?:une |des |de )?sources? (?:proches?|anonymes?|au fait)\w*"
    r"|(?:un |des )?proches? du dossier"
    r"|(?:una |unas )?fuentes?(?: \w+)? (?:cercanas?|anónimas?|conocedoras?|del caso)|fuentes(?= )|anonimato"
    r"|fonti?(?: vicin[ae]| anonim[ae])|fonti(?= )|anonimato"
    r"|fontes?(?: próximas?| anónimas?| anônimas?)|fontes(?= )"
    r"|(?:anonieme )?bronnen|ingewijden|anonimiteit)(?!\w)"
)


def anonymity_changed(names: Sequence[Fact], sides: tuple[str, str]) -> tuple[str, str, str] | None:
    """Return (old, new, how) where a source is named that was anonymous before, or the other way round.

    Args:
        names: the names that differ between the two sides.
        sides: both texts.
    """
    if not names:
        return None
    before, after = (_ANONYMOUS.search(lowered(side)) for side in sides)
    if bool(before) == bool(after):
        return None
    if before:
        new = next((fact.new for fact in names if fact.new and not fact.old), "")
        return (sides[0][before.start() : before.end()].strip(), new, "anonymous to named") if new else None
    old = next((fact.old for fact in names if fact.old and not fact.new), "")
    return (old, sides[1][after.start() : after.end()].strip(), "named to anonymous") if after and old else None

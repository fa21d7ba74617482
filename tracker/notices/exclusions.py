# ruff: noqa: E501 - a list of words is read by its heading, not by its line ends
"""What has the words of a notice and is none: terms of a contract, furniture of a site, what others wrote or corrected."""

from __future__ import annotations

import re
from typing import Final

from .vocabulary import meanings

# What privacy policies and terms tell their readers, about the correction of personal data among others.
_READERS_RIGHT: Final = re.compile(
    r"\byou (?:\w+ )?have (?:the|a) (?:\w+ )?right\b|\b(?:du hast|sie haben|haben sie|hast du|ihr habt) (?:\w+ ){0,2}(?:das|ein) (?:\w+ )?recht\b"
    r"|\bvous (?:avez|disposez)(?: \w+)? (?:le |du |d[’']un )droit\b|\b(?:tienes?|tendrá)(?: \w+)? derecho\b|\b(?:hai|avete)(?: \w+)? (?:il )?diritto\b"
    r"|\bvocê tem(?: \w+)? (?:o )?direito\b|\b(?:u hebt|u heeft|je hebt|heeft u|hebt u|heb je)(?: \w+){0,2} recht\b",
    re.IGNORECASE,
)
# "Updates to this privacy notice".
_TERMS: Final = re.compile(
    r"\b(?:this|these|the updated) (?:\w+ )?(?:privacy (?:notice|policy|statement)|polic(?:y|ies)|terms|agreement|licen[cs]e|eula|conditions)\b"
    r"|\bupdat\w+ (?:our|the) (?:\w+ ){0,3}?(?:terms|polic(?:y|ies)|agreement)\b|\bthird[- ]party services?\b"
    r"|\b(?:diese[rn]?|unsere[rn]?) (?:datenschutz\w+|nutzungsbedingungen|bedingungen|richtlinien?|agb|vereinbarung)\b"
    r"|\b(?:cette|la présente|notre) (?:déclaration|politique|charte)\b|\b(?:ces|les présentes|nos) (?:conditions|cgu|cgv)\b"
    r"|\b(?:esta|nuestra|la presente) política\b|\b(?:estos|nuestros|los presentes) términos\b|\b(?:estas|nuestras|las presentes) condiciones\b"
    r"|\b(?:questa|la presente|nostra) (?:informativa|politica)\b|\b(?:questi|i presenti|nostri) termini\b|\b(?:queste|le presenti) condizioni\b"
    r"|\b(?:esta|nossa|a presente) política\b|\b(?:estes|nossos|os presentes) termos\b"
    r"|\b(?:dit|deze|ons|onze) (?:privacy\w+|(?:algemene |gebruiks)?voorwaarden|cookiebeleid)\b"
    r"|\b(?:your personal (?:data|information)|ihre personenbezogenen daten|vos données personnelles|(?:tus|sus) datos personales|i (?:tuoi|vostri) dati personali|seus dados pessoais|(?:uw|je) persoonsgegevens)\b",
    re.IGNORECASE,
)
# "We may update this page from time to time": what may be changed, or will be, is not what was.
_MAY_CHANGE: Final = re.compile(
    r"\A\W*(?:if an|si une?|wenn ein|falls ein|sollte ein|si un|se un|se uma|als een|indien een)\w* (?:error|mistake|erreur|fehler|errore?|erro|fout)\b|\b(?:if|when(?:ever)?) we (?:make|change|update|amend|modify|revise)\b|\bwe (?:may|might|can|reserve the right to|will(?: also)? (?:post|notify|publish)) (?:[\w,]+ ){0,4}?(?:chang|updat|amend|modif|revis|edit|correct)"
    r"|\b(?:any|all) (?:such )?(?:changes?|updates?|amendments|modifications?) (?:\w+ ){0,4}?(?:will|shall|may) be\b"
    r"|\bwir (?:können|dürfen|behalten uns)\b.{0,60}(?:änder|aktualisier|anpass|anzupass|korrigier)"
    r"|\bnous (?:pouvons|pourrons|nous réservons)\b.{0,60}(?:modifi|mettre à jour|actualis|corrig)|\btoute (?:modification|mise à jour|correction) (?:\w+ ){0,4}?(?:sera|doit|devra|peut)\b|\b(?:pour|de) toute (?:modification|mise à jour)\b|\bil est possible que des erreurs\b"
    r"|\b(?:podemos|podremos|nos reservamos)\b.{0,60}(?:modific|actualiz|cambi|corrig|correg)|\bcualquier (?:modificación|cambio|actualización) (?:\w+ ){0,4}?(?:será|se )"
    r"|\b(?:possiamo|potremo|ci riserviamo)\b.{0,60}(?:modific|aggiorn|corregg)|\b(?:qualsiasi|ogni|eventuali) (?:modific\w+|aggiornament\w+) (?:\w+ ){0,4}?(?:sarà|saranno|verrà|verranno)\b"
    r"|\b(?:poderemos|reservamo-nos|nos reservamos)\b.{0,60}(?:modific|alter|atualiz)|\b(?:qualquer|quaisquer) (?:alteraç\w+|modificaç\w+|atualizaç\w+) (?:\w+ ){0,4}?(?:será|serão)\b"
    r"|\b(?:kunnen|mogen) (?:we|wij)\b.{0,60}(?:wijzig|aanpass|bijwerk|aanvull)|\b(?:we|wij) (?:kunnen|mogen|behouden ons)\b.{0,60}(?:wijzig|aan te pass|aanpass|bijwerk|bij te werk)",
    re.IGNORECASE,
)
# "Here you find external content", "sign up to receive updates", "more on this", "comments on this article".
_FURNITURE: Final = re.compile(
    r"\b(?:externen? inhalte?|contenus? externes?|contenidos? externos?|contenut[oi] estern[oi]|conteúdos? externos?|externe inhoud|external content)\b|\bmit einem klick\b"
    r"|\b(?:sign|signed|signing) up\b|\b(?:email|e-mail|push) (?:updates|alerts|notifications)\b|\bnewsletter\b.{0,40}\b(?:subscri|abonn|suscri|iscri|assin|aanmeld|inschrijv)"
    r"|\baffiliate\b|\b(?:earn|receive) (?:an? |a small )?commissions?\b|\byour (?:comment|feedback|reply)\b|\b(?:post|leave|write|add) a comment\b",
    re.IGNORECASE,
)
# "I added a few comments", "this should be moved to another page": what editors of a wiki tell each other.
_OF_A_TALK_PAGE: Final = re.compile(
    r"\A\W*i (?:have )?(?:just )?(?:added|removed|changed|modified|edited|reverted|moved|merged)\b"
    r"|\b(?:should|needs? to|ought to|could) be (?:\w+ )?(?:integrated|merged|incorporated|moved|split|deleted|rewritten) (?:in|into|to|from|with)\b"
    r"|\bit should be noted that this (?:article|page|entry)\b",
    re.IGNORECASE,
)
# "Contrary to what the leaflet said, …"
_CONTRARY: Final = re.compile(
    r"\W*(?:contrary to|unlike|entgegen|anders als|contrairement à|contrariamente a|al contrario de|en contra de|diversamente da|a differenza di|ao contrário d|diferentemente d|in tegenstelling tot|anders dan)(?P<clause>[^,.;:]+)[,.;:]",
    re.IGNORECASE,
)
# What the clause after "contrary to" has if it is about the text at hand: "contrary to what we wrote", "… was reported here".
_OF_THIS_TEXT: Final = frozenset({"this", "TEXT", "US", "published", "wrote", "at first", "earlier", "by mistake"})
_LETTERS: Final = re.compile(r"[^\W\d_]+")


def is_of_rights(text: str) -> bool:
    """Return whether `text` tells readers which right they have."""
    return _READERS_RIGHT.search(text) is not None


def is_of_terms(text: str) -> bool:
    """Return whether `text` is about terms or a policy, or about what may be changed some day."""
    return bool(_TERMS.search(text) or _MAY_CHANGE.search(text))


def is_of_others(text: str) -> bool:
    """Return whether `text` is furniture of a site, or about what others than the outlet wrote or changed."""
    return bool(_FURNITURE.search(text) or _OF_A_TALK_PAGE.search(text)) or _contradicts_others(text)


def _contradicts_others(text: str) -> bool:
    """Return whether `text` begins with "contrary to what the leaflet said": it contradicts somebody else."""
    contrary = _CONTRARY.match(text)
    if contrary is None:
        return False
    found = {name for word in _LETTERS.findall(contrary["clause"].lower()) for name in meanings(word)}
    return _OF_THIS_TEXT.isdisjoint(found)

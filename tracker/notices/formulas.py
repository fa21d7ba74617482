# ruff: noqa: E501 - a list of words is read by its heading, not by its line ends
"""Set phrases of notices in seven languages, by what they announce.

Everything else is recognised by the meanings of words (`vocabulary.py`); these are too short for that, or none of their
words means anything on its own.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

_TEXT: Final = r"(?:noticia|información|nota|notizia|articolo|pezzo|matéria|notícia|reportagem|artigo|texto|artículo)"
_NAMES: Final = (
    r"(?:(?:les )?(?:pré)?noms?|(?:el |los )?nombres?|(?:i |il )?nom[ei]|(?:os? )?nomes?|(?:de )?nam(?:en|e)?)"
)
_FORMULAS: Final = {
    "developing": r"^\W*(?:this is a )?(?:developing|breaking)(?: news)? story|^\W*more (?:to come|follows)|check back for (?:updates|more)|^\W*(?:mehr|weitere(?: informationen| details)?|details)(?: (?:in kürze|folgen?|dazu in kürze))+"
    rf"|^\W*plus (?:d'informations?|de détails) (?:à (?:suivre|venir)|dans)|^\W*(?:en breve|más información en|habrá más información|seguimos (?:ampliando|actualizando))|\b{_TEXT} (?:en|in|em) (?:desarrollo|ampliación|elaboración|evolución|aggiornamento|evoluzione|atualização|actualização|desenvolvimento)"
    r"|^\W*(?:em|in) (?:atualização|actualização|aggiornamento)\W*$|^\W*(?:seguono|seguiranno) |^\W*mais (?:informações|detalhes) (?:em|a)\b|^\W*(?:meer (?:informatie )?volgt|later meer|meer volgt)",
    "fictitious": rf"\b{_NAMES}(?: [\wéèí]+){{0,5}}? (?:d'emprunt|fictifs?|ficticios?|supuestos?|de? fantasia|fictícios?|gefingeerd|fiktiv|(?:a|ont) été (?:modifiés?|changés?)|ha(?:n)? sido (?:cambiad|modificad)os?|(?:foi|foram) (?:trocad|alterad)os?)|\bnamen? (?:\w+ )?(?:von der redaktion )?geändert|\bnames? (?:have|has|were|was)(?: been)? changed",
    "before": r"\b(?:interview|essay|article|column|piece|intervista|entrevista|entretien|gespräch|gesprek|kommentar|artikel|artículo|articolo|artigo)\b.{0,20} (?:(?:was|were) (?:written|conducted|recorded|filed|completed) before|(?:wurde|entstand|erschien) vor |a été (?:réalisée?|écrite?|conduite?) avant|se (?:hizo|realizó|escribió|grabó) antes|(?:è|era) stat[oa] (?:fatt|realizzat|scritt|registrat)[oa] prima|foi (?:feit|escrit|gravad)[oa] antes|(?:is|werd) (?:afgenomen|geschreven|opgenomen|gehouden) voor)",
    "asks to state": r"\b(?:(?:we would|would) like to (?:point out|make (?:it )?clear|clarify)|asked us to (?:point out|note|state|clarify|make clear)|leg(?:t|en) wert auf die feststellung|(?:tient|tiennent|tenons) à préciser|nous (?:demande|prie) de préciser|(?:nos pide|pide) que (?:precis|aclar)\w+|ci chied\w+ di (?:precisare|chiarire)|pede(?:-nos)? (?:que esclare\w+|para esclarecer)|hech(?:t|ten) eraan te (?:melden|benadrukken))",
    "read as": r"\b(?:donde (?:se |ponía |pone |decía |dice )|onde se l(?:ia|ê)|là où nous|dove si legge)\b.*\b(?:debe|debía|debería|leia-se|leggasi|si legga|léase)|\bleia-se\b|\bil fallait lire|\bes muss (?:richtig )?heißen|\bmuss es (?:richtig )?heißen|\b(?:it )?should have (?:read|said|been)\b",
    "our error": r"\bist uns (?:\w+ ){0,4}?(?:fehler|versehen|irrtum) unterlaufen|\buns ist (?:\w+ ){0,4}?(?:fehler|versehen|irrtum) unterlaufen|\b(?:hat|haben) sich (?:\w+ ){0,4}?fehler eingeschlichen|\berreur s'est glissée|\b(?:error )?se (?:ha )?desliz[óa]\w*|\bwij? hebben ons vergist|\bci siamo sbagliati:|\bnos equivocamos al\b|\bwe (?:got it|were) wrong(?::| to (?:say|write))|\berr(?:ámos|amos|ou) (?:ao|na|no|em)\b",
    "disclosure": r"\b(?:author|writer|reporter|columnist|autor|autorin|auteur|autora|autore)(?:'s)?\b.{0,30} (?:(?:is|ist|est|es|è|é) (?:an?|ein|eine|un|une|une|um|uma|de)? ?(?:consultant|member|shareholder|cousin|mitglied|berater\w*|membre|conseill\w+|consulente|membro|socio|consultor\w*)|advises|advise|conseille|asesora|adviseert|owns|works for|worked for|(?:travel|trip) was paid)",
    "withdrawn": r"\b(?:(?:dé|des)publi(?:é|cad)\w*|no longer (?:stand|available)|nicht mehr (?:abrufbar|verfügbar)|(?:n'est|no está|non è|não está|is niet) (?:plus|más|più|mais|meer) (?:disponible|disponibile|disponível|beschikbaar)|offline (?:genommen|gehaald)|(?:comments|kommentar\w*|commentaires|comentarios|commenti|comentários|reacties) .{0,40}(?:closed|geschlossen|fermés|cerrados|chiusi|encerrados|gesloten))",
}


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return the names and expressions, compiled when they are first looked for."""
    return tuple((name, re.compile(words)) for name, words in _FORMULAS.items())


def formulas(low: str) -> list[str]:
    """Return what the set phrases of a text in lower case with straight apostrophes announce."""
    return [name for name, pattern in _patterns() if pattern.search(low)]

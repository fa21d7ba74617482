# ruff: noqa: E501 - a list of words is read by its heading, not by its line ends
"""Tell cheaply which lines may be notices: most are not, and are measured no further."""

from __future__ import annotations

import re
from typing import Final

# Every notice has a word that begins so, or begins with a label. Most paragraphs have neither and are not measured.
_STEMS: Final = re.compile(
    r"\b(?:corr|korr|rectif|rettif|retific|berich|richtig|rechtgez|amend|altered|clarif|klarst|klarheit|präzis|versi|versão|fassung|édition|edition|edizione|edici[oó]n|edição|ausgabe|origin|integrat|complement|behob"
    r"|err[aeo]|incorre|inaccu|inexact|onjuist|irrtüm|fälsch|falsch|mist|wrong|mis(?:st|id|sp|at|la|qu|rep|ch|na|da|le)|untrue|fout|verkeerd|abuis|abusiev|sbagl|equiv|engan"
    r"|apolog|sorry|excus|entschuld|unterlaufen|lapso|versehen|svist|vergissing|uns ist|disculp|desculp|scus|lament|regret|bedauern|updat|aktuali|ergänz|erweitert|actuali|aggi|atuali"
    r"|acresc|añadi|agreg|ampli|bijgew|aangev|aangep|aangesch|toegevoegd|gewijz|angepass|veranderd|vervang|verwij|verwiss|vertauscht|weggeh|hersteld|herschr|geänd|ersetzt"
    r"|ausgetauscht|entf|gelösch|zurückgez|umform|offline|mise? à|ajout|complét|enrichi|modif|remplac|refor|retir|suppr|elimin|suprim|rimoss|tolto|cambi"
    r"|sostit|alterad|substit|trocad|mudad|invert|remov|replac|withdrawn|withheld|taken (?:\w+ ){0,3}?down|retract|unpub|delet|changed|edited|revised|added|adds|expanded|rewr"
    r"|recast|refil|redrawn|reworded|fix|redak|rédac|redac|redaz|reda[cç]|ndlr|editor|hinweis|zunächst|ursprüng|zuerst|anders als|anders dan|initia|premier temps"
    r"|inicial|originari|originalm|en un p|a princ|iniz|in un p|eerder|originally|previously|(?:original|previous|prior|earlier|early) (?:print )?(?:version|edition|article|story|text|headline|report|draft|caption|post)|as printed|as first|contrary|contrair|contraria|contrário|diversamente|diferentem|as we had|duidelijk|misverst"
    r"|aclar|matiz|precis|précis|chiar|esclarec|para que quede|deixar claro|ambig|confu|missverst|mal-|for clarity|to avoid|point out|asked? us|our attention|the record"
    r"|mouture|stesura|coquille|refuso|gralha|tikfout|puntualiz|readers?|lector|lecteur|lectrice|lettor|lettric|leitor|lezer|leser|desarr|desenv|evoluz|developing|(?:we|our) (?:\w+ )?(?:wrote|said|reported|story|article|report|review|are|have|no|would|got|were)"
    r"|(?:this|our) (?:\w+ )?(?:story|article|post|piece|interview|column|page|report)|legen wert|hat uns|(?:dit|deze|ons) (?:artikel|bericht|stuk|verhaal)|dies\w+ (?:artikel|text|beitrag|interview|bericht)"
    r"|(?:cet|cette|ce|notre) (?:article|texte|entretien|interview|tribune|dépêche)|[dn]?est[ea] (?:art|tex|not|inf|entr|rep|mat)|quest[oa'] ?(?:art|tes|int)|(?:het|dit|das|dieses|l'|this|a|la|cet) ?(?:interview|intervista|entretien|entrevista) (?:is|werd|wurde|was|a été|è|foi|se) ?"
    r"|donde decía|onde se l|headline|caption|spelling|stood here|thank|grazie|merci|gracias|obrig|dank|gefing|fantasia|d'emprunt|fict|names? (?:have|has|were)|unkennt|paid for|klargest|verduid|hebben|gecorr|gepreci|hecht eraan|esclare|para que|incorpora|suggereerde|klopte"
    r"|schreven|meldden|meldde|wir hatten|hatte es|avions|tínhamos|avevamo|as we|écrit|geschrieben|scritto|escrito|published|publi[ceé]|nacht|stellungn|reaktion|identi|column|unkennt|incluíd|inserit|añadid|zum schutz|to protect|proteger|tutelar|bescherm|inducir|induzir|verwarring|deutlicher|photos? (?:have|has)|imagen|immagin|imagem|foto|vergist|wees ons|escrevemos|escribimos|dissemos|dijimos|abbiamo|avevamo|signal|advier|avisou)|\w(?:fehler|fout)\b|_"
)
_AFTER_LATIN: Final = "\u0370"
_FIRST_LETTERS: Final = re.compile(r"\W{0,4}(\w{1,4})")
# The first three letters of labels and of wires' notes, beside those in other scripts than Latin.
_LABEL_LETTERS: Final = frozenset(
    (
        "upd upg add ads cor rec rew rem cla fix del ref rep res cha dro top wri wra rpt sub ins com com akt erg kor act aña agg agr atu acr amp acl"
        " mod ajo err ber ric fe ret ret rät oik spr düz opr hel kla prä pré pre chi esc ver för wyj açı edi ed pub pro not nb n hin anm eig in"
        " tra ndl nd noo opm red od for upp opp opd gün tid bij aan rec ver her nas voe neu nie new gen voo zur zum à mea ed story sto mat nac toe eds"
    ).split()
)
# What else begins a notice inside the news text: a sentence on the text at hand.
_OPENS_ON_TEXT: Final = re.compile(
    r"\W{0,3}(?:(?:in )?(?:an?|the|our) (?:earlier|previous|prior|original|initial) |(?:this|our) (?:\w+ )?(?:story|article|post|piece|column|report|version)\b"
    r"|(?:in )?(?:der|einer?) (?:früher|erst|ursprüng|vorher)|dieser? (?:artikel|text|beitrag|meldung|bericht)\b|(?:dans )?une (?:première|précédente|version)"
    r"|(?:cet|cette|ce) (?:article|texte|dépêche)\b|(?:en )?una (?:primera )?(?:versión|anterior)|est[ea] (?:artículo|noticia|texto|información|nota)\b"
    r"|(?:in )?una (?:prima|precedente|versione)|quest(?:o |'|’)(?:articolo|testo)|(?:em |n)?uma (?:primeira |)versão|est[ea] (?:texto|reportagem|matéria|artigo)\b"
    r"|(?:in )?een eerdere|dit (?:artikel|bericht|stuk)\b|we (?:wrote|said|previously|originally|incorrectly|got|regret|have (?:corrected|updated|changed|removed))\b|wir (?:haben|hatten) )",
    re.IGNORECASE,
)


def may_begin(text: str) -> bool:
    """Say whether *text* begins as notices do that stand inside the news text: a look at its first words."""
    return _has_label_letters(text) or opens_on_text(text)


def opens_on_text(text: str) -> bool:
    """Say whether *text* begins as a sentence on the text at hand: "An earlier version of …"."""
    return _OPENS_ON_TEXT.match(text) is not None


def may_be_notice(text: str) -> bool:
    """Say whether *text* begins with a label or has a word that notices have."""
    return _has_label_letters(text) or _STEMS.search(text.lower().replace("’", "'")) is not None


def _has_label_letters(text: str) -> bool:
    first = _FIRST_LETTERS.match(text)
    prefix = first[1][:3].lower() if first is not None else ""
    return prefix in _LABEL_LETTERS or prefix >= _AFTER_LATIN

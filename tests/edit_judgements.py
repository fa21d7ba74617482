"""What the program says of an edit of one sentence, in a few words."""

from tracker import compare
from tracker.model.article import Article, Block, BlockKind
from tracker.model.change import Change


def changed(old: str, new: str, lang: str = "en") -> Change:
    base = Block(BlockKind.PARAGRAPH, "The council met in the old town hall on the square.")
    a, b = (Article(lang=lang, blocks=(base, Block(BlockKind.PARAGRAPH, text))) for text in (old, new))
    return compare(a, b)


def substance(change: Change) -> str:
    """Return what the one edit does to the claim; a question mark says that it is not sure."""
    (unit,) = change.units
    return unit.substance.value + "?" * (not unit.is_sure) + (f":{unit.direction.value}" if unit.direction else "")


def facts(change: Change) -> list[str]:
    """Return the facts that differ as "kind role: old → new"."""
    return [f"{f.kind.value} {f.role}".strip() + f": {f.old or '∅'} → {f.new or '∅'}" for f in change.facts]

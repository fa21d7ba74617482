"""Labelled articles for benchmarks/stories.py: news-like prose of ours, and real pages where there are any."""

from __future__ import annotations

import gzip
import random
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tracker.extraction.extractor import read
from tracker.model.article import Article, Block, BlockKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

NOUNS = """
agency airport appeal army attack audit ballot bank barge bill board bomb border bridge budget cabinet camp campaign
carrier case cease-fire chamber charge charity church clinic coalition coast collapse college commission committee
company compound convoy council court crash crew crisis dam deal debt deficit delegation demand deputy district
doctor drought drug economy election embassy emergency engine envoy epidemic evidence export factory farm ferry
festival fine fire flight flood forecast forest fraud freeze fund government governor growth guard harbor hearing
hospital hotel household import industry inflation inquiry inspector insurer investor island judge jury labor
landslide lawmaker lawsuit lawyer leader lease levy license loan loss majority mayor measure merger militia mine
minister ministry mission motion nurse office officer oil opposition order outage panel pardon parliament party
patient payroll pension pipeline plant plea police poll port power premier price prison probe profit program
prosecutor protest province quake quarter raid rail rally rate rebel recall reform refinery refugee region regulator
relief report rescue reserve resident rival road ruling sanction school sector senate sentence server shelter ship
shooting shore shortage siege soldier spending station stock storm strike student subsidy summit supply surgeon
survey suspect tariff tax teacher tenant tower trade train treaty trial troop tunnel turnout union vaccine valley
vehicle verdict vessel village vote wage ward warrant water wildfire witness worker
""".split()
VERBS = """
accused approved backed banned blamed blocked canceled challenged cleared closed condemned confirmed damaged
defended delayed demanded denied described destroyed discussed doubled ended evacuated examined expanded extended
faced filed found halted hit identified injured inspected joined launched left lifted lost met moved named offered
ordered overturned passed planned pledged praised promised proposed pulled questioned raised reached rebuilt
rejected released removed renewed replaced reported requested rescued resumed reviewed revised searched seized sent
settled shelved showed signed slowed sold sought stopped struck studied suspended tested threatened toured trimmed
urged vetoed visited warned withdrew won
""".split()
ADJECTIVES = """
acting aging ailing annual armed bitter broad central civil coastal costly crowded current deadly disputed domestic
early eastern empty entire federal fierce final foreign former fragile fresh heavy historic hostile idle independent
inner interim joint key large late legal local longtime main major mental military minor modest mobile mountainous
narrow national new northern old outgoing overnight partial peaceful pending permanent poor popular private public
quiet rare recent regional remote retired rising rural senior severe sharp single small southern special steep
strong sudden surprise tense tight top tough unpaid upper urban vacant vital volatile wealthy western wide
widespread worn young
""".split()
JOINTS = """
after before while because although as since until despite against near inside outside across under without toward
beyond during following amid over
""".split()
CLICHES = (
    "according to people familiar with the matter",
    "who spoke on condition of anonymity",
    "in a statement released late",
    "could not immediately be reached for comment",
    "the first of its kind in decades",
    "at a news conference in the capital",
    "did not respond to a request for comment",
    "is expected to appear in court next week",
    "for the first time since the war",
    "as part of a wider effort to",
    "told reporters on the sidelines of the meeting",
    "in what officials called a routine matter",
)
SYLLABLES = """
al an ar bel bor cal cas dor dra el en fal far gan gor hal har il is jan kar kel lan lor mar mel nor ol or pel per
ral ros sal sten tal tor ul val ven vor wel yar zan
""".split()
OUTLETS = tuple(
    f"{first} {last}"
    for first in "Harbor Valley Capital Northern Coastal Evening Lake Prairie".split()
    for last in "Post Courier Ledger Times Record Star".split()
)
BRANDS = ("AP", "Reuters", "Coastal Press", "Bloomberg", "AFP", "dpa")
SWAPS = {
    "said": "stated",
    "percent": "per cent",
    "after": "following",
    "but": "yet",
    "new": "fresh",
    "officials": "authorities",
    "people": "residents",
    "large": "big",
    "told": "informed",
    "early": "late",
}
START = datetime(2026, 10, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Labelled:
    """An article, whose text it is (*family*), which event it tells of, and when it appeared."""

    id: str
    article: Article
    family: str
    event: str
    at: datetime
    older: Article | None = None


def name(rng: random.Random, parts: int = 2) -> str:
    return "".join(rng.choice(SYLLABLES) for _ in range(parts)).capitalize()


def person(rng: random.Random) -> str:
    return f"{name(rng)} {name(rng, rng.choice((2, 3)))}"


def figure(rng: random.Random) -> str:
    return rng.choice(
        (str(rng.randint(11, 99)), str(rng.randint(100, 999)), f"{rng.randint(1, 40)}.{rng.randint(1, 9)}")
    )


class Writer:
    """Writes prose about one event: its people, places, figures and subjects return in every text."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.people = [person(rng) for _ in range(4)]
        self.places = [name(rng, 2) for _ in range(3)]
        self.figures = [figure(rng) for _ in range(6)]
        self.nouns = rng.sample(NOUNS, 14)
        self.verbs = rng.sample(VERBS, 10)

    def thing(self) -> str:
        rng = self.rng
        noun = rng.choice(self.nouns if rng.random() < 0.5 else NOUNS)
        if rng.random() < 0.45:
            return f"the {rng.choice(ADJECTIVES)} {noun}"
        return f"{rng.choice(('the', 'a', 'its', 'their', 'this'))} {noun}"

    def clause(self) -> str:
        rng = self.rng
        roll = rng.random()
        subject = self.thing()
        if roll < 0.25:
            subject = rng.choice(self.people)
        elif roll < 0.4:
            subject = f"{rng.choice(self.figures)} {rng.choice(self.nouns)}s"
        verb = rng.choice(self.verbs if rng.random() < 0.4 else VERBS)
        tail = f" {rng.choice(JOINTS)} {self.thing()}" if rng.random() < 0.6 else ""
        place = f" in {rng.choice(self.places)}" if rng.random() < 0.25 else ""
        return f"{subject} {verb} {self.thing()}{tail}{place}"

    def sentence(self) -> str:
        rng = self.rng
        said = self.clause()
        if rng.random() < 0.55:
            said += f" {rng.choice(JOINTS)} {self.clause()}"
        if rng.random() < 0.15:
            said += f", {rng.choice(CLICHES)}"
        if rng.random() < 0.15:
            said = f"“{said[0].upper()}{said[1:]},” {rng.choice(self.people)} said"
        return said[0].upper() + said[1:] + "."

    def paragraphs(self, count: int) -> list[str]:
        return [" ".join(self.sentence() for _ in range(self.rng.choice((1, 1, 2, 2, 3)))) for _ in range(count)]

    def headline(self) -> str:
        who, place = self.rng.choice(self.people).split()[1], self.rng.choice(self.places)
        return f"{who} {self.rng.choice(self.verbs)} {self.thing()} in {place}"


def article(title: str, paragraphs: list[str], lang: str = "en") -> Article:
    return Article(title=title, blocks=tuple(Block(BlockKind.PARAGRAPH, p) for p in paragraphs if p), lang=lang)


def real_pages(data: Path | None, limit: int | None) -> list[Article]:
    """Return real articles with at least six paragraphs, as our extractor reads them; one for each text."""
    if data is None:
        return []
    found: dict[str, Article] = {}
    paths = sorted(data.glob("pages/*/dev/pages/*.html.gz"), key=lambda path: path.name[::-1])
    for path in paths:
        if "recaptures" in path.parts:
            continue
        made = read(gzip.decompress(path.read_bytes())).article
        if len(made.editorial) >= 6 and 120 <= made.words <= 2500:
            found.setdefault(made.title or made.text[:80], made)
        if limit and len(found) >= limit:
            break
    return list(found.values())


# --- what outlets do to a text --------------------------------------------------------------------------------------


def _boilerplate(outlet: str) -> str:
    rng = random.Random(outlet)
    return (
        f"{outlet} is an independent newsroom. Sign up for our {rng.choice(NOUNS)} newsletter and never miss a story "
        f"about the {rng.choice(NOUNS)} or the {rng.choice(NOUNS)}. Follow us wherever you read the news. "
        f"© 2026 {outlet}. All rights reserved."
    )


def _promo(rng: random.Random) -> str:
    return f"{rng.choice(('Read more', 'See', 'More', 'Related'))}: {Writer(rng).headline()}"


def _styled(text: str, rng: random.Random, rate: float) -> str:
    words = text.split(" ")
    for i, word in enumerate(words):
        if rng.random() < rate:
            words[i] = SWAPS.get(word, rng.choice((word, f"also {word}", rng.choice(ADJECTIVES))))
    return " ".join(words)


def _corrected(paragraphs: list[str], rng: random.Random) -> list[str]:
    made = list(paragraphs)
    at = rng.randrange(len(made))
    made[at] = re.sub(r"\d+", lambda m: str(int(m.group()) + rng.randint(1, 9)), made[at], count=1)
    return made


def writethru(paragraphs: list[str], writer: Writer) -> list[str]:
    """Return the next version of a wire story: new lead, one edit, more at the end."""
    rng = writer.rng
    kept = _corrected(paragraphs[: max(4, int(len(paragraphs) * 0.9))], rng)
    return [writer.sentence(), *kept, *writer.paragraphs(rng.randint(0, 3))]


def wire_versions(writer: Writer, count: int) -> list[list[str]]:
    """Return the versions of a wire story: some bring a new top, some correct one figure and nothing else."""
    rng = writer.rng
    out = [writer.paragraphs(14)]
    while len(out) < count:
        changed = writethru(out[-1], writer)[:24] if rng.random() < 0.5 else _corrected(out[-1], rng)
        if changed not in out:
            out.append(changed)
    return out


def syndicated(origin: Article, rng: random.Random, outlet: str) -> Article:
    """Return *origin* as another outlet prints it: every change that leaves it the same text."""
    paragraphs = [b.text for b in origin.editorial]
    if rng.random() < 0.2:
        paragraphs = _corrected(paragraphs, rng)
    paragraphs = reprinted(_trimmed(paragraphs, rng), rng, outlet)
    title = origin.title if rng.random() < 0.4 else Writer(rng).headline()
    return article(title, paragraphs, origin.lang)


def reprinted(paragraphs: list[str], rng: random.Random, outlet: str) -> list[str]:
    """Return *paragraphs* in the outlet's style, some run together, with its dateline, promos and house lines."""
    if rng.random() < 0.5:
        rate = rng.uniform(0.005, 0.06)
        paragraphs = [_styled(p, rng, rate) for p in paragraphs]
    if rng.random() < 0.3 and len(paragraphs) > 3:
        at = rng.randrange(len(paragraphs) - 1)
        paragraphs = [*paragraphs[:at], " ".join(paragraphs[at : at + 2]), *paragraphs[at + 2 :]]
    return _dressed(paragraphs, rng, outlet)


def _trimmed(paragraphs: list[str], rng: random.Random) -> list[str]:
    """Return the text cut to a sixth or more (at least 50 words), or without one paragraph, or whole."""
    roll = rng.random()
    if roll < 0.4:
        total, keep, kept = sum(len(p.split()) for p in paragraphs), rng.uniform(0.15, 0.95), 0
        cut = []
        for paragraph in paragraphs:
            if kept >= max(50, total * keep):
                break
            cut.append(paragraph)
            kept += len(paragraph.split())
        return cut
    if roll < 0.6 and len(paragraphs) > 6:
        at = rng.randrange(2, len(paragraphs))
        return paragraphs[:at] + paragraphs[at + 1 :]
    return paragraphs


def _dressed(paragraphs: list[str], rng: random.Random, outlet: str) -> list[str]:
    """Return the text with a dateline of the outlet's own, and what the page puts between its paragraphs."""
    body = re.sub(r"^[^()]{0,40}\([^)]*\) — ", "", paragraphs[0])
    place = name(rng).upper()
    opening = (
        body,
        f"{place} ({rng.choice(BRANDS)}) — {body}",
        f"({rng.choice(BRANDS)}) — {body}",
        f"{place}, Oct. {rng.randint(1, 31)} ({outlet}) — {body}",
    )
    made = [rng.choice(opening), *paragraphs[1:]]
    if rng.random() < 0.25:
        made.insert(rng.randrange(1, len(made) + 1), Writer(rng).sentence())
    for _ in range(rng.choice((0, 0, 1, 2))):
        made.insert(rng.randrange(1, len(made) + 1), _promo(rng))
    return [*made, _boilerplate(outlet)] if rng.random() < 0.3 else made


# --- what looks alike and is not ----------------------------------------------------------------------------------


def follow_up(origin: Article, writer: Writer) -> Article:
    """Return a new text on the event that repeats old paragraphs, up to 55 percent of itself."""
    old = [b.text for b in origin.editorial]
    share = writer.rng.uniform(0.1, 0.55)
    new = writer.paragraphs(max(4, len(old) // 2))
    words = sum(len(p.split()) for p in new)
    background: list[str] = []
    for paragraph in writer.rng.sample(old, len(old)):
        size = sum(len(p.split()) for p in [*background, paragraph])
        if size / (size + words) > share:
            continue
        background.append(paragraph)
    return article(writer.headline(), [*new, *background])


def series(rng: random.Random) -> Article:
    """Return one day's report in a form that is filled anew every day."""
    form = random.Random(rng.randrange(12))
    template = []
    for paragraph in Writer(form).paragraphs(7):
        words = re.sub(r"\d+(?:\.\d)?", "@", paragraph).split()
        words[form.randrange(len(words))] = "@ percent"
        words[-1] = f"{words[-1].rstrip('.')} to @."
        template.append(" ".join(words))
    filled = [re.sub("@", lambda _: figure(rng), p) for p in template]
    return article(f"Daily report {rng.randint(1, 9999)}", filled)


def copies(
    total: int, rng: random.Random, real: list[Article], harder: Callable[[list[str], random.Random], list[str]]
) -> Iterator[Labelled]:
    """Yield *total* articles with the family whose text they hold, in an order that mixes families.

    *harder* is what outlets do to half of the copies beside the usual changes.
    """
    made = 0
    waiting: list[Labelled] = []
    while made + len(waiting) < total:
        family = f"f{made}-{len(waiting)}"
        waiting += _family(family, rng, real, harder)
        rng.shuffle(waiting)
        while len(waiting) > 4000 and made < total:
            made += 1
            yield replace(waiting.pop(), id=f"{made:06d}")
    rng.shuffle(waiting)
    for each in waiting[: total - made]:
        made += 1
        yield replace(each, id=f"{made:06d}")


def _family(
    family: str, rng: random.Random, real: list[Article], harder: Callable[[list[str], random.Random], list[str]]
) -> list[Labelled]:
    """Return a text and, of some, its copies, a follow-up, and another outlet's own piece that quotes it at length."""

    def label(made: Article, suffix: str = "", older: Article | None = None) -> Labelled:
        return Labelled("", made, family + suffix, family, START, older)

    roll = rng.random()
    if roll < 0.12:
        return [label(series(rng))]
    writer = Writer(rng)
    older, origin = _origin(writer, real)
    out = [label(origin, older=older)]
    if rng.random() < 0.3:
        with_house = [*(b.text for b in origin.editorial), _boilerplate(rng.choice(OUTLETS))]
        out[0] = replace(out[0], article=article(origin.title, with_house, origin.lang))
    if roll < 0.5:
        for _ in range(rng.choice((1, 1, 2, 3, 6))):
            source = older if older is not None and rng.random() < 0.25 else origin
            if rng.random() < 0.5:
                paragraphs = harder([block.text for block in source.editorial], rng)
                out.append(label(article(writer.headline(), paragraphs, source.lang)))
            else:
                out.append(label(syndicated(source, rng, rng.choice(OUTLETS))))
    if rng.random() < 0.35:
        out.append(label(follow_up(origin, writer), "-next"))
    if rng.random() < 0.2:
        statement = rng.choice(origin.editorial).text
        own = writer.paragraphs(max(4, 3 * len(statement.split()) // 40))
        out.append(label(article(writer.headline(), [*own[:2], statement, *own[2:]]), "-own"))
    return out


def _origin(writer: Writer, real: list[Article]) -> tuple[Article | None, Article]:
    """Return a text with the version before it; a real page where there is one left, which has none."""
    rng = writer.rng
    if real and rng.random() < 0.5:
        return None, real.pop()
    paragraphs = writer.paragraphs(rng.randint(5, 20))
    older = article(writer.headline(), paragraphs)
    newer = writethru(paragraphs, writer) if rng.random() < 0.5 else _corrected(paragraphs, rng)
    return older, article(writer.headline(), newer)

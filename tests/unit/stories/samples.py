"""A story of ours: a ferry, a fire on board, and how outlets print it."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from tracker.model.article import Article, Block, BlockKind, Notice, NoticeKind
from tracker.model.version import Version
from tracker.stories.propagation import Timeline

MORNING = datetime(2026, 11, 25, 6, tzinfo=UTC)

WIRE = (
    "SANDVIK (AP) — A fire on the ferry Aurelia killed 12 people early Wednesday, the coast guard of Norland said.",
    "The ship was carrying 340 passengers from Sandvik to Holm when smoke rose from the car deck shortly before dawn.",
    "“We saw the flames from the pier and started the boats at once,” said Captain Ida Brenner of the rescue service.",
    "Two helicopters lifted 58 passengers from the upper deck while fishing boats took the others ashore.",
    "The cause of the fire is not known. Investigators will board the ship once the hull has cooled.",
    "The Aurelia was built in 1998 and passed its last inspection in April, according to the owner, Norland Lines.",
    "Opposition leader Karl Osten asked why the sprinklers on the car deck had failed for the second time this year.",
    "Trains between both cities were crowded on Wednesday as Norland Lines took three sister ships out of service.",
)
OTHER = (
    "The city council of Marl voted on Tuesday to sell the old gasworks to a developer from the capital.",
    "Neighbors had asked for a park on the site, which has stood empty since the works were closed in 1987.",
    "Mayor Petra Lund said the 4.5 million raised would pay for two schools and a library in the north of town.",
    "Demolition is to start in March, and the first flats could be ready before the end of the decade.",
)
TOLD_ANEW = (
    "Twelve people died on the ferry Aurelia when fire broke out on the car deck between Sandvik and Holm.",
    "Captain Ida Brenner praised the fishermen who took passengers ashore; Norland Lines handed out blankets.",
    "Karl Osten said the sprinklers on the car deck of the Aurelia had failed before and blamed Norland Lines.",
)
CORRECTION = Notice(NoticeKind.CORRECTION, "Correction: The ferry carried 320 passengers, not 340 as reported earlier.")


def article(
    paragraphs: Iterable[str], *, title: str = "Fire on ferry kills 12", notices: Iterable[Notice] = (), **fields: Any
) -> Article:
    blocks = tuple(Block(BlockKind.PARAGRAPH, text) for text in paragraphs)
    return Article(title=title, blocks=blocks, notices=tuple(notices), **fields)


def hours(count: float) -> datetime:
    return MORNING + timedelta(hours=count)


def timeline(
    name: str, *states: tuple[float, Article], url: str = "", last_seen: float | None = None, **fields: Any
) -> Timeline:
    """Return an article whose versions were first seen so many hours after six in the morning."""
    address = url or f"https://{name}.test/ferry"
    versions = tuple(
        Version(article=name, n=n, url=address, seen=hours(at), content=content, extractor="x", capture_sha256="0" * 64)
        for n, (at, content) in enumerate(states, start=1)
    )
    seen = hours(last_seen) if last_seen is not None else None
    return Timeline(name, address, versions, source=name, last_seen=seen, **fields)


def corrected(paragraphs: Iterable[str] = WIRE) -> tuple[str, ...]:
    return tuple(text.replace("340", "320") for text in paragraphs)

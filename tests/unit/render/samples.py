from datetime import UTC, datetime, timedelta

from tests.articles import article
from tracker.model.article import Article, Notice, NoticeKind
from tracker.model.change import BlockChange, Change, Field, Label, LabelKind, NoticeChange, Op, Significance
from tracker.model.version import Version

NOON = datetime(2026, 11, 25, 12, 5, tzinfo=UTC)


def content(*paragraphs: str, title: str = "Portland visit postponed") -> Article:
    return article(
        *paragraphs,
        title=title,
        dek="A storm is near.",
        byline=("Ada Reyes",),
        published=NOON,
        notices=(Notice(NoticeKind.CORRECTION, "An earlier version misstated the number of boats."),),
    )


CHANGE = Change(
    title=Field(
        "Portland visit planned",
        "Portland visit postponed",
        (("=", "Portland visit "), ("-", "planned"), ("+", "postponed")),
    ),
    blocks=(
        BlockChange(Op.SAME, 0, 0, (("=", "The harbour was closed on Monday."),)),
        BlockChange(Op.SAME, 1, 1, (("=", "Ferries stayed in port."),)),
        BlockChange(
            Op.EDIT, 2, 2, (("=", "At least "), ("-", "three "), ("+", "four "), ("=", "boats sank in the night."))
        ),
        BlockChange(Op.INSERT, None, 3, (("+", "The mayor said so."),)),
        BlockChange(Op.DELETE, 3, None, (("-", "Nobody was hurt."),)),
        BlockChange(Op.MOVE, 6, 4, (("=", "The pier dates from 1911."),)),
        BlockChange(Op.SAME, 4, 5, (("=", "Winds reached 90 km/h."),)),
        BlockChange(Op.SAME, 5, 6, (("=", "More rain is due."),)),
    ),
    notices=(
        NoticeChange(
            NoticeKind.CORRECTION, "An earlier version misstated the number of boats.", Op.INSERT, explains=(2,)
        ),
    ),
    labels=(
        Label(LabelKind.HEADLINE, "planned → postponed"),
        Label(LabelKind.NUMBER, "three → four", (2,)),
    ),
    significance=Significance.MEDIUM,
    announced=True,
)


def version(n: int = 5, change: Change | None = CHANGE) -> Version:
    return Version(
        article="a7f30c1d9e22",
        n=n,
        url="https://example.org/portland",
        seen=NOON,
        previous_seen=NOON - timedelta(minutes=4),
        content=content("The harbour was closed on Monday."),
        extractor="1",
        capture_sha256="ab" * 32,
        change=change,
        source="Example",
        stories=("Portland",),
    )

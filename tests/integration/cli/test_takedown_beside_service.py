"""`writethru takedown` while the real service process checks that article all the time."""

from functools import partial
from pathlib import Path

from tests.archives import opened
from tests.programme.news_site import NUMBERS, NewsSite
from tests.service import RunningService, run_program
from tracker.archive.articles import get_article, list_articles
from tracker.archive.checks import list_checks
from tracker.archive.ledger.verify import verify
from tracker.archive.outbox import list_deliveries
from tracker.archive.versions import list_history
from tracker.model.watch import ArticleState


def test_the_service_checks_the_article_and_never_stores_its_text_again(tmp_path: Path, archive_url: str) -> None:
    with NewsSite() as site:
        site.write_config(tmp_path, archive_url, every="1s")
        with RunningService(tmp_path, "--migrate") as service, opened(archive_url, readonly=True) as archive:
            service.until("both pages are stored", lambda: service.has_stored(2))
            one, two = (each.id for each in list_articles(archive))
            for edition in range(2, 6):
                site.edition = edition
                service.until("the edition is stored", partial(service.has_stored, 2 * edition))
            # The newest version of one article, which the outlet goes on showing; and all of the other.
            newest = get_article(archive, one).versions
            for what in (f"{one}@{newest}", two):
                done = run_program(tmp_path, "takedown", what, "--reason", "court order 12/2026")
                assert done.returncode == 0, done.stderr
            path = "/" + get_article(archive, one).url.split("/", 3)[3]
            seen = len([None for _, each in site.requests if each == path])
            service.until(
                "it is checked again", lambda: len([None for _, each in site.requests if each == path]) > seen + 3
            )
            history = [(each.n, each.removed) for each in list_history(archive, one)]
            assert history[-1] == (newest, "court order 12/2026")
            # The outlet changes it: this text is stored, and that of the other article is not.
            site.edition = 7
            service.until("the next edition is stored", lambda: get_article(archive, one).versions > newest)
            service.until("it was checked", lambda: list_checks(archive, one, 1))
            assert NUMBERS[6] in list_history(archive, one)[-1].content.text
            assert get_article(archive, two).state is ArticleState.PAUSED
            assert all(each.removed and not each.content.text for each in list_history(archive, two))
            assert not [each for each in list_deliveries(archive, limit=100) if each.article == two and each.payload]
            assert verify(archive).damage == []
            assert service.stop() == 0
            assert service.errors == []

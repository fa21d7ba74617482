"""reextract: pages read again, said plainly, done once."""

from tests.archive_samples import URL
from tests.command_line import objects
from tracker.addresses.urls import article_id

ID = article_id(URL)


class TestReextract:
    def test_dry_run_then_for_good_then_nothing(self, kept):
        dry = kept("reextract", "--dry-run")
        assert "3 versions would be re-extracted" in dry.stdout
        assert "first_extractor" in kept("show", ID, "--json").stdout
        done = kept("reextract")
        assert "1 article, 3 versions re-extracted" in done.stdout
        assert kept("reextract").stderr.startswith("Nothing to do")
        kept("verify")
        kept("log", ID)
        assert "extractor" in kept("show", ID, "--meta").stdout

    def test_json(self, kept):
        *_, last = objects(kept("reextract", "--article", ID, "--json"))
        assert (last["summary"], last["articles"], last["versions"]) == (True, 1, 3)
        (last,) = objects(kept("reextract", "--json"))
        assert last["articles"] == 0

    def test_what_makes_no_sense(self, kept):
        kept("reextract", "--source", "Herold", code=2)
        kept("reextract", "--article", "ffff", code=2)

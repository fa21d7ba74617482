"""The sitemaps that a robots.txt names."""

from tests.archive_samples import NOW
from tracker.fetch.robots import MAX_ROBOTS_BYTES, sitemaps
from tracker.model.capture import RobotsRecord


def test_sitemaps_are_found_before_half_a_megabyte_of_blank_lines() -> None:
    first = "Sitemap: https://paper.example/news.xml"
    body = first + "\n" * (MAX_ROBOTS_BYTES - len(first))
    assert sitemaps(RobotsRecord(200, body, NOW)) == ["https://paper.example/news.xml"]

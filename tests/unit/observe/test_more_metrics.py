"""Gauges of how watching goes, and counters of requests."""

import urllib.request
from datetime import UTC, datetime

from prometheus_client.parser import text_string_to_metric_families

from tracker.model.counts import WatchState
from tracker.observe import metrics

SEEN = datetime(2026, 11, 25, 12, tzinfo=UTC)


def scraped(page) -> dict[tuple[str, ...], float]:
    with urllib.request.urlopen(f"http://{page.host}:{page.port}/metrics", timeout=60) as answer:
        text = answer.read().decode()
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items(), reverse=True))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_a_scrape_refreshes_the_gauges_first():
    state = WatchState(2, 90.5, ("a",), {"Herald": SEEN, "Post": None}, {("desk", "pending"): 3})
    page = metrics.serve("127.0.0.1:0", dict, refresh=lambda: metrics.set_watch_gauges(state))
    try:
        found = scraped(page)
        assert found["writethru_overdue_articles",] == 2
        assert found["writethru_lag_seconds",] == 90.5
        assert found["writethru_quarantined",] == 1
        assert found["writethru_last_success_timestamp_seconds", "Herald"] == SEEN.timestamp()
        assert found["writethru_last_success_timestamp_seconds", "Post"] == 0
        assert found["writethru_alerts_by_target", "desk", "pending"] == 3
        state = WatchState()
        assert ("writethru_alerts_by_target", "desk", "pending") not in scraped(page)
    finally:
        page.close()


def test_a_scrape_that_comes_while_gauges_are_set_misses_no_source():
    class Seen(dict[str, datetime]):
        """Sees whether another thread would find each source at any time."""

        def items(self):
            for name, at in super().items():
                yield name, at
                assert shown("Herald"), "a scrape would not find it"

    def shown(source: str) -> bool:
        return metrics.REGISTRY.get_sample_value(name, {"source": source}) is not None

    name = "writethru_last_success_timestamp_seconds"
    metrics.set_watch_gauges(WatchState(0, 0.0, (), {"Herald": SEEN, "Post": SEEN}, {}))
    metrics.set_watch_gauges(WatchState(0, 0.0, (), Seen(Post=SEEN, Herald=SEEN), {}))
    assert shown("Post")
    metrics.set_watch_gauges(WatchState(0, 0.0, (), {"Post": SEEN}, {}))
    assert shown("Post")
    assert not shown("Herald")


def test_requests_are_counted_by_host_and_outcome():
    metrics.count_request("counted.example", "ok")
    metrics.count_request("counted.example", "5xx")
    metrics.count_request("counted.example", "5xx")
    assert (
        metrics.REGISTRY.get_sample_value("writethru_requests_total", {"host": "counted.example", "outcome": "5xx"})
        == 2
    )

import http.client
import json
import socket
import urllib.error
import urllib.request
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.message import Message

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tracker.errors import AddressInUse, ConfigError
from tracker.model.watch import Counts, WatchState
from tracker.observe import metrics
from tracker.observe.metrics import HealthServer

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.fixture
def page():
    state: dict[str, object] = {"ok": True, "version": "0.1.0"}
    with closing(metrics.serve("127.0.0.1:0", lambda: state)) as served:
        yield served, state


def get(served: HealthServer, path: str) -> tuple[int, Message, bytes]:
    try:
        with urllib.request.urlopen(f"http://{served.host}:{served.port}{path}", timeout=60) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read()


def test_healthz_is_200_while_ok_and_503_when_not(page):
    served, state = page
    status, headers, body = get(served, "/healthz")
    assert status == 200
    assert headers["Content-Type"] == "application/json"
    assert headers["Cache-Control"] == "no-store"
    assert json.loads(body) == {"ok": True, "version": "0.1.0"}
    state["ok"] = False
    status, _, body = get(served, "/healthz")
    assert status == 503
    assert json.loads(body)["ok"] is False


def test_counters_have_no_second_series_for_their_creation(page):
    served, _ = page
    metrics.CRASHES.inc()
    text = get(served, "/metrics")[2].decode()
    assert "writethru_crashes_total" in text
    assert "_created" not in text


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("evil.example", 421),
        ("127.0.0.1.evil.example", 421),
        ("", 421),
        ("localhost:8765", 200),
        ("watch.example", 200),
    ],
)
def test_a_request_under_another_name_is_refused(host, status):
    with closing(metrics.serve("127.0.0.1:0", lambda: {"ok": True}, names={"watch.example"})) as served:
        for path in ("/healthz", "/metrics"):
            asking = http.client.HTTPConnection(served.host, served.port, timeout=60)
            asking.putrequest("GET", path, skip_host=True)
            asking.putheader("Host", host)
            asking.endheaders()
            assert asking.getresponse().status == status
            asking.close()


def test_metrics_can_be_read_by_prometheus(page):
    served, _ = page
    metrics.CHECKS.labels(source="Herald", outcome="unchanged").inc()
    metrics.set_archive_gauges(
        Counts(articles=3, versions=7, pending_alerts=2, dead_alerts=1, oldest_pending_at=NOW - timedelta(seconds=90)),
        NOW,
    )
    status, _, body = get(served, "/metrics")
    assert status == 200
    families = {family.name: family for family in text_string_to_metric_families(body.decode())}
    ours = [name for name in families if name.startswith("writethru_")]
    assert {"writethru_checks", "writethru_articles", "writethru_alerts"} <= set(ours)
    assert set(families) - set(ours) <= {name for name in families if name.startswith("process_")}
    assert families["writethru_alerts_pending_oldest_seconds"].samples[0].value == 90
    assert families["writethru_articles"].samples[0].value == 3


def test_the_age_of_an_empty_outbox_is_0():
    metrics.set_archive_gauges(Counts(), NOW)
    assert metrics.REGISTRY.get_sample_value("writethru_alerts_pending_oldest_seconds") == 0


def test_other_paths_and_methods_are_refused(page):
    served, _ = page
    assert get(served, "/")[0] == 404
    connection = http.client.HTTPConnection(served.host, served.port, timeout=60)
    connection.request("POST", "/healthz", body=b"x")
    assert connection.getresponse().status == 405
    connection.close()


def test_nothing_is_printed_for_a_request(page, capfd):
    get(page[0], "/healthz")
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("listen", ["0.0.0.0:0", "192.0.2.1:0", "[::]:0", "example.org:80"])
def test_an_address_others_can_reach_is_refused(listen):
    with pytest.raises(ConfigError, match="other machines"):
        metrics.serve(listen, dict)


@pytest.mark.parametrize("listen", ["", "127.0.0.1", ":80", "127.0.0.1:x", "127.0.0.1:70000"])
def test_an_invalid_address_is_refused(listen):
    with pytest.raises(ConfigError, match="not a host and port"):
        metrics.serve(listen, dict)


def test_localhost_is_loopback():
    with closing(metrics.serve("localhost:0", lambda: {"ok": True})) as served:
        assert served.host == "127.0.0.1"
        assert get(served, "/healthz")[0] == 200


def test_ipv6_loopback_is_served():
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no IPv6 loopback")
    with (
        closing(metrics.serve("[::1]:0", lambda: {"ok": True})) as served,
        urllib.request.urlopen(f"http://[::1]:{served.port}/healthz", timeout=60) as answer,
    ):
        assert answer.status == 200


def test_a_port_in_use_is_an_error(page):
    with pytest.raises(AddressInUse):
        metrics.serve(f"127.0.0.1:{page[0].port}", dict)


def test_close_frees_the_port_and_can_be_repeated():
    served = metrics.serve("127.0.0.1:0", dict)
    served.close()
    served.close()
    again = metrics.serve(f"127.0.0.1:{served.port}", dict)
    again.close()


def scraped(served: HealthServer) -> dict[tuple[str, ...], float]:
    text = get(served, "/metrics")[2].decode()
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items(), reverse=True))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_a_scrape_refreshes_the_gauges_first():
    state = WatchState(2, 90.5, ("a",), {"Herald": NOW, "Post": None}, {("desk", "pending"): 3})
    with closing(metrics.serve("127.0.0.1:0", dict, refresh=lambda: metrics.set_watch_gauges(state))) as page:
        found = scraped(page)
        assert found["writethru_overdue_articles",] == 2
        assert found["writethru_lag_seconds",] == 90.5
        assert found["writethru_quarantined",] == 1
        assert found["writethru_last_success_timestamp_seconds", "Herald"] == NOW.timestamp()
        assert found["writethru_last_success_timestamp_seconds", "Post"] == 0
        assert found["writethru_alerts_by_target", "desk", "pending"] == 3
        state = WatchState()
        assert ("writethru_alerts_by_target", "desk", "pending") not in scraped(page)


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
    metrics.set_watch_gauges(WatchState(0, 0.0, (), {"Herald": NOW, "Post": NOW}, {}))
    metrics.set_watch_gauges(WatchState(0, 0.0, (), Seen(Post=NOW, Herald=NOW), {}))
    assert shown("Post")
    metrics.set_watch_gauges(WatchState(0, 0.0, (), {"Post": NOW}, {}))
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

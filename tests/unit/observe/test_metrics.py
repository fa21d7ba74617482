import ctypes
import http.client
import json
import re
import shutil
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.message import Message
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from tracker import __version__
from tracker.config.root import parse
from tracker.errors import AddressInUse, ConfigError
from tracker.model.watch import Counts, WatchState
from tracker.observe import metrics
from tracker.observe.metrics import HealthServer, Readers, readers_of
from tracker.service import process

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.fixture
def page():
    state: dict[str, object] = {"ok": True, "version": __version__}
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
    assert json.loads(body) == {"ok": True, "version": __version__}
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
        ("scheduler:8765", 200),
        ("watch.example", 200),
    ],
)
def test_a_request_under_another_name_is_refused(host, status):
    with closing(metrics.serve("127.0.0.1:0", lambda: {"ok": True}, Readers({"watch.example"}))) as served:
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


TOKEN = "0123456789abcdef"


@pytest.mark.parametrize("listen", ["0.0.0.0:0", "192.0.2.1:0", "[::]:0", "example.org:80"])
def test_an_address_others_can_reach_needs_a_token_or_a_network(listen, monkeypatch):
    def read(more: str = "") -> Readers:
        return readers_of(parse(f'[service]\nlisten = "{listen}"\n{more}'.encode()))

    with pytest.raises(ConfigError, match="other machines") as refused:
        read()
    assert refused.value.hint == "set token or networks in the [service] table, or listen on 127.0.0.1"
    monkeypatch.setenv("HEALTH", "short")
    with pytest.raises(ConfigError, match="too short"):
        read('token = { env = "HEALTH" }')
    monkeypatch.setenv("HEALTH", TOKEN)
    assert read('token = { env = "HEALTH" }').token == TOKEN
    assert read('networks = ["10.1.2.3/8", "fd00::/8"]').networks == (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))


@pytest.mark.parametrize(
    ("client", "token", "networks", "status"),
    [
        ("127.0.0.1", "", (), 200),
        ("::1", "", (), 200),
        ("::ffff:127.0.0.1", "", (), 200),
        ("10.0.0.7", "", (), 403),
        ("10.0.0.7", "", ("10.0.0.0/8",), 200),
        ("::ffff:10.0.0.7", "", ("10.0.0.0/8",), 200),
        ("fd00::7", "", ("10.0.0.0/8", "fd00::/8"), 200),
        ("192.0.2.1", "", ("10.0.0.0/8",), 403),
        ("192.0.2.1", TOKEN, ("10.0.0.0/8",), 401),
        ("10.0.0.7", TOKEN, ("10.0.0.0/8",), 200),
    ],
)
def test_other_machines_can_read_from_a_named_network_or_with_the_token(client, token, networks, status):
    readers = Readers(token=token, networks=tuple(map(ip_network, networks)))
    refused = readers.refusal(client, "scheduler:8765", "")
    assert (200 if refused is None else int(refused[0][:3])) == status
    if status == 403:
        assert refused is not None
        assert "add its network to networks under [service]" in refused[1]


def test_only_the_whole_token_opens_the_pages_and_under_any_name():
    readers = Readers(token=TOKEN)
    assert readers.refusal("192.0.2.1", "watch.example", f"Bearer {TOKEN}") is None
    assert readers.refusal("192.0.2.1", "10.0.0.1", f"bearer {TOKEN}") is None
    for wrong in ("", TOKEN, f"Basic {TOKEN}", f"Bearer {TOKEN[:-1]}", "Bearer", "Bearer ", "Bearer \xe9\xff"):
        assert (readers.refusal("192.0.2.1", "10.0.0.1", wrong) or "")[0] == "401 Unauthorized"
        # A page of another site whose name leads here, in the browser of somebody in a named network.
        open_to_all = Readers(networks=(ip_network("0.0.0.0/0"),))
        assert (open_to_all.refusal("192.0.2.1", "evil.example", wrong) or "")[0] == "421 Misdirected Request"
    assert "0123" not in repr(readers)


def test_a_neighbour_reads_the_pages_with_the_token():
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as asking:
        try:
            asking.connect(("192.0.2.1", 9))  # sends nothing, and tells the address that others see
        except OSError:
            pytest.skip("this machine has no address but loopback")
        own = asking.getsockname()[0]
    with closing(metrics.serve("0.0.0.0:0", lambda: {"ok": True}, Readers(token=TOKEN))) as served:
        for path in ("/healthz", "/metrics"):
            connection = http.client.HTTPConnection(own, served.port, timeout=60)
            for headers, status in (({}, 401), ({"Authorization": f"Bearer {TOKEN}"}, 200)):
                connection.request("GET", path, headers=headers)
                answer = connection.getresponse()
                answer.read()
                assert answer.status == status
                assert answer.headers.get("WWW-Authenticate", "").startswith("Bearer") == (status == 401)
                connection.close()


def test_close_frees_the_port_and_a_port_in_use_is_an_error():
    with closing(metrics.serve("localhost:0", lambda: {"ok": True})) as served:
        assert served.host == "127.0.0.1"
        assert get(served, "/healthz")[0] == 200
    served = metrics.serve("127.0.0.1:0", dict)
    served.close()
    served.close()
    again = metrics.serve(f"127.0.0.1:{served.port}", dict)
    again.close()


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


def scraped(served: HealthServer) -> dict[tuple[str, ...], float]:
    text = get(served, "/metrics")[2].decode()
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items(), reverse=True))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_a_scrape_shows_the_gauges_that_were_set_last():
    metrics.set_watch_gauges(
        WatchState(2, 90.5, ("a",), {"Herald": NOW, "Post": None}, {("desk", "pending"): 3}, {"verify": NOW})
    )
    metrics.set_free_space(FOLDER, None, FOLDER / "not there")
    with closing(metrics.serve("127.0.0.1:0", dict)) as page:
        found = scraped(page)
        assert found["writethru_overdue_articles",] == 2
        assert found["writethru_lag_seconds",] == 90.5
        assert found["writethru_quarantined",] == 1
        assert found["writethru_last_success_timestamp_seconds", "Herald"] == NOW.timestamp()
        assert found["writethru_last_success_timestamp_seconds", "Post"] == 0
        assert found["writethru_alerts_by_target", "desk", "pending"] == 3
        assert found["writethru_last_done_timestamp_seconds", "verify"] == NOW.timestamp()
        assert [key for key in found if key[0] == "writethru_disk_free_bytes"] == [
            ("writethru_disk_free_bytes", str(FOLDER))
        ]
        assert 0 < found["writethru_disk_free_bytes", str(FOLDER)] < shutil.disk_usage(FOLDER).total
        metrics.set_watch_gauges(WatchState())
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


FOLDER = Path(__file__).parents[3] / "cron" / "monitoring"
RULES, DASHBOARD = FOLDER / "prometheus-rules.yml", FOLDER / "grafana-dashboard.json"
COURSES = Path(__file__).with_name("prometheus_rules.test.yml")
OTHERS = {"up", "process_resident_memory_bytes"}


def exposed() -> set[str]:
    """Return the names of all series that /metrics may show."""
    found = set()
    for family in metrics.REGISTRY.collect():
        found |= {family.name, f"{family.name}_total", f"{family.name}_info", f"{family.name}_bucket"}
    return found


def rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load(RULES.read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def expressions() -> list[str]:
    panels = json.loads(DASHBOARD.read_text())["panels"]
    return [str(rule["expr"]) for rule in rules()] + [each["expr"] for panel in panels for each in panel["targets"]]


def test_each_metric_that_is_asked_for_exists():
    named = {name for each in expressions() for name in re.findall(r"\b(?:writethru|process)_[a-z_]+", each)}
    assert len(named) > 15
    assert named - exposed() - OTHERS == set()


def test_each_rule_says_what_happened_and_has_a_course_of_values_in_which_it_fires():
    names = [str(rule["alert"]) for rule in rules()]
    assert len(set(names)) == len(names) > 8
    for rule in rules():
        assert rule["labels"]["severity"] in {"critical", "warning", "info"}
        assert rule["annotations"]["summary"]
    courses = yaml.safe_load(COURSES.read_text())["tests"]
    fired = {each["alertname"] for course in courses for each in course["alert_rule_test"] if each.get("exp_alerts")}
    assert fired == {rule["alert"] for rule in rules()}


def test_panels_do_not_overlap():
    taken: set[tuple[int, int]] = set()
    for panel in json.loads(DASHBOARD.read_text())["panels"]:
        at = panel["gridPos"]
        cells = {(at["x"] + x, at["y"] + y) for x in range(at["w"]) for y in range(at["h"])}
        assert not cells & taken
        assert at["x"] + at["w"] <= 24
        taken |= cells


@pytest.mark.parametrize("arguments", [("check", RULES), ("test", COURSES)], ids=["accepts", "runs"])
def test_promtool_agrees_with_the_rules(arguments: tuple[str, Path]):
    tool = shutil.which("promtool")
    if tool is None:
        pytest.skip("SKIPPED, NOT PASSED: no promtool here to check the rules with (Debian's package promtool has it)")
    action, file = arguments
    done = subprocess.run([tool, action, "rules", str(file)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


PIECES = """
import sys
from pathlib import Path
from tracker.service import process

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4 // 1024

if sys.argv[1] == "kept":
    process.return_freed_memory()
before, held, left = resident(), [], []
for turn in range(40):
    held.append(bytearray(b"x") * 4_000_000)
    left.append(b"y" * 200_000)
    if len(held) > 4:
        held.clear()
held.clear()
print(resident() - before)
"""

HOLES = """
from pathlib import Path
from tracker.service import process

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 // 1_000_000

freed, kept = [], []
for _ in range(2000):
    freed.append(bytearray(b"x") * 20_000)
    kept.append(bytearray(b"y") * 600)
freed.clear()
before = resident()
process.trim_heap()
print(before - resident())
"""


@pytest.mark.skipif(not process.return_freed_memory(), reason="only glibc has these options")
def test_large_blocks_are_returned():
    def grown(how: str) -> int:
        done = subprocess.run([sys.executable, "-c", PIECES, how], capture_output=True, text=True, check=True)
        return int(done.stdout)

    assert grown("kept") < 20


@pytest.mark.skipif(not process.return_freed_memory(), reason="only glibc has these options")
def test_the_heap_is_trimmed_between_blocks_in_use():
    done = subprocess.run([sys.executable, "-c", HOLES], capture_output=True, text=True, check=True)
    assert float(done.stdout) > 10


def test_other_c_libraries_are_left_alone(monkeypatch):
    monkeypatch.setattr(ctypes, "CDLL", lambda _name: object())
    assert process.return_freed_memory() is False
    process.trim_heap()

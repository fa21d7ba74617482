import os
import socket

import pytest

from tracker.service.process import notify_systemd, watchdog_interval


@pytest.fixture(params=["path", "abstract"])
def listener(request, tmp_path):
    name = str(tmp_path / "notify") if request.param == "path" else f"@writethru-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.bind(name.replace("@", "\0", 1) if name.startswith("@") else name)
        channel.settimeout(60)
        yield channel, {"NOTIFY_SOCKET": name}


def test_words_reach_systemd(listener):
    channel, environ = listener
    assert notify_systemd("READY=1", environ)
    assert channel.recv(100) == b"READY=1"


def test_the_environment_is_read_where_none_is_given(listener, monkeypatch):
    channel, environ = listener
    monkeypatch.setenv("NOTIFY_SOCKET", environ["NOTIFY_SOCKET"])
    assert notify_systemd("WATCHDOG=1")
    assert channel.recv(100) == b"WATCHDOG=1"


@pytest.mark.parametrize("address", ["", "relative", "/nowhere/at/all"])
def test_without_systemd_words_go_nowhere(address):
    assert not notify_systemd("READY=1", {"NOTIFY_SOCKET": address})
    assert not notify_systemd("READY=1", {})


@pytest.mark.parametrize(
    ("environ", "seconds"),
    [
        ({"WATCHDOG_USEC": "120000000"}, 120.0),
        ({"WATCHDOG_USEC": "500000", "WATCHDOG_PID": str(os.getpid())}, 0.5),
        ({"WATCHDOG_USEC": "500000", "WATCHDOG_PID": "1"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
        ({}, None),
    ],
)
def test_the_watchdog_interval_is_what_systemd_asks_of_this_process(environ, seconds):
    assert watchdog_interval(environ) == seconds


def test_the_watchdog_interval_reads_the_environment(monkeypatch):
    monkeypatch.delenv("WATCHDOG_USEC", raising=False)
    assert watchdog_interval() is None

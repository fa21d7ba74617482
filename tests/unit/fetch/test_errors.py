import errno
import ssl

import httpcore
import pytest

from tracker.fetch.errors import network_error
from tracker.model.capture import FailureKind


@pytest.mark.parametrize(
    ("error", "answered", "kind"),
    [
        (httpcore.RemoteProtocolError("illegal status line"), False, FailureKind.PROTOCOL),
        (httpcore.RemoteProtocolError("Server disconnected"), False, FailureKind.CONNECT),
        (httpcore.RemoteProtocolError("peer closed connection"), True, FailureKind.TRUNCATED),
        (httpcore.ReadError("reset"), True, FailureKind.TRUNCATED),
        (httpcore.ReadTimeout(), True, FailureKind.TIMEOUT),
        (httpcore.PoolTimeout(), False, FailureKind.TIMEOUT),
        (httpcore.LocalProtocolError("bad header"), False, FailureKind.BAD_URL),
        (ssl.SSLError(1, "bad record mac"), True, FailureKind.TLS),
    ],
)
def test_every_network_error_has_a_kind(error: Exception, answered: bool, kind: FailureKind) -> None:
    found = network_error(error, answered=answered)
    assert found.kind is kind
    assert found.reason


def test_the_reason_is_the_operating_systems_where_there_is_one() -> None:
    assert network_error(httpcore.ConnectError(""), answered=False).reason == (
        "the server cannot be reached: ConnectError"
    )
    error = httpcore.ConnectError("All connection attempts failed")
    error.__cause__ = OSError("All connection attempts failed")
    error.__cause__.__cause__ = OSError(errno.ECONNREFUSED, "Connect call failed ('192.0.2.1', 80)")
    assert network_error(error, answered=False).reason == ("the server cannot be reached: Connection refused")

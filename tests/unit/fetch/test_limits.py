import pytest

from tracker.fetch.errors import FetchError
from tracker.fetch.limits import BodyMeter, Limits
from tracker.model.capture import FailureKind


def test_a_body_that_is_too_large_ends_the_fetch() -> None:
    meter = BodyMeter(100, Limits(), "fetch.max_wire_bytes")
    meter.announce(100)
    meter.count(100)
    with pytest.raises(FetchError, match=r"raise fetch\.max_wire_bytes") as caught:
        meter.count(1)
    assert caught.value.kind is FailureKind.TOO_LARGE
    with pytest.raises(FetchError, match=r"larger than 100 bytes$"):
        BodyMeter(100, Limits()).announce(101)


def test_a_body_in_too_many_pieces_ends_the_fetch() -> None:
    meter = BodyMeter(100, Limits(max_pieces=1))
    meter.count(1)
    with pytest.raises(FetchError, match="small pieces") as caught:
        meter.count(1)
    assert caught.value.kind is FailureKind.PROTOCOL


def test_a_body_that_comes_too_slowly_ends_the_fetch() -> None:
    with pytest.raises(FetchError, match="too slowly") as caught:
        BodyMeter(100, Limits(slow_after_seconds=-1.0, min_bytes_per_second=1e12)).count(1)
    assert caught.value.kind is FailureKind.TIMEOUT

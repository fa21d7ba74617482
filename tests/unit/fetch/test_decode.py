import random
import sys
import zlib

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.fetch.decode import Decoder
from tracker.fetch.errors import FetchError
from tracker.model.capture import FailureKind

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

LIMIT = 200_000


def packed(body: bytes, wbits: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, wbits)
    return packer.compress(body) + packer.flush()


def gzip(body: bytes) -> bytes:
    return packed(body, 31)


PACKERS = {
    "gzip": gzip,
    "deflate-zlib": lambda body: packed(body, 15),
    "deflate-raw": lambda body: packed(body, -15),
    "br": brotli.compress,
    "zstd": zstd.compress,
    "identity": bytes,
}
PACKED = [name for name in PACKERS if name != "identity"]
TEXT = " ".join(f"The council met on day {n} and voted {n * 7} to {n}." for n in range(30)).encode()


def decoded(coding: str, wire: bytes, *, limit: int = LIMIT, size: int = 0) -> bytes:
    decoder = Decoder(coding.partition("-")[0], limit)
    step = size or max(len(wire), 1)
    for start in range(0, len(wire), step):
        decoder.feed(wire[start : start + step])
    return decoder.finish()


def fails(coding: str, wire: bytes, *, limit: int = LIMIT, size: int = 0) -> FailureKind:
    with pytest.raises(FetchError) as caught:
        decoded(coding, wire, limit=limit, size=size)
    assert caught.value.reason
    return caught.value.kind


@pytest.mark.parametrize("coding", PACKERS)
@given(body=st.binary(max_size=3000), size=st.integers(1, 700))
def test_what_was_compressed_comes_out_complete_however_it_was_split(coding: str, body: bytes, size: int) -> None:
    assert decoded(coding, PACKERS[coding](body), size=size) == body


@pytest.mark.parametrize("coding", PACKERS)
def test_a_long_body_comes_out_complete(coding: str) -> None:
    body = bytes(150_000) + random.Random(1).randbytes(20_000)
    assert decoded(coding, PACKERS[coding](body), size=997) == body


@pytest.mark.parametrize("coding", PACKED)
def test_a_truncated_body_is_never_taken_for_complete(coding: str) -> None:
    wire = PACKERS[coding](TEXT)
    for cut in range(len(wire)):
        assert fails(coding, wire[:cut]) is FailureKind.TRUNCATED, cut


@pytest.mark.parametrize("coding", PACKED)
@given(wire=st.binary(min_size=2, max_size=300))
def test_any_bytes_give_a_body_or_a_named_error(coding: str, wire: bytes) -> None:
    named = None
    try:
        decoded(coding, wire)
    except FetchError as error:
        named = error.kind
    assert named in {None, FailureKind.TRUNCATED, FailureKind.BAD_ENCODING, FailureKind.TOO_LARGE}


def test_a_changed_byte_in_gzip_is_noticed() -> None:
    wire = bytearray(gzip(TEXT))
    wire[-5] ^= 1
    assert fails("gzip", bytes(wire)) is FailureKind.BAD_ENCODING


@pytest.mark.parametrize("coding", PACKERS)
def test_the_limit_is_exact(coding: str) -> None:
    wire = PACKERS[coding](bytes(70_000))
    assert len(decoded(coding, wire, limit=70_000)) == 70_000
    assert fails(coding, wire, limit=69_999) is FailureKind.TOO_LARGE


@pytest.mark.parametrize("coding", PACKED)
def test_a_bomb_stops_at_the_limit(coding: str) -> None:
    assert fails(coding, PACKERS[coding](bytes(30_000_000)), limit=100_000) is FailureKind.TOO_LARGE


def test_gzip_of_several_members_is_one_body() -> None:
    wire = gzip(b"one ") + gzip(b"two ") + gzip(b"three")
    assert decoded("gzip", wire, size=3) == b"one two three"
    assert decoded("zstd", zstd.compress(b"one ") + zstd.compress(b"two")) == b"one two"
    inside_second_header = len(gzip(b"one ")) + 1
    assert fails("gzip", wire[:inside_second_header]) is FailureKind.TRUNCATED


@pytest.mark.parametrize("size", [0, 1, 7])
@pytest.mark.parametrize("tail", [b"\0" * 8, b"<!-- cached -->", b"PHP \x1f notice \x1f\x8b"])
def test_bytes_after_gzip_are_ignored(tail: bytes, size: int) -> None:
    assert decoded("gzip", gzip(TEXT) + tail, size=size) == TEXT


@pytest.mark.parametrize("size", [0, 1])
def test_bytes_after_brotli_or_zstd_are_not(size: int) -> None:
    assert fails("br", brotli.compress(TEXT) + b"junk", size=size) is FailureKind.BAD_ENCODING
    assert fails("zstd", zstd.compress(TEXT) + b"junkjunk", size=size) is FailureKind.BAD_ENCODING


def test_too_many_members_are_refused() -> None:
    assert fails("gzip", gzip(b"") * 1_100) is FailureKind.BAD_ENCODING


def test_zstd_with_a_window_beyond_the_standard_is_refused() -> None:
    options: dict[int, int] = {zstd.CompressionParameter.window_log: 26, zstd.CompressionParameter.compression_level: 1}
    packer = zstd.ZstdCompressor(options=options)
    assert fails("zstd", packer.compress(TEXT) + packer.flush()) is FailureKind.BAD_ENCODING


@pytest.mark.parametrize("name", ["", "identity", "none", "UTF-8", " identity , identity"])
def test_names_that_mean_no_coding(name: str) -> None:
    assert Decoder(name, LIMIT).coding == "identity"


def test_names_of_codings_are_not_case_sensitive() -> None:
    assert Decoder("X-GZip", LIMIT).coding == "gzip"
    assert Decoder("BR, identity", LIMIT).coding == "br"


@pytest.mark.parametrize("name", ["gzip, gzip", "br, gzip", "compress", "exi"])
def test_stacked_and_unknown_codings_are_refused(name: str) -> None:
    with pytest.raises(FetchError) as caught:
        Decoder(name, LIMIT)
    assert caught.value.kind is FailureKind.BAD_ENCODING

"""Ed25519 verification in Python alone (RFC 8032, section 5.1), for a verifier without dependencies."""

from __future__ import annotations

import hashlib

# The field, the order of the base point, the constant of the curve, and a square root of -1.
_P = 2**255 - 19
_L = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, _P - 2, _P) % _P
_ROOT = pow(2, (_P - 1) // 4, _P)
# X, Y, Z and T with x = X/Z, y = Y/Z and xy = T/Z: adding two points needs no division (section 5.1.4).
_Point = tuple[int, int, int, int]

VECTOR = (
    "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025 af82"
    " 6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
    "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
)
"""Public key, message and signature: test 3 of RFC 8032, section 7.1."""


def _x_of(y: int, sign: int) -> int:
    square = (y * y - 1) * pow(_D * y * y + 1, _P - 2, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * _ROOT % _P
    # One encoding for each point: without the last two, a signature could be written in other bytes (section 5.1.3).
    if (x * x - square) % _P or y >= _P or (x == 0 and sign):
        raise ValueError("not a point of the curve")
    return _P - x if x & 1 != sign else x


def _point(data: bytes) -> _Point:
    number = int.from_bytes(data, "little")
    y, sign = number & ((1 << 255) - 1), number >> 255
    x = _x_of(y, sign)
    return x, y, 1, x * y % _P


def _add(a: _Point, b: _Point) -> _Point:
    one, two = (a[1] - a[0]) * (b[1] - b[0]) % _P, (a[1] + a[0]) * (b[1] + b[0]) % _P
    three, four = 2 * a[3] * b[3] * _D % _P, 2 * a[2] * b[2] % _P
    e, f, g, h = two - one, four - three, four + three, two + one
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _times(count: int, point: _Point) -> _Point:
    total: _Point = (0, 1, 1, 0)
    while count:
        if count & 1:
            total = _add(total, point)
        point, count = _add(point, point), count >> 1
    return total


_BASE = _point((4 * pow(5, _P - 2, _P) % _P).to_bytes(32, "little"))


def is_signed(public: bytes, message: bytes, signature: bytes) -> bool:
    """Return whether `signature` (64 bytes) is the Ed25519 signature of `message` by `public` (32 bytes)."""
    if len(public) != 32 or len(signature) != 64:
        return False
    try:
        key, nonce = _point(public), _point(signature[:32])
    except ValueError:
        return False
    factor = int.from_bytes(signature[32:], "little")
    # A larger one would do as well, so that anyone could make a second valid signature of one (section 5.1.7).
    if factor >= _L:
        return False
    digest = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % _L
    left, right = _times(factor, _BASE), _add(nonce, _times(digest, key))
    return all((left[axis] * right[2] - right[axis] * left[2]) % _P == 0 for axis in (0, 1))

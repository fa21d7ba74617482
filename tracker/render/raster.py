"""Draw SVG as PNG and measure texts, with resvg, Pillow (`writethru[picture]`) and the fonts of this machine."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from io import BytesIO
from typing import Final

from tracker.errors import ConfigError

from .html import text

_EXTRA: Final = ("resvg_py", "PIL")
FONTS: Final = (
    "Noto Sans, DejaVu Sans, Liberation Sans, Open Sans, Roboto, Ubuntu, Cantarell, Arial, Helvetica, Segoe UI, "
    "Noto Sans Arabic, Noto Sans Hebrew, Noto Sans Devanagari, Noto Sans CJK SC, sans-serif"
)
# Longer texts do not fit the picture in which they are measured.
MAX_RUN_CHARACTERS: Final = 24
# XML cannot contain these, even escaped.
_NOT_XML: Final = dict.fromkeys((0xFFFE, 0xFFFF))
MAX_REMEMBERED: Final = 20_000
_remembered: dict[tuple[str, bool], float] = {}
_EM_PIXELS: Final = 25
_CHARACTER_EMS: Final = 1.2  # the widest letters are a little wider than the font is high
_ROW_PIXELS: Final = 3
# Drawn behind each text, so that its advance is measured and not its ink: spaces have none.
_BAR: Final = "|"
_LAST_LATIN: Final = "\u024f"
_NO_CHARACTER: Final = "\U0010fffd"
_SYMBOLS: Final = frozenset({"So", "Sk", "Co", "Cn"})


def can_draw() -> bool:
    """Return whether the extra is installed and finds a font."""
    return all(map(find_spec, _EXTRA)) and _has_font()


def missing_script(words: str) -> str:
    """Return a script of `words` of which no font here has the letters, as in "CJK"; "" if all can be drawn.

    One letter of each script is tried. Raises ConfigError if the extra is missing.
    """
    letters = {
        unicodedata.name(char, "UNKNOWN").partition(" ")[0]: char
        for char in dict.fromkeys(words)
        if char > _LAST_LATIN and unicodedata.category(char)[0] in "LN"
    }
    return next((script for script, char in letters.items() if not _has_glyph(char)), "")


def without_missing_symbols(words: str) -> str:
    """Return `words` without the symbols that no font here has; they would be drawn as boxes."""
    symbols = {char for char in words if char > _LAST_LATIN and unicodedata.category(char) in _SYMBOLS}
    return words.translate({ord(char): None for char in symbols if not _has_glyph(char)})


@cache
def _has_glyph(char: str) -> bool:
    """Return whether a character looks different from one that no font has."""
    drawn, box = (
        png(
            f'<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20" font-family="{FONTS}" font-size="16">'
            f'<text x="1" y="16">{each}</text></svg>'
        )
        for each in (char, _NO_CHARACTER)
    )
    return drawn != box


@cache
def _has_font() -> bool:
    try:
        _widths([("n", False)])
    except ConfigError:
        return False
    return True


def png(svg: str) -> bytes:
    """Return a picture as a PNG file, in the size that it names. Raises ConfigError if the extra is missing."""
    if not all(map(find_spec, _EXTRA)):
        raise ConfigError("pictures need the picture extra", hint="run: pip install 'writethru[picture]'")
    import resvg_py

    return bytes(resvg_py.svg_to_bytes(svg_string=svg.translate(_NOT_XML)))


def text_widths(runs: Sequence[tuple[str, bool]]) -> list[float]:
    """Return the widths of texts, bold if true, in units of the font size. Raises ConfigError as `png` does."""
    found = {run: width for run in runs if (width := _remembered.get(run)) is not None}
    if new := [run for run in dict.fromkeys(runs) if run not in found]:
        found |= zip(new, _widths(new), strict=True)
        # All at once: measuring some again costs less than knowing which ones were used last.
        if len(_remembered) > MAX_REMEMBERED:
            _remembered.clear()
        _remembered.update(found)
    return [found[run] for run in runs]


def _widths(runs: Sequence[tuple[str, bool]]) -> list[float]:
    """Return the widths of texts with kerning, shaping and fonts that substitute for others.

    The texts are drawn, flattened to rows of a small picture, and the last pixel of each row is found: resvg has no
    other way to measure text. Raises ConfigError if the extra is missing or finds no font.
    """
    drawn = [(_BAR, False), (_BAR, True), *((run[:MAX_RUN_CHARACTERS] + _BAR, bold) for run, bold in runs)]
    rows = "".join(
        f'<text transform="translate(0 {(at + 0.7) * _ROW_PIXELS}) scale({_EM_PIXELS / 100} {_ROW_PIXELS / 150})"'
        f' font-weight="{700 if bold else 400}">{text(run)}</text>'
        for at, (run, bold) in enumerate(drawn)
    )
    width = _EM_PIXELS * _CHARACTER_EMS * max(len(run) for run, _ in drawn)
    picture = png(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{_ROW_PIXELS * len(drawn)}"'
        f' font-family="{FONTS}" font-size="100" xml:space="preserve">{rows}</svg>'
    )
    from PIL import Image

    with Image.open(BytesIO(picture)) as image:
        across, opaque = image.width, image.getchannel("A").tobytes()
    # Of each row of pixels, the place after the last one that is drawn.
    ends = [len(opaque[start : start + across].rstrip(b"\0")) for start in range(0, len(opaque), across)]
    found = [max(ends[at : at + _ROW_PIXELS]) for at in range(0, len(ends), _ROW_PIXELS)]
    if not all(found):
        raise ConfigError(
            "no font was found to draw a picture with",
            hint="run: apt-get install fonts-noto-core (or fonts-dejavu-core)",
        )
    bars = found[:2]
    return [(end - bars[bold]) / _EM_PIXELS for end, (_, bold) in zip(found[2:], runs, strict=True)]

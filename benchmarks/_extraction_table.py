"""The table of the extraction benchmark: measures by extractor, with the target that ours is held to."""

from __future__ import annotations

from typing import Any

from _extraction_adapters import METADATA

OURS = "writethru"
SHORT = {
    "writethru": "ours",
    "trafilatura": "traf",
    "trafilatura fast": "fast",
    "trafilatura precision": "prec",
    "newspaper4k": "np4k",
    "readability-lxml": "rdbl",
    "resiliparse": "resi",
    "goose3": "goos",
}
HEAD = frozenset({"title", "authors", "day", "minute"})
READS_HEAD = frozenset({"writethru", "newspaper4k", "goose3"})
AT_LEAST, AT_MOST = ">=", "<="
Row = tuple[str, str, str, str, float | None]
ROWS: tuple[Row, ...] = (
    # what is printed, where it is in the figures (part, measure), and the target
    ("scrapinghub F1", "scrapinghub", "F1", AT_LEAST, 0.972),
    ("  exact", "scrapinghub", "exact", AT_LEAST, 0.46),
    ("  ms a page", "scrapinghub", "ms", AT_MOST, 2.0),
    ("fundus F1", "fundus", "F1", AT_LEAST, 0.97),
    ("  paragraph F1", "fundus", "paragraph F1", AT_LEAST, 0.93),
    ("  title exact", "fundus", "title", AT_LEAST, 0.88),
    ("  authors, same set", "fundus", "authors", AT_LEAST, 0.9),
    ("  day", "fundus", "day", AT_LEAST, 0.98),
    ("  minute", "fundus", "minute", AT_LEAST, 0.96),
    ("  ms a page", "fundus", "ms", AT_MOST, 3.5),
    ("  worst ms", "fundus", "worst ms", AT_MOST, 30),
    ("wcxb_articles F1", "wcxb_articles", "F1", AT_LEAST, 0.945),
    ("trafilatura_eval F1", "trafilatura_eval", "snippet F1", AT_LEAST, 0.93),
    ("mediacloud_dates day", "mediacloud_dates", "day", AT_LEAST, 0.94),
    ("postlight_meta day", "postlight_meta", "day", AT_LEAST, 0.83),
    ("  title exact", "postlight_meta", "title", AT_LEAST, None),
    ("  authors, same set", "postlight_meta", "authors", AT_LEAST, None),
    ("mutations: pages read", "mutations", "pages", AT_LEAST, None),
    ("  false, all noise %", "mutations", "false", AT_MOST, 0.003),
    ("  false, marked %", "mutations", "false marked", AT_MOST, None),
    ("  false, unmarked %", "mutations", "false unmarked", AT_MOST, None),
    ("  false, paragraphs %", "mutations", "false paragraph", AT_MOST, 0.01),
    ("  false, technical %", "mutations", "false technical", AT_MOST, None),
    ("  false, metadata %", "mutations", "false metadata", AT_MOST, None),
    ("  names made opaque %", "mutations", "false opaque", AT_MOST, 0.05),
    ("  missed, body %", "mutations", "missed body", AT_MOST, 0.01),
    ("  missed, standfirst %", "mutations", "missed standfirst", AT_MOST, 0.05),
    ("  missed, div notice %", "mutations", "missed correction in a div", AT_MOST, 0.0),
    ("  missed, byline %", "mutations", "missed byline", AT_MOST, 0.05),
    ("  missed, headline %", "mutations", "missed headline everywhere", AT_MOST, None),
    ("  missed, h1 alone %", "mutations", "missed headline in h1", AT_MOST, 0.01),
    ("  more than edited %", "mutations", "collateral", AT_MOST, None),
)


NOISE_BANK = {"block, first sight": 0.15, "block, after learning": 0.01}


def draw(figures: dict[str, Any], extractors: list[str]) -> str:
    """Return the table; a target that ours misses is marked."""
    names = [name for name in extractors if name in SHORT]
    lines = [f"{'':24}{'target':>8}  " + "".join(f"{SHORT[name]:>7}" for name in names)]
    for label, part, measure, sense, target in ROWS:
        shown = [_value(figures.get(part) or {}, name, measure) for name in names]
        if any(value is not None for value in shown):
            share = label.endswith("%")
            ours = shown[names.index(OURS)] if OURS in names else None
            cells = "".join(f"{_number(value, share=share):>7}" for value in shown)
            lines.append(f"{label:24}{_target(sense, target, share=share):>8}{_mark(ours, sense, target)} {cells}")
    lines += _recaptures(figures.get("recaptures") or {}, names)
    lines += _noise_bank(figures.get("noise bank") or {})
    return "\n".join(lines)


def _noise_bank(found: dict[str, float]) -> list[str]:
    """Return false changes from other outlets' blocks; of those shaped like paragraphs many are arguably news."""
    lines = []
    for name, value in found.items():
        target = NOISE_BANK.get(name)
        if name.endswith("cases"):
            lines.append(f"{f'others: {name}':46}{value:>7.0f}")
        else:
            bound = _target(AT_MOST, target, share=True)
            lines.append(
                f"{f'others: {name} %':46}{100 * value:>7.1f} {_mark(value, AT_MOST, target)} {bound}".rstrip()
            )
    return lines


def _value(part: dict[str, dict[str, float]], name: str, measure: str) -> float | None:
    if measure in HEAD and name == "trafilatura":
        return part.get(METADATA, {}).get(measure)
    if measure in HEAD and name not in READS_HEAD and not (measure == "title" and name == "readability-lxml"):
        return None
    return part.get(name, {}).get(measure)


def _number(value: float | None, *, share: bool) -> str:
    if value is None:
        return "-"
    if share:
        return f"{100 * value:.1f}"
    if value > 1 and value == int(value):
        return f"{value:.0f}"
    return f"{value:.3f}" if value <= 1 else f"{value:.1f}"


def _target(sense: str, target: float | None, *, share: bool) -> str:
    return "" if target is None else f"{sense} {100 * target:g}" if share else f"{sense} {target:g}"


def _mark(ours: float | None, sense: str, target: float | None) -> str:
    if ours is None or target is None:
        return " "
    return " " if (ours >= target if sense == AT_LEAST else ours <= target) else "!"


def _recaptures(found: dict[str, dict[str, int]], names: list[str]) -> list[str]:
    lines = []
    for label, part, whole in (
        ("recaptures: stay unchanged", "stayed", "unchanged"),
        ("  real edits seen", "seen", "edited"),
        ("  others that read alike", "alike", "pairs"),
    ):
        cells = [f"{found[n][part]}/{found[n][whole]}" if n in found else "-" for n in names]
        if found:
            lines.append(f"{label:35}" + "".join(f"{cell:>7}" for cell in cells))
    return lines

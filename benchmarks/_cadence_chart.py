"""Draws the chart of the cadence page: what share of versions a number of requests captures, and how late."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

# Drawn over grey ones; the name at the line's end spares the eye a legend.
_STRONG = {
    "ours": ("#b3261e", "ours"),
    "ours, every hub good": ("#e08a84", "ours with lastmod"),
    "oracle of true rates": ("#1f1f1f", "oracle"),
}
_QUIET = {
    "newsdiffs ladder, scaled": "newsdiffs",
    "diffengine ratio, wrap repaired": "diffengine",
    "Nutch adaptive, increment tuned": "Nutch",
    "StormCrawler adaptive, least interval tuned": "StormCrawler",
    "LambdaCrawl, stationary estimates": "LambdaCrawl",
    "fixed interval": "fixed interval",
}


def draw(curves: Mapping[str, Sequence[tuple[float, float, float]]], directory: Path) -> None:
    """Write cadence.svg and cadence.png; *curves* holds requests, % captured and median delay by policy."""
    import matplotlib as mpl

    mpl.use("Agg")
    mpl.rcParams.update(
        {"svg.hashsalt": "writethru", "svg.fonttype": "none", "font.size": 9, "font.family": "sans-serif"}
    )
    from matplotlib import pyplot as plt

    figure, (share, delay) = plt.subplots(1, 2, figsize=(10.5, 4.6), layout="constrained")
    for axis, column in ((share, 1), (delay, 2)):
        for name, label in _QUIET.items():
            _line(axis, curves[name], column, "#9a9a9a", label, 1.2)
        for name, (colour, label) in _STRONG.items():
            _line(axis, curves[name], column, colour, label, 2.2)
        axis.set_xscale("log")
        axis.set_xlim(5, 400)
        axis.set_xticks([6, 12, 25, 50, 90, 180, 360], ["6", "12", "25", "50", "90", "180", "360"])
        axis.minorticks_off()
        axis.set_xlabel("requests for one article in 30 days")
        axis.spines[["top", "right"]].set_visible(False)
        axis.grid(axis="y", color="#e5e5e5", linewidth=0.8)
    share.set_ylim(40, 100)
    share.set_title("versions captured, %", loc="left")
    delay.set_yscale("log")
    delay.set_ylim(1, 6000)
    delay.set_yticks([1, 10, 60, 600, 1440], ["1 min", "10 min", "1 h", "10 h", "1 d"])
    delay.minorticks_off()
    delay.set_title("median delay until an update is seen", loc="left")
    share.legend(fontsize=7.5, frameon=False, loc="lower right")
    directory.mkdir(parents=True, exist_ok=True)
    figure.savefig(directory / "cadence.svg", metadata={"Date": None, "Creator": None})
    figure.savefig(directory / "cadence.png", dpi=150, metadata={"Software": None})
    plt.close(figure)


_STYLES = {
    "newsdiffs": "-",
    "diffengine": "--",
    "Nutch": ":",
    "StormCrawler": "-.",
    "LambdaCrawl": (0, (1, 3)),
    "fixed interval": (0, (8, 2)),
}


def _line(
    axis: object, curve: Sequence[tuple[float, float, float]], column: int, colour: str, label: str, width: float
) -> None:
    known = sorted(curve)
    axis.plot(  # type: ignore[attr-defined]
        [p[0] for p in known],
        [p[column] for p in known],
        color=colour,
        linewidth=width,
        label=label,
        linestyle=_STYLES.get(label, "-"),
    )

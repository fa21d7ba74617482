"""Draws the chart of the cadence page: what share of versions a number of checks finds, by policy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from _cadence_replay import OURS, Span

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from _cadence_replay import Result

_STYLES = {
    "fixed interval": (0, (8, 2)),
    "newsdiffs ladder, scaled": "-",
    "exponential backoff, x2": ":",
    "exponential backoff, factor tuned": "-.",
    "share of age": "--",
}
_TITLES = {
    Span.EDITED: "while the article is on the page",
    Span.QUIET_MONTH: "and for 30 quiet days after",
}


def draw(results: Sequence[Result], directory: Path) -> None:
    """Write cadence.svg and cadence.png: % of versions found by checks an article."""
    import matplotlib as mpl

    mpl.use("Agg")
    mpl.rcParams.update(
        {"svg.hashsalt": "writethru", "svg.fonttype": "none", "font.size": 9, "font.family": "sans-serif"}
    )
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(1, 2, figsize=(10.5, 4.6), layout="constrained")
    for axis, (span, title) in zip(axes, _TITLES.items(), strict=True):
        for name in (*_STYLES, OURS):
            points = [(each.budget, each.found) for each in results if each.span is span and each.policy == name]
            if points:
                ours = name == OURS
                axis.plot(
                    *zip(*points, strict=True),
                    color="#b3261e" if ours else "#8a8a8a",
                    linewidth=2.2 if ours else 1.2,
                    linestyle=_STYLES.get(name, "-"),
                    label="Writethru" if ours else name,
                )
        axis.set_xscale("log")
        axis.set_xticks([6, 10, 25, 50, 100], ["6", "10", "25", "50", "100"])
        axis.minorticks_off()
        axis.set_ylim(50, 100)
        axis.set_xlabel("checks of one article")
        axis.set_title(f"versions found, %, {title}", loc="left")
        axis.spines[["top", "right"]].set_visible(False)
        axis.grid(axis="y", color="#e5e5e5", linewidth=0.8)
    axes[0].legend(fontsize=7.5, frameon=False, loc="lower right")
    directory.mkdir(parents=True, exist_ok=True)
    figure.savefig(directory / "cadence.svg", metadata={"Date": None, "Creator": None})
    figure.savefig(directory / "cadence.png", dpi=150, metadata={"Software": None})
    plt.close(figure)

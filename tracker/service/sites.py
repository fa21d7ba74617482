"""Where the rules for single outlets are: beside the configuration in use, or those that come with the program."""

from __future__ import annotations

from pathlib import Path


def own_folder(config_path: Path | None = None) -> Path:
    """Return the folder of one's own rules, whether it exists or not: `sites` beside the configuration."""
    beside = config_path.parent if config_path else Path()
    within = beside / "config" / "sites"
    return within if within.is_dir() else beside / "sites"


def shipped_folder() -> Path | None:
    """Return the rules that come with the program: beside the package in a wheel, above it in a checkout."""
    package = Path(__file__).resolve().parents[1]
    places = (package / "_config" / "sites", package.parent / "config" / "sites")
    return next((place for place in places if place.is_dir()), None)


def rule_folders(config_path: Path | None = None) -> tuple[Path, ...]:
    """Return where rules are read from, one's own folder first: its rules go before what is shipped for an outlet."""
    folders = (own_folder(config_path), shipped_folder())
    return tuple(dict.fromkeys(folder for folder in folders if folder is not None and folder.is_dir()))

"""Find the site rules: the user's, beside the configuration, and those shipped with the program."""

from __future__ import annotations

from pathlib import Path


def own_folder(config_path: Path | None = None) -> Path:
    """Return the folder of the user's rules, `sites` beside the configuration, whether it exists or not."""
    beside = config_path.parent if config_path else Path()
    within = beside / "config" / "sites"
    return within if within.is_dir() else beside / "sites"


def shipped_folder() -> Path | None:
    """Return the folder of the shipped rules: beside the package in a wheel, above it in a checkout."""
    package = Path(__file__).resolve().parents[1]
    places = (package / "_config" / "sites", package.parent / "config" / "sites")
    return next((place for place in places if place.is_dir()), None)


def rule_folders(config_path: Path | None = None) -> tuple[Path, ...]:
    """Return the folders that rules are read from, the user's first: its rules take precedence."""
    folders = (own_folder(config_path), shipped_folder())
    return tuple(dict.fromkeys(folder for folder in folders if folder is not None and folder.is_dir()))

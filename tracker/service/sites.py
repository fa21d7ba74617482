"""Find the site rules: the user's, next to the configuration, and those shipped with the program."""

from __future__ import annotations

from pathlib import Path

from tracker.config.file import shipped_config


def own_folder(config_path: Path | None = None) -> Path:
    """Return the folder of the user's rules, `sites` next to the configuration, whether it exists or not."""
    beside = config_path.parent if config_path else Path()
    within = beside / "config" / "sites"
    return within if within.is_dir() else beside / "sites"


def rule_folders(config_path: Path | None = None) -> tuple[Path, ...]:
    """Return the folders that rules are read from, the user's first: its rules take precedence."""
    folders = (own_folder(config_path), shipped_config() / "sites")
    return tuple(dict.fromkeys(folder for folder in folders if folder.is_dir()))

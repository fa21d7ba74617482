"""The configuration: TOML read into frozen models that refuse unknown keys.

Names are imported when they are first used, because the models need pydantic, while editing the file does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.lazy_names import lazy_names

if TYPE_CHECKING:
    from .field_types import ConfigModel, Regex
    from .problems import describe
    from .root import Config, load, parse, schema
    from .rules import DigestConfig, RuleConfig, quiet_hours
    from .tables import (
        AppriseTarget,
        ArchiveConfig,
        CommandTarget,
        EmailTarget,
        FetchConfig,
        Rfc3161Stamp,
        ServiceConfig,
        SourceConfig,
        Stamp,
        StoryConfig,
        Target,
        WebhookTarget,
    )

__all__ = [
    "AppriseTarget",
    "ArchiveConfig",
    "CommandTarget",
    "Config",
    "ConfigModel",
    "DigestConfig",
    "EmailTarget",
    "FetchConfig",
    "Regex",
    "Rfc3161Stamp",
    "RuleConfig",
    "ServiceConfig",
    "SourceConfig",
    "Stamp",
    "StoryConfig",
    "Target",
    "WebhookTarget",
    "describe",
    "load",
    "parse",
    "quiet_hours",
    "schema",
]

__getattr__ = lazy_names(
    __name__,
    {
        "field_types": "ConfigModel Regex",
        "problems": "describe",
        "root": "Config load parse schema",
        "rules": "DigestConfig RuleConfig quiet_hours",
        "tables": "AppriseTarget ArchiveConfig CommandTarget EmailTarget FetchConfig Rfc3161Stamp ServiceConfig "
        "SourceConfig Stamp StoryConfig Target WebhookTarget",
    },
)

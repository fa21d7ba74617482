"""The configuration: TOML read into frozen models that refuse unknown keys.

Names are imported when they are first used, because the models need pydantic, while editing the file does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .archive import ArchiveConfig, Rfc3161Stamp, Stamp
    from .field_types import ConfigModel, Regex
    from .problems import describe
    from .root import Config, load, parse, schema
    from .rules import DigestConfig, RuleConfig, quiet_hours
    from .service import FetchConfig, ServiceConfig
    from .sources import SourceConfig, StoryConfig
    from .targets import AppriseTarget, CommandTarget, EmailTarget, Target, WebhookTarget

_MODULES = {
    "archive": ("ArchiveConfig", "Rfc3161Stamp", "Stamp"),
    "field_types": ("ConfigModel", "Regex"),
    "problems": ("describe",),
    "root": ("Config", "load", "parse", "schema"),
    "rules": ("DigestConfig", "RuleConfig", "quiet_hours"),
    "service": ("FetchConfig", "ServiceConfig"),
    "sources": ("SourceConfig", "StoryConfig"),
    "targets": ("AppriseTarget", "CommandTarget", "EmailTarget", "Target", "WebhookTarget"),
}
_MODULE_OF = {name: module for module, names in _MODULES.items() for name in names}

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


def __getattr__(name: str) -> object:  # PEP 562: what needs pydantic is imported when first asked for
    if name in _MODULE_OF:
        from importlib import import_module

        value = globals()[name] = getattr(import_module(f".{_MODULE_OF[name]}", __name__), name)
        return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

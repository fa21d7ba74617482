"""The configuration: TOML read into frozen models that refuse unknown keys.

Names are imported when they are first used, because the models need pydantic, while finding the file, finding the
archive and editing the file do not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .archive import ArchiveConfig, OpenTimestampsStamp, Rfc3161Stamp, Stamp
    from .database import find_database
    from .field_types import Address, ConfigModel, Duration, Interval, Listen, Name, Rate, Regex
    from .file import find_config
    from .problems import describe
    from .root import Config, load, parse, schema
    from .rules import DigestConfig, RuleConfig, quiet_hours
    from .secret import Secret
    from .service import FetchConfig, ServiceConfig, WebConfig
    from .sources import PageConfig, SourceConfig, StoryConfig
    from .targets import AppriseTarget, EmailTarget, Target, WebhookTarget

_MODULES = {
    "archive": ("ArchiveConfig", "OpenTimestampsStamp", "Rfc3161Stamp", "Stamp"),
    "database": ("find_database",),
    "field_types": ("Address", "ConfigModel", "Duration", "Interval", "Listen", "Name", "Rate", "Regex"),
    "file": ("find_config",),
    "problems": ("describe",),
    "root": ("Config", "load", "parse", "schema"),
    "rules": ("DigestConfig", "RuleConfig", "quiet_hours"),
    "secret": ("Secret",),
    "service": ("FetchConfig", "ServiceConfig", "WebConfig"),
    "sources": ("PageConfig", "SourceConfig", "StoryConfig"),
    "targets": ("AppriseTarget", "EmailTarget", "Target", "WebhookTarget"),
}
_MODULE_OF = {name: module for module, names in _MODULES.items() for name in names}

__all__ = [
    "Address",
    "AppriseTarget",
    "ArchiveConfig",
    "Config",
    "ConfigModel",
    "DigestConfig",
    "Duration",
    "EmailTarget",
    "FetchConfig",
    "Interval",
    "Listen",
    "Name",
    "OpenTimestampsStamp",
    "PageConfig",
    "Rate",
    "Regex",
    "Rfc3161Stamp",
    "RuleConfig",
    "Secret",
    "ServiceConfig",
    "SourceConfig",
    "Stamp",
    "StoryConfig",
    "Target",
    "WebConfig",
    "WebhookTarget",
    "describe",
    "find_config",
    "find_database",
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

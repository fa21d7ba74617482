"""The configuration: TOML read into frozen models that refuse what they do not know."""

from __future__ import annotations

from .reading import default_path, load, parse
from .rules import RuleConfig
from .settings import ArchiveConfig, FetchConfig, ServiceConfig
from .stamps import OpenTimestampsStamp, Rfc3161Stamp, Stamp
from .targets import AppriseTarget, EmailTarget, Secret, Target, WebhookTarget
from .values import Address, Duration, Interval, Listen, Model, Name, Rate, Regex
from .watched import PageConfig, SourceConfig, StoryConfig
from .whole import Config, schema

__all__ = [
    "Address",
    "AppriseTarget",
    "ArchiveConfig",
    "Config",
    "Duration",
    "EmailTarget",
    "FetchConfig",
    "Interval",
    "Listen",
    "Model",
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
    "WebhookTarget",
    "default_path",
    "load",
    "parse",
    "schema",
]

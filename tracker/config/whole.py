"""The whole file as one value, whose names resolve."""

from __future__ import annotations

import json
from typing import Literal, Self

from pydantic import Field, model_validator

from .rules import RuleConfig
from .settings import ArchiveConfig, FetchConfig, ServiceConfig
from .targets import Target
from .values import Model, nearest
from .watched import SourceConfig, StoryConfig
from .web import WebConfig


class Config(Model):
    """The whole file."""

    contact: str = Field("", description="an address or page where you can be reached; sent with every request")
    archive: ArchiveConfig = ArchiveConfig()
    fetch: FetchConfig = FetchConfig()
    service: ServiceConfig = ServiceConfig()
    web: WebConfig = WebConfig()
    sources: tuple[SourceConfig, ...] = ()
    stories: tuple[StoryConfig, ...] = ()
    rules: tuple[RuleConfig, ...] = ()
    targets: tuple[Target, ...] = ()
    match: Literal["all", "first"] = Field(
        "all", description="whether a change is told by every rule that it meets, or by the first in the file"
    )

    @model_validator(mode="after")
    def _names_resolve(self) -> Self:
        for what, named in (
            ("sources", self.sources),
            ("stories", self.stories),
            ("rules", self.rules),
            ("targets", self.targets),
        ):
            names = [item.name for item in named]
            twice = {name for name in names if names.count(name) > 1}
            if twice:
                raise ValueError(f"{what}: two entries are named {min(twice)!r}")
        known = {
            "to": [t.name for t in self.targets],
            "sources": [s.name for s in self.sources],
            "stories": self.story_names,
        }
        for rule in self.rules:
            for key, names in known.items():
                for name in getattr(rule, key):
                    if name not in names:
                        raise ValueError(
                            f"rule {rule.name!r}: {key} names {name!r}, which is not configured{nearest(name, names)}"
                        )
        mail = self.archive.checkpoint_mail
        if mail and mail not in known["to"]:
            raise ValueError(f"archive.checkpoint_mail names {mail!r}, which is no target{nearest(mail, known['to'])}")
        return self

    @property
    def story_names(self) -> list[str]:
        """Return the names of all stories, in order of appearance."""
        names = [story.name for story in self.stories] + [source.story for source in self.sources if source.story]
        return list(dict.fromkeys(names))

    def source(self, name: str) -> SourceConfig | None:
        """Return the source of that name, or None."""
        return next((source for source in self.sources if source.name == name), None)


def schema() -> str:
    """Return the JSON Schema of the file, as `config/schema.json` holds it."""
    described = {"$schema": "https://json-schema.org/draft/2020-12/schema", **Config.model_json_schema()}
    return json.dumps(described, indent=2, ensure_ascii=False) + "\n"

"""The [[sources]] and [[stories]] tables: the outlets and stories to watch."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from pydantic import Field

from tracker.model.version import Raw

from .field_types import Address, ConfigModel, Duration, Interval, Name, ProxyAddress, Rate, Regex
from .secret import Secret


class PageConfig(ConfigModel):
    """A section page whose links are articles."""

    url: Address
    selector: str = Field("", description="CSS selector of the links; empty for all links")
    pattern: Regex = Field("", description="regular expression that the address of an article must match")


class SourceConfig(ConfigModel):
    """An outlet: where its articles are found and how often it is visited."""

    name: Name
    feeds: tuple[Address, ...] = Field((), description="RSS, Atom or JSON feeds")
    sitemaps: tuple[Address, ...] = Field((), description="sitemaps, news sitemaps or sitemap indexes")
    pages: tuple[PageConfig, ...] = Field((), description="section pages")
    urls: tuple[Address, ...] = Field((), description="single articles")
    poll: Interval = Field(timedelta(minutes=10), description="how often feeds, sitemaps and section pages are read")
    every: Interval | None = Field(
        None, description="fixed interval between checks of an article; unset: chosen by how often the article changes"
    )
    budget: Rate | None = Field(None, description='most requests in the long run for this source, as in "200/h"')
    until: Duration = Field(timedelta(days=30), description="how long after its last change an article is watched")
    include: tuple[Regex, ...] = Field((), description="only addresses that match one of these")
    exclude: tuple[Regex, ...] = Field((), description="no address that matches one of these")
    story: str = Field("", description="every article of this source belongs to this story")
    limit: int = Field(500, ge=1, description="most articles taken from one feed, sitemap or section page at a time")
    render: bool = Field(default=False, description="run the page's scripts in a browser first")
    screenshots: bool = Field(
        default=False, description="with render: store a picture of the page, its images included, with each version"
    )
    proxy: Secret | ProxyAddress | None = Field(
        None, description='HTTP proxy for this source alone; "" for none; unset: that of [fetch]'
    )
    ca: str | None = Field(
        None, description="file of certificates (PEM) to trust as well for this source; unset: that of [fetch]"
    )
    paused: bool = Field(default=False, description="keep what is stored, make no further visits")
    raw: Raw = Field(
        Raw.VERSIONS,
        description="which pages are stored whole: those that became versions, all that showed a version, or none;"
        " hash, headers and text are stored in any case",
    )
    archive: tuple[Literal["wayback"], ...] = Field(
        (), description="other archives that are asked to capture each new version; wayback needs [archive.wayback]"
    )
    keep_for: Interval | None = Field(
        None, description="delete older stored pages, except each article's newest; texts and diffs are kept"
    )
    keep_newest: int | None = Field(
        None,
        ge=0,
        description="delete all but this many stored pages of an article (with keep_for: only pages older than that)",
    )


class StoryConfig(ConfigModel):
    """A story under watch: addresses that follow one event."""

    name: Name
    urls: tuple[Address, ...] = ()
    follow: int = Field(
        0,
        ge=0,
        le=100,
        description="most articles of each host to watch because these addresses link to them in their text",
    )

"""What is watched: outlets and stories."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from tracker.model import Raw

from .values import Address, Duration, Interval, Model, Name, Rate, Regex


class PageConfig(Model):
    """A section page whose links are articles."""

    url: Address
    selector: str = Field("", description="CSS selector of the links; empty for all links")
    pattern: Regex = Field("", description="regular expression the address of an article matches")


class SourceConfig(Model):
    """An outlet: where its articles are found and how often it is visited."""

    name: Name
    feeds: tuple[Address, ...] = Field((), description="RSS, Atom or JSON feeds")
    sitemaps: tuple[Address, ...] = Field((), description="sitemaps, news sitemaps or sitemap indexes")
    pages: tuple[PageConfig, ...] = Field((), description="section pages")
    urls: tuple[Address, ...] = Field((), description="single articles")
    poll: Interval = Field(timedelta(minutes=10), description="how often feeds, sitemaps and pages are read")
    every: Interval | None = Field(None, description="fixed interval between checks of an article; else it is decided")
    budget: Rate | None = Field(None, description='most requests in the long run for this source, as in "200/h"')
    until: Duration = Field(timedelta(days=30), description="how long after its last change an article is watched")
    include: tuple[Regex, ...] = Field((), description="only addresses that match one of these")
    exclude: tuple[Regex, ...] = Field((), description="no address that matches one of these")
    story: str = Field("", description="every article of this source belongs to this story")
    limit: int = Field(500, ge=1, description="most articles taken from one reading of a hub")
    render: bool = Field(default=False, description="run the page's scripts in a browser first")
    paused: bool = Field(default=False, description="keep what is there, look no more")
    raw: Raw = Field(
        Raw.VERSIONS,
        description="which pages are kept whole: those that became versions, all that showed one, or none;"
        " hash, headers and text are kept all the same",
    )
    keep_for: Interval | None = Field(
        None, description="let go of pages that are older, but the newest of an article; texts and changes stay"
    )
    keep_newest: int | None = Field(
        None, ge=0, description="let go of all but so many pages of an article (with keep_for: of those that are older)"
    )


class StoryConfig(Model):
    """A story under watch: addresses that follow one event."""

    name: Name
    urls: tuple[Address, ...] = ()
    follow: int = Field(
        0,
        ge=0,
        le=100,
        description="most articles of each host to watch because these addresses link to them in their text",
    )

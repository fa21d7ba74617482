from tracker.config.tables import SourceConfig
from tracker.model.source import Target
from tracker.pipeline.targets import wanted

TARGETS = [Target(f"https://s.test/{path}") for path in ("news/1", "sport/2", "news/3-live", "news/4")]


def urls(source: SourceConfig) -> list[str]:
    return [target.url.removeprefix("https://s.test/") for target in wanted(source, TARGETS)]


def test_everything_is_wanted_unless_said_otherwise():
    assert urls(SourceConfig(name="s")) == ["news/1", "sport/2", "news/3-live", "news/4"]


def test_include_and_exclude():
    assert urls(SourceConfig(name="s", include=("/news/",), exclude=("-live$",))) == ["news/1", "news/4"]


def test_the_limit_counts_what_is_wanted():
    assert urls(SourceConfig(name="s", include=("/news/",), limit=2)) == ["news/1", "news/3-live"]

from tracker.config.root import Config
from tracker.config.tables import SourceConfig, StoryConfig

CONFIG = Config(
    stories=(
        StoryConfig(name="Harbour fire", urls=("https://a.test/fire", "https://b.test/fire?utm_source=x")),
        StoryConfig(name="Budget"),
    )
)


def test_an_address_belongs_to_the_stories_that_name_it():
    assert CONFIG.stories_of(SourceConfig(name="b"), "http://b.test/fire#top") == ("Harbour fire",)
    assert CONFIG.stories_of(SourceConfig(name="b"), "https://b.test/other") == ()


def test_every_article_of_a_source_may_belong_to_a_story_once():
    source = SourceConfig(name="a", story="Harbour fire")
    assert CONFIG.stories_of(source, "https://a.test/fire") == ("Harbour fire",)
    assert CONFIG.stories_of(SourceConfig(name="a", story="Budget"), "https://a.test/fire") == (
        "Budget",
        "Harbour fire",
    )

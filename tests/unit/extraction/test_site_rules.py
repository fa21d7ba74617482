from datetime import UTC, datetime
from pathlib import Path

import pytest

from tracker.errors import ConfigError
from tracker.extraction.extractor import read
from tracker.extraction.learned_boilerplate import LearnedBoilerplate, apply, line_key
from tracker.extraction.reader import rules_for
from tracker.extraction.site_rules import SiteRules, load_site_rules
from tracker.model.article import BlockKind, NoticeKind

from .pages import PARAGRAPHS, article

SHIPPED = Path(__file__).parents[3] / "config" / "sites"


def test_rules_are_read_and_found_by_host(tmp_path):
    (tmp_path / "herald.toml").write_text('hosts = ["herald.test"]\ndrop = [".box"]\n')
    (tmp_path / "wire.toml").write_text('hosts = ["wire.test"]\n')
    sites = load_site_rules([tmp_path])
    assert rules_for("www.herald.test", sites) is sites[0]
    assert rules_for("wire.test", sites) is sites[1]
    assert rules_for("notwire.test", sites) is None
    assert load_site_rules([]) == load_site_rules([tmp_path / "nowhere"]) == ()


def test_the_first_folder_wins_for_an_outlet_and_the_others_stay(tmp_path):
    own, shipped = tmp_path / "own", tmp_path / "shipped"
    for folder, rule in ((own, "drop = ['.own']"), (shipped, "drop = ['.shipped']")):
        folder.mkdir()
        (folder / "herald.toml").write_text(f"hosts = ['herald.test']\n{rule}\n")
    (shipped / "wire.toml").write_text("hosts = ['wire.test']\n")
    sites = load_site_rules([own, shipped])
    herald, wire = rules_for("herald.test", sites), rules_for("wire.test", sites)
    assert herald is not None
    assert wire is not None
    assert herald.drop == (".own",)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('hosts = ["a.test"]\ndrop = ["p["]', "not a valid CSS selector"),
        ('hosts = ["a.test"]\npromo = ["("]', "not a usable regular expression"),
        ("hosts = []", "hosts"),
        ('hosts = ["a.test"]\nfoo = 1', "foo"),
        ("hosts =", "not valid TOML"),
    ],
)
def test_rules_that_cannot_be_used_are_refused(tmp_path, text, words):
    (tmp_path / "bad.toml").write_text(text)
    with pytest.raises(ConfigError, match=words) as caught:
        load_site_rules([tmp_path])
    assert "bad.toml" in str(caught.value)


def test_the_rules_we_ship_are_sound():
    sites = load_site_rules([SHIPPED])
    assert len(sites) >= 20
    hosts = [host for rules in sites for host in rules.hosts]
    assert len(hosts) == len(set(hosts))
    assert all(path.read_text(encoding="utf-8").startswith("# ") for path in SHIPPED.glob("*.toml"))


def test_rules_decide():
    page = article(
        '<div class="x1"><p>A box of facts that looks like any other paragraph of the article, really.</p></div>',
        '<div class="x2"><span>Kept</span></div>',
        '<div class="x3">We said Monday. It was Tuesday.</div>',
        "<p>The Herald, since 1880, every morning.</p>",
        "<p>Our shop sells this book.</p>",
        before='<b class="t">Council shuts the terminal</b><i class="b">Ada Moor</i><u class="d">3 May 2024</u>'
        '<div class="s">Islanders get a bus.</div>',
        at=3,
    )
    rules = SiteRules(
        hosts=("herald.test",),
        container=("div.s + div",),
        drop=(".x1", ".none"),
        keep=(".x2",),
        notice=(".x3",),
        title=(".t",),
        byline=(".b",),
        published=(".d",),
        dek=(".s",),
        boilerplate=("^The Herald, since",),
        promo=("^Our shop",),
    )
    found = read(page, rules=rules).article
    assert found.title == "Council shuts the terminal"
    assert found.byline == ("Ada Moor",)
    assert found.published == datetime(2024, 5, 3, tzinfo=UTC)
    assert found.dek == "Islanders get a bus."
    assert [n.kind for n in found.notices] == [NoticeKind.CORRECTION]
    assert [b.text for b in found.editorial] == [*PARAGRAPHS[:3], "Kept", *PARAGRAPHS[3:]]
    assert {b.text: b.kind for b in found.blocks}["Our shop sells this book."] is BlockKind.PROMO
    assert dict(found.fields)["title"] == "rule"


def test_lines_that_a_rule_calls_news_are_news_and_rules_without_a_match_change_nothing():
    answer = "Answers from our readers: ferries, buses and bells"
    page = article(f"<h3>Related</h3><ul><li><a href=/a>{answer}</a></li></ul>", "<h3>Read more from the island</h3>")
    assert answer not in read(page).article.text
    rules = SiteRules(hosts=("herald.test",), news=("^Answers from", "^Read more from the island$"))
    found = read(page, rules=rules).article
    told = [block for block in found.blocks if block.reason == "site rule"]
    assert [(block.kind, block.text) for block in told] == [
        (BlockKind.LIST_ITEM, answer),
        (BlockKind.SUBHEAD, "Read more from the island"),
    ]
    assert apply(LearnedBoilerplate(house=frozenset({line_key(answer)})), found).editorial == found.editorial
    rules = SiteRules(
        hosts=("a.test",), container=(".no",), title=(".no",), byline=(".no",), published=("h1",), dek=(".no",)
    )
    assert read(article(), rules=rules).article == read(article()).article

import pytest

from tracker.extraction.furniture_patterns import (
    announces_links,
    is_boilerplate,
    is_credit,
    is_dateline,
    is_promo,
    is_promo_with_colon,
    is_timestamp,
)


@pytest.mark.parametrize(
    "text",
    [
        "5 minutes ago",
        "Updated 14:02 GMT, 3 May 2024",
        "Last updated on May 3, 2024 at 2:02 pm",
        "vor 3 Stunden",
        "03.05.2024, 14:02 Uhr",
        "Publié le 3 mai 2024 à 14h02",
        "2024年5月3日 14時02分",
    ],
)
def test_times_that_are_a_line(text):
    assert is_timestamp(text)


def test_sentences_with_times_are_no_timestamps():
    assert not is_timestamp("Two people died on May 3, 2024, police said.")
    assert not is_timestamp("today")


@pytest.mark.parametrize(
    "text",
    [
        "See: Council Plans Vote on Terminal",
        "Read more: Why the pier cracked",
        "Lesen Sie auch: Der Pier",
        "Lire aussi",
        "関連記事",
    ],
)
def test_promos(text):
    assert is_promo(text)


@pytest.mark.parametrize(
    "text",
    [
        "©2024 Harbourton Herald L.P.",
        "More stories like this are available on harbourton.test",
        "Sign up for our newsletter to get the latest news in your inbox.",
        "Advertisement",
        "4 min read",
        "112 comments",
        "Follow us on Facebook and Telegram",
        "Alle Rechte vorbehalten",
        "This entry was posted on Monday and is filed under City. You can follow responses by the RSS 2.0 feed.",
        "Von ada am 21.02.2021. Alle Antworten zu diesem Eintrag finden Sie im RSS 2.0. Kommentare sind geschlossen.",
        "Follow The Herald on Twitter and Instagram @herald and on Facebook. Send us a message at 555-0101.",
        "¡Mira lo que tiene nuestro canal de YouTube!",
        "Folgen Sie unserem Kanal bei WhatsApp",
        "We may earn a commission when you buy through links on this page.",
        "This post contains affiliate links.",
        "Diese Seite nutzt Cookies.",
        "Submit your letter to the editor via this form.",
        "Gefällt mir Wird geladen...",
        "Werden Sie Mitglied und lesen Sie ohne Werbung!",
        "Devenez membre et soutenez la rédaction.",
        "Die aktuelle Ausgabe des Hafenboten jetzt am Kiosk oder im Abo.",
        "We may receive compensation when you click on links to those products.",
        "Wir erhalten beim Kauf eine kleine Provision.",
        "Scroll down for video",
        "Enjoy this story? Become a member from £5 a month.",
        "Add The Herald as a preferred source on Google",
        "Follow the Herald's coverage of the harbour at https://herald.example/harbour",
        "This article originally appeared on Harbour Wire: Council closes ferry terminal",
        "Подписывайтесь на наш Telegram-канал",
        "Listen to The Quay wherever you get your podcasts.",
        "Puedes seguir a EL PUERTO en Facebook y X, o apuntarte aquí para recibir nuestra newsletter",
        "Ada Moor covers the harbour. Reach her at ada.moor@herald.example.",
    ],
)
def test_boilerplate(text):
    assert is_boilerplate(text)


@pytest.mark.parametrize(
    ("text", "credit"),
    [
        ("Reporting by Ada Moor; Editing by Ben Field", True),
        ("dpa/afp", True),
        ("aja/PAP", True),
        ("sak/Reuters", True),
        ("Photo: Ada Moor", True),
        ("Ada Moor contributed to this report.", True),
        ("Naboer så ambulanser", False),
        ("and/or", False),
        ("Photo: " + "x" * 400, False),
    ],
)
def test_credits_and_signatures_with_an_agency(text, credit):
    assert is_credit(text) is credit


def test_datelines_and_headings():
    assert is_dateline("LONDON (Wire) —")
    assert not is_dateline("London said so.")
    assert announces_links("Related articles")
    assert announces_links("Schon gelesen?")
    assert not announces_links("A fragile truce")


@pytest.mark.parametrize(
    "text",
    [
        "Share prices fell by 3 percent, the newsletter of the exchange said on Tuesday.",
        "Advertisement " * 60,
        "The commission received a letter from the harbour office on Monday, it said.",
        "He told the court that he had used WhatsApp to follow the talks.",
        "Telegram said that it had removed the channel after a complaint by the ministry.",
        "Like many islanders, she takes the bus.",
        "Islanders who lost a boat may receive compensation, the council said.",
        "Die aktuelle Ausgabe des Fahrplans gilt seit Montag.",
        "Die neue Ausgabe der Regeln trat am Montag in Kraft.",
        "The RSS, the ideological parent of the party, said that it had no part in this choice.",
        "Follow the council's coverage of costs and you find no mention of the pier.",
        "Residents can reach the harbour office at 555-0101.",
        "Some 12,000 people are reading less than they did a year ago, says the survey of the library.",
    ],
)
def test_news_about_such_things_is_news(text):
    assert not is_boilerplate(text)


@pytest.mark.parametrize(
    ("text", "promo"),
    [
        ("More: Islanders Fear Winter Without Ferry", True),
        ("READ MORE: Ferry fares rise", True),
        ("Lea también: El puerto", True),
        ("Lesen Sie auch: Fähre", True),
        ("More than 40 people came", False),
        ("See: " + "x" * 300, False),
    ],
)
def test_promos_that_need_no_link(text, promo):
    assert is_promo_with_colon(text) is promo

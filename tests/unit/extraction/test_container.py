"""The container is the same version after version, whatever a page serves around its text."""

import pytest

from tracker.extraction.extractor import read

STORY = tuple(
    f"The council voted on {day} to close the old ferry terminal, and the harbour master said that boats number {n}"
    " to nine would move to the north pier until the repairs are done."
    for n, day in enumerate(("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"))
)
REVIEW = tuple(
    f"The {n}th restaurant on our list serves fish that was landed the same morning, on plates that the owner's"
    " daughter has painted, and the wine is from the hills behind the town."
    for n in range(4, 10)
)


def paragraphs(texts: tuple[str, ...]) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def page(story: str, review: str) -> bytes:
    return f"<html><body><h1>Council closes ferry terminal</h1>{story}{review}</body></html>".encode()


USUAL = page(f"<main><div>{paragraphs(STORY)}</div></main>", f"<section>{paragraphs(REVIEW[:1])}</section>")
# For a day another text has more paragraphs, in the same kind of frame; or the story is in another one.
OUTGROWN = page(f"<main><div>{paragraphs(STORY)}</div></main>", f"<main><div>{paragraphs(REVIEW * 2)}</div></main>")
REFRAMED = page(
    f"<section><div><div>{paragraphs(STORY)}</div></div></section>", f"<main><div>{paragraphs(REVIEW * 2)}</div></main>"
)


@pytest.mark.parametrize("other", [OUTGROWN, REFRAMED])
def test_a_page_that_alternates_between_two_containers_gives_one_reading(other):
    read_before = read(USUAL)
    for each in (other, USUAL, other, USUAL):
        reading = read(each, prefer=read_before.signature)
        assert reading.article.text == "\n\n".join(STORY)
        read_before = reading


def test_a_consent_form_that_was_read_once_is_not_read_for_ever():
    form = f"<div class=cookie-consent>{paragraphs(REVIEW)}</div>"
    alone = read(page("", form))
    assert alone.article.text
    both = page(f"<div>{paragraphs(STORY)}</div>", form)
    assert read(both, prefer=alone.signature).article.text == "\n\n".join(STORY)


def test_a_text_that_was_replaced_is_read_like_a_new_one():
    replaced = page(f"<main><div>{paragraphs(REVIEW)}</div></main>", f"<section>{paragraphs(STORY[:1])}</section>")
    assert read(replaced, prefer=read(USUAL).signature).article.text == "\n\n".join(REVIEW)


def test_a_text_that_is_gathered_from_around_its_container_is_read_alike_again():
    around = "".join(f"<div><p>{text}</p></div>" for text in STORY)
    ending = "<br><br>".join(f"Part {n}: {REVIEW[0]} {REVIEW[1]}" for n in range(12))
    html = page(f"<div itemprop=articleBody>{around}<div><div>{ending}</div></div></div>", "")
    first = read(html)
    assert "#" not in first.signature
    again = read(html, prefer=first.signature)
    assert (again.article, again.container) == (first.article, first.container)


def test_the_container_names_no_paragraph():
    reading = read(USUAL)
    assert reading.container == "body>main>div"
    assert read(USUAL, prefer=reading.signature).signature == reading.signature


@pytest.mark.parametrize("prefer", ["#", "body>main>div#", "#zz", "body>main>div#12345", "a#b#c", ">" * 50])
def test_any_signature_is_accepted(prefer):
    assert read(USUAL, prefer=prefer).article.text == "\n\n".join(STORY)

"""Invented sentences, paragraphs and headlines with names, places and figures; what comes out depends on the seed."""

import random
from typing import Final

_FIRST: Final = (
    "Ada Bram Clara Dora Emil Farah Gus Hanna Ivo Jana Karim Lena Milo Nora Omar Petra Rosa Sami Tilda Yusuf".split()
)
_LAST: Final = (
    "Abara Bloom Castell Drake Eklund Fenn Garza Holt Idris Juhl Kovac Lindgren Marsh Novak Okafor Pell Quist Roth "
    "Sorel Tamm Udall Voss Wren Yates Zander"
).split()
_PLACES: Final = (
    "Alder Point, Brackwater, Corley, Dunmere, East Haven, Fairbank, Gull Island, Hollin, Ironbridge, Kestrel Bay, "
    "Larkhill, Merrow, North Basin, Old Quay, Pinewood, Ravensby, Stony Ford, Thornton, Upwell, Westmere"
).split(", ")
_BODIES: Final = (
    "the city council, the harbor authority, the school board, the county court, the water company, the state police, "
    "the hospital trust, the ferry line, the housing office, the coast guard, the farmers' union, the rail company"
).split(", ")
_THINGS: Final = (
    "a new bridge, the old cannery, a ferry pier, the night bus, a flood wall, two primary schools, the fish market, "
    "a wind park, the town archive, a sewage plant, the east tunnel, the stadium roof"
).split(", ")
_DAYS: Final = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_VERBS: Final = "approved delayed rejected inspected closed reopened sold financed".split()
_REASONS: Final = (
    "because the estimates had doubled, after residents objected, to save money before winter, on the advice of its "
    "engineers, after a leak was found, because no bidder came forward, to make room for traffic, under a court order"
).split(", ")


def name(rng: random.Random) -> str:
    """Return a person's name."""
    return f"{rng.choice(_FIRST)} {rng.choice(_LAST)}"


def sentence(rng: random.Random) -> str:
    """Return one sentence; two are rarely the same."""
    body, thing, place, day = (rng.choice(each) for each in (_BODIES, _THINGS, _PLACES, _DAYS))
    reason, verb, person = rng.choice(_REASONS), rng.choice(_VERBS), name(rng)
    count, share, money = rng.randrange(3, 900), rng.randrange(2, 96), rng.randrange(12, 990)
    forms = (
        f"{body[0].upper()}{body[1:]} {verb} {thing} in {place} on {day} {reason}.",
        f"About {count} people in {place} were without power on {day}, a spokeswoman for {body} said.",
        f"“We were told nothing of {thing} until {day},” said {person}, who has lived in {place} for {share} years.",
        f"The work at {place} will cost ${money} million, or {share} percent more than {body} had planned.",
        f"{person}, who speaks for {body}, said that {thing} would be ready by {day} at the earliest.",
        f"In {place} {count} signatures were handed to {body} on {day}, most of them against {thing}.",
        f"A report of {count} pages, seen by this paper, blames {body} for what happened at {place}.",
        f"{person} was named to lead the inquiry into {thing}; {count} witnesses from {place} are to be heard.",
    )
    return rng.choice(forms)


def paragraph(rng: random.Random) -> str:
    """Return two or three sentences."""
    return " ".join(sentence(rng) for _ in range(rng.choice((2, 2, 3))))


def headline(rng: random.Random) -> str:
    """Return a headline."""
    body, thing, place, verb = (rng.choice(each) for each in (_BODIES, _THINGS, _PLACES, _VERBS))
    tail = rng.choice(
        (f"in {place}", f"near {place}", f"as {place} waits", f"despite {rng.randrange(20, 900)} letters")
    )
    return f"{body.removeprefix('the ').capitalize()} {verb} {thing} {tail}"


def dek(rng: random.Random) -> str:
    """Return a standfirst."""
    return f"{name(rng)} says the decision was made {rng.choice(_REASONS)}; {rng.choice(_PLACES)} will feel it first."

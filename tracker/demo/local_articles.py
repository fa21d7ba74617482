"""The two outlets of the demo and the articles they write themselves, with their later edits."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from tracker.model.article import NoticeKind
from tracker.model.labels import LabelKind

from .schedule import Edition, Outlet, ScheduledArticle, revise, split_paragraphs

OUTLETS: Final = (
    Outlet(
        key="ledger",
        name="The Harbor Ledger",
        host="127.0.0.1",
        motto="Port Alder’s morning paper since 1888",
        footer="The Harbor Ledger, 12 Quay Street, Port Alder. Printed on Tuesdays and Fridays, read all week.",
        style="ledger",
    ),
    Outlet(
        key="courier",
        name="Inland Courier",
        host="127.0.0.2",
        motto="News from the valley",
        footer="The Inland Courier is owned by its readers. Wire reports appear by agreement with Coastal Press.",
        style="courier",
    ),
)

_HARBOR_PLAN: Final = Edition(
    at=0.0,
    title="Council delays vote on harbor plan",
    dek="Members want to see what the new cruise terminal would cost to run.",
    byline=("Ada Lindqvist",),
    paragraphs=split_paragraphs(
        """
        The city council put off its vote on the harbor plan on Tuesday night after three members asked for a second
        estimate of what a cruise terminal would cost to run.

        The plan would turn the old coal dock into a terminal for ships of up to 2,000 passengers and move the fish
        market to the north basin. It has been before the council since March.

        “I am not against it,” said Councilwoman Ruth Abara, who moved the delay. “I would like to know what I am
        for.”

        Mayor Victor Lenz called the delay regrettable. The builder’s offer runs out at the end of January, he said,
        and the next one would not be lower.

        The council meets again on December 8.
        """
    ),
)


def _change_harbor_headline(before: Edition) -> Edition:
    return replace(
        before,
        at=6.0,
        title="Council splits over harbor plan and puts off vote",
        kinds=frozenset({LabelKind.HEADLINE}),
    )


_STORM: Final = Edition(
    at=0.0,
    title="Gale warning for the outer islands through Thursday",
    dek="Gusts may reach 60 miles an hour; the mail boat stays in port.",
    byline=("Henrik Sol",),
    paragraphs=split_paragraphs(
        """
        The weather service has issued a gale warning for the outer islands from Wednesday evening until Thursday
        noon, with gusts of up to 60 miles an hour and seas of 14 feet.

        The mail boat to Gull Island and Little Merrow will stay in port on both days. Parcels are held at the harbor
        office, which is open until six.

        “It is not the worst we have had, but it comes with the tide,” said Dora Pell, the service’s forecaster in
        Port Alder. High water is due at 9:40 p.m.

        Boat owners in the north basin were asked to double their lines before dark. The harbor patrol will make
        rounds every two hours.

        A year ago almost to the day, a storm of the same kind tore eleven boats from their moorings and left the
        outer islands without power for two nights.
        """
    ),
)


def _move_storm_paragraph(before: Edition) -> Edition:
    warning, mail, forecaster, lines, last_year = before.paragraphs
    return replace(
        before,
        at=13.0,
        paragraphs=(warning, last_year, mail, forecaster, lines),
        kinds=frozenset({LabelKind.MOVE}),
    )


_BUDGET: Final = Edition(
    at=0.0,
    title="School repairs lead next year’s city budget",
    dek="Roofs come first, the library waits.",
    byline=("Ada Lindqvist",),
    paragraphs=split_paragraphs(
        """
        Repairs to three schools are the largest new item in the budget that the city manager presented on Tuesday.

        The plan sets aside $4.2 million for roofs and boilers at Eastgate, Mill Road and the harbor school. Work
        would begin in June, when the pupils are away.

        The library’s reading room, closed since a pipe burst in February, would have to wait for another year. “That
        was the hardest line to draw,” City Manager Joan Brandt said.

        Property taxes would rise by 1.8 percent, or about $46 a year for a house of median value.

        The council will hold two hearings before it votes on December 15.
        """
    ),
)


_BUDGET_CORRECTION: Final = (
    "Correction: An earlier version of this article misstated the amount set aside for school repairs. "
    "It is $2.4 million, not $4.2 million."
)


def _correct_budget(before: Edition) -> Edition:
    lead, amount, *rest = before.paragraphs
    return replace(
        before,
        at=20.0,
        paragraphs=(lead, amount.replace("$4.2 million", "$2.4 million"), *rest),
        notes=((NoticeKind.CORRECTION, _BUDGET_CORRECTION),),
        kinds=frozenset({LabelKind.CORRECTION, LabelKind.NUMBER}),
    )


_HOSPITAL: Final = Edition(
    at=0.0,
    title="Hospital says wait for surgery is getting shorter",
    dek="Saint Brendan’s has hired four anesthetists since summer.",
    byline=("Mara Whitfield",),
    paragraphs=split_paragraphs(
        """
        The wait for a planned operation at Saint Brendan’s has fallen by a month since the summer, the hospital said
        on Wednesday, after it hired four anesthetists and opened a seventh theater.

        There are now 1,240 patients on the waiting list, the hospital said in its quarterly report. The median wait
        is eleven weeks.

        “We are not where we want to be, but the direction is right,” said Dr. Samuel Quist, the medical director.

        The nurses’ union disputes the picture. It says that operations are shorter because patients are sent home
        sooner, and that some of them come back.

        The state publishes its own figures in January.
        """
    ),
)


def _change_hospital_figure(before: Edition) -> Edition:
    lead, patients, *rest = before.paragraphs
    return replace(
        before,
        at=22.0,
        paragraphs=(lead, patients.replace("1,240 patients", "1,420 patients"), *rest),
        kinds=frozenset({LabelKind.NUMBER}),
    )


_TIDES: Final = Edition(
    at=0.0,
    title="How to read a tide table",
    dek="Four columns, one habit, and the mistake that strands visitors.",
    byline=("Nell Carrow",),
    paragraphs=split_paragraphs(
        """
        A tide table looks like a railway timetable, and like one it is wrong by a few minutes on the day you need it.
        It gives the hours of high and low water and their heights above a mark on a wall.

        Find the day, then the column for your harbor. If yours is not there, find the nearest one that is, and the
        small table of differences on the last page.

        Times are given without daylight saving in most printed tables. This is the mistake that strands visitors on
        the causeway every June.

        Heights are given for calm air. A day of wind from the sea adds a foot; high pressure takes half of one away.

        The habit is to look twice: once for the hour, once for the height. The sea does not come back at a time, it
        comes back to a place.
        """
    ),
)

_AIDE: Final = Edition(
    at=4.0,
    title="Mayor’s aide met terminal builder before bids opened",
    dek="Two dinners and a harbor tour, according to a calendar seen by the Ledger.",
    byline=("Mara Whitfield", "Ada Lindqvist"),
    paragraphs=split_paragraphs(
        """
        A senior aide to Mayor Victor Lenz met the builder of the planned cruise terminal three times in the month
        before bids were opened, according to a calendar seen by The Harbor Ledger.

        The entries show two dinners and a tour of the harbor by boat. The builder, Kestrel Marine, later made the
        lowest of four offers.

        The aide, Colin Marsh, said that he had met all four companies and that nothing about prices was discussed.

        City rules ask officials to record such meetings within ten days. No record of these was found.
        """
    ),
)

_ORCHARD: Final = Edition(
    at=0.0,
    title="Late frost leaves valley cider makers short",
    dek="Presses stand idle for the first November in years.",
    byline=("Iris Tamm",),
    paragraphs=split_paragraphs(
        """
        Cider makers in the valley have pressed a third of what they press in a common year, and most of them have
        already washed their presses.

        A frost in the second week of May killed the blossom on the lower slopes. Above the old canal the trees bore
        as usual.

        “We bought apples from people who used to buy them from us,” said Walter Greaves, whose family has pressed at
        Stony Ford since 1911.

        Prices at the Saturday market are up by a fifth. The growers’ association has asked the county to put off the
        land tax until spring.
        """
    ),
)


ARTICLES: Final = (
    ScheduledArticle(
        key="harbor-plan",
        outlet="ledger",
        path="/2026/11/25/council-harbor-plan-vote",
        section="City Hall",
        editions=revise(_HARBOR_PLAN, _change_harbor_headline),
        etag=True,
    ),
    ScheduledArticle(
        key="storm",
        outlet="ledger",
        path="/2026/11/25/gale-warning-outer-islands",
        section="Weather",
        editions=revise(_STORM, _move_storm_paragraph),
    ),
    ScheduledArticle(
        key="budget",
        outlet="ledger",
        path="/2026/11/25/budget-school-repairs",
        section="City Hall",
        editions=revise(_BUDGET, _correct_budget),
        etag=True,
    ),
    ScheduledArticle(
        key="hospital",
        outlet="ledger",
        path="/health/2026/11/25/saint-brendans-surgery-wait",
        section="Health",
        editions=revise(_HOSPITAL, _change_hospital_figure),
    ),
    ScheduledArticle(
        key="tides",
        outlet="ledger",
        path="/living/how-to-read-a-tide-table",
        section="Living",
        editions=(_TIDES,),
        noisy=True,
    ),
    ScheduledArticle(
        key="aide",
        outlet="ledger",
        path="/2026/11/25/mayors-aide-terminal-builder",
        section="City Hall",
        editions=(_AIDE,),
        gone_at=29.0,
    ),
    ScheduledArticle(
        key="orchard",
        outlet="courier",
        path="/valley/late-frost-cider-20261125.html",
        section="Valley",
        editions=(_ORCHARD,),
        etag=True,
    ),
)

"""A local paper: its articles share the town, the mayor, the police and the paper's own name, and little else."""

import re
from collections.abc import Sequence
from itertools import combinations

import pytest

from tracker.stories.clusters import StoryIndex
from tracker.stories.features import features_of
from tracker.stories.recent_texts import ClusterArticle

from .samples import MORNING, article

# The event and the headline, then two paragraphs: three events are told twice.
TEXTS = """\
fire: Fire guts Elden boathouse
  PORT ELDEN — A fire destroyed a boathouse on Canal Street early Wednesday, Port Elden police said. Nobody was hurt.
  Fire Chief Ron Abbey told the Elden Gazette that an old heater had probably set the varnish alight. Nine rowing
    boats of the regatta club were lost.
fire: Regatta club loses nine boats in blaze
  The regatta club of Port Elden lost nine rowing boats when its boathouse on Canal Street burned down on Wednesday.
  A heater is thought to have lit the varnish, Fire Chief Ron Abbey said. Mayor Olga Farrow offered the club a hall of
    the city.
budget: Mayor Farrow presents budget for Port Elden
  Mayor Olga Farrow of Port Elden presented a budget of $38 million on Tuesday, with more money for sidewalks and none
    for new police cars.
  The council will vote in December. “We have to live within our means,” Farrow told the Elden Gazette.
burglary: Port Elden police seek burglar of three pharmacies
  Port Elden police are looking for a man who broke into three pharmacies on Monday and Tuesday night.
  He took cash and cough syrup, Sergeant Dale Pruitt said. Callers may reach police in Port Elden at any hour.
school: Lincoln school gets a new roof
  Pupils of the Lincoln school in Port Elden will be taught in tents until May while the roof is replaced.
  Principal Joyce Amber said the children liked it. Mayor Olga Farrow visited the tents on Wednesday.
marathon: Kenyan wins Port Elden marathon
  Peter Kiprop of Kenya won the marathon of Port Elden on Sunday in two hours and eleven minutes.
  Some 1,900 runners took part, the Elden Gazette counted; police closed the bridge road until noon.
bakery: Bakery on Main Street closes after 90 years
  The bakery Oller on Main Street in Port Elden will close at Christmas after 90 years.
  Hanna Oller, 71, said that she had found nobody to rise at two in the morning. Mayor Olga Farrow called it a loss
    for Port Elden.
crash: Two hurt as truck hits tram in Port Elden
  Two women were hurt on Wednesday when a truck hit a tram at the station of Port Elden, police said.
  The driver had looked at his telephone, Sergeant Dale Pruitt told the Elden Gazette. The line was closed for three
    hours.
crash: Truck and tram collide, two women hurt
  A truck drove into a tram at the station on Wednesday. Two women were taken to hospital with broken arms.
  Police say the truck driver was on his telephone. The tram line stood still for three hours, Sergeant Dale Pruitt
    said.
zoo: Otters born at Elden zoo
  The zoo of Port Elden has three young otters, the first in eleven years.
  Keeper Sam Wray will show them to visitors from Wednesday on. Mayor Olga Farrow is to name one of them.
court: Landlord fined over mold in Port Elden
  A court in Port Elden fined the landlord Victor Hask $12,000 on Wednesday for mold in 40 apartments.
  Tenants had complained to the city for two years, Judge Nora Timm said. Hask will appeal, his lawyer told the Elden
    Gazette.
library: Library opens on Sundays
  The public library in Port Elden will open on Sundays from March, the council decided on Tuesday.
  Librarian Theo Marsh needs four volunteers. The Elden Gazette gives its old volumes to the reading room.
bridge: Iron bridge to be painted green
  The iron bridge in Port Elden will be painted green next summer, Mayor Olga Farrow said on Wednesday.
  A poll of 800 readers of the Elden Gazette had preferred red. The paint lasts for thirty years, engineer Lutz Brand
    said.
flu: Flu fills the hospital of Port Elden
  The hospital in Port Elden has no free beds since Monday because so many people have influenza.
  Doctor Amy Sands asked visitors to stay at home. Surgery is put off for a week, the Elden Gazette learned.
theater: Curtain rises again at the Rialto
  The Rialto theater in Port Elden reopens on Wednesday with a comedy by Molière after two years of repairs.
  Director Paula Weems rebuilt the stage for $3 million. Mayor Olga Farrow will sit in the first row.
dog: Lost dog rides bus across Port Elden
  A terrier rode the number 7 bus through Port Elden alone on Tuesday until a driver recognized it.
  Police brought the dog, Biscuit, home to its owner, Jill Crane. It had ridden 14 miles, the Elden Gazette reckons.
strike: Garbage collectors walk out
  Garbage in Port Elden stays on the streets from Wednesday: the collectors are on strike for higher wages.
  Union leader Bo Sterling wants five percent. Mayor Olga Farrow called the demand unreal; talks begin on Friday.
strike: Trash piles up as union strikes
  Trash was piling up on Thursday, the second day of the strike of garbage collectors in Port Elden.
  The union of Bo Sterling insists on five percent more wages. Talks with the city are to begin on Friday.
football: Elden Rovers lose the derby
  The Elden Rovers lost the derby against Marlow 0:3 on Saturday and fell to last place.
  Coach Ted Nash spoke of a lack of will. Police led two drunk fans out of the stadium in Port Elden.
museum: Ship model stolen from museum
  A model of a whaler from 1820 was stolen from the museum of Port Elden on Tuesday night, police said.
  It is worth $50,000, curator Ines Gold told the Elden Gazette. The thief came through a skylight.
trees: City plants 500 lindens
  Port Elden will plant 500 lindens along its avenues by April, Mayor Olga Farrow announced on Wednesday.
  Each tree costs $300. Gardener Phil Root is looking for people who water one in front of their door.
well: Wells in the north run dry
  Forty wells in the north of Port Elden have run dry after the dry summer.
  Farmers bring water in tankers, Gus Holt of the water board told the Elden Gazette. Rain is not in sight before
    Wednesday.
choir: Choir sings in Vienna
  The girls' choir of Port Elden sang in Vienna on Sunday before 2,000 listeners.
  Conductor Mia Vale had tears in her eyes. Mayor Olga Farrow sent flowers.
hoax: Bomb hoax empties college
  Port Elden police emptied the college on Wednesday after a caller had spoken of a bomb. None was found.
  A student of 19 has confessed, Sergeant Dale Pruitt said. He had wanted to miss an examination in chemistry.
fishing: Eels return to the Elden river
  Eels swim in the river at Port Elden again, for the first time since 1974, biologist Kate Moss-Ray found.
  She caught 60 on Monday. The Elden Gazette ate none, as they are protected.
market: Market square gets a fountain
  The market square in Port Elden gets a fountain of basalt, the council decided on Wednesday with one vote more.
  The sculptor Ugo Ferri won over 22 others. Mayor Olga Farrow had wanted a clock.
hotel: Grand hotel is for sale
  The grand hotel in Port Elden is for sale for $9 million, its owner, Carl Vance, told the Elden Gazette.
  It has 80 rooms and a ghost, he said. Bids are taken until Wednesday of next week.
internet: Fiber for the western quarters
  The western quarters of Port Elden get fiber in the spring, the company Telnor said on Tuesday.
  Streets will be dug up from February. Mayor Olga Farrow asked residents for patience.
chess: Boy of nine wins chess title
  Arjun Patel, nine years old and from Port Elden, won the chess title of the state on Sunday.
  He beat a teacher of 54 in the final game. The Elden Gazette plays him on Wednesday, and expects to lose.
lake: Swimming banned in Mirror Lake
  The city of Port Elden has banned swimming in Mirror Lake since Wednesday because of blue algae.
  Two dogs have died. Samples are taken every week, chemist Rita Cole said.
"""
PRINTED = tuple(
    tuple(re.sub(r"\n {4}", " ", piece).replace(": ", "\n  ", 1).split("\n  "))
    for piece in re.split(r"\n(?! )", TEXTS.strip())
)


def stories_of(printed: Sequence[Sequence[str]]) -> set[tuple[int, int]]:
    """Return the pairs of texts, by their places, that are in one story."""
    index = StoryIndex()
    for n, (_, title, *paragraphs) in enumerate(printed):
        index.place(ClusterArticle(f"{n:02}", features_of(article(paragraphs, title=title)), MORNING, dated=False))
    return {
        (int(one), int(other)) for members in index.stories.values() for one, other in combinations(sorted(members), 2)
    }


@pytest.mark.parametrize("printed", [PRINTED, PRINTED[::-1]], ids=["as printed", "backwards"])
def test_what_most_articles_of_a_local_paper_name_ties_no_two_of_them(printed):
    same = {(a, b) for a, b in combinations(range(len(printed)), 2) if printed[a][0] == printed[b][0]}
    found = stories_of(printed)
    assert same <= found
    # Four pieces quote one sergeant, which ties some of them; the town and the mayor tied 164 pairs and more.
    assert len(found - same) <= 6


def test_a_name_in_most_articles_still_ties_those_that_are_alike_without_it():
    told = [paragraph for event, _, *paragraphs in PRINTED if event == "fire" for paragraph in paragraphs]
    printed = tuple(("fire", "Boathouse burns", a, b) for a, b in combinations(told, 2))
    assert len(stories_of(printed)) == 15

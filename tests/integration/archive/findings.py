"""What `verify` finds for each alteration of `alterations.py`; some have further findings."""

from typing import Final

_FINDINGS: Final = """\
a row that belongs to it is missing
   version replaced under a new row / capture deleted / page deleted
an event and its record differ
   event of another article / kind of an event / number of an event / capture of another archive for another version
another of its re-extracted texts is shown than the newest
   reading deleted / time of a reading
entry 10 is missing
   log cut
entry 20 is missing
   article deleted with its leaves
entry 23 is missing
   newest version deleted with its leaf / leaf without its position / leaf at another position
entry 33 is missing
   recapture deleted
entry 36 is missing
   all events deleted / events cut
entry 40 is missing
   event deleted
entry 51 is missing
   capture of another archive deleted
entry 56 is missing
   event made up at a position
it has 4 versions but should have 5
   number of versions
it has labels without a change
   label of a first version
it is active, but paused by the log
   watched again
it is gone, but active by the log
   gone
it is not in a checkpoint made after it was fetched: it was added later
   recapture made up
it is not in a checkpoint made after it was seen: it was added later
   version added behind the checkpoint / version added behind the checkpoint as an old import
it is not in the log
   leaf deleted
it is paused, but active by the log
   paused / events of a state exchanged
its address https://herald.example/news/flood/aliased?print=1 differs from the log
   address of an alias
its address https://herald.example/news/flood/aliased?print=1 is in the log and no longer in the archive
   alias deleted / alias of another article
its address https://herald.example/news/flood/gone is not in the log
   own address of another article
its address https://victim.example/ is not in the log
   alias made up
its bytes do not match their hash
   reference page
its capture and its page differ
   status / status of a capture / hash of a capture / pages exchanged
its deletion differs from the log
   reason of a deletion / time of a deletion / extent of a deletion
its deletion is in the log and no longer in the archive
   tombstone deleted
its deletion is not in the log
   tombstone made up / page never stored, says a tombstone
its outlet or its address differs from the log
   move undone
its own address does not lead to it
   own address deleted / address of an article / id of an article / address of an own address / key of an own address
its re-extracted text differs from the log
   older reading shown / extractor of a reading / no edit, says a reading / older reading last
its re-extracted text does not match its identity
   text of a reading / identity of a reading
its re-extracted text is damaged
   text of a reading flipped
its re-extracted text is not in the log
   reading made up
its record does not match its entry in the log
   article of another outlet / outlet renamed / time seen / time of the version before / extractor / signature /
   owners exchanged / time fetched / headers exchanged / time of a recapture
its row and its note differ
   root of a checkpoint / time of a checkpoint
its text does not match its identity
   identity / texts exchanged
its title is not that of its newest version
   title / title of an article read again / numbers exchanged
its title is that of a deleted version
   tombstone made up and bytes emptied
its verdict differs from the log
   verdict deleted / verdict added / at of a verdict / author of a verdict / weight of a verdict /
   shown of a verdict / labels of a verdict / note of a verdict / link of a verdict
its verdict is not in the log
   verdict on another version
not a checkpoint note
   note of a checkpoint
the bytes of its body are damaged
   page emptied / page flipped / length of a page / checksum of a page / page that is its own base /
   pages that are each other's base / base of a page
the bytes of its body do not match their hash
   hash of a page
the bytes of its content are damaged
   text flipped
the bytes of its head are damaged
   headers flipped / headers of a page that is not stored
the change that led to it is damaged
   labels deleted / digest of a change in the leaf / words of a change / significance / announced / change flipped /
   change of another version / change derived again, altered / label / label added
the change that led to it is missing
   change deleted
the change that led to it is not in the log
   no digest of a change / change of a first version
the deletion of one of its recaptures is not in the log
   recapture deleted, says its row
the first 38 entries do not match checkpoint 38
   leaves exchanged / positions exchanged / leaf flipped / leaf of a recapture
the first 56 entries do not match checkpoint 56
   leaf of an event
the first 56 entries do not match the checkpoint
   version altered and sealed again
the record of an event does not match its entry in the log
   record of an event / capture of another archive / place before a move
the version before it is missing
   version in the middle deleted
the version that it belongs to is missing
   article deleted, leaves left / newest version deleted, leaf left
"""


def expected_findings() -> dict[str, str]:
    """Return the finding for each alteration by its name."""
    found: dict[str, str] = {}
    how = ""
    for line in _FINDINGS.splitlines():
        if line.startswith(" "):
            found |= dict.fromkeys(line.strip(" /").split(" / "), how)
        else:
            how = line
    return found

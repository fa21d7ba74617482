"""The counts of a source's changes, made by reading every change: what the kept counts must equal."""

from collections import Counter

from tracker.archive.archive import Archive
from tracker.archive.versions import ChangeCounts, iter_versions
from tracker.model.change import LabelKind
from tracker.model.version import VersionQuery


def counted_anew(archive: Archive, source: str) -> ChangeCounts:
    """Return the counts of the changes of a source."""
    versions = iter_versions(archive, VersionQuery(source=source, changes_only=True))
    found = [each.change for each in versions if each.change is not None]
    labelled = [{label.kind for label in each.labels} for each in found]
    announced = [each.announced for each, kinds in zip(found, labelled, strict=True) if LabelKind.FLAP not in kinds]
    by_kind = Counter(kind for kinds in labelled for kind in kinds)
    return ChangeCounts(
        changes=len(announced),
        factual=len(announced) - announced.count(None),
        announced=announced.count(True),
        kinds=tuple(sorted(by_kind.items(), key=lambda pair: (-pair[1], pair[0]))),
    )

"""An outbox with its archive, and a channel, to test delivery with."""

from datetime import datetime

from tests.alert_samples import NOW
from tests.archives import inline, temporary_archive
from tracker.archive.outbox import enqueue_alerts, list_deliveries
from tracker.errors import ArchiveError
from tracker.model.alert import Alert, Delivery, DeliveryState


class Outbox:
    """An archive whose outbox holds *alerts*; functions in *broken* fail as on a full disk."""

    def __init__(self, *alerts: Alert) -> None:
        self.archive = temporary_archive()
        self.broken: set[object] = set()
        self.thread = inline(self.archive, self._fail)
        self.put(*alerts)

    def _fail(self, function: object) -> None:
        if function in self.broken:
            raise ArchiveError("disk full")

    def put(self, *alerts: Alert, now: datetime = NOW) -> None:
        enqueue_alerts(self.archive, alerts, now)

    @property
    def rows(self) -> dict[int, Delivery]:
        return {row.id: row for row in reversed(list_deliveries(self.archive, limit=10_000))}

    def states(self) -> list[DeliveryState]:
        return [row.state for row in self.rows.values()]


class Recorder:
    """A notifier that takes everything, or raises what *faults* gives for its turn."""

    def __init__(self, *faults: BaseException | None) -> None:
        self.faults = list(faults)
        self.sent: list[tuple[str, str, int, datetime]] = []

    async def send(self, delivery: Delivery, now: datetime) -> None:
        self.sent.append((delivery.key, delivery.article, delivery.version, now))
        fault = self.faults.pop(0) if self.faults else None
        if fault is not None:
            raise fault

"""A day of invented news with faults, and its servers, asked without a network."""

from datetime import UTC, datetime
from functools import cache

from tests.soak.fault_server import FaultServer
from tests.soak.scenario import Scenario, make_scenario
from tracker.demo.http_server import HttpRequest, HttpResponse, LogEntry
from tracker.demo.schedule import Outlet, ScheduledArticle, SimulatedClock


@cache
def busy_day() -> Scenario:
    """Return a day's news, made when a test first asks for it: every worker reads the tests."""
    return make_scenario(3, hours=24, outlets=8, articles=50)


class Server:
    """A fault server whose clock is set by hand."""

    def __init__(self) -> None:
        self._now = 0.0
        clock = SimulatedClock(monotonic=lambda: self._now)
        clock.start()
        self._server = FaultServer(busy_day(), clock, datetime(2026, 11, 25, tzinfo=UTC))
        self._server.bases = {outlet.key: f"http://{outlet.host}" for outlet in busy_day().schedule.outlets}

    def ask(self, outlet: Outlet, path: str, seconds: float, **headers: str) -> HttpResponse:
        self._now = seconds
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._server.respond(outlet, HttpRequest("GET", path, named))

    def get(self, article: ScheduledArticle, seconds: float, suffix: str = "", **headers: str) -> HttpResponse:
        return self.ask(busy_day().schedule.outlet(article.outlet), article.path + suffix, seconds, **headers)

    @property
    def last_entry(self) -> LogEntry:
        return self._server.access.entries()[-1]

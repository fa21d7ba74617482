"""What is counted, and the small page on loopback that tells: /healthz for a watchman, /metrics for Prometheus."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, make_wsgi_app

from .health_server import HealthServer
from .hosts import is_ours

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from datetime import datetime
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from ..model import Counts

REGISTRY: Final = CollectorRegistry()
ProcessCollector(registry=REGISTRY)

CHECKS: Final = Counter("writethru_checks", "Visits to articles", ["source", "outcome"], registry=REGISTRY)
POLLS: Final = Counter("writethru_polls", "Readings of feeds and listings", ["source", "outcome"], registry=REGISTRY)
VERSIONS: Final = Counter("writethru_versions_stored", "Versions stored", ["source"], registry=REGISTRY)
CRASHES: Final = Counter("writethru_crashes", "Turns of a host that ended in an exception", registry=REGISTRY)
HOSTS_IN_PROGRESS: Final = Gauge("writethru_hosts_in_progress", "Hosts being visited now", registry=REGISTRY)
LAST_TICK: Final = Gauge(
    "writethru_last_tick_timestamp_seconds", "When due work was last looked for", registry=REGISTRY
)

DELIVERIES: Final = Counter(
    "writethru_deliveries", "Attempts to tell, by what came of them", ["target", "outcome"], registry=REGISTRY
)
DELIVERY_SECONDS: Final = Histogram(
    "writethru_delivery_seconds",
    "How long one attempt to tell took",
    ["target"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60),
    registry=REGISTRY,
)

ARTICLES: Final = Gauge("writethru_articles", "Articles in the archive", registry=REGISTRY)
KEPT_VERSIONS: Final = Gauge("writethru_versions", "Versions in the archive", registry=REGISTRY)
KEPT_BYTES: Final = Gauge("writethru_archive_bytes", "Size of the archive", registry=REGISTRY)
ALERTS: Final = Gauge("writethru_alerts", "Alerts in the outbox", ["state"], registry=REGISTRY)
OLDEST_ALERT: Final = Gauge(
    "writethru_alerts_pending_oldest_seconds", "Age of the oldest alert that waits", registry=REGISTRY
)


def gauge_counts(counts: Counts, now: datetime) -> None:
    """Show what the archive holds."""
    ARTICLES.set(counts.articles)
    KEPT_VERSIONS.set(counts.versions)
    KEPT_BYTES.set(counts.bytes)
    ALERTS.labels(state="pending").set(counts.pending_alerts)
    ALERTS.labels(state="dead").set(counts.dead_alerts)
    ALERTS.labels(state="delivered").set(counts.delivered_alerts)
    oldest = counts.oldest_pending_at
    OLDEST_ALERT.set(max((now - oldest).total_seconds(), 0.0) if oldest else 0.0)


def serve(
    listen: str,
    health: Callable[[], Mapping[str, object]],
    mounted: Mapping[str, WSGIApplication] | None = None,
    names: Collection[str] = (),
) -> HealthServer:
    """Serve /healthz and /metrics at *listen* ("127.0.0.1:8765"; port 0 takes a free one) in a thread of its own.

    *health* is called in that thread; /healthz answers with what it returns as JSON, 200 where its "ok" is true, else
    503. *mounted* applications answer below their prefixes, whoever asks; all else only under *names*, localhost and
    numbers. Raises ConfigError where the address is no loopback address, or is taken.
    """
    return HealthServer(listen, application(health, mounted or {}, names))


def application(
    health: Callable[[], Mapping[str, object]], mounted: Mapping[str, WSGIApplication], names: Collection[str]
) -> WSGIApplication:
    """Return the WSGI application behind `serve`."""
    exposition: WSGIApplication = make_wsgi_app(REGISTRY)

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path, method = environ.get("PATH_INFO", ""), environ.get("REQUEST_METHOD", "")
        for prefix, other in mounted.items():
            if path.startswith(prefix):
                return other(environ, start_response)
        if not is_ours(environ.get("HTTP_HOST", ""), names):
            said = {"error": "this is no name of this server; hosts in the [web] table of the configuration names it"}
            return _answer(start_response, "421 Misdirected Request", said)
        if method != "GET":
            return _answer(start_response, "405 Method Not Allowed", {"error": "only GET"})
        if path == "/metrics":
            return exposition(environ, start_response)
        if path == "/healthz":
            found = dict(health())
            return _answer(start_response, "200 OK" if found.get("ok") else "503 Service Unavailable", found)
        return _answer(start_response, "404 Not Found", {"error": "there are /healthz and /metrics"})

    return app


def _answer(start_response: StartResponse, status: str, body: Mapping[str, object]) -> list[bytes]:
    raw = json.dumps(body, default=str).encode() + b"\n"
    start_response(
        status,
        [
            ("Content-Type", "application/json"),
            ("Content-Length", str(len(raw))),
            ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
        ],
    )
    return [raw]

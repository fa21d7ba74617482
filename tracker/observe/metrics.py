"""The metrics, and the server of two pages: /metrics for Prometheus, /healthz for monitoring."""

from __future__ import annotations

import errno
import hmac
import json
import shutil
import socket
import threading
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from socketserver import TCPServer, ThreadingMixIn
from typing import Final
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Info,
    ProcessCollector,
    disable_created_metrics,
    make_wsgi_app,
)

from tracker.addresses.urls import host_without_port, is_allowed_host, is_loopback_host, split_host_port
from tracker.config.root import Config
from tracker.errors import AddressInUse, ConfigError
from tracker.model.watch import Counts, WatchState

MAX_IDLE_SECONDS: Final = 10
# Threads of this process, one for each connection. Beyond these, connections from other machines are closed at once.
MAX_THREADS: Final = 100


@dataclass(frozen=True, slots=True)
class Readers:
    """Who may read the pages: this machine, clients that send the `token`, and the machines of `networks`.

    `names` are host names the pages may be requested under, besides localhost, IP addresses and names without a dot.
    """

    names: Collection[str] = ()
    token: str = field(default="", repr=False)
    networks: tuple[IPv4Network | IPv6Network, ...] = ()

    def refusal(self, client: str, host: str, authorization: str) -> tuple[str, str] | None:
        """Return the status and the message with which a request is refused; None if it is answered.

        `client` is the IP address that it came from, `host` and `authorization` are its headers.
        """
        scheme, _, given = authorization.partition(" ")
        is_known = scheme.lower() == "bearer" and hmac.compare_digest(given.encode("latin-1"), self.token.encode())
        if self.token and is_known:
            return None
        # DNS rebinding, see `is_allowed_host`. With the token it is impossible, as other sites do not have it; and with
        # names without a dot, such as those of containers, as nobody owns them on the internet.
        if not is_allowed_host(host, self.names) and (not host or "." in host_without_port(host)):
            error = "this server does not answer under this name; add it to hosts under [web] in the configuration"
            return "421 Misdirected Request", error
        address = ip_address(client)
        address = getattr(address, "ipv4_mapped", None) or address
        if address.is_loopback or any(address in network for network in self.networks):
            return None
        if self.token:
            return "401 Unauthorized", "send the token that service.token names, as in Authorization: Bearer TOKEN"
        error = f"{address} may not read this page; add its network to networks under [service] in the configuration"
        return "403 Forbidden", error


def readers_of(config: Config) -> Readers:
    """Return who may read the pages at `service.listen`. Raises ConfigError if nobody is named for other machines."""
    service = config.service
    token = service.token.reveal("service.token") if service.token else ""
    if token and len(token) < 16:
        raise ConfigError("the token is too short", resource="service.token", hint="use at least 16 characters")
    if not (token or service.networks or is_loopback_host(split_host_port(service.listen)[0])):
        raise ConfigError(
            "other machines could read /healthz and /metrics without a password",
            resource=f"service.listen {service.listen!r}",
            hint="set token or networks in the [service] table, or listen on 127.0.0.1",
        )
    names = frozenset(map(host_without_port, config.web.hosts))
    return Readers(names, token, tuple(map(ip_network, service.networks)))


class _Handler(WSGIRequestHandler):
    timeout = MAX_IDLE_SECONDS

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        """Log nothing: a scrape every few seconds would fill the log."""


class HealthServer(ThreadingMixIn, WSGIServer):
    """Serve a WSGI application until `close` is called; `host` and `port` say where.

    `listen` is address and port, such as "127.0.0.1:8765"; port 0 takes a free one. Raises AddressInUse if something
    else listens there, ConfigError if the address is not on this machine.
    """

    daemon_threads = True

    def __init__(self, listen: str, app: WSGIApplication) -> None:
        resource = f"service.listen {listen!r}"
        host, port = split_host_port(listen)
        self.host = "127.0.0.1" if host == "localhost" else host
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            super().__init__((self.host, port), _Handler)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise AddressInUse(resource) from None
            hint = 'choose another port, or listen = "" for no health page'
            raise ConfigError("cannot listen on this address", resource=resource, hint=hint) from error
        self.set_app(app)
        self.port = self.server_port
        # In a thread, so that the page answers even if the event loop hangs.
        self._thread = threading.Thread(target=self.serve_forever, args=(0.1,), name="health", daemon=True)
        self._thread.start()

    def server_bind(self) -> None:
        """Bind as the base class does, but do not ask for this machine's name: that can hang without a network."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])
        self.setup_environ()

    def verify_request(self, _request: object, client_address: tuple[str, int]) -> bool:
        """Refuse other machines while too many connections are open."""
        return threading.active_count() < MAX_THREADS or is_loopback_host(client_address[0])

    def close(self) -> None:
        """Stop serving and free the port. Calling it again does nothing."""
        self.shutdown()
        self.server_close()
        self._thread.join()


# Prometheus does not need creation times, and they would add a second series to each counter.
disable_created_metrics()  # type: ignore[no-untyped-call]
REGISTRY: Final = CollectorRegistry()
ProcessCollector(registry=REGISTRY)

_counter = partial(Counter, registry=REGISTRY)
_gauge = partial(Gauge, registry=REGISTRY)

CHECKS: Final = _counter("writethru_checks", "Checks of articles", ["source", "outcome"])
POLLS: Final = _counter("writethru_polls", "Polls of feeds and other lists", ["source", "outcome"])
VERSIONS: Final = _counter("writethru_versions_stored", "Versions stored", ["source"])
CRASHES: Final = _counter("writethru_crashes", "Unexpected exceptions while working on a host or in a recurring job")
HOSTS_IN_PROGRESS: Final = _gauge("writethru_hosts_in_progress", "Hosts being checked now")
LAST_TICK: Final = _gauge("writethru_last_tick_timestamp_seconds", "When the service last looked for due work")

DELIVERIES: Final = _counter("writethru_deliveries", "Attempts to deliver an alert, by result", ["target", "outcome"])
DELIVERY_SECONDS: Final = Histogram(
    "writethru_delivery_seconds",
    "How long one attempt to deliver an alert took",
    ["target"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60),
    registry=REGISTRY,
)

ARTICLES: Final = _gauge("writethru_articles", "Articles in the archive")
ARCHIVED_VERSIONS: Final = _gauge("writethru_versions", "Versions in the archive")
ARCHIVE_BYTES: Final = _gauge("writethru_archive_bytes", "Size of the archive")
FREE_BYTES: Final = _gauge(
    "writethru_disk_free_bytes", "Free space on the disk of the SQLite archive and of the checkpoints", ["folder"]
)
LAST_DONE: Final = _gauge(
    "writethru_last_done_timestamp_seconds", "When a backup, a verify without damage or a checkpoint ended", ["task"]
)
ALERTS: Final = _gauge("writethru_alerts", "Alerts in the outbox", ["state"])
OLDEST_ALERT: Final = _gauge("writethru_alerts_pending_oldest_seconds", "Age of the oldest pending alert")
OVERDUE: Final = _gauge("writethru_overdue_articles", "Articles that should have been checked by now")
LAG: Final = _gauge("writethru_lag_seconds", "How long the most overdue article has waited")
LAST_SUCCESS: Final = _gauge(
    "writethru_last_success_timestamp_seconds",
    "When a page or list of the source was last read; 0 if never",
    ["source"],
)
QUARANTINED: Final = _gauge("writethru_quarantined", "Pages and lists set aside because they could not be read")
WAITING_ALERTS: Final = _gauge(
    "writethru_alerts_by_target", "Alerts that are pending, or failed (dead)", ["target", "state"]
)
CIRCUIT_OPEN: Final = _gauge(
    "writethru_target_circuit_open", "1 while nothing is sent to a target that keeps failing", ["target"]
)
REQUESTS: Final = _counter("writethru_requests", "Requests for pages, lists and robots.txt", ["host", "outcome"])
PRUNED: Final = _counter("writethru_pruned_pages", "Stored pages deleted by retention", ["source"])
RETENTION_RUNNING: Final = _gauge("writethru_retention_running", "1 while retention deletes what has expired")
RETENTION_WAITING: Final = _gauge(
    "writethru_retention_waiting", "1 while retention deletes nothing because the system clock may be wrong"
)
LEADER: Final = _gauge("writethru_leader", "1 if this process leads: it schedules checks and delivers alerts")
NETWORK_UP: Final = _gauge("writethru_network_up", "0 while no host can be reached at all")
ARCHIVE_UP: Final = _gauge("writethru_archive_up", "0 while the archive cannot be written")
RELOAD_OK: Final = _gauge("writethru_config_last_reload_successful", "0 if the configuration file could not be used")
BUILD_INFO: Final = Info("writethru_build", "The release that runs", registry=REGISTRY)
# Requests to more hosts are counted together, as "other": each label costs memory here and in Prometheus.
MAX_COUNTED_HOSTS: Final = 500
_hosts: Final[set[str]] = set()
# The labels that `_set_all` last gave to a gauge.
_labels: Final[dict[Gauge, set[tuple[str, ...]]]] = {}


def count_request(host: str, outcome: str) -> None:
    """Count one request to a host."""
    if len(_hosts) < MAX_COUNTED_HOSTS:
        _hosts.add(host)
    REQUESTS.labels(host=host if host in _hosts else "other", outcome=outcome).inc()


def set_watch_gauges(state: WatchState) -> None:
    """Set the gauges of overdue articles, quarantined pages, waiting alerts and the operator's last actions."""
    OVERDUE.set(state.overdue)
    LAG.set(state.lag_seconds)
    QUARANTINED.set(len(state.quarantined))
    _set_all(LAST_SUCCESS, {(name,): seen.timestamp() if seen else 0 for name, seen in state.last_seen.items()})
    _set_all(WAITING_ALERTS, dict(state.waiting.items()))
    _set_all(LAST_DONE, {(task,): at.timestamp() for task, at in state.last_done.items()})


def set_free_space(*folders: Path | None) -> None:
    """Set the gauge of free disk space for those folders that exist."""
    found = [each for each in folders if each and each.is_dir()]
    _set_all(FREE_BYTES, {(str(each.absolute()),): shutil.disk_usage(each).free for each in found})


def _set_all(gauge: Gauge, values: dict[tuple[str, ...], float]) -> None:
    """Set a gauge for all `values`, by their labels, and no others. Nothing is missing from a scrape meanwhile."""
    for labels, value in values.items():
        gauge.labels(*labels).set(value)
    for labels in _labels.get(gauge, set()) - values.keys():
        gauge.remove(*labels)
    _labels[gauge] = set(values)


def set_archive_gauges(counts: Counts, now: datetime) -> None:
    """Set the gauges about the contents of the archive."""
    ARTICLES.set(counts.articles)
    ARCHIVED_VERSIONS.set(counts.versions)
    ARCHIVE_BYTES.set(counts.bytes)
    ALERTS.labels(state="pending").set(counts.pending_alerts)
    ALERTS.labels(state="dead").set(counts.dead_alerts)
    ALERTS.labels(state="delivered").set(counts.delivered_alerts)
    oldest = counts.oldest_pending_at
    OLDEST_ALERT.set(max((now - oldest).total_seconds(), 0.0) if oldest else 0.0)


def serve(listen: str, health: Callable[[], Mapping[str, object]], readers: Readers = Readers()) -> HealthServer:
    """Serve /healthz and /metrics at `listen` in a thread, as HealthServer does, to `readers`.

    In that thread `health` is called, whose result /healthz returns as JSON, with status 200 if its "ok" is true and
    503 otherwise.
    """
    exposition: WSGIApplication = make_wsgi_app(REGISTRY)

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path, method = environ.get("PATH_INFO", ""), environ.get("REQUEST_METHOD", "")
        host, authorization = environ.get("HTTP_HOST", ""), environ.get("HTTP_AUTHORIZATION", "")
        if refusal := readers.refusal(environ["REMOTE_ADDR"], host, authorization):
            return _answer(start_response, refusal[0], {"error": refusal[1]})
        if method != "GET":
            return _answer(start_response, "405 Method Not Allowed", {"error": "only GET is supported"})
        if path == "/metrics":
            return exposition(environ, start_response)
        if path == "/healthz":
            body = dict(health())
            return _answer(start_response, "200 OK" if body.get("ok") else "503 Service Unavailable", body)
        return _answer(start_response, "404 Not Found", {"error": "not found; this server has /healthz and /metrics"})

    return HealthServer(listen, app)


def _answer(start_response: StartResponse, status: str, body: Mapping[str, object]) -> list[bytes]:
    raw = json.dumps(body, default=str).encode() + b"\n"
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(raw)))]
    if status.startswith("401"):
        headers.append(("WWW-Authenticate", 'Bearer realm="writethru"'))
    start_response(status, [*headers, ("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff")])
    return [raw]

import asyncio
import socket
import threading
from collections.abc import Iterable, Sequence
from typing import Any

import httpcore
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.waiting import PATIENCE
from tracker.fetch import guard as guard_module
from tracker.fetch.guard import ALLOWED_PORTS, Guard, require_public_name, resolve
from tracker.fetch.refused_addresses import refusal
from tracker.fetch.responses import FetchError
from tracker.model.capture import FailureKind

PUBLIC = "93.184.215.14"
PUBLIC_V6 = "2606:2800:21f:cb07:6820:80da:af6b:8b2c"

SPELLINGS = [
    "http://127.0.0.1/",
    "http://localhost/",
    "http://127.1/",
    "http://0/",
    "http://0.0.0.0/",
    "http://2130706433/",
    "http://0x7f.1/",
    "http://0x7f000001/",
    "http://017700000001/",
    "http://0177.0.0.1/",
    "http://127.0.0.1./",
    "http://127。0。0。1/",
    "http://①②⑦.⓪.⓪.①/",
    "http://[::1]/",
    "http://[::]/",
    "http://[::ffff:7f00:1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::127.0.0.1]/",
    "http://[64:ff9b::a9fe:a9fe]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[2002:a9fe:a9fe::]/",
    "http://[fec0::1]/",
    "http://[fe80::1]/",
    "http://169.254.169.254/latest/meta-data/",
    "http://224.0.0.1/",
    "http://[ff02::1]/",
    "http://100.64.0.1/",
    "http://10.0.0.1/",
]


class Stream(httpcore.AsyncNetworkStream):
    """Carries nothing, and can be closed."""

    closed = False

    async def aclose(self) -> None:
        self.closed = True


class Recorder(httpcore.AsyncNetworkBackend):
    """Connects to nothing and remembers what it was asked to connect to."""

    def __init__(self, dead: Sequence[str] = ()) -> None:
        self.reached: list[tuple[str, int]] = []
        self.seconds: list[float | None] = []
        self.streams: list[Stream] = []
        self.dead = dead

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        self.reached.append((host, port))
        self.seconds.append(timeout)
        if host in self.dead:
            raise httpcore.ConnectError("refused")
        self.streams.append(Stream())
        return self.streams[-1]


class Names:
    """A resolver whose answers change from one question to the next, as a rebinding attacker's do."""

    def __init__(self, *answers: Sequence[str] | Exception) -> None:
        self.answers = list(answers)
        self.asked = 0

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        answer = self.answers[min(self.asked, len(self.answers) - 1)]
        self.asked += 1
        if isinstance(answer, Exception):
            raise answer
        return answer


async def refused(guard: Guard, host: str, port: int = 80) -> FetchError:
    with pytest.raises(FetchError) as caught:
        await guard.connect_tcp(host, port, timeout=1)
    return caught.value


async def test_a_name_is_resolved_once_and_addresses_in_numbers_are_refused() -> None:
    backend, names = Recorder(), Names([PUBLIC], ["127.0.0.1"])
    await Guard(resolver=names, backend=backend).connect_tcp("rebind.test", 443)
    assert names.asked == 1
    assert backend.reached == [(PUBLIC, 443)]
    error = await refused(Guard(resolver=Names(["127.0.0.1"]), backend=Recorder()), "127.0.0.1")
    assert error.reason.startswith("127.0.0.1 is a loopback address; ")
    error = await refused(Guard(resolver=Names(["what"]), backend=Recorder()), "odd.test")
    assert error.kind is FailureKind.BLOCKED_ADDRESS


@pytest.mark.parametrize("inner", ["127.0.0.1", "169.254.169.254", "fd00:ec2::254", "::1", "100.100.100.200"])
@pytest.mark.parametrize("first", [True, False])
async def test_one_private_address_among_public_ones_is_enough_to_refuse_a_name(inner: str, first: bool) -> None:
    backend = Recorder()
    answers = [inner, PUBLIC] if first else [PUBLIC, inner]
    error = await refused(Guard(resolver=Names(answers), backend=backend), "mixed.test")
    assert error.kind is FailureKind.BLOCKED_ADDRESS
    assert inner in error.reason
    assert "WRITETHRU_ALLOW_PRIVATE=1" in error.reason
    assert backend.reached == []


@pytest.mark.parametrize("port", [22, 25, 3306, 6379])
async def test_only_web_ports_are_reached(port: int) -> None:
    names = Names([PUBLIC])
    error = await refused(Guard(resolver=names, backend=Recorder()), "news.test", port)
    assert error.kind is FailureKind.BLOCKED_ADDRESS
    assert names.asked == 0


async def test_web_ports_are_reached_directly_and_through_a_proxy_for_public_names() -> None:
    backend = Recorder()
    for port in (80, 443, 8080, 8443):
        await Guard(resolver=Names([PUBLIC]), backend=backend).connect_tcp("news.test", port)
    assert {port for _, port in backend.reached} == ALLOWED_PORTS
    for host in ("news.example.org", PUBLIC, PUBLIC_V6):
        require_public_name(host, 443)
    with pytest.raises(FetchError, match="port 25"):
        require_public_name("news.example.org", 25)


@pytest.mark.parametrize("host", ["127.0.0.1", "10.1.2.3", "::1", "localhost", "news.localhost"])
def test_private_addresses_and_names_of_this_machine_are_not_sent_to_a_proxy(host: str) -> None:
    with pytest.raises(FetchError, match="sends it to a proxy only with") as caught:
        require_public_name(host, 443)
    assert caught.value.kind is FailureKind.BLOCKED_ADDRESS


@pytest.mark.parametrize(
    ("addresses", "dead", "can"), [([PUBLIC], [], True), ([PUBLIC], [PUBLIC], False), (["127.0.0.1"], [], False)]
)
async def test_a_connection_can_be_tried(addresses: list[str], dead: list[str], *, can: bool) -> None:
    backend = Recorder(dead)
    assert await Guard(resolver=Names(addresses), backend=backend).can_connect("news.test", 443, 5.0) is can
    assert [stream.closed for stream in backend.streams] == [True] * can


async def test_dead_addresses_get_two_seconds_and_give_way_to_the_next_until_the_last_error() -> None:
    addresses = [PUBLIC, "93.184.215.15", PUBLIC_V6]
    backend = Recorder(dead=[PUBLIC, PUBLIC_V6])
    await Guard(resolver=Names(addresses), backend=backend).connect_tcp("news.test", 80, timeout=9)
    assert [host for host, _ in backend.reached] == [PUBLIC, PUBLIC_V6, "93.184.215.15"]
    assert [round(seconds or 0) for seconds in backend.seconds] == [3, 4, 9]
    addresses = [f"93.184.215.{n}" for n in range(1, 9)]
    backend = Recorder(dead=addresses)
    with pytest.raises(httpcore.ConnectError):
        await Guard(resolver=Names(addresses), backend=backend).connect_tcp("news.test", 80)
    assert len(backend.reached) == 4
    dead = [f"93.184.215.{n}" for n in range(1, 4)]
    backend = Recorder(dead)
    await Guard(resolver=Names([*dead, PUBLIC]), backend=backend).connect_tcp("news.test", 80, timeout=5)
    assert backend.seconds == pytest.approx([2, 2, 2.5, 5], abs=0.05)
    backend = Recorder()
    await Guard(resolver=Names([PUBLIC]), backend=backend).connect_tcp("news.test", 80, timeout=0)
    (seconds,) = backend.seconds
    assert seconds is not None
    assert 0 < seconds < 0.01


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), "Name or service not known"),
        (OSError("the resolver is gone"), "the resolver is gone"),
        (UnicodeError("label too long"), "not a valid host name"),
        ([], "no address"),
    ],
)
async def test_a_name_that_does_not_resolve(answer: Sequence[str] | Exception, said: str) -> None:
    error = await refused(Guard(resolver=Names(answer), backend=Recorder()), "gone.test")
    assert error.kind is FailureKind.DNS
    assert said in error.reason


async def test_a_name_server_that_does_not_respond(monkeypatch: pytest.MonkeyPatch) -> None:
    async def silent(_host: str, _port: int) -> Sequence[str]:
        await asyncio.sleep(60)
        return []

    monkeypatch.setattr(guard_module, "MAX_DNS_SECONDS", 0.01)
    error = await refused(Guard(resolver=silent, backend=Recorder()), "silent.test")
    assert error.kind is FailureKind.DNS


async def test_the_system_resolves() -> None:
    assert "127.0.0.1" in await resolve("127.0.0.1", 80)
    with pytest.raises(OSError, match=r"."):
        await resolve("no such host", 80)
    with pytest.raises(UnicodeError):
        await resolve("a" * 70 + ".example", 80)


async def test_an_answer_nobody_waits_for_any_longer_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    gate = threading.Event()

    def late(*_args: object, **_kwargs: object) -> list[object]:
        gate.wait(PATIENCE)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", late)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await resolve("late.test", 80)
    (thread,) = (each for each in threading.enumerate() if each.name == "resolve late.test")
    assert thread.daemon  # a name server that does not answer must not delay the end of the process
    gate.set()
    await asyncio.to_thread(thread.join, PATIENCE)
    await asyncio.sleep(0)  # the answer that the thread has left to this loop


@pytest.mark.parametrize(
    "address",
    [
        "10.1.2.3", "172.31.255.255", "192.168.1.1", "127.255.255.254", "0.0.0.0", "169.254.169.254", "100.64.0.1",
        "100.127.255.255", "198.18.0.1", "192.0.0.8", "192.0.2.1", "203.0.113.9", "224.0.0.251", "239.1.1.1",
        "240.0.0.1", "255.255.255.255", "192.88.99.1", "168.63.129.16", "::", "::1", "::ffff:10.0.0.1",
        "::ffff:0:127.0.0.1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "2001::1",
        "2001:db8::1", "2002:7f00:1::", "2002:5db8:d70e::", "64:ff9b::10.0.0.1", "64:ff9b:1::1", "100::1", "3fff::1",
        "5f00::1", "not an address", "",
    ],
)  # fmt: skip
def test_addresses_that_are_never_fetched_from(address: str) -> None:
    assert refusal(address)


@pytest.mark.parametrize(
    "address",
    [PUBLIC, PUBLIC_V6, "1.1.1.1", "172.32.0.1", "100.128.0.1", "2a00:1450:4001::8a", "64:ff9b::93.184.215.14",
     "::ffff:93.184.215.14"],
)  # fmt: skip
def test_addresses_of_the_public_web(address: str) -> None:
    assert refusal(address) == ""


@given(st.ip_addresses())
def test_nothing_the_standard_library_calls_private_is_allowed(ip: Any) -> None:
    if not ip.is_global:
        assert refusal(str(ip))

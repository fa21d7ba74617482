"""How `doctor` treats the hosts that it asks whether they answer."""

import time
from datetime import timedelta

from tracker.config.root import Config
from tracker.config.tables import FetchConfig, SourceConfig
from tracker.service.doctor import Finding, network_findings

from .server import Seen, Server, response


async def findings(server: Server, *hosts: str, delay: float = 0.0) -> list[Finding]:
    sources = tuple(SourceConfig(name=host, feeds=(f"http://{host}:{server.port}/feed.xml",)) for host in hosts)
    fetch = FetchConfig(allow_private=True, delay=timedelta(seconds=delay))
    return await network_findings(Config(contact="desk@desk.example", fetch=fetch, sources=sources), 10.0)


def redirect(to: str) -> bytes:
    return response(b"", f"Location: {to}", status="301 Moved Permanently")


async def test_a_host_that_another_one_redirects_to_is_asked_once(server: Server):
    async def answer(seen: Seen, _: object) -> bytes:
        here = f"localhost:{server.port}"
        return response(b"") if seen.headers["host"] == here else redirect(f"http://{here}/robots.txt")

    server.routes["/robots.txt"] = answer
    found = await findings(server, "127.0.0.1", "localhost")
    assert sorted(seen.headers["host"].split(":")[0] for seen in server.seen) == ["127.0.0.1", "localhost"]
    assert [each.state for each in found[:2]] == ["ok", "ok"], "a redirect is an answer"


async def test_a_host_that_redirects_to_itself_is_asked_again_after_its_delay(server: Server):
    times: list[float] = []

    def timed(answered: bytes):
        async def answer(_: Seen, __: object) -> bytes:
            times.append(time.monotonic())
            return answered

        return answer

    server.routes |= {"/robots.txt": timed(redirect("/robots-2.txt")), "/robots-2.txt": timed(response(b""))}
    found = await findings(server, "127.0.0.1", delay=0.4)
    assert times[1] - times[0] >= 0.4
    assert found[0].state == "ok"


async def test_the_clock_is_compared_with_a_host_that_has_no_robots_txt(server: Server):
    async def answer(_: Seen, __: object) -> bytes:
        return response(b"", "Date: Wed, 25 Nov 2026 12:00:00 GMT", status="404 Not Found")

    server.routes["/robots.txt"] = answer
    clock = (await findings(server, "127.0.0.1"))[-1]
    assert (clock.what, clock.state) == ("clock", "broken")
    assert "from a host's clock (Wed, 25 Nov 2026 12:00:00 GMT)" in clock.detail

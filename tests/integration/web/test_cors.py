"""CORS: scripts of configured sites may call the API with the token, and nothing else is opened to anybody."""

import pytest

from tests.integration.web.conftest import client_of
from tests.integration.web.signed_in import TOKEN
from tracker.config.root import parse
from tracker.errors import ConfigError
from tracker.web.site import Site, site_of

DESK = "https://desk.example.org"
ASK = {"access-control-request-method": "POST", "access-control-request-headers": "authorization,content-type"}


async def test_a_configured_site_may_call_the_api(kept):
    async with client_of(kept.url, Site(token=TOKEN, cors=frozenset({DESK}))) as client:
        asked = await client.options("/api/v1/watch", headers={"origin": DESK} | ASK)
        assert asked.status_code == 200
        assert asked.headers["access-control-allow-origin"] == DESK
        assert "authorization" in asked.headers["access-control-allow-headers"]
        headers = {"origin": DESK, "authorization": f"Bearer {TOKEN}"}
        answer = await client.get("/api/v1/counts", headers=headers)
        assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, DESK)
        assert "access-control-allow-credentials" not in answer.headers
        assert "origin" in answer.headers["vary"].lower()
        assert (await client.get("/api/v1/counts", headers={"origin": DESK})).status_code == 401
        other_host = await client.get("/api/v1/counts", headers=headers | {"host": "evil.example"})
        assert other_host.status_code == 421


async def test_no_other_site_and_no_other_page(kept):
    async with client_of(kept.url, Site(cors=frozenset({DESK}))) as client:
        for origin in ("https://evil.example", "null", f"{DESK}.evil.example", "http://desk.example.org"):
            assert (await client.options("/api/v1/watch", headers={"origin": origin} | ASK)).status_code == 400
            answer = await client.get("/api/v1/counts", headers={"origin": origin})
            assert "access-control-allow-origin" not in answer.headers
        for path in ("/", "/changes.json", "/login"):
            answer = await client.get(path, headers={"origin": DESK})
            assert "access-control-allow-origin" not in answer.headers
    async with client_of(kept.url) as client:
        assert (
            "access-control-allow-origin" not in (await client.get("/api/v1/counts", headers={"origin": DESK})).headers
        )


def test_origins_are_configured_by_name():
    config = parse(b'[web]\ncors = ["https://desk.example.org", "http://127.0.0.1:9000"]\n')
    assert site_of(config, listen="127.0.0.1:1").cors == {DESK, "http://127.0.0.1:9000"}
    for wrong in ("*", "null", "https://desk.example.org/", "desk.example.org", "https://*.example.org"):
        with pytest.raises(ConfigError):
            parse(f'[web]\ncors = ["{wrong}"]\n'.encode())

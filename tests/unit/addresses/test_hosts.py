"""Hosts and ports: Host headers, and addresses to listen on; which hosts are this machine."""

import pytest

from tracker.addresses.hosts import host_without_port, is_loopback_host, registrable_domain, split_host_port


@pytest.mark.parametrize(
    "text", ["", "8766", "127.0.0.1", "127.0.0.1:", ":80", "127.0.0.1:x", "127.0.0.1:99999", "a:٨"]
)
def test_what_is_not_a_host_and_port_is_refused(text):
    with pytest.raises(ValueError, match=r'is not a host and port; write it as in "127\.0\.0\.1:8765"'):
        split_host_port(text)


def test_a_host_and_port_are_split_without_brackets():
    assert split_host_port("[::1]:0") == ("::1", 0)
    assert split_host_port("localhost:65535") == ("localhost", 65535)


@pytest.mark.parametrize(
    ("host", "bare"),
    [
        ("Example.ORG:80", "example.org"),
        ("example.org.", "example.org"),
        ("[::1]:80", "::1"),
        ("[::1]", "::1"),
        ("::1", "::1"),
        ("[::1].evil", "[::1].evil"),
        ("", ""),
    ],
)
def test_hosts_without_ports(host, bare):
    assert host_without_port(host) == bare


def test_this_machine_alone():
    assert all(map(is_loopback_host, ("127.0.0.1", "127.9.9.9", "::1", "localhost")))
    assert not any(map(is_loopback_host, ("0.0.0.0", "::", "10.0.0.1", "example.org", "")))


@pytest.mark.parametrize(
    ("host", "site"),
    [
        ("x.org", "x.org"),
        ("www.x.org", "x.org"),
        ("edition.news.x.org:8080", "x.org:8080"),
        ("www.x.co.uk", "x.co.uk"),
        ("x.com.au", "x.com.au"),
        ("www.x.co.at", "x.co.at"),
        ("live.x.ne.jp", "x.ne.jp"),
        ("docs.user.github.io", "user.github.io"),
        ("user.wordpress.com", "user.wordpress.com"),
        ("fly.dev", "fly.dev"),
        ("co.uk", "co.uk"),
        ("127.0.0.1:8001", "127.0.0.1:8001"),
        ("[::1]:8001", "[::1]:8001"),
        ("localhost:80", "localhost:80"),
    ],
)
def test_hosts_of_one_outlet_share_a_site(host, site):
    assert registrable_domain(host) == site

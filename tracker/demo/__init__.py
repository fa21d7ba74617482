"""The demo: two invented news sites on loopback, and the real service watching them.

`schedule` says what the sites publish and when, `news_server` serves it, `webhook_receiver` takes the alerts, `scoring`
compares an archive with what was published, and `harness` runs all of it in front of an unmodified service. The soak
test (tests/soak) reuses these servers.
"""

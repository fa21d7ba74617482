"""The demo: two invented news sites on loopback, and the real service watching them.

`schedule` says what the sites publish and when, `news_server` serves it, and `harness` runs all of it, with a receiver
of alerts, in front of an unmodified service, and compares the archive with what was published. The soak test
(tests/soak) reuses these servers.
"""

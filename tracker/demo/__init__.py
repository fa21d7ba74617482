"""The demo: two invented news sites on loopback, and the real service watching them.

`schedule` has the articles of the sites and their times, `news_server` serves them, and `harness` runs all of it, with
a receiver of alerts, in front of an unmodified service, and compares the archive with the schedule. The soak test
(tests/soak) reuses these servers.
"""

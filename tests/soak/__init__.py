"""The soak test: the real service watches a day or more of invented news, served with every fault servers have.

`scenario` invents the news and its faults from a seed, `fault_server` serves it, `runner` runs the service in front of
it and injects kills, `assessment` holds the archive, the access log and the alerts against what was published. Run it
with `make soak` or `python -m tests.soak`.
"""

import subprocess
import sys

from tracker import alerts


def test_every_public_name_exists():
    for name in alerts.__all__:
        assert getattr(alerts, name)


def test_matching_a_rule_loads_nothing_that_sends():
    script = (
        "import sys; from tracker.alerts import match_rules, sample; import tracker.alerts.matching;"
        "from tracker.alerts import match_rules as again; assert again is match_rules;"
        "print([m for m in ('smtplib', 'structlog', 'prometheus_client', 'httpx', 'apprise') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"

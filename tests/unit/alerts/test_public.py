import subprocess
import sys


def test_matching_a_rule_loads_nothing_that_sends():
    script = (
        "import sys, tracker.alerts.matching, tracker.alerts.samples;"
        "print([m for m in ('smtplib', 'structlog', 'prometheus_client', 'httpx', 'apprise') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"

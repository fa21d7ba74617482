"""What the service reports about itself: log lines, metrics, a health page, and its state for systemd."""

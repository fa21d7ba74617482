"""What the service says of itself: log lines, metrics, and its state to systemd."""

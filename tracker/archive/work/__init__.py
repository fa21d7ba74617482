"""What a service at work writes and asks: what is due, what a check decided, alerts, beliefs, stories."""

"""Label a change, weigh how much it matters, and tell whether the outlet said so."""

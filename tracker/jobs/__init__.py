"""When to look, and who looks."""

"""When to check, and who checks."""

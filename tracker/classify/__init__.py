"""Say of a change what it is, how much it matters, and whether the outlet said so."""

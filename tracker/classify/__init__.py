"""Label a change, rate its significance, and find whether the outlet noted it."""

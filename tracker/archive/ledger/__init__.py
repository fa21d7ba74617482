"""The proof: an RFC 6962 log, its signed checkpoints, and verification of all that they cover."""

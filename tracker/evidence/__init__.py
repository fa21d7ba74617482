"""Evidence packages: one change in one file that anyone can verify without the archive.

`verifier`, `ed25519`, `members` and `log_proofs` of the ledger become the verify.py of a package, so they import only
the standard library.
"""

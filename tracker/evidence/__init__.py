"""Evidence for a court or a standards desk: one change in one file, which can be checked without the archive.

`verifier` and `ed25519` become the verify.py of a package, so they import nothing but the standard library.
"""

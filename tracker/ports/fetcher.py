"""The Fetcher, under its former name."""

from tracker.model.fetcher import Fetcher

__all__ = ["Fetcher"]

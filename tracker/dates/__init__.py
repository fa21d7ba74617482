"""Dates as feeds, sitemaps and pages write them."""

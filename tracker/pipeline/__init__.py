"""The way of an article through the stages."""

"""The archive as web pages, charts, feeds and an API. Pages work without scripts and load nothing from other sites."""

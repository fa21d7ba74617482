"""The archive in a browser: pages, pictures, feeds and an API. A thin shell, useful without scripts, loads nothing."""

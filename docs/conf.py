"""Configure Sphinx for `make docs`."""

from tracker import __version__

project = "Writethru"
author = "the Writethru authors"
copyright = "2026, the Writethru authors"
version = release = __version__
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = "Writethru"
html_copy_source = False
html_show_sphinx = False

"""Draw changes and their history as SVG; a page's style sheet colours what has no styles.

Each picture has its content in a <title>, and pages show the same facts next to it. Colour never stands
alone: shape, place or a sign says the same. Shapes stretch with the page, so words are next to a picture, never in it.
"""

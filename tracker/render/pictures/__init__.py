"""Draw the history of an article as SVG without styles: a page's style sheet colours it.

Each picture has its content in a <title>, and pages show the same facts as a table next to it. Colour never stands
alone: shape, place or a sign says the same. Shapes stretch with the page, so words are next to a picture, never in it.
"""

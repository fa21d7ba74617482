"""Write changes and versions as text, ANSI, HTML, JSON and SVG. Values go in, text comes out."""

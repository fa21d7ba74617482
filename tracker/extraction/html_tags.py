"""What HTML elements say about the text in them, by their tags and roles."""

from __future__ import annotations

from typing import Final


class Zone:
    """What an element is inside of, by its own tag and role and those of its ancestors; flags that may be combined."""

    LINK: Final = 1
    BOLD: Final = 2
    ASIDE: Final = 4
    FIGURE: Final = 8
    FOOTER: Final = 16
    HEADER: Final = 32
    LIST: Final = 64
    TABLE: Final = 128
    QUOTE: Final = 256
    HEADING: Final = 512
    NAV: Final = 1024
    CAPTION: Final = 2048
    HIDDEN: Final = 4096
    FORM: Final = 8192
    ITALIC: Final = 16384  # or small: how outlets set what is not the story itself
    READING: Final = 32768  # of ruby


SKIPPED_TAGS: Final = frozenset(
    "script style noscript button iframe svg template select object embed nav canvas audio video map dialog annotation"
    " annotation-xml textarea datalist progress meter img input source link meta".split()
)
"""Elements that are not read, with everything in them."""
CROWDED_TAGS: Final = "svg nav noscript select template".split()
"""Those of them that hold many elements: removing them first is cheaper than walking past what is in them."""
BLOCK_TAGS: Final = frozenset(
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure"
    " footer form h1 h2 h3 h4 h5 h6 header hgroup hr li main menu ol p pre section summary table tbody td tfoot th"
    " thead tr ul".split()
)
HEADING_TAGS: Final = frozenset("h1 h2 h3 h4 h5 h6".split())
PLAYER_TAGS: Final = frozenset({"video", "iframe", "audio", "object", "embed"})
_CONTROL_TAGS: Final = frozenset({"button", "input", "textarea"})
NOTED_TAGS: Final = PLAYER_TAGS | _CONTROL_TAGS | {"br", "img"}  # not entered, but noted
_ZONES_BY_TAG: Final[dict[str, int]] = {
    "a": Zone.LINK,
    "b": Zone.BOLD,
    "strong": Zone.BOLD,
    "em": Zone.ITALIC,
    "i": Zone.ITALIC,
    "small": Zone.ITALIC,
    "aside": Zone.ASIDE,
    "figure": Zone.FIGURE,
    "picture": Zone.FIGURE,
    "figcaption": Zone.CAPTION | Zone.FIGURE,
    "caption": Zone.CAPTION,
    "footer": Zone.FOOTER,
    "header": Zone.HEADER,
    "li": Zone.LIST,
    "table": Zone.TABLE,
    "blockquote": Zone.QUOTE,
    "form": Zone.FORM,
    "rt": Zone.READING,
} | dict.fromkeys(HEADING_TAGS, Zone.HEADING)
# The zone of every tag, -1 for those that are not entered: one look-up a node.
ZONES_OR_SKIP: Final[dict[str, int]] = (
    dict.fromkeys((*SKIPPED_TAGS, *NOTED_TAGS, "-comment", "-doctype", "-undef", "-document"), -1) | _ZONES_BY_TAG
)
ZONES_BY_ROLE: Final[dict[str, int]] = {
    "navigation": Zone.NAV,
    "complementary": Zone.ASIDE,
    "contentinfo": Zone.FOOTER,
    "banner": Zone.HEADER,
    "dialog": Zone.HIDDEN,
    "heading": Zone.HEADING,
}

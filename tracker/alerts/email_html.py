"""An alert as an HTML mail: inline styles, no images but one that the mail carries, nothing loaded from anywhere.

Text keeps the reader's own colours, so that it is readable in light and dark mode. Only added and removed words have
colours, always foreground and background together, and are underlined or struck through as well.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from string import Template
from typing import Any, Final

from ..render import html
from . import payload_text

Body = dict[str, Any]

_SERIF: Final = "Georgia,'Times New Roman',serif"
_SANS: Final = "-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
_P: Final = f"margin:0 0 14px;font:17px/1.5 {_SERIF}"
_H1: Final = f"margin:0 0 10px;font:bold 22px/1.25 {_SERIF}"
_H2: Final = f"margin:0 0 6px;font:bold 18px/1.3 {_SERIF}"
_NOTE: Final = f"margin:0 0 14px;font:14px/1.5 {_SANS}"
_FOOT: Final = f"margin:22px 0 0;padding:12px 0 0;border-top:1px solid #8a8a8a;font:13px/1.6 {_SANS}"
_NAME: Final = f"font:bold 12px/1.4 {_SANS};letter-spacing:.04em"
_EDIT: Final = f"margin:0 0 14px;padding:2px 0 2px 12px;border-left:3px solid #8a8a8a;font:17px/1.5 {_SERIF}"
_BAR: Final = f"margin:0 0 14px;padding:2px 0 2px 12px;border-left:3px solid #b58900;font:16px/1.5 {_SERIF}"
_STYLES: Final = {
    "-": "color:#7d1109;background-color:#fbe3e1;text-decoration:line-through",
    "+": "color:#07481a;background-color:#dcf3e2;text-decoration:underline",
}
_IMAGE: Final = "display:block;width:100%;height:auto;border:0"
_LINK: Final = "color:inherit;text-decoration:underline"
_BUTTON: Final = (
    f"display:inline-block;margin:4px 0 0;padding:9px 16px;border:1px solid #8a8a8a;border-radius:4px;"
    f"font:bold 14px/1.2 {_SANS};color:inherit;text-decoration:none"
)


def alert(subject: str, body: Body, picture: tuple[str, str] | None) -> str:
    """Return one alert as an HTML document; `picture` is the Content-ID and the alt text of a picture in the mail."""
    parts = [_kicker(body, "0 0 6px"), _title(body, _H1, "h1")]
    if picture is not None:
        ident, alt = map(html.text, picture)
        parts.append(f'<p style="margin:0 0 14px"><img src="cid:{ident}" alt="{alt}" width="600" style="{_IMAGE}"></p>')
    parts += _content(body)
    links = [_anchor(body["link"], "See the full change", _BUTTON)] if body["link"] != body["url"] else []
    links.append(_anchor(body["url"], "Open the article"))
    parts.append(f'<p style="{_NOTE}">{" &nbsp; ".join(links)}</p>')
    parts.append(_foot(f"<code>{html.text(payload_text.command(body))}</code><br>", body))
    return _page(subject, " ".join(payload_text.facts(body)), parts)


def digest(subject: str, body: Body, rest: str) -> str:
    """Return a digest as an HTML document; `rest` says how many alerts are left out."""
    parts = [f'<h1 style="{_H1}">{html.text(subject)}</h1>']
    for each in body["alerts"]:
        parts.append(_kicker(each, "24px 0 4px"))
        parts.append(_title(each, _H2, "h2"))
        parts += _content(each)
    if rest:
        parts.append(_paragraph(rest, _NOTE))
    parts.append(_foot("", body))
    return _page(subject, ", ".join(payload_text.headline(each) for each in body["alerts"][:3]), parts)


def from_template(subject: str, text: str) -> str:
    """Return text made by a user's template as an HTML document."""
    parts = [_paragraph(piece, _P).replace("\n", "<br>") for piece in text.split("\n\n") if piece.strip()]
    return _page(subject, "", parts)


def _content(body: Body) -> list[str]:
    parts = [_paragraph(" ".join(payload_text.facts(body)), _NOTE)]
    if words := payload_text.first_words(body):
        parts.append(_paragraph(words, _P))
    for name, hunks in payload_text.edits(body):
        edit = f'<span style="{_NAME}">{html.text(name)}</span><br>{html.hunks(hunks, _STYLES)}'
        parts.append(f'<p dir="auto" style="{_EDIT}">{edit}</p>')
    parts += [_paragraph(notice, _BAR) for notice in payload_text.notices(body)]
    if more := payload_text.more(body):
        parts.append(_paragraph(more, _NOTE))
    return parts


def _kicker(body: Body, margin: str) -> str:
    """Return the line above a headline: the source, and what happened."""
    source = f"{body['source']} · " if body["source"] else ""
    return _paragraph(source + payload_text.name(body).upper(), f"{_NAME};margin:{margin}")


def _title(body: Body, style: str, tag: str) -> str:
    return f'<{tag} dir="auto" style="{style}">{_anchor(body["link"], payload_text.headline(body))}</{tag}>'


def _foot(above: str, body: Body) -> str:
    rule, ident = html.text(body["rule"]), html.text(body["id"])
    return f'<p style="{_FOOT}">{above}Rule “{rule}”<br>{ident}</p>'


def _anchor(address: str, text: str, style: str = _LINK) -> str:
    return f'<a href="{html.text(address)}" style="{style}">{html.text(text)}</a>'


def _paragraph(text: str, style: str) -> str:
    return f'<p dir="auto" style="{style}">{html.text(text)}</p>'


@cache
def _template() -> Template:
    return Template(files(__package__).joinpath("email.html").read_text("utf-8"))


def _page(subject: str, preview: str, parts: list[str]) -> str:
    """Return the document; `preview` is what a mailbox shows beside the subject."""
    return _template().substitute(subject=html.text(subject), preview=html.text(preview), inner="\n".join(parts))

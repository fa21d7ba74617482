"""Write self-contained HTML, for files and feeds: inline styles, no script, nothing loaded from anywhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape

from tracker.model.article import Article
from tracker.model.change import Change, Hunk, Op

from .plain import summary
from .rows import DiffOptions, Row, apart, rows
from .text import safe

# Feed readers drop style sheets: every element has its style.
_STYLES = {
    "-": "color:#8c1c13;background:#fdeceb;text-decoration:line-through",
    "+": "color:#0b5d1e;background:#e6f6ea;text-decoration:underline",
}
_TAGS = {"-": "del", "+": "ins"}
_P = "margin:0 0 12px;font:16px/1.5 Georgia,serif;color:#1a1a1a"
_NOTE = "margin:0 0 12px;font:13px/1.5 sans-serif;color:#5a5a5a"
_BARS = {
    Op.SAME: "transparent", Op.EDIT: "#b58900", Op.INSERT: "#0b5d1e", Op.DELETE: "#8c1c13", Op.MOVE: "#1f6f8b",
}  # fmt: skip
_CHANGES_ONLY = DiffOptions(changes_only=True, context=0)


def text(value: str) -> str:
    """Return `value` as HTML, with everything escaped or removed that could harm."""
    return escape(safe(value), quote=True)


def hunks(parts: Iterable[Hunk], styles: Mapping[str, str] | None = None) -> str:
    """Return hunks with <del> and <ins>, a space between the two; `styles` gives the inline style of "-" and "+"."""
    begin = {op: f'<{tag} style="{styles[op]}">' if styles else f"<{tag}>" for op, tag in _TAGS.items()}
    end = {op: f"</{tag}>" for op, tag in _TAGS.items()}
    return "".join(f"{begin.get(op, '')}{text(part)}{end.get(op, '')}" for op, part in apart(parts))


def diff(change: Change, options: DiffOptions = _CHANGES_ONLY) -> str:
    """Return a change as a fragment: its summary, then every row."""
    body = "\n".join(_row(row) for row in rows(change, options))
    return f'<div>\n<p style="{_NOTE}">{text(summary(change))}</p>\n{body}\n</div>'


def article(content: Article) -> str:
    """Return headline, dek, byline, text and notices as a fragment."""
    parts = [f"<h1>{text(content.title)}</h1>"] if content.title else []
    parts += [f'<p style="{_P}"><strong>{text(content.dek)}</strong></p>'] if content.dek else []
    parts += [f'<p style="{_NOTE}">By {text(", ".join(content.byline))}</p>'] if content.byline else []
    parts += [f'<p style="{_P}">{text(block.text)}</p>' for block in content.editorial]
    parts += [f'<p style="{_NOTE}">{n.kind.value}: {text(n.text)}</p>' for n in content.notices]
    return "\n".join(parts)


def _row(row: Row) -> str:
    if row.part == "gap":
        return f'<p style="{_NOTE}">{text(row.note)}</p>'
    note = f' <em style="font:13px sans-serif">({text(row.note)})</em>' if row.note else ""
    name = "" if row.part == "block" else f"<strong>{text(row.name)}</strong>{note}: "
    lead = f"{note.strip()} " if row.part == "block" and note else ""
    style = f"{_P};border-left:3px solid {_BARS[row.op]};padding-left:10px"
    remark = f'<br><em style="font:13px sans-serif">{text(row.remark)}</em>' if row.remark else ""
    return f'<p style="{style}">{name}{lead}{hunks(row.hunks, _STYLES)}{remark}</p>'


def page(title: str, body: str) -> str:
    """Return `body`, which is HTML already, as a whole document."""
    return (
        f'<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8"><title>{text(title)}</title>'
        '<meta name="viewport" content="width=device-width"></head>\n'
        f'<body style="max-width:42em;margin:2em auto;padding:0 1em">\n{body}\n</body>\n</html>\n'
    )

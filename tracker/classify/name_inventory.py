"""The words of both versions of an article, which tell names from other words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from .mentions import GENITIVE

if TYPE_CHECKING:
    from tracker.model.article import Article

_MARKS: Final = ".,;:!?“”\"'’()"
_WITHIN_SENTENCE: Final = re.compile(r"(?<=[a-zà-ÿ,;] )[\w'’-]+")


class NameInventory:
    """The words of both articles, which tell names from other words where a headline capitalises every word."""

    def __init__(self, old: Article, new: Article) -> None:
        self._articles = (old, new)
        self._words: frozenset[str] | None = None
        self._within: frozenset[str] | None = None

    def may_be_name(self, word: str) -> bool:
        """Return whether the text writes `word` with a capital only; without a text any word may be a name."""
        if self._words is None:
            words = {word for article in self._articles for word in article.text.split()}
            self._words = frozenset(GENITIVE.sub("", word.strip(_MARKS)) for word in words)
        return not self._words or (word in self._words and word.lower() not in self._words)

    def is_outlet(self, name: str) -> bool:
        """Return whether `name` is that of the site which published the articles: "BILD" on bild.de."""
        return any(name.lower() in urlsplit(article.canonical_url).netloc.split(".") for article in self._articles)

    def is_name(self, word: str) -> bool:
        """Return whether the text writes `word` with a capital within sentences, and nowhere without one."""
        if not word[0].isalpha() or "." in word:
            return False
        if self._within is None:
            self._within = frozenset(
                found for article in self._articles for found in _WITHIN_SENTENCE.findall(article.text)
            )
        return word in self._within and self.may_be_name(word)

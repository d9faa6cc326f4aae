"""Finding words in the text of HTML, whatever their case and accents.

Knows plain text only: what it returns is shown as text, never as HTML.
"""

import re
import unicodedata

from lxml import html as lxml_html

# What begins on a line of its own: words before and after it are not one word.
LINES = ("address", "blockquote", "br", "caption", "div", "hr", "p", "pre", "section")
LISTS = ("dd", "dl", "dt", "li", "ol", "ul")
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6", "header", "footer")
TABLES = ("table", "tbody", "td", "tfoot", "th", "thead", "tr")
BLOCKS = LINES + LISTS + HEADINGS + TABLES
BEFORE, AFTER = 60, 120  # characters around the first word that was found
MARKS = re.compile(r"[\u0300-\u036f]+")
WORD_END = 15  # characters at most that a snippet gives up to end between words


def get_words(query):
    """Return the words of a query, folded, each once."""
    return list(dict.fromkeys(fold(query).split()))


def fold(text):
    """Return ``text`` without difference of case and accents.

    The result can be shorter or longer than ``text``.
    """
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return MARKS.sub("", decomposed)


def get_text(body):
    """Return the text of an HTML fragment on one line; no tags, no attributes."""
    if not body:
        return ""
    tree = lxml_html.fragment_fromstring(body, create_parent="div")
    for element in tree.iter(*BLOCKS):
        element.text = f" {element.text or ''}"
        element.tail = f" {element.tail or ''}"
    text = " ".join(tree.text_content().split())
    return unicodedata.normalize("NFC", text)


def has_words(text, words):
    """Return whether each of the folded ``words`` is in ``text``, inside others too."""
    folded = fold(text)
    return all(word in folded for word in words)


def get_snippet(text, words):
    """Return the part of ``text`` around the first of the folded ``words``.

    :return: a list of [text, whether it is one of the words] that make up the part
    """
    hits = _get_hits(text, words)
    first = hits[0][0] if hits else 0
    start, stop = _get_window(text, first)
    pieces, end = [], start
    for hit_start, hit_stop in hits:
        if hit_start < stop:
            hit_stop = min(hit_stop, stop)
            pieces += [[text[end:hit_start], False], [text[hit_start:hit_stop], True]]
            end = hit_stop
    pieces.append([text[end:stop], False])
    if start:
        pieces.insert(0, ["… ", False])
    if stop < len(text):
        pieces.append([" …", False])
    return [piece for piece in pieces if piece[0]]


def _get_hits(text, words):
    """Return where ``words`` are in ``text``: [start, stop] of each, not touching."""
    folded, positions = _fold_with_positions(text)
    spans = sorted(
        (positions[match.start()], positions[match.end() - 1] + 1)
        for word in words
        for match in re.finditer(re.escape(word), folded)
    )
    hits = []
    for start, stop in spans:
        if hits and start <= hits[-1][1]:
            hits[-1][1] = max(hits[-1][1], stop)
        else:
            hits.append([start, stop])
    return hits


def _fold_with_positions(text):
    """Return ``text`` folded, and for each character where in ``text`` it came from."""
    folded, positions = [], []
    for position, character in enumerate(text):
        part = fold(character)
        folded.append(part)
        positions += [position] * len(part)
    return "".join(folded), positions


def _get_window(text, first):
    """Return where the part around the position ``first`` starts and stops: between
    words, if there are any near."""
    start, stop = max(first - BEFORE, 0), min(first + AFTER, len(text))
    if start:
        space = text.find(" ", start, start + WORD_END)
        start = space + 1 if space >= 0 else start
    if stop < len(text):
        space = text.rfind(" ", stop - WORD_END, stop)
        stop = space if space >= 0 else stop
    return start, stop

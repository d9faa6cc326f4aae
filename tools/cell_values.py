"""What people type in the cells of a spreadsheet, as the values that are meant.

Each function returns the value, or None where it cannot be told for certain.
"""

import re
from datetime import date
from decimal import Decimal, InvalidOperation

from odoo.tools.mail import email_normalize, single_email_re

from .wording import fold

YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})( 00:00(:00)?)?")
DAY_FIRST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})")
# Digits in groups of three, and the other sign before the decimals.
GROUPED = re.compile(r"\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*(?:(?!\1)[.,]\d{1,2})?")
PLAIN = re.compile(r"\d+(?:[.,]\d{1,2})?")
CURRENCY = re.compile(r"^(?:€|eur)\s*|\s*(?:€|eur|,-|,--)$", re.IGNORECASE)


def read_email(text):
    """Return the one address in ``text``, as Odoo compares addresses."""
    if not single_email_re.match(text) or ".." in text:
        return None
    name, _at, domain = text.partition("@")
    if name[0] == "." or name[-1] == "." or domain[0] in ".-" or ".-" in domain:
        return None
    return email_normalize(text) or None


def read_day(text, is_certain=True):
    """Return the day: year first, or day first as it is written in Dutch.

    With slashes others write the month first: such a day is told for certain where the
    two numbers cannot be mixed up only.

    :param bool is_certain: False to take such a day as Dutch
    """
    if match := YEAR_FIRST.fullmatch(text):
        return _make_day(match[1], match[3], match[4])
    if match := DAY_FIRST.fullmatch(text):
        is_open = match[2] == "/" and int(match[1]) <= 12 and match[1] != match[3]
        if is_open and is_certain:
            return None
        return _make_day(match[4], match[3], match[1])
    return None


def read_money(text):
    """Return the amount as a decimal, however thousands and decimals are marked."""
    text = CURRENCY.sub("", text).replace(" ", "")
    if match := GROUPED.fullmatch(text):
        text = text.replace(match[1], "")
    elif not PLAIN.fullmatch(text):
        return None
    try:
        return Decimal(text.replace(",", "."))
    except InvalidOperation:
        return None


def read_word(text, words):
    """Return the key of which ``text`` is one of the words.

    :param dict words: iterables of words by key; case and accents are of no matter
    """
    folded = fold(text)
    for key, options in words.items():
        if folded in map(fold, options):
            return key
    return None


def _make_day(year, month, day):
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None

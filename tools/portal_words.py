"""How the pages of the portal write days and sizes: in words, for everybody."""

from odoo.tools import format_date, formatLang

KILOBYTE = 1024
MEGABYTE = 1024 * KILOBYTE
DAY = "d MMMM y"
LONG_DAY = "EEEE d MMMM y"


def write_day(env, day, pattern=DAY):
    """Return ``day`` with the month in words, in the language of ``env``; an empty
    text for none."""
    return format_date(env, day, date_format=pattern)


def write_size(env, size):
    """Return a number of bytes as it is known of files."""
    if size < MEGABYTE:
        return f"{max(1, round(size / KILOBYTE))} kB"
    return f"{formatLang(env, size / MEGABYTE, digits=1)} MB"

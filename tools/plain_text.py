"""Text that people from outside type: what is kept of it."""

import re

# Control characters but for tab and line feed. PostgreSQL refuses one of them, and no
# reader sees the others.
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def clean(text):
    """Return ``text`` with line feeds only, without control characters, halves of
    characters and spaces around it."""
    text = (text or "").replace("\r\n", "\n").replace("\r", "\n")
    text = CONTROL.sub("", text)
    return text.encode("utf-8", "ignore").decode("utf-8").strip()

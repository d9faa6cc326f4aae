"""Sealing the confidential file: AES-256-GCM, each text bound to its place.

A token is ``v1.<key id>.`` followed by the nonce and the ciphertext with its tag; as
text (see :func:`to_text`) what follows the header is base64. Header and place (model,
row and field) are authenticated: a token that is changed, cut or moved does not open.
"""

import base64
import binascii
import functools
import hashlib
import json
import re
import secrets
from contextlib import contextmanager
from contextvars import ContextVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12  # 96 random bits: good for billions of texts a key
TAG_BYTES = 16
VERSION = "v1"
KEY_ID_LENGTH = 16
HEADER_LENGTH = len(VERSION) + 1 + KEY_ID_LENGTH + 1
HEADER = re.compile(rf"{VERSION}\.([0-9a-f]{{{KEY_ID_LENGTH}}})\.")

_kept_closed = ContextVar("outplacement_kept_closed", default=False)


@contextmanager
def keep_closed():
    """Have nothing opened in the block, by whatever cursor or user: see
    :func:`is_kept_closed`, which whoever opens asks."""
    token = _kept_closed.set(True)
    try:
        yield
    finally:
        _kept_closed.reset(token)


def is_kept_closed():
    """Whether this is within :func:`keep_closed`."""
    return _kept_closed.get()


class UnopenableError(Exception):
    """A token does not open. Says nothing of what is in it.

    :param key_id: the id of the key that is missing, None for a token that was
        damaged, moved or never was one
    """

    def __init__(self, key_id=None):
        super().__init__(f"no key {key_id}" if key_id else "damaged or moved")
        self.key_id = key_id


def make_key():
    """Return a new secret: 32 random bytes."""
    return secrets.token_bytes(KEY_BYTES)


def get_key_id(key):
    """Return the id of ``key``: a digest, so that a wrong key cannot bear the name."""
    digest = hashlib.sha256(b"outplacement key id\0" + key).hexdigest()
    return digest[:KEY_ID_LENGTH]


def get_header(key_id):
    """Return what every token of a key begins with."""
    return f"{VERSION}.{key_id}."


def read_key_id(token):
    """Return the id of the key that sealed ``token`` (bytes or text).

    :raises UnopenableError: it is no token
    """
    start = token[:HEADER_LENGTH]
    if isinstance(start, bytes):
        start = start.decode("latin-1")
    return _parse_header(start)


@functools.lru_cache(maxsize=64)
def _parse_header(start):
    """Return the key id: a header is that of thousands of texts."""
    if not (match := HEADER.fullmatch(start)):
        raise UnopenableError()
    return match[1]


def seal(key, place, content):
    """Return the token (bytes) of ``content`` (bytes).

    :param place: where the token is going to be kept: (model, row id, field)
    """
    header = get_header(get_key_id(key))
    nonce = secrets.token_bytes(NONCE_BYTES)
    sealed = AESGCM(key).encrypt(nonce, content, _get_associated(header, place))
    return header.encode() + nonce + sealed


def unseal(key, place, token):
    """Return the content (bytes) of ``token`` (bytes or text), kept in ``place``.

    :raises UnopenableError: sealed with another key, damaged, or of another place
    """
    return Opener(key).unseal(place, token)


class Opener:
    """Opens what one key sealed, thousands of tokens: see :func:`unseal`."""

    def __init__(self, key):
        self._header = get_header(get_key_id(key))
        self._aead = AESGCM(key)

    def unseal(self, place, token):
        """Return the content (bytes) of ``token`` (bytes or text), kept in ``place``.

        :raises UnopenableError: sealed with another key, damaged, or of another place
        """
        sealed = _decode(token) if isinstance(token, str) else token[HEADER_LENGTH:]
        if get_header(key_id := read_key_id(token)) != self._header:
            raise UnopenableError(key_id)
        if len(sealed) < NONCE_BYTES + TAG_BYTES:
            raise UnopenableError()
        associated = _get_associated(self._header, place)
        # a view copies nothing of a long text
        sealed = memoryview(sealed)
        try:
            return self._aead.decrypt(
                sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], associated
            )
        except InvalidTag:
            raise UnopenableError() from None


def to_text(token):
    """Return ``token`` (bytes) as text; it begins with the same header."""
    header, rest = token[:HEADER_LENGTH], token[HEADER_LENGTH:]
    return (header + base64.b64encode(rest)).decode("ascii")


def from_text(text):
    """Return the token (bytes) that :func:`to_text` made ``text`` from.

    :raises UnopenableError: it did not
    """
    read_key_id(text)
    return text[:HEADER_LENGTH].encode("ascii") + _decode(text)


def _decode(text):
    """Return what follows the header of a text, in bytes.

    :raises UnopenableError: it is not as base64 spells it
    """
    try:
        encoded = text[HEADER_LENGTH:].encode("ascii")
        sealed = binascii.a2b_base64(encoded)
    except ValueError:
        raise UnopenableError() from None
    # base64 knows several spellings, with spare bits or with signs that are passed
    # over: one is accepted. Every sign of it was read if none is too many, and bits
    # can be spare in the last group only.
    start = (len(sealed) - 1) // 3 * 3
    ending = base64.b64encode(sealed[start:])
    if len(encoded) != start // 3 * 4 + len(ending) or not encoded.endswith(ending):
        raise UnopenableError()
    return sealed


def _get_associated(header, place):
    """Return what is authenticated along: unambiguous, whatever the parts hold."""
    model, row, field = place
    # what json writes for a number
    row = repr(row) if type(row) is int else json.dumps(row)
    return f"[{_quote(header)}, {_quote(model)}, {row}, {_quote(field)}]".encode()


# the names of a few places, of thousands of rows
_quote = functools.lru_cache(maxsize=256)(json.dumps)

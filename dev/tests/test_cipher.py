"""Properties of the add-on's cipher, for whatever content and place."""

import importlib.util
import tempfile
import unittest

from devkit.paths import CHECKOUT
from hypothesis import configuration, given, settings
from hypothesis import strategies as st

SOURCE = CHECKOUT / "tools" / "cipher.py"
# Loaded by its path: the add-on as a package wants an Odoo around it.
spec = importlib.util.spec_from_file_location("cipher", SOURCE)
cipher = importlib.util.module_from_spec(spec)
spec.loader.exec_module(cipher)

# Nothing is left in the checkout, and no luck: every run tries the same.
home = tempfile.TemporaryDirectory()
configuration.set_hypothesis_home_dir(home.name)
settings.register_profile("outplacement", database=None, derandomize=True)
settings.load_profile("outplacement")

KEYS = st.binary(min_size=32, max_size=32)
CONTENTS = st.binary(max_size=300)
NAMES = st.text(max_size=20)
PLACES = st.tuples(NAMES, st.integers(), NAMES)


class TestCipher(unittest.TestCase):
    def assert_closed(self, key, place, token):
        with self.assertRaises(cipher.UnopenableError):
            cipher.unseal(key, place, token)

    @given(KEYS, PLACES, CONTENTS)
    def test_round_trip(self, key, place, content):
        token = cipher.seal(key, place, content)
        self.assertEqual(cipher.unseal(key, place, token), content)
        text = cipher.to_text(token)
        self.assertEqual(cipher.unseal(key, place, text), content)
        self.assertEqual(cipher.from_text(text), token)
        self.assertEqual(cipher.read_key_id(text), cipher.get_key_id(key))

    @given(KEYS, PLACES, CONTENTS, st.data())
    def test_one_bit_flipped(self, key, place, content, data):
        token = bytearray(cipher.seal(key, place, content))
        bit = data.draw(st.integers(0, len(token) * 8 - 1))
        token[bit // 8] ^= 1 << bit % 8
        self.assert_closed(key, place, bytes(token))

    @given(KEYS, PLACES, CONTENTS, st.data())
    def test_one_bit_of_the_text_flipped(self, key, place, content, data):
        text = bytearray(cipher.to_text(cipher.seal(key, place, content)), "ascii")
        bit = data.draw(st.integers(0, len(text) * 8 - 1))
        text[bit // 8] ^= 1 << bit % 8
        with self.assertRaises(cipher.UnopenableError):
            flipped = text.decode("latin-1")
            cipher.unseal(key, place, flipped)

    @given(st.binary(max_size=40), st.data())
    def test_one_spelling(self, rest, data):
        header = cipher.get_header("0" * cipher.KEY_ID_LENGTH)
        signs = list(cipher.to_text(header.encode() + rest)[len(header) :])
        for _number in range(data.draw(st.integers(1, 4))):
            start = data.draw(st.integers(0, len(signs)))
            end = data.draw(st.integers(start, min(start + 2, len(signs))))
            signs[start:end] = data.draw(st.text("AQgw9+/=-_ \n!", max_size=3))
        text = header + "".join(signs)
        try:
            token = cipher.from_text(text)
        except cipher.UnopenableError:
            return
        self.assertEqual(cipher.to_text(token), text)

    @given(KEYS, PLACES, CONTENTS, st.data())
    def test_cut_short(self, key, place, content, data):
        token = cipher.seal(key, place, content)
        length = data.draw(st.integers(0, len(token) - 1))
        self.assert_closed(key, place, token[:length])

    @given(KEYS, PLACES, CONTENTS, st.binary(min_size=1, max_size=50))
    def test_lengthened(self, key, place, content, more):
        self.assert_closed(key, place, cipher.seal(key, place, content) + more)

    @given(KEYS, PLACES, PLACES, CONTENTS)
    def test_moved(self, key, place, other, content):
        token = cipher.seal(key, place, content)
        if place == other:
            other = (place[0], place[1] + 1, place[2])
        self.assert_closed(key, other, token)

    @given(KEYS, KEYS, PLACES, CONTENTS)
    def test_another_key(self, key, other, place, content):
        token = cipher.seal(key, place, content)
        if key != other:
            self.assert_closed(other, place, token)

    @given(KEYS, PLACES, CONTENTS, CONTENTS)
    def test_halves_of_two_tokens(self, key, place, content, other):
        one = cipher.seal(key, place, content)
        two = cipher.seal(key, place, other)
        half = cipher.HEADER_LENGTH + cipher.NONCE_BYTES
        self.assert_closed(key, place, one[:half] + two[half:])

    @given(KEYS, PLACES, st.binary(max_size=200))
    def test_anything_else(self, key, place, noise):
        self.assert_closed(key, place, noise)

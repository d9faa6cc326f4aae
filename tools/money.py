"""Exact money: decimals in, rounded half-up to the currency (billing rule R2)."""

from decimal import ROUND_HALF_UP, Decimal

# Far beyond any price, well within what a float holds exactly.
NOISE_DIGITS = 9


def to_decimal(value):
    """Return the number that a person reads in ``value``, without binary noise."""
    return Decimal(str(round(value, NOISE_DIGITS)))


def round_amount(amount, currency):
    """Round a decimal half-up (away from zero) to the currency's smallest unit."""
    unit = to_decimal(currency.rounding)
    return (amount / unit).quantize(Decimal(1), ROUND_HALF_UP) * unit


def portion(unit_price, position, currency):
    """Rounded price of the ``position``-th (from 1) of several equal units.

    Cumulative: the first n portions add up to the rounded price of n units, and a
    portion does not change when units are added.
    """
    return round_amount(unit_price * position, currency) - round_amount(
        unit_price * (position - 1), currency
    )

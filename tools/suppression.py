"""Which counts of people may be published: groups under a minimum size are hidden, also
against subtraction within a publication and between it and all that went before.

People stand on a line of categories, each in one: who is furthest (found work) on the
left, who has yet to begin on the right. What is published is where the line is cut, and
how many people stand between two cuts. So everything published is one partition of the
people into stretches of neighbouring categories, there are no crossed tables, and rates
and totals are made of published stretches only (:func:`count_in`).

Cuts are tried in an order that is fixed beforehand, by importance and never by the
figures; one is made if the publication so far, with it, gives no small group away. Why
not the finest partition, or the smallest groups put together: from a choice that looks
at the figures, whoever knows the rules computes them back.

Guaranteed, for a minimum of k (at least 3) and a line that people only move along to
the left, against who has every publication on the line and knows these rules:

- every stretch, and every union of stretches, has nobody or at least k people;
- between two publications the number of people in a set of categories that both tell of
  changes by nobody or by at least k, also where several stretches are added up. What an
  earlier and a later publication pin down together (whoever passed a cut stays on its
  left) counts as published, in all of them;
- by what is published alone nothing is pinned down to somewhere between 1 and k - 1;
  who computes with the rules as well may narrow a small group down to several such
  values, never to one: see the next;
- what is hidden has at least two values that fit. For who computes with the rules as
  well (why was there no cut?), what bounds a hidden number leaves room for k values or
  for one; that this suffices is tried for all courses of small plans, not proved.

Who moves back, or leaves, makes figures that do not fit these assumptions: then the
rules hold for each publication and for each pair of them.

Readers may know by name who of the last category withdrew, since the portal tells them:
each publication also keeps to the rules without those people.

Not guaranteed: that nothing is learnt of a group of k or more, such as that all of it
found work (a category with nobody is told as such). Nothing against who knows of single
people from elsewhere, lays publications on other lines with the same people beside
these (another plan, the results of the bureau), or reads progress reports that
candidates agreed to. And no more can be shown than the rules leave: small plans show
little, and a publication soon after another one hardly more than that.
"""

from itertools import combinations, pairwise
from typing import NamedTuple

SMALLEST_MINIMUM = 3


class Stretch(NamedTuple):
    """Neighbouring categories, and how many people are in them together."""

    keys: tuple
    count: int


def is_small(count, minimum):
    """Whether a number of people, or a difference of two, is to stay hidden."""
    return 0 < abs(count) < minimum


def publish(line, counts, cuts, minimum, history=(), named=0):
    """Return what may be published as a list of :class:`Stretch` from left to right;
    empty where not even the total may.

    :param list line: keys of the categories, from left to right
    :param dict counts: people by key; missing ones have nobody
    :param list cuts: keys after which the line may be cut, the most important first
    :param int minimum: the size from which a group is shown
    :param history: earlier publications, the oldest first, each as returned from here.
        Keys that they lack had nobody; those that they have are on the line, in the
        same order
    :param int named: how many of those in the last category the readers know by name:
        what they subtract them from is no small group either
    :raises ValueError: the minimum is too small to hide anything behind
    """
    if minimum < SMALLEST_MINIMUM:
        raise ValueError("The minimum size of a group is at least 3.")
    sums = [0]
    for key in line:
        sums.append(sums[-1] + counts.get(key, 0))
    past = [_get_known(line, stretches) for stretches in history if stretches]
    known = [None] * len(sums)
    known[0], known[-1] = 0, sums[-1]
    if not _may_add(past, known, minimum, named):
        return []
    positions = {key: position for position, key in enumerate(line, start=1)}
    for position in (positions[key] for key in cuts if key in positions):
        attempt = [*known[:position], sums[position], *known[position + 1 :]]
        if _may_add(past, attempt, minimum, named):
            known = attempt
    return _get_stretches(line, known)


def _may_add(past, numbers, minimum, named):
    """Whether a publication may be added to those before it, for who knows only what
    was published and for who also knows some of the people by name."""
    others = [*numbers[:-1], numbers[-1] - named]
    return _is_safe([*past, numbers], minimum) and _is_safe([others], minimum)


def merge_lines(old, new):
    """Return line ``old`` with what only ``new`` has put in where ``new`` has it."""
    line = list(old)
    previous = None
    for key in new:
        if key not in line:
            line.insert(line.index(previous) + 1 if previous in line else 0, key)
        previous = key
    return line


def count_in(stretches, keys):
    """Return how many people are in categories ``keys`` together by what was published,
    None where that does not tell."""
    keys, total = set(keys), 0
    for stretch in stretches:
        inside = keys.intersection(stretch.keys)
        if inside and len(inside) < len(stretch.keys) and stretch.count:
            return None
        total += stretch.count if inside else 0
    return total if stretches else None


def _get_known(line, stretches):
    """Return how many people a publication says are on the left of each position of the
    line, None where it does not say."""
    ends = {}
    total = 0
    for stretch in stretches:
        total += stretch.count
        ends[stretch.keys[-1]] = total
    published = {key for stretch in stretches for key in stretch.keys}
    known, last = [0], 0
    for key in line:
        if key in published:
            last = ends.get(key)
        known.append(last)
    return known


def _get_stretches(line, known):
    cuts = [position for position, total in enumerate(known) if total is not None]
    return [
        Stretch(tuple(line[start:end]), known[end] - known[start])
        for start, end in pairwise(cuts)
    ]


# ----------------------------------------------------------------------
# What an attacker makes of it
# ----------------------------------------------------------------------


def _is_safe(table, minimum):
    """Whether publications, each as numbers by position with None for what it does not
    say, tell of no small group, taken one by one or together."""
    alone = [bounds for numbers in table for bounds in _get_bounds([numbers])]
    together = _get_bounds(table) if len(table) > 1 else alone
    return not (
        _tells_by_narrowness(alone, together, minimum)
        or any(
            tells(bounds, minimum)
            for bounds in (alone, together)
            for tells in (_tells_of_stretch, _tells_of_change)
        )
    )


def _get_bounds(table):
    """Return the lowest and highest value of each number, for who assumes that numbers
    grow from left to right and from one publication to the next."""
    lows = _grow(table, max)
    turned = [row[::-1] for row in reversed(table)]
    highs = [row[::-1] for row in reversed(_grow(turned, min))]
    return [
        [
            (number, number) if number is not None else bounds
            for number, *bounds in zip(*rows, strict=True)
        ]
        for rows in zip(table, lows, highs, strict=True)
    ]


def _grow(table, choose):
    """Carry known numbers on to the next position and the next publication."""
    grown = []
    for numbers in table:
        row = []
        for position, number in enumerate(numbers):
            known = [number] if number is not None else []
            known += row[-1:]
            known += [grown[-1][position]] if grown else []
            row.append(choose(known))
        grown.append(row)
    return grown


def _is_pinned(low, high, minimum):
    """Whether a number between the two is certainly that of a small group."""
    positive = low > 0 and high < minimum
    negative = low > -minimum and high < 0
    return low <= high and (positive or negative)


def _tells_by_narrowness(alone, together, minimum):
    """Whether what bounds a hidden number, in its own publication and by all of them,
    lies so close together that the rules for what is hidden could give it away."""
    return any(
        is_small(one - other, minimum)
        for row, narrowed in zip(alone, together, strict=True)
        for bounds in zip(row, narrowed, strict=True)
        for one, other in combinations({*bounds[0], *bounds[1]}, 2)
    )


def _tells_of_stretch(bounds, minimum):
    """Whether a stretch of one publication is small by all that is known."""
    for row in bounds:
        for start, left in enumerate(row, start=1):
            for right in row[start:]:
                if right[0] - left[1] >= minimum:
                    break
                if _is_pinned(right[0] - left[1], right[1] - left[0], minimum):
                    return True
    return False


def _tells_of_change(bounds, minimum):
    """Whether between two publications the number of people in some categories changed
    by a small group, by all that is known."""
    for before, after in combinations(bounds, 2):
        for old, new in zip(before, after, strict=True):
            if _is_pinned(new[0] - old[1], new[1] - old[0], minimum):
                return True
        if _adds_up_to_small(_get_changes(before, after), minimum):
            return True
    return False


def _get_changes(before, after):
    """Return the changes between the positions at which both numbers are certain."""
    changes = [
        new[0] - old[0]
        for old, new in zip(before, after, strict=True)
        if old[0] == old[1] and new[0] == new[1]
    ]
    return [right - left for left, right in pairwise(changes)]


def _adds_up_to_small(changes, minimum):
    """Whether some of these numbers add up to a small one, by a set of all sums as the
    bits of a number."""
    zero = sum(-change for change in changes if change < 0)
    sums = 1 << zero
    for change in changes:
        sums |= sums << change if change > 0 else sums >> -change
    smalls = (*range(1, minimum), *range(1 - minimum, 0))
    return any(sums >> zero + small & 1 for small in smalls if zero + small >= 0)

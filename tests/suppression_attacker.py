"""Somebody who computes back what was hidden, from nothing but what was published.

Knows the line of categories, every publication (how many people are in which stretch of
it) and that people only move to the left and nobody leaves. What is unknown: for each
publication and each place on the line, how many people are on its left. All that is
known of those numbers are differences: one is at most so much more than another. Of
such a system the shortest paths give exactly the least and the most of every
difference, whole numbers included, and with that every number that is pinned down.

Shares no code with what it attacks.
"""

import itertools

FAR = 10**9


class Attacker:
    """The numbers of people on the left of each place, as far as they can be known."""

    def __init__(self, line, publications):
        """:param publications: lists of (keys, count) from left to right, the oldest
        first"""
        self.line = list(line)
        self.size = len(self.line) + 1
        self.count = len(publications)
        # node 0 is nobody: the left end of every line
        total = 1 + self.count * self.size
        self.most = [[0 if a == b else FAR for b in range(total)] for a in range(total)]
        for moment, stretches in enumerate(publications):
            self._add_rules(moment)
            self._add_publication(moment, stretches)
        self._solve()

    def _get_node(self, moment, place):
        return 1 + moment * self.size + place

    def _add(self, low, high, distance):
        """Number ``high`` is at most ``distance`` more than number ``low``."""
        self.most[low][high] = min(self.most[low][high], distance)

    def _add_rules(self, moment):
        for place in range(self.size):
            node = self._get_node(moment, place)
            if place:  # nobody stands negatively often somewhere
                self._add(node, self._get_node(moment, place - 1), 0)
            if moment:  # who was on the left is there still
                self._add(node, self._get_node(moment - 1, place), 0)
        self._equal(0, self._get_node(moment, 0), 0)

    def _equal(self, low, high, distance):
        self._add(low, high, distance)
        self._add(high, low, -distance)

    def _add_publication(self, moment, stretches):
        for keys, count in stretches:
            places = sorted(self.line.index(key) for key in keys)
            first, last = places[0], places[-1] + 1
            assert places == list(range(first, last)), "not a stretch"
            self._equal(
                self._get_node(moment, first), self._get_node(moment, last), count
            )

    def _solve(self):
        """All shortest paths (Floyd and Warshall)."""
        nodes = range(len(self.most))
        for middle in nodes:
            onward = self.most[middle]
            for row in self.most:
                if row[middle] < FAR:
                    through = row[middle]
                    for node in nodes:
                        if through + onward[node] < row[node]:
                            row[node] = through + onward[node]
        assert all(self.most[node][node] == 0 for node in nodes), "contradictory"

    # ------------------------------------------------------------------
    # What is known
    # ------------------------------------------------------------------

    def get_range(self, low, high):
        """Return least and most of the difference of two nodes."""
        return -self.most[high][low], self.most[low][high]

    def get_stretch(self, moment, first, last):
        """Return least and most people in categories ``first`` up to ``last``, by their
        positions, at a publication."""
        return self.get_range(
            self._get_node(moment, first), self._get_node(moment, last + 1)
        )

    def get_certain(self, weights):
        """Return the value of a sum of numbers if it is certain, else None.

        Numbers that are at a fixed distance from each other form a class, and each
        class but that of the nobody can still go up and down: a sum is certain if it
        has as much of each as it takes away.

        :param dict weights: how often each node counts
        """
        value, free = 0, {}
        for node, weight in weights.items():
            anchor = next(
                other
                for other in range(node + 1)
                if self.most[other][node] == -self.most[node][other]
            )
            value += weight * self.most[anchor][node]
            if anchor:
                free[anchor] = free.get(anchor, 0) + weight
        return None if any(free.values()) else value

    def _get_weights(self, moment, places, sign=1):
        weights = {}
        for place in places:
            for node, weight in (
                (self._get_node(moment, place + 1), sign),
                (self._get_node(moment, place), -sign),
            ):
                weights[node] = weights.get(node, 0) + weight
        return weights

    def get_sets(self):
        """Yield every set of categories, by their positions, but none and all."""
        places = range(len(self.line))
        for number in range(1, len(self.line)):
            yield from itertools.combinations(places, number)

    def find_small_groups(self, minimum):
        """Yield what gives a group of fewer than ``minimum`` people away: (moments,
        categories, value or range)."""
        for moment in range(self.count):
            yield from self._find_small_stretches(moment, minimum)
            for places in self.get_sets():
                certain = self.get_certain(self._get_weights(moment, places))
                if certain is not None and 0 < certain < minimum:
                    yield (moment,), places, certain
        for before, after in itertools.combinations(range(self.count), 2):
            for places in [*self.get_sets(), tuple(range(len(self.line)))]:
                weights = self._get_weights(after, places)
                weights |= self._get_weights(before, places, sign=-1)
                certain = self.get_certain(weights)
                if certain is not None and 0 < abs(certain) < minimum:
                    yield (before, after), places, certain

    def _find_small_stretches(self, moment, minimum):
        """Yield stretches that are certainly small, whatever their size is."""
        places = range(len(self.line))
        for first, last in itertools.combinations_with_replacement(places, 2):
            least, most = self.get_stretch(moment, first, last)
            if least > 0 and most < minimum:
                yield (moment,), (first, last), (least, most)

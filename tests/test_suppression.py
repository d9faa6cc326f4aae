import itertools
import unittest
from functools import cache
from unittest.mock import patch

from odoo.tests import BaseCase, tagged

from ..tools import suppression
from ..tools.suppression import Stretch, count_in, merge_lines, publish
from .suppression_attacker import Attacker

try:
    from hypothesis import given, settings
    from hypothesis import strategies as st
except ImportError:  # a package of the development environment
    st = None

LINE = ["placed", "stopped", "job_search", "training", "processing", "not_begun"]


def _draw_course(draw):
    """Return (minimum, order of cuts, counts by key at each publication) of a plan of
    which people are called off, go on, stay or end; people move to the left only."""
    line = LINE[: draw(st.integers(2, len(LINE)))]
    minimum = draw(st.integers(3, 6))
    cuts = draw(st.permutations(line[:-1]))
    people = draw(st.lists(st.integers(0, len(line) - 1), min_size=3, max_size=45))
    moments = [people]
    for _moment in range(draw(st.integers(0, 3))):
        steps = st.integers(0, draw(st.integers(0, 2)))
        people = [max(0, place - draw(steps)) for place in people]
        new = draw(st.sampled_from((0, 0, minimum, minimum + 3)))
        people += [len(line) - 1] * new
        moments.append(people)
    courses = [
        {key: people.count(place) for place, key in enumerate(line)}
        for people in moments
    ]
    return line, minimum, cuts, courses


def _examples(number):
    """Have a test tried with many courses of plans, always the same."""
    if not st:
        # an Odoo without it runs the rest; here a skipped test fails `make test`
        return unittest.skip("hypothesis is not installed")
    limits = settings(
        max_examples=number, derandomize=True, database=None, deadline=None
    )
    return lambda test: limits(given(st.composite(_draw_course)())(test))


def _publish_all(line, minimum, cuts, courses):
    """Return the publications of a course, each with all before it."""
    history = []
    for counts in courses:
        history.append(publish(line, counts, cuts, minimum, history))
    return history


def _publish_naively(line, counts, minimum):
    """Hide small cells, and nothing else: what anybody would do at first."""
    shown = [((key,), counts[key]) for key in line]
    return [(keys, count) for keys, count in shown if not 0 < count < minimum] + [
        (tuple(line), sum(counts.values()))
    ]


@tagged("post_install", "-at_install")
class TestSuppression(BaseCase):
    """What is published of groups of people cannot be computed back."""

    def assertHidden(self, course):
        """Assert that nobody learns of a small group from what is published."""
        line, minimum, _cuts, courses = course
        published = _publish_all(*course)
        attacker = Attacker(line, [stretches for stretches in published if stretches])
        self.assertEqual(list(attacker.find_small_groups(minimum)), [])
        moments = [c for c, shown in zip(courses, published, strict=True) if shown]
        for moment, counts in enumerate(moments):
            for place, key in enumerate(line):
                if 0 < counts[key] < minimum:
                    least, most = attacker.get_stretch(moment, place, place)
                    self.assertLess(least, most)
                    self.assertTrue(least <= counts[key] <= most)

    # ------------------------------------------------------------------
    # Attacks
    # ------------------------------------------------------------------

    @_examples(400)
    def test_random_plans(self, course):
        self.assertHidden(course)

    @_examples(60)
    def test_figures_are_true_and_complete(self, course):
        """What is shown is so, and everybody is in it once."""
        line, minimum, _cuts, courses = course
        for counts, stretches in zip(courses, _publish_all(*course), strict=True):
            for keys, count in stretches:
                self.assertEqual(count, sum(counts[key] for key in keys))
                self.assertFalse(0 < count < minimum)
            if stretches:
                shown = [key for stretch in stretches for key in stretch.keys]
                self.assertEqual(shown, line)

    def test_who_knows_the_rules(self):
        """All courses of small plans: whoever runs the rules on everything that may be
        hidden behind a series of publications finds no small group either."""
        for size, totals in (
            (2, (3, 6)),
            (2, (4, 7, 7)),
            (3, (5, 5)),
            (3, (5, 8)),
            (3, (4, 4, 4)),
            (4, (6,)),
            (4, (4, 7)),
        ):
            for cuts in itertools.permutations(range(size - 1)):
                with self.subTest(size=size, totals=totals, cuts=cuts):
                    self.assertEqual(self._find_by_rules(size, totals, cuts, 3), [])

    def _find_by_rules(self, size, totals, cuts, minimum):
        """Return the sets of categories of which the small number, or change, is the
        same in all courses that are published in the same way."""
        line = list(range(size))

        @cache
        def run(counts, history):
            numbers = dict(enumerate(counts))
            return tuple(publish(line, numbers, cuts, minimum, history))

        def walk(courses):
            for total in totals:
                courses = [
                    (*course, counts)
                    for course in courses
                    for counts in _get_counts(total, size)
                    if not course or _moves_left(course[-1], counts)
                ]
            return courses

        alike = {}
        for course in walk([()]):
            history = ()
            for counts in course:
                history += (run(counts, history),)
            alike.setdefault(history, []).append(course)
        return [
            (history, places, values)
            for history, courses in alike.items()
            for places, values in _get_values(courses, size)
            if len(values) == 1 and 0 < abs(min(values)) < minimum
        ]

    # ------------------------------------------------------------------
    # The attacker can win
    # ------------------------------------------------------------------

    def test_the_attacker_finds_what_is_badly_hidden(self):
        """One hidden cell is the total less the others."""
        counts = dict(zip(LINE, (7, 2, 9, 0, 6, 0), strict=True))
        stretches = _publish_naively(LINE, counts, 5)
        found = list(Attacker(LINE, [stretches]).find_small_groups(5))
        self.assertIn(((0,), (1,), 2), found)

    def test_the_attacker_subtracts_publications(self):
        line = ["placed", "stopped", "job_search"]
        before = [(("placed",), 12), (("stopped", "job_search"), 20)]
        after = [(("placed",), 14), (("stopped", "job_search"), 18)]
        found = list(Attacker(line, [before, after]).find_small_groups(5))
        self.assertIn(((0, 1), (0,), 2), found)

    def test_the_attacker_looks_between_publications(self):
        """Ten before and ten after: ten in between, of which eight are known."""
        line = ["placed", "stopped", "job_search"]
        both = [(("placed", "stopped"), 10), (("job_search",), 20)]
        one = [(("placed",), 8), (("stopped", "job_search"), 22)]
        found = list(Attacker(line, [both, one, both]).find_small_groups(5))
        self.assertIn(((1,), (1,), 2), found)

    def _get_leaks(self, *courses, line="abcd", minimum=5):
        """Return what the attacker finds where people stand so, by category."""
        courses = [dict(zip(line, counts, strict=True)) for counts in courses]
        shown = _publish_all(line, minimum, line[:-1], courses)
        attacker = Attacker(line, [stretches for stretches in shown if stretches])
        return list(attacker.find_small_groups(minimum))

    def _without(self, name):
        return patch.object(suppression, name, lambda *args: False)

    def test_each_rule_is_needed(self):
        """Without it the attacker, or who knows the rules, wins."""
        for name, *courses in (
            ("_tells_of_stretch", (2, 9, 0, 7)),
            ("_tells_of_change", (7, 8, 9, 0), (9, 8, 7, 0)),
            # what is left of a cut changes by 6, 0 and 7; the ends together by 1
            ("_adds_up_to_small", (5, 12, 5, 12), (11, 6, 12, 5)),
        ):
            with self.subTest(rule=name):
                self.assertEqual(self._get_leaks(*courses), [])
                with self._without(name):
                    self.assertTrue(self._get_leaks(*courses))
        with self._without("_tells_by_narrowness"):
            self.assertTrue(self._find_by_rules(4, (7, 10), (2, 0, 1), 3))

    def test_the_history_is_needed(self):
        line = ["placed", "stopped", "job_search"]
        shown = [
            publish(line, dict(zip(line, counts, strict=True)), line[:-1], 5)
            for counts in ((7, 8, 9), (9, 8, 7))
        ]
        found = list(Attacker(line, shown).find_small_groups(5))
        self.assertIn(((0, 1), (0,), 2), found)

    # ------------------------------------------------------------------
    # Particulars
    # ------------------------------------------------------------------

    def test_one_publication(self):
        counts = {"placed": 7, "stopped": 2, "job_search": 9, "processing": 6}
        self.assertEqual(
            publish(LINE, counts, LINE[:-1], 5),
            [
                Stretch(("placed",), 7),
                Stretch(("stopped", "job_search"), 11),
                Stretch(("training",), 0),
                Stretch(("processing",), 6),
                Stretch(("not_begun",), 0),
            ],
        )

    def test_the_same_day_twice(self):
        """What was published is not hidden, nor more told, by saying it again."""
        counts = dict(zip(LINE, (7, 2, 9, 1, 6, 3), strict=True))
        first = publish(LINE, counts, LINE[:-1], 5)
        self.assertEqual(publish(LINE, counts, LINE[:-1], 5, [first]), first)

    def test_too_few(self):
        self.assertEqual(publish(LINE, {"placed": 4}, LINE[:-1], 5), [])
        first = publish(LINE, {"placed": 6}, LINE[:-1], 5)
        self.assertEqual(
            publish(LINE, {"placed": 6, "processing": 4}, LINE[:-1], 5, [first]), []
        )

    def test_nobody(self):
        found = publish(LINE, {}, LINE[:-1], 5)
        self.assertEqual([count for _keys, count in found], [0] * len(LINE))

    def test_a_minimum_that_hides_nothing(self):
        with self.assertRaises(ValueError):
            publish(LINE, {}, LINE[:-1], 2)

    def test_a_category_is_new(self):
        """It had nobody before; what was cut beside it stays known."""
        old = publish(
            ["placed", "job_search"], {"placed": 7, "job_search": 9}, ["placed"], 5
        )
        line = merge_lines(
            ["placed", "job_search"], ["placed", "network", "job_search"]
        )
        self.assertEqual(line, ["placed", "network", "job_search"])
        counts = {"placed": 7, "network": 3, "job_search": 6}
        found = publish(line, counts, ["placed", "network"], 5, [old])
        self.assertEqual(found[1], Stretch(("network", "job_search"), 9))
        counts = {"placed": 9, "network": 7}
        found = publish(line, counts, ["placed", "network"], 5, [old])
        self.assertEqual(found[0], Stretch(("placed", "network"), 16))

    def test_merge_lines(self):
        self.assertEqual(merge_lines([], ["a", "b"]), ["a", "b"])
        self.assertEqual(merge_lines(["a", "c"], ["b", "c", "d"]), ["b", "a", "c", "d"])
        self.assertEqual(merge_lines(["a", "b"], ["b", "a"]), ["a", "b"])

    def test_count_in(self):
        stretches = [Stretch(("a", "b"), 7), Stretch(("c",), 5), Stretch(("d", "e"), 0)]
        self.assertEqual(count_in(stretches, ["a", "b", "c"]), 12)
        self.assertEqual(count_in(stretches, ["c", "d"]), 5)
        self.assertIsNone(count_in(stretches, ["a"]))
        self.assertIsNone(count_in([], ["a"]))

    def test_many_publications(self):
        """Five years of quarters, and nothing small in the last one either."""
        history = []
        for quarter in range(20):
            counts = {key: 9 * quarter * place for place, key in enumerate(LINE)}
            history.append(publish(LINE, counts, LINE[:-1], 5, history))
        self.assertTrue(all(history))


def _get_counts(total, size):
    """Yield all ways to spread so many people over categories."""
    if size == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for others in _get_counts(total - first, size - 1):
            yield (first, *others)


def _moves_left(before, after):
    sums = zip(itertools.accumulate(before), itertools.accumulate(after), strict=True)
    return all(old <= new for old, new in list(sums)[:-1])


def _get_values(courses, size):
    """Yield for each set of categories the numbers, and the changes, that fit."""
    moments = range(len(courses[0]))
    for number in range(1, size):
        for places in itertools.combinations(range(size), number):
            sums = [[sum(c[p] for p in places) for c in course] for course in courses]
            for moment in moments:
                yield places, {row[moment] for row in sums}
            for old, new in itertools.combinations(moments, 2):
                yield places, {row[new] - row[old] for row in sums}

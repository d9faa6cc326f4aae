import tempfile
import unittest
from datetime import date, datetime, timedelta

import pytz

from odoo.tests import freeze_time, tagged

from .common import OutplacementCommon

try:
    from hypothesis import HealthCheck, configuration, given, settings
    from hypothesis import strategies as st
except ImportError:  # a package of the development environment
    st = None

NOTE = "outplacement.note"
FIRST = date(2026, 3, 25)  # around the change to summer time in Europe, the 29th
DAYS = 9
ROLES = ("coach", "deputy", "other_coach", "candidate")
ZONES = ("Europe/Amsterdam", "America/New_York", "Pacific/Kiritimati", "UTC")
NEVER = datetime.max.replace(microsecond=0)
SECOND = timedelta(seconds=1)


class Member:
    """A membership, as a person would put it on paper."""

    def __init__(self, zone, given_at, who, role, first, last):
        self.given_at, self.who, self.role = given_at, who, role
        self.begins = self._get_midnight(zone, first)
        self.ends = NEVER
        if last:
            self.ends = self._get_midnight(zone, last + timedelta(days=1))
        self.agreed = False

    def _get_midnight(self, zone, day):
        midnight = pytz.timezone(zone).localize(datetime(day.year, day.month, day.day))
        return midnight.astimezone(pytz.utc).replace(tzinfo=None)

    @property
    def counts_from(self):
        """A date in the past opens nothing: time counts from the assignment."""
        return max(self.begins, self.given_at)

    def is_in(self, now):
        return self.begins <= now < self.ends


class World:
    """One traject by the words of the documentation, without Odoo.

    - Who is in reads, as far as the volume of a note is open to them.
    - A note goes into the volume of the coach who began last. What was written before
      any coach began is the first one's.
    - A volume is open to its coach, however often they return; to a later coach whom
      the candidate agreed to; to a deputy whose time overlaps that of such a coach.
      For this, a coach's time lasts until the next one begins, the first one's since
      ever.
    - The candidate reads what is shared.
    """

    def __init__(self):
        self.members, self.notes = [], []

    def get_coaches(self):
        coaches = [m for m in self.members if m.role == "coach"]
        coaches = [m for m in coaches if m.counts_from < m.ends]
        return sorted(coaches, key=lambda m: m.counts_from)

    def add_note(self, now, shared):
        coaches = self.get_coaches()
        begun = [m for m in coaches if m.counts_from <= now]
        volume = (begun[-1:] or coaches[:1] or self.members[:1] or [None])[0]
        self.notes.append((volume, shared))

    def get_open_to(self, volume):
        """Return the coaches to whom ``volume`` is open, with their times."""
        coaches = self.get_coaches()
        if volume not in coaches:
            volume = coaches[0]
        ends = [m.counts_from for m in coaches[1:]] + [NEVER]
        opened = []
        for place, (coach, end) in enumerate(zip(coaches, ends, strict=True)):
            start = coach.counts_from if place else datetime.min
            mine = [m for m in coaches if m.who == coach.who]
            agreed = [m for m in mine if m.agreed]
            later = [m for m in agreed if coaches.index(m) > coaches.index(volume)]
            if volume in mine or later:
                opened.append((coach, start, end))
        return opened

    def may_read(self, who, note, now):
        volume, shared = note
        if who == "candidate":
            return shared
        inside = [m for m in self.members if m.who == who and m.is_in(now)]
        if not volume or not inside:
            return False
        if not self.get_coaches():
            return any(m.role == "deputy" for m in inside)
        opened = self.get_open_to(volume)
        for member in inside:
            if any(member is coach for coach, _start, _end in opened):
                return True
            if member.role == "deputy" and any(
                start < member.ends and member.counts_from < end
                for _coach, start, end in opened
            ):
                return True
        return False

    def get_moments(self):
        """Return the moments just before and at which something begins or ends."""
        edges = {m.begins for m in self.members} | {m.ends for m in self.members}
        return {
            edge - early for edge in edges - {NEVER} for early in (SECOND, 0 * SECOND)
        }


def _events():
    """Return what happens to a traject: (after how many hours, what, with what)."""
    person = st.sampled_from(("coach", "deputy", "other_coach"))
    day = st.integers(-2, DAYS)
    number = st.integers(0, 9)
    what = st.one_of(
        st.tuples(st.just("coach"), person, day, st.none() | st.integers(0, 5)),
        st.tuples(st.just("deputy"), person, day, st.integers(0, 5)),
        st.tuples(st.just("write"), st.booleans()),
        st.tuples(st.just("agree"), number, st.booleans()),
        st.tuples(st.just("end"), number),
    )
    return st.lists(st.tuples(st.integers(1, 40), what), min_size=3, max_size=9)


def _examples(test):
    """Have ``test`` tried with many worlds, the same at every run."""
    if not st:
        # an Odoo without it runs the rest; here a skipped test fails `make test`
        return unittest.skip("hypothesis is not installed")(test)
    home = tempfile.TemporaryDirectory()
    configuration.set_hypothesis_home_dir(home.name)
    limits = settings(
        max_examples=50,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    zone = st.sampled_from(ZONES)
    return limits(given(zone=zone, tz=zone, events=_events())(test))


@tagged("post_install", "-at_install")
class TestReadingModel(OutplacementCommon):
    """Who reads which note, by Odoo and by a plain model of the rule."""

    def setUp(self):
        super().setUp()
        frozen = freeze_time("2026-03-25 00:30:00")
        self.clock = frozen.start()  # once: to freeze takes longer than an example
        self.addCleanup(frozen.stop)

    @_examples
    def test_the_model_and_odoo_agree(self, zone, tz, events):
        world, now = World(), datetime(2026, 3, 25, 0, 30)
        with self.undone():
            self.clock.move_to(now)
            self._set_zones(zone, tz)
            self.file = self._make_traject()
            self.records, self.written = [], []
            for hours, (what, *args) in events:
                now += timedelta(hours=hours)
                self.clock.move_to(now)
                getattr(self, f"_do_{what}")(world, zone, now, *args)
            self._compare(world, world.get_moments() | {now})

    def _set_zones(self, zone, tz):
        self.company.resource_calendar_id.tz = zone
        for role in ROLES:
            self.users[role].tz = tz

    # ------------------------------------------------------------------
    # What happens, to both
    # ------------------------------------------------------------------

    def _do_coach(self, world, zone, now, who, day, length, role="coach"):
        first = FIRST + timedelta(days=day)
        last = length is not None and first + timedelta(days=length)
        member = self.env["outplacement.traject.member"].create(
            {
                "traject_id": self.file.id,
                "user_id": self.users[who].id,
                "role": role,
                "date_from": first,
                "date_to": last,
            }
        )
        self.records.append(member)
        world.members.append(Member(zone, now, who, role, first, last))

    def _do_deputy(self, world, zone, now, who, day, length):
        self._do_coach(world, zone, now, who, day, length, role="deputy")

    def _do_write(self, world, zone, now, shared):
        values = {"traject_id": self.file.id, "shared": shared}
        self.written.append(self.env[NOTE].create(values))
        world.add_note(now, shared)

    def _do_agree(self, world, zone, now, number, agreed):
        if number < len(self.records) and world.members[number].role == "coach":
            self.records[number].agreed_on = agreed and now.date()
            world.members[number].agreed = agreed

    def _do_end(self, world, zone, now, number):
        if number < len(self.records) and world.members[number].ends > now:
            self.records[number].ended_at = now
            world.members[number].ends = now

    # ------------------------------------------------------------------

    def _compare(self, world, moments):
        """Hold the answers for every person, note and moment against each other."""
        self.env.flush_all()
        ids = [note.id for note in self.written]
        for now in sorted(moments):
            self.clock.move_to(now)
            for who in ROLES:
                found = self.env[NOTE].with_user(self.users[who])
                found = found.search([("id", "in", ids)])
                expected = {
                    written.id
                    for written, note in zip(self.written, world.notes, strict=True)
                    if world.may_read(who, note, now)
                }
                self.assertEqual(set(found.ids), expected, (who, now))

"""A bureau of any size, with people and employers that do not exist.

One row of each kind is made by the ORM; the others are copies of it, made by
PostgreSQL within seconds.
"""

from contextlib import contextmanager
from datetime import date, timedelta

SESSIONS_EACH = 20  # a traject
TRAJECTS_EACH = 100  # a coach, in all these years
CASELOAD = 40  # of which these are current
DAYS_BETWEEN = 10  # from one session to the next
PLANNED_AHEAD = DAYS_BETWEEN * (SESSIONS_EACH - 2)  # one session or two are to come
NOTED = 9  # of ten sessions have a note
# Copy number i of a row has the id COPIES + i: what the ORM makes stays below.
COPIES = 10_000_000
NAMES = ("Aylin", "Bram", "Chantal", "Daan", "Esra", "Floor", "Gijs", "Hanna", "Ilse")

COPY = """
    INSERT INTO {table} ({columns})
    SELECT {expressions}
      FROM {table} AS prototype, generate_series({first}, {last}) AS i {joined}
     WHERE prototype.id = {id}
"""


class Bureau:
    """The bureau in a database: grows, and knows the coach whose work is measured."""

    def __init__(self, place):
        self.place = place
        self.sessions = 0
        self.trajects = 0
        self.coaches: list[int] = []
        self.first: dict[str, int] = {}
        with place.changing() as env:
            self._make_first(env)

    @property
    def coach_id(self) -> int:
        """The user whose work is measured: one of the coaches, no more, no less."""
        return self.coaches[-1]

    def caseload(self, env) -> list[int]:
        """The ids of the trajects that the coach guides at present."""
        return env["outplacement.traject"].search([("is_member", "=", True)]).ids

    def grow(self, sessions: int) -> None:
        """Let the bureau have that many sessions, and as many notes, less a tenth."""
        if sessions <= self.sessions:
            return
        trajects = sessions // SESSIONS_EACH - self.trajects
        with self.place.changing() as env:
            newcomers = self._make_coaches(env, max(trajects // TRAJECTS_EACH, 1))
            self._copy_trajects(env, newcomers, trajects)
            self._copy_sessions(env, self.trajects, trajects)
            self.trajects += trajects
            self.sessions = self.trajects * SESSIONS_EACH
            self.coaches += newcomers
        self.place.vacuum([*self.first, "outplacement_traject_volume_reader_rel"])

    # ------------------------------------------------------------------
    # The first of each kind
    # ------------------------------------------------------------------

    def _make_first(self, env) -> None:
        """Make one row a kind, which the others are copied from."""
        env.user.group_ids += env.ref("outplacement.group_planner")
        self.planner_id = self.make_user(env, "planner", "Petra Planner").id
        [coach] = self.coaches = self._make_coaches(env, 1)
        employer = env["res.partner"].create({"name": "Bakkerij De Korenaar"})
        employer.is_company = True
        person = env["res.partner"].create({"name": "Kandidaat 0"})
        traject = env["outplacement.traject"].create(
            {
                "candidate_id": person.id,
                "employer_id": employer.id,
                "principal_id": employer.id,
                "date_start": date.today() - timedelta(days=150),
            }
        )
        user = env["res.users"].browse(coach)
        traject._assign_member(user, "coach", traject.date_start)
        traject.action_activate()
        traject._set_state("active")
        session = env["outplacement.session"].create(
            {"traject_id": traject.id, "start": "2026-01-05 09:00:00"}
        )
        note = env["outplacement.note"].create(
            {"traject_id": traject.id, "body": "<p>Proef</p>", "author_id": coach}
        )
        env.flush_all()
        rows = (person, traject, traject.member_ids, session, note)
        self.first = {row._table: row.id for row in rows}

    def _make_coaches(self, env, number: int) -> list[int]:
        """Make users who are coaches and nothing else; return their ids."""
        start = len(self.coaches)
        return [
            self.make_user(env, "coach", f"{NAMES[i % len(NAMES)]} Coach {i}").id
            for i in range(start, start + number)
        ]

    def make_user(self, env, role: str, name: str):
        """Make a user with one role."""
        groups = env.ref("base.group_user") | env.ref(f"outplacement.group_{role}")
        login = f"{name.lower().replace(' ', '.')}@bureau.example"
        return (
            env["res.users"]
            .with_context(no_reset_password=True)
            .create({"name": name, "login": login, "group_ids": groups.ids})
        )

    # ------------------------------------------------------------------
    # Copies: `i` counts them in SQL, from 1 for the first ever
    # ------------------------------------------------------------------

    def _copy_trajects(self, env, coaches: list[int], number: int) -> None:
        """Make candidates, trajects and members: the coaches take turns."""
        start = self.trajects
        turn = f"((i - {start + 1}) / {len(coaches)})"
        coach = self._turns(coaches, f"i - {start + 1}")
        current = f"({turn} % {TRAJECTS_EACH} < {CASELOAD})"
        # who is guided has a session still to come, the others were guided for years
        began = (
            f"(current_date - CASE WHEN {current} THEN {PLANNED_AHEAD} + i % 10"
            " ELSE 600 + i % 2500 END)"
        )
        copies = {
            "res_partner": {
                "name": "'Kandidaat ' || i",
                "complete_name": "'Kandidaat ' || i",
                "commercial_partner_id": f"{COPIES} + i",
            },
            "outplacement_traject": {
                "name": "'TR/0000/' || i",
                "candidate_id": f"{COPIES} + i",
                "coach_id": f"CASE WHEN {current} THEN {coach} END",
                "state": f"CASE WHEN {current} THEN 'active' ELSE 'closed' END",
                "phase_id": self._turns(env["outplacement.phase"].search([]).ids, "i"),
                "date_start": began,
                "date_end": f"{began} + 365",
                "date_last_session": f"CASE WHEN {current} THEN current_date - 9 "
                f"ELSE {began} + 300 END",
            },
            "outplacement_traject_member": {
                "traject_id": f"{COPIES} + i",
                "user_id": coach,
                "date_from": began,
                "date_to": f"CASE WHEN NOT {current} THEN {began} + 365 END",
                "access_from": f"{began}::timestamp",
                "access_until": f"CASE WHEN {current} THEN prototype.access_until "
                f"ELSE {began} + 366 END",
            },
        }
        for table, values in copies.items():
            self._copy(env.cr, table, values, start + 1, start + number)
        # what is written in the time of a coach is open to that coach
        env.cr.execute(
            "INSERT INTO outplacement_traject_volume_reader_rel (volume_id, reader_id)"
            " SELECT i, i FROM generate_series(%s, %s) AS i",
            [COPIES + start + 1, COPIES + start + number],
        )

    def _copy_sessions(self, env, start: int, number: int) -> None:
        """Make sessions and notes of the trajects after `start`.

        All trajects have their first session before any has its second, as in a
        bureau: the rows of one traject, or coach, are far from each other.
        """
        first, last = start * SESSIONS_EACH, (start + number) * SESSIONS_EACH
        order = f"(i - {first + 1})"
        joined = f"""
            JOIN outplacement_traject AS traject
              ON traject.id = {COPIES + start + 1} + {order} % {number}
            JOIN outplacement_traject_member AS member
              ON member.traject_id = traject.id
        """
        begin = (
            f"(traject.date_start + {order} / {number} * {DAYS_BETWEEN}"
            f" + interval '8 hours' + {order} % 8 * interval '1 hour')"
        )
        copies = {
            "outplacement_session": {
                "traject_id": "traject.id",
                "candidate_id": "traject.candidate_id",
                "coach_id": "member.user_id",
                "start": begin,
                "stop": f"{begin} + interval '1 hour'",
                "state": f"CASE WHEN {begin} > now() THEN 'planned' ELSE 'held' END",
                "is_billed": f"{begin} <= now()",
            },
            "outplacement_note": {
                "traject_id": "traject.id",
                "candidate_id": "traject.candidate_id",
                "author_id": "member.user_id",
                "volume_id": "member.id",
                "session_id": f"CASE WHEN i % 10 < {NOTED} THEN {COPIES} + i END",
                "date": f"{begin}::date",
                # nobody opens it: as long as a short note that is sealed
                "body_cipher": "repeat(md5(i::text), 8)",
            },
        }
        for table, values in copies.items():
            with _unchecked(env.cr, table):
                self._copy(env.cr, table, values, first + 1, last, joined)

    def _copy(
        self, cr, table: str, values: dict, first: int, last: int, joined: str = ""
    ) -> None:
        """Copy the first row, `values` being SQL for the columns that differ."""
        cr.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s",
            [table],
        )
        expressions = {f'"{name}"': f'prototype."{name}"' for (name,) in cr.fetchall()}
        expressions['"id"'] = f"{COPIES} + i"
        expressions |= {f'"{name}"': sql for name, sql in values.items()}
        query = COPY.format(
            table=table,
            columns=", ".join(expressions),
            expressions=", ".join(expressions.values()),
            first=first,
            last=last,
            joined=joined,
            id=self.first[table],
        )
        cr.execute(query)

    @staticmethod
    def _turns(ids: list[int], turn: str) -> str:
        """SQL that gives the ids in turn."""
        return f"(ARRAY{ids})[1 + ({turn}) % {len(ids)}]"


@contextmanager
def _unchecked(cr, table: str):
    """Have a table without foreign keys while it is filled, which is much faster.

    Not without indexes as well: PostgreSQL may leave aside new ones for as long as
    any older transaction lasts on the server.
    """
    cr.execute(
        """
        SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
         WHERE contype = 'f' AND conrelid = %s::regclass
        """,
        [table],
    )
    keys = cr.fetchall()
    for name, _definition in keys:
        cr.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    yield
    for name, definition in keys:
        cr.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')

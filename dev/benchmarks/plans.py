"""How PostgreSQL finds sessions and notes when there are a million of each."""

from datetime import date, timedelta

from .benchmark import Benchmark
from .lists import SESSION, TRAJECT
from .queries import explain, recorded
from .screens import COUNTED, LIMIT, read_view

NOTE = "outplacement.note"
GOAL = "coach: no sequential scan on sessions or notes at 1,000,000 rows"
# A list without any filter is counted up to a limit, for which no index is better.
SHARED_GOAL = f"planner: no scan of more than {COUNTED:,} of the 1,000,000 rows"


class PlansBenchmark(Benchmark):
    """The queries behind the screens, as the ORM sends them, each explained.

    What a coach opens first, then the planner, whom no rule limits. Their plans are in
    a file; a scan of a whole table is shown.
    """

    name = "plans"
    title = "Query plans at 1,000,000 sessions and notes"
    sessions = 1_000_000

    def run(self):
        coach = self._explain("coach", self.bureau.coach_id, self._get_coach_screens())
        planner = self._explain("planner", self.bureau.planner_id, self._get_shared())
        self._judge(GOAL, coach, 0)
        self._judge(SHARED_GOAL, planner, COUNTED)
        self.report.say(f"The plans are in {self._file}")

    def _judge(self, goal: str, plans: list, rows: int) -> None:
        """Note whether no plan scans more than so many rows."""
        scans = [scan for plan in plans for scan in plan.scans if scan.rows > rows]
        seen = f"{len(scans)} in the plans of {len(plans)} queries"
        self.report.goal(goal, seen, met=not scans)

    @property
    def _file(self):
        return self.files / "explain.txt"

    # ------------------------------------------------------------------
    # The screens
    # ------------------------------------------------------------------

    def _get_shared(self) -> dict:
        """Return what coach and planner both open, by name."""
        today = date.today()
        tomorrow, week = today + timedelta(days=1), today + timedelta(days=7)
        of_today = [("start", ">=", "today"), ("start", "<", "today +1d")]
        over = [("state", "=", "planned"), ("stop", "<", "now")]
        return {
            "session list": self._searching(SESSION, order="start desc, id desc"),
            "session list, planned": self._searching(
                SESSION, [("state", "=", "planned")], order="start desc, id desc"
            ),
            "agenda of today": self._searching(SESSION, of_today),
            "calendar of a week": self._searching(
                SESSION, [("start", "<=", str(week)), ("stop", ">=", str(tomorrow))]
            ),
            "sessions to record": self._searching(SESSION, over),
            "traject list": self._searching(TRAJECT),
            "traject form": self._open_traject,
        }

    def _get_coach_screens(self) -> dict:
        """Return what a coach opens, by name."""
        mine = [("coach_id", "=", self.bureau.coach_id)]
        of_today = [("start", ">=", "today"), ("start", "<", "today +1d"), *mine]
        return {
            **self._get_shared(),
            "own agenda of today": self._searching(SESSION, of_today),
            "note list": self._searching(NOTE),
            "note list, to sign": self._searching(NOTE, [("signed_on", "=", False)]),
            "notes of a traject": self._open_notes,
            "note search": self._search_notes,
            "sessions without a note": self._open_without_note,
        }

    def _searching(self, model: str, domain: list = (), order: str = ""):
        """Return what reads the list of a model."""

        def search(env):
            specification = read_view(env, model, "list")
            env[model].web_search_read(
                list(domain),
                specification,
                limit=LIMIT,
                order=order,
                count_limit=COUNTED,
            )

        return search

    def _get_traject(self, env):
        current = [("state", "=", "active")]
        return env[TRAJECT].search(current, limit=1)

    def _open_traject(self, env):
        self._get_traject(env).web_read(read_view(env, TRAJECT, "form"))

    def _open_notes(self, env):
        traject = self._get_traject(env)
        self._searching(NOTE, [("traject_id", "=", traject.id)])(env)

    def _open_without_note(self, env):
        action = env[NOTE].action_sessions_without_note()
        self._searching(SESSION, action["domain"])(env)

    def _search_notes(self, env):
        env[NOTE].search_in_caseload("afgesproken")

    # ------------------------------------------------------------------
    # Their plans
    # ------------------------------------------------------------------

    def _explain(self, role: str, uid: int, screens: dict) -> list:
        """Explain the queries of each screen; return all plans."""
        plans = []
        for name, screen in screens.items():
            with self.place.opened(uid) as env, recorded() as queries:
                screen(env)
            with self.place.opened(uid) as env:
                found = [explain(env.cr, query) for query in queries]
            self._keep(f"{role}: {name}", found)
            plans += found
        return plans

    def _keep(self, name: str, plans: list) -> None:
        """Print the sum of the plans of a screen, and write them to the file."""
        time = sum(plan.milliseconds for plan in plans)
        scans = [scan for plan in plans for scan in plan.scans]
        verdict = f"{len(scans)} SCAN" if scans else "no scan"
        self.report.say(f"{name:40} {len(plans):2} queries {time:9.1f} ms  {verdict}")
        for scan in scans:
            self.report.say(f"    {scan.line}")
        with self._file.open("a") as file:
            file.write(f"{'=' * 80}\n{name}\n{'=' * 80}\n\n")
            file.writelines(f"{plan}\n" for plan in plans)

"""Lists and kanbans of a coach, against the same rows read without any rule."""

from functools import partial

from .benchmark import Benchmark
from .opportunities import Opportunities
from .place import answer
from .screens import COUNTED, LIMIT, read_view

GOAL = 1.15
TRAJECT, SESSION = "outplacement.traject", "outplacement.session"
PROGRESS = {
    "field": "state",
    "colors": {"active": "success", "paused": "warning", "aftercare": "info"},
}


class ListsBenchmark(Benchmark):
    """The coach's environment, and the same one as superuser, for the same rows.

    A coach has a domain of their own or none: the rules find the caseload. The
    superuser is told the ids of the caseload's trajects. What Odoo's own check of each
    field and rule costs in a list without any of ours is shown by CRM's opportunities.
    """

    name = "lists"
    title = "Lists and kanbans of a coach and as superuser, at 100,000 sessions"

    def run(self):
        with self.opened() as env:
            self.caseload = self.bureau.caseload(env)
            self.views = {
                (model, kind): read_view(env, model, kind)
                for model in (TRAJECT, SESSION)
                for kind in ("list", "kanban")
            }
        current = [("state", "not in", ("closed", "cancelled"))]
        mine, everything = [("is_member", "=", True), *current], []
        as_superuser = {
            TRAJECT: [("id", "in", self.caseload), *current],
            SESSION: [("traject_id", "in", self.caseload)],
        }
        self.head()
        for name, model, domain, read in (
            ("Trajects, list", TRAJECT, mine, self._list),
            ("Trajects, kanban by phase", TRAJECT, mine, self._kanban),
            ("Sessions, list", SESSION, everything, self._list),
            ("Sessions, kanban by state", SESSION, everything, self._kanban),
        ):
            self._check_alike(read, model, domain, as_superuser[model])
            self.compare(
                name,
                partial(read, model=model, domain=domain),
                partial(read, model=model, domain=as_superuser[model], su=True),
                ("coach", "superuser"),
                goal=GOAL,
            )
        self._compare_with_odoo()

    def _compare_with_odoo(self) -> None:
        theirs = Opportunities(self.place)
        for name, task, peer in theirs.tasks():
            names = ("salesman", "superuser")
            self.compare(name, task, peer, names, opened=theirs.opened)

    def _list(self, env, model: str, domain: list, *, su: bool = False) -> str:
        Model = env(su=su)[model].with_context(bin_size=True)
        order = "start desc, id desc" if model == SESSION else ""
        specification = self.views[model, "list"]
        return answer(
            Model.web_search_read(
                domain, specification, limit=LIMIT, order=order, count_limit=COUNTED
            )
        )

    def _kanban(self, env, model: str, domain: list, *, su: bool = False) -> str:
        Model = env(su=su)[model].with_context(bin_size=True, read_group_expand=True)
        by = "phase_id" if model == TRAJECT else "state"
        groups = Model.web_read_group(
            domain,
            [by],
            auto_unfold=True,
            unfold_read_specification=self.views[model, "kanban"],
            unfold_read_default_limit=40,
        )
        if model == TRAJECT:
            bars = Model.read_progress_bar(domain, by, PROGRESS)
            return answer([groups, bars])
        return answer(groups)

    def _check_alike(self, read, model: str, mine: list, theirs: list) -> None:
        """Make sure that both see the same, and that there is something to see."""
        with self.opened() as env:
            seen = read(env, model, mine)
        with self.opened() as env:
            all_alike = seen == read(env, model, theirs, su=True)
        self.expect(len(seen) > 1000 and all_alike, f"the two lists of {model} differ")

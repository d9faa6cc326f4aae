"""For comparison: a salesman's own opportunities, lists without a wall of ours."""

from contextlib import contextmanager
from functools import partial

from .place import answer
from .screens import COUNTED, LIMIT, read_view

LEAD = "crm.lead"
OWN, OTHERS = LIMIT, 2_000
PROGRESS = {
    "field": "activity_state",
    "colors": {"planned": "success", "today": "warning", "overdue": "danger"},
}


class Opportunities:
    """The opportunities of a salesman, by CRM's own rule, and the same as superuser."""

    def __init__(self, place):
        self.place = place
        with place.changing() as env:
            self.seller_id = self._make(env)
        with self.opened() as env:
            self.views = {
                kind: read_view(env, LEAD, kind) for kind in ("list", "kanban")
            }
            self.ids = env[LEAD].search([]).ids

    def _make(self, env) -> int:
        """Make the opportunities of two salesmen; return the id of the one measured."""
        group = env.ref("sales_team.group_sale_salesman")
        seller, other = (
            env["res.users"]
            .with_context(no_reset_password=True)
            .create(
                [
                    {"name": name, "login": name, "group_ids": group.ids}
                    for name in ("Sanne Sales", "Sem Sales")
                ]
            )
        )
        partners = env["res.partner"].create(
            [{"name": f"Klant {number}"} for number in range(OWN)]
        )
        env[LEAD].create(
            [
                {
                    "name": f"Kans {number}",
                    "type": "opportunity",
                    "partner_id": partners[number % OWN].id,
                    "user_id": (seller if number < OWN else other).id,
                }
                for number in range(OWN + OTHERS)
            ]
        )
        return seller.id

    @contextmanager
    def opened(self):
        """An environment of the salesman."""
        with self.place.opened(self.seller_id) as env:
            yield env

    def tasks(self):
        """Yield (name, task, peer): the salesman's, the superuser's for the same."""
        for name, read in (("list", self._list), ("kanban", self._kanban)):
            as_superuser = partial(read, domain=[("id", "in", self.ids)], su=True)
            yield (
                f"Opportunities of CRM, {name}",
                partial(read, domain=[]),
                as_superuser,
            )

    def _list(self, env, domain: list, *, su: bool = False) -> str:
        Lead = env(su=su)[LEAD].with_context(bin_size=True)
        return answer(
            Lead.web_search_read(
                domain, self.views["list"], limit=LIMIT, count_limit=COUNTED
            )
        )

    def _kanban(self, env, domain: list, *, su: bool = False) -> str:
        Lead = env(su=su)[LEAD].with_context(bin_size=True, read_group_expand=True)
        groups = Lead.web_read_group(
            domain,
            ["stage_id"],
            auto_unfold=True,
            unfold_read_specification=self.views["kanban"],
            unfold_read_default_limit=40,
        )
        bars = Lead.read_progress_bar(domain, "stage_id", PROGRESS)
        return answer([groups, bars])

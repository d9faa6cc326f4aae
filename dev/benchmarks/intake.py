"""Bringing people under a social plan by a file, against a bare create() of them."""

import base64
from contextlib import contextmanager

from . import intake_data, measuring
from .benchmark import Benchmark
from .intake_data import COLUMNS, HEAD

NUMBER, LARGE, PAIRS = 1000, 10_000, 5
RATIO, QUERIES = 1.5, 3
BARE = "bare create() of contacts and entitlements"
OPTIONS = {
    "quoting": '"',
    "separator": ";",
    "has_headers": True,
    "date_format": "%Y-%m-%d",
}


class IntakeBenchmark(Benchmark):
    """As an account manager: the page and Odoo's own import, each from the bytes of the
    file, side by side with what they come to."""

    name = "intake"
    title = f"Import of {NUMBER:,} entitlements"
    sessions = 0
    goes_last = True

    def run(self):
        with self.place.changing() as env:
            self.user_id = intake_data.make_seller(env).id
        with self.place.changing() as env:
            plan = intake_data.make_plan(env(user=self.user_id, su=False))
            self.plan_id = plan.id
            self.rows = intake_data.make_rows(plan, NUMBER)
            large = intake_data.make_rows(plan, LARGE)
        with self.place.changing() as env:
            env.cr.execute("ANALYZE")
        self._compare("the page: check and import", self._by_page)
        self._compare("the page: import, checked again", self._by_page, self._checked)
        self._compare("Odoo's import", self._by_odoo)
        self._show_large(large)

    @contextmanager
    def opened(self):
        with self.place.opened(self.user_id) as env:
            yield env

    # ------------------------------------------------------------------
    # What is measured
    # ------------------------------------------------------------------

    def _create_bare(self, env, prepared=None) -> None:
        """Make contacts in one create() and their entitlements in another."""
        plan = env["outplacement.social.plan"].browse(self.plan_id)
        entities = {e.partner_id.name: e for e in plan.entity_ids}
        packages = {p.product_id.name: p for p in plan.package_ids}
        quiet = {"tracking_disable": True, "mail_create_nosubscribe": True}
        partners = (
            env["res.partner"]
            .with_context(**quiet)
            .create([{"name": row[0], "email": row[1]} for row in self.rows])
        )
        env["outplacement.entitlement"].create(
            [
                {
                    "plan_id": plan.id,
                    "candidate_id": partner.id,
                    "personnel_number": number,
                    "entity_id": entities[entity].id,
                    "package_id": packages[package].id,
                    "date_dismissal": day,
                }
                for partner, (_name, _mail, number, entity, package, day) in zip(
                    partners, self.rows, strict=True
                )
            ]
        )
        env.flush_all()

    def _upload(self, env, rows=None):
        """Return the page with the file."""
        content = intake_data.make_file(rows or self.rows)
        return env["outplacement.entitlement.intake"].create(
            {
                "plan_id": self.plan_id,
                "file": base64.b64encode(content),
                "is_entitled": False,
            }
        )

    def _checked(self, env):
        """Return the page after the check, which is not measured."""
        intake = self._upload(env)
        self._check(intake)
        env.flush_all()
        return intake

    def _check(self, intake) -> None:
        intake.action_check()
        while intake.state == "checking":
            intake.check_next()
        self.expect(not intake.bad_count, "the file is not good")

    def _by_page(self, env, checked=None) -> None:
        """Check the file, if that was not done, and import it."""
        intake = checked or self._upload(env)
        if not checked:
            self._check(intake)
        intake.action_import_all()
        env.flush_all()
        self.expect(intake.imported_count == len(self.rows), "not all came in")

    def _by_odoo(self, env, prepared=None) -> None:
        """Import the file as Odoo's own page does."""
        wizard = (
            env["base_import.import"]
            .with_context(default_plan_id=self.plan_id, tracking_disable=True)
            .create(
                {
                    "res_model": "outplacement.entitlement",
                    "file": intake_data.make_file(self.rows),
                    "file_type": "text/csv",
                    "file_name": "people.csv",
                }
            )
        )
        head = [name.lower() for name in HEAD]
        result = wizard.execute_import(list(COLUMNS), head, dict(OPTIONS))
        env.flush_all()
        self.expect(len(result["ids"] or []) == len(self.rows), "not all came in")

    # ------------------------------------------------------------------
    # What is said
    # ------------------------------------------------------------------

    def _compare(self, name: str, task, prepare=None) -> None:
        """Measure a task against the bare create(), turn by turn."""
        seen = self._measure(task, prepare)
        cpu, wall = seen.ratio("cpu"), seen.ratio("wall")
        for label, samples in ((name, seen.task), (BARE, seen.peer)):
            sample = seen.typical(samples)
            self.report.say(
                f"{label:44} {sample.cpu:8.0f} ms CPU {sample.wall:8.0f} ms"
                f" {sample.queries / NUMBER:8.2f} queries a row"
            )
        told = f"{cpu:.2f}× of the CPU time ({wall:.2f}× of the wall time)"
        met = self.report.goal(f"{name} ≤ {RATIO}×", told, met=cpu <= RATIO)
        each = seen.typical(seen.task).queries / NUMBER
        told = f"{each:.2f} queries a row"
        self.report.goal(f"{name} ≤ {QUERIES} queries a row", told, met=each <= QUERIES)
        if not met:
            self.report.say(f"\nWhere the time of “{name}” goes:")
            self.report.say(measuring.profile(self.opened, task, 1) + "\n")

    def _measure(self, task, prepare) -> measuring.Comparison:
        """Run the task and the bare create() in turn, each undone."""
        comparison = measuring.Comparison()
        for number in range(PAIRS + 1):
            order = [(task, comparison.task), (self._create_bare, comparison.peer)]
            for run, samples in order if number % 2 else reversed(order):
                with self.opened() as env:
                    prepared = prepare(env) if prepare and run == task else None
                    with measuring.stopwatch(env.cr) as sample:
                        run(env, prepared)
                if number:  # the first one warms up
                    samples.append(sample)
        return comparison

    def _show_large(self, rows: list) -> None:
        """Say how long as many take as may be in a file."""
        with self.opened() as env:
            intake = self._upload(env, rows)
            for name, task in (
                ("check", lambda: self._check(intake)),
                ("import", lambda: (intake.action_import_all(), env.flush_all())),
            ):
                with measuring.stopwatch(env.cr) as sample:
                    task()
                self.report.say(
                    f"{f'{LARGE:,} rows: {name}':44} {sample.cpu:8.0f} ms CPU"
                    f" {sample.wall:8.0f} ms {sample.queries:8} queries"
                )

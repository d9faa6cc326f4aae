from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .common_cockpit import LOOKED, CockpitCommon


@tagged("post_install", "-at_install")
@freeze_time(LOOKED)
class TestCockpit(CockpitCommon):
    """The figures of a social plan: of a small one, computed by hand."""

    def _look(self, user=None):
        """Return what the user sees, in English."""
        self.env.invalidate_all()
        plan = self.plan.with_user(user or self.account_manager).sudo(False)
        return plan.with_context(lang="en_US").read(["cockpit"])[0]["cockpit"]

    def _get_texts(self, user=None):
        """Return the texts of each row of the tables, by name and label."""
        return {
            table["name"]: {
                row["label"]: [cell["text"] for cell in row["cells"]]
                for row in table["rows"]
            }
            for table in self._look(user)["tables"]
        }

    def _get_keys(self, user=None):
        """Return the number that is told with each key."""
        cockpit = self._look(user)
        cells = [
            cell for t in cockpit["tables"] for r in t["rows"] for cell in r["cells"]
        ]
        return {
            cell["open"]: int(cell["text"])
            for cell in [*cells, *cockpit["tiles"]]
            if cell["open"]
        }

    def _find(self, key, user=None):
        """Return the people that a figure opens, as the user reads them."""
        user = user or self.account_manager
        action = self.plan.with_user(user).sudo(False).action_view_cockpit(key)
        Model = self.env[action["res_model"]].with_user(user).sudo(False)
        Model = Model.with_context(**action["context"])
        return Model.search(action["domain"]).sudo()

    # ------------------------------------------------------------------

    def test_budget(self):
        """Five are called off and one gave the place back; seven are undecided and one
        waits for the call-off."""
        self.assertEqual(
            self._get_texts()["budget"],
            {
                "People": ["20", "5", "8", "15", "7"],
                "Budget": [
                    f"{text}\N{NO-BREAK SPACE}€"
                    for text in (
                        "63,900.00",
                        "15,975.00",
                        "25,560.00",
                        "47,925.00",
                        "22,365.00",
                    )
                ],
            },
        )

    def test_no_limits(self):
        """What has no limit has nothing left either: a dash."""
        self.plan = self._make_social_plan()
        self.assertEqual(
            self._get_texts()["budget"]["People"], ["–", "0", "0", "–", "–"]
        )

    def test_promised_too_much(self):
        with freeze_time("2026-01-05"):
            plan = self._make_social_plan(cap_heads=2)
            self._entitle(plan, 3)
        self.plan = plan
        [table] = [t for t in self._look()["tables"] if t["name"] == "budget"]
        cells = table["rows"][0]["cells"]
        self.assertEqual([c["text"] for c in cells], ["2", "0", "3", "2", "-1"])
        self.assertEqual([c["is_over"] for c in cells], [False] * 4 + [True])

    def test_choices(self):
        texts = self._get_texts()
        self.assertEqual(
            texts["choices"],
            {
                "Undecided": ["7", "–", "1"],
                "Outplacement": ["6", "5", "1"],
                "Money": ["1", "1", "0"],
                "None": ["1", "1", "0"],
            },
        )
        self.assertEqual(
            list(texts["deadlines"].values()), [["1"], ["2"], ["3"], ["1"], ["0"]]
        )

    def test_trajects(self):
        texts = self._get_texts()
        self.assertEqual(
            texts["states"],
            {
                "Intake": ["1"],
                "Active": ["1"],
                "Paused": ["0"],
                "Aftercare": ["2"],
                "Closed": ["1"],
                "Cancelled": ["1"],
            },
        )
        phase = self.guided.traject_id.phase_id.name
        self.assertEqual(
            {label: row for label, row in texts["phases"].items() if row != ["0"]},
            {phase: ["1"]},
        )
        self.assertEqual(texts["outcomes"]["Placed"], ["3", "100%"])
        self.assertEqual(texts["outcomes"]["Stopped"], ["0", "0%"])
        self.assertEqual(texts["weeks"], {"Weeks": ["3", "8.0", "7.3"]})

    def test_nobody_placed(self):
        placed = (self.early + self.half + self.slow).traject_id
        placed.sudo().write({"date_placement": False})
        self.assertEqual(self._get_texts()["weeks"], {"Weeks": ["0", "–", "–"]})

    def test_tiles(self):
        self.assertEqual(
            {tile["label"]: tile["text"] for tile in self._look()["tiles"]},
            {
                "Without a choice": "7",
                "Not chosen in time": "1",
                "Without a coach": "1",
                "No session held yet": "3",
            },
        )
        self.assertEqual(self._find("no_coach"), self.waiting.traject_id)
        self.assertEqual(
            self._find("no_session"),
            (self.early + self.half + self.waiting).traject_id,
        )

    def test_each_figure_opens_as_many(self):
        for user in (self.account_manager, self.planner, self.manager, self.finance):
            keys = self._get_keys(user)
            for key, number in keys.items():
                with self.subTest(user=user.login, key=key):
                    self.assertEqual(len(self._find(key, user)), number)
        self.assertEqual(len(self._get_keys()), 25)
        self.assertEqual(self._find("timing:week"), self.undecided["week"])
        self.assertEqual(self._find("timing:month"), self.undecided["month"])
        self.assertEqual(self._find("choice:outplacement:late"), self.late)
        self.assertEqual(self._find("state:called_off"), self.called - self.gone)
        # a slot that was given back is no outcome
        self.assertEqual(self.gone.traject_id.outcome, "stopped")
        self.assertFalse(self._find("outcome:stopped"))

    def test_timing_is_the_same_in_lists_and_on_forms(self):
        Entitlement = self.env["outplacement.entitlement"]
        field = Entitlement._fields["choice_timing"]
        for timing in field.get_values(self.env):
            found = Entitlement.search(
                [("plan_id", "=", self.plan.id), ("choice_timing", "=", timing)]
            )
            with self.subTest(timing=timing):
                self.assertEqual(
                    found,
                    self.plan.entitlement_ids.filtered(
                        lambda e, timing=timing: e.choice_timing == timing
                    ),
                )
                self.assertEqual(
                    found,
                    self.plan.entitlement_ids.filtered_domain(
                        [("choice_timing", "=", timing)]
                    ),
                )

    # ------------------------------------------------------------------
    # Who sees what
    # ------------------------------------------------------------------

    def test_finance_sees_heads_and_money(self):
        cockpit = self._look(self.finance)
        self.assertEqual([table["name"] for table in cockpit["tables"]], ["budget"])
        self.assertEqual((cockpit["tiles"], cockpit["notes"]), ([], []))
        self.assertEqual(
            self._get_texts(self.finance)["budget"], self._get_texts()["budget"]
        )
        self.assertEqual(len(self._find("state:called_off", self.finance)), 5)
        for key in ("choice:money", "timing:overdue", "promised", "no_coach"):
            with self.subTest(key=key), self.assertDenied():
                self._find(key, self.finance)

    def test_who_reads_trajects_sees_their_figures(self):
        whole = self._get_texts()
        for user in (self.planner, self.manager):
            with self.subTest(user=user.login):
                self.assertEqual(self._get_texts(user), whole)
                self.assertEqual(self._look(user)["notes"], [])

    def test_deputy_reads_no_trajects(self):
        """And so no figure of them: the note says why."""
        cockpit = self._look(self.deputy_seller)
        self.assertEqual(
            [table["name"] for table in cockpit["tables"]],
            ["budget", "choices", "deadlines"],
        )
        self.assertEqual(len(cockpit["tiles"]), 2)
        self.assertEqual(
            cockpit["notes"],
            ["The figures about trajects are of the 0 that you may read, of 5 in all."],
        )
        self.assertFalse(self._find("outcome:placed", self.deputy_seller))
        self.assertFalse(self._find("no_session", self.deputy_seller))

    def test_part_of_the_trajects(self):
        """Of a traject that went to another account manager nothing is counted."""
        self.slow.traject_id.sudo().account_manager_id = self.deputy_seller
        self.assertEqual(self._get_texts()["weeks"], {"Weeks": ["2", "5.5", "5.5"]})
        self.assertIn("of the 4 that you may read, of 5", self._look()["notes"][0])
        texts = self._get_texts(self.deputy_seller)
        self.assertEqual(texts["weeks"], {"Weeks": ["1", "11.0", "11.0"]})

    def test_not_for_others(self):
        for user in (self.coach, self.salesman):
            mine = self.plan.with_user(user).sudo(False)
            with self.subTest(user=user.login):
                with self.assertDenied():
                    mine.read(["cockpit"])
                with self.assertDenied():
                    mine.action_view_cockpit("promised")
                with self.assertDenied():
                    mine.action_open_cockpit()

    def test_unknown_lists(self):
        mine = self.plan.with_user(self.account_manager).sudo(False)
        for key in ("", "nothing", "choices:money", None, "__class__"):
            with self.subTest(key=key), self.assertRaises(UserError):
                mine.action_view_cockpit(key)
        for key in ("phase:x", "phase:²", "choice", "state:a:b:c", "traject:x:y:z"):
            with self.subTest(key=key):
                self.assertFalse(self._find(key))

    # ------------------------------------------------------------------

    def test_queries(self):
        """As many for many people as for few."""
        for user in (self.account_manager, self.finance):
            before = self._count(user)
            with freeze_time("2026-01-05"), self.env.cr.savepoint() as savepoint:
                more = self._entitle(self.plan, 12, choice="outplacement")
                self._call_off(more)
                self._entitle(self.plan, 12)
                after = self._count(user)
                savepoint.rollback()
            self.env.invalidate_all()
            self.assertEqual(before, after)

    def _count(self, user):
        self.env.flush_all()
        self._look(user)
        before = self.cr.sql_log_count
        self._look(user)
        return self.cr.sql_log_count - before

    def test_screen(self):
        """The button of the plan opens a page that is there to be read only."""
        for user in (self.account_manager, self.planner, self.finance):
            mine = self.plan.with_user(user).sudo(False)
            action = mine.action_open_cockpit()
            [(view_id, kind)] = action["views"]
            arch = mine.get_view(view_id, kind)["arch"]
            self.assertIn('name="cockpit"', arch)
            self.assertIn('edit="0"', arch)
        default = self.plan.get_view(view_type="form")["arch"]
        self.assertNotIn('name="cockpit"', default)
        self.assertIn('name="action_open_cockpit"', default)

    def test_nobody_writes_it(self):
        mine = self.plan.with_user(self.manager).sudo(False)
        before = self._look()
        mine.write({"cockpit": {"tiles": []}})
        self.assertEqual(self._look(), before)

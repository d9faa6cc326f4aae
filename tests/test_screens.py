from lxml import etree

from odoo.tests import Form, tagged

from .common import OutplacementCommon

CREW = ("coach", "deputy")
OFFICE = (*CREW, "planner", "manager")
# Who works with which screens.
READERS = {
    "traject": (*OFFICE, "account_manager"),
    "session": OFFICE,
    "note": CREW,
    "document": CREW,
    "report": OFFICE,
    "released": (*OFFICE, "account_manager"),
    "instalment": (*OFFICE, "account_manager", "finance"),
    "social_plan": ("planner", "manager", "account_manager", "finance"),
    "entitlement": ("planner", "manager", "account_manager", "finance"),
    "call_off": ("planner", "manager", "account_manager", "finance"),
}


@tagged("post_install", "-at_install")
class TestScreens(OutplacementCommon):
    """Every screen opens for everybody who may read what it shows."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._activate()
        cls.records = {
            "instalment": cls._make_instalment(),
            "traject": cls.traject,
            "session": cls._make_session(),
            "note": cls._make_note(),
            "document": cls._make_document(),
            "report": cls._make_report("objected"),
            "released": cls._make_report("released"),
            **cls._make_social_plan(),
        }

    @classmethod
    def _make_social_plan(cls):
        """Return a plan of the account manager and what is under it."""
        plan = cls.env["outplacement.social.plan"].create(
            {
                "title": "Depot",
                "employer_id": cls.employer.id,
                "account_manager_id": cls.account_manager.id,
            }
        )
        entitlement = cls.env["outplacement.entitlement"].create(
            {"plan_id": plan.id, "candidate_id": cls.candidate.partner_id.id}
        )
        call_off = cls.env["outplacement.call.off"].create(
            {
                "plan_id": plan.id,
                "name": f"{plan.name}/01",
                "number": 1,
                "entity_id": plan.entity_ids.id,
                "user_id": cls.account_manager.id,
                "date": "2021-01-04",
                "count": 1,
            }
        )
        return {"social_plan": plan, "entitlement": entitlement, "call_off": call_off}

    def test_forms_open(self):
        for kind, roles in READERS.items():
            for role in roles:
                with self.case(kind=kind, role=role):
                    Form(self.records[kind].with_user(self.users[role]))

    def test_lists_open(self):
        """Each kind of view that a menu offers, with all that it reads."""
        for kind, roles in READERS.items():
            model = self.records[kind]._name
            actions = self.env["ir.actions.act_window"].search(
                [("res_model", "=", model), ("view_mode", "!=", "form")]
            )
            modes = {mode for action in actions for mode in action.view_mode.split(",")}
            self.assertTrue(modes, model)
            for role in roles:
                mine = self.records[kind].with_user(self.users[role])
                for mode in sorted(modes - {"form", "activity"}):
                    with self.case(kind=kind, role=role, mode=mode):
                        self._check_view(mine, mode)

    def _check_view(self, record, mode):
        views = record.get_views([(False, mode), (False, "search")])
        names = views["models"][record._name]["fields"]
        domain = [("id", "=", record.id)]
        if mode in ("list", "kanban", "calendar"):
            spec = {name: {} for name in names if name in record._fields}
            readable = {
                name: {}
                for name in spec
                if f'name="{name}"' in views["views"][mode]["arch"]
            }
            found = record.web_search_read(domain, readable)
            self.assertEqual(found["length"], 1)
        else:
            self.assertTrue(record.formatted_read_group(domain, [], ["__count"]))

    def test_administrators_see_alerts_and_keys_only(self):
        """They look after the server, not after trajects."""
        menus = self._get_menus("system")
        self.assertEqual(
            menus,
            {
                "outplacement_menu_root",
                "outplacement_privacy_menu",
                "outplacement_alert_menu",
                "outplacement_key_menu",
            },
        )
        for role in ("privacy_officer", "manager"):
            with self.case(role=role):
                self.assertIn("outplacement_break_glass_menu", self._get_menus(role))
        self.assertNotIn("outplacement_key_menu", self._get_menus("manager"))
        self.assertFalse(self._get_menus("employee"))

    def _get_menus(self, role):
        """Return the names of our menus that the client shows to ``role``."""
        menus = self.env["ir.ui.menu"].with_user(self.users[role]).load_menus(False)
        found, todo = set(), [*menus["root"]["children"]]
        while todo:
            menu = menus[todo.pop()]
            todo += menu["children"]
            module, _dot, name = (menu["xmlid"] or "").partition(".")
            if module == "outplacement":
                found.add(name)
        return found

    def test_banners_do_not_contradict_each_other(self):
        """“Only the coach reads this” is not said while somebody else may."""
        for name in ("note", "document"):
            view = self.env.ref(f"outplacement.outplacement_{name}_view_form")
            tree = etree.fromstring(view.arch)
            [banner] = tree.xpath("//div[contains(@class, 'alert-warning')]")
            self.assertEqual(banner.get("invisible"), "break_glass_id")

    def test_new_records(self):
        """Who may create gets an empty form with sensible values."""
        for kind, role in (
            ("session", "coach"),
            ("session", "planner"),
            ("note", "coach"),
            ("report", "coach"),
            ("traject", "planner"),
            ("traject", "manager"),
            ("social_plan", "account_manager"),
            ("social_plan", "manager"),
            ("entitlement", "account_manager"),
        ):
            with self.case(kind=kind, role=role):
                Model = self.env[self.records[kind]._name].with_user(self.users[role])
                if kind == "entitlement":
                    plan = self.records["social_plan"]
                    Model = Model.with_context(default_plan_id=plan.id)
                elif kind not in ("traject", "social_plan"):
                    Model = Model.with_context(default_traject_id=self.traject.id)
                form = Form(Model)
                if kind == "social_plan":
                    form.title, form.employer_id = "New", self.employer
                if kind == "entitlement":
                    form.candidate_id = self.other_candidate.partner_id
                if kind == "note":
                    form.body = "Said"
                if kind == "report":
                    form.date_from = form.date_to = "2021-01-04"
                saved = form.save()
                self.assertTrue(saved)

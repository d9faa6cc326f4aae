from lxml import etree

from odoo.tests import HttpCase, tagged

from .common_document import CANARY, CONTENT, NAME
from .test_access_log import AccessLogCommon

REASON = "The coach is in hospital and a judge asks"


@tagged("post_install", "-at_install")
class TestBreakGlassDocuments(AccessLogCommon, HttpCase):
    """Emergency access to documents: by list, form and download, while it lasts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.document = cls._make_document(content=CONTENT, name=NAME)
        cls.elsewhere = cls._make_document(cls.other_traject)
        cls.mine = cls.document.with_user(cls.manager)

    def _give(self):
        """Return the manager's running access."""
        request = (
            self.env["outplacement.break.glass"]
            .with_user(self.manager)
            .create(
                {
                    "traject_reference": self.traject.name,
                    "reason": REASON,
                    "hours": 4,
                }
            )
        )
        request.with_user(self.privacy_officer).action_approve()
        self._forget()
        return request

    def _forget(self):
        self.env.flush_all()
        self.env.invalidate_all()

    def _download(self):
        self._forget()
        self.authenticate(self.manager.login, self.manager.login)
        return self.url_open(f"/outplacement/document/{self.document.id}")

    def _get_specification(self, arch):
        tree = etree.fromstring(arch)
        return {node.get("name"): {} for node in tree.iter("field")}

    def test_the_screen_while_it_lasts(self):
        request = self._give()
        action = request.action_open_documents()
        self.assertFalse(action["cache"])
        views = self.mine.get_views([(view[0], view[1]) for view in action["views"]])
        self.assertEqual(set(views["views"]), {"list", "form"})
        for view in views["views"].values():
            tree = etree.fromstring(view["arch"])
            for right in ("create", "edit", "delete"):
                self.assertEqual(tree.get(right), "0")
            specification = self._get_specification(view["arch"])
            self.assertIn("name", specification)
            found = self.mine.web_search_read(action["domain"], specification)
            self.assertEqual([row["name"] for row in found["records"]], [NAME])
            self.assertIn(CANARY, self.mine.web_read(specification)[0]["name"])
        with self.case(user="another officer"):
            theirs = request.with_user(self.privacy_officer)
            self.assertRefused(theirs.action_open_documents)
        request.action_end()
        self._forget()
        self.assertFalse(self.mine.search(action["domain"]))
        self.assertRefused(self.mine.read, ["name"])
        self.assertRefused(request.action_open_documents)

    def test_the_download_while_it_lasts(self):
        self.assertEqual(self._download().status_code, 404)
        request = self._give()
        response = self._download()
        self.assertEqual(response.status_code, 200)
        self.assertEqual(response.content, CONTENT)
        rows = self._get_rows("break_glass_read", "downloaded")
        self.assertEqual(set(rows.mapped("kind")), {"break_glass_read"})
        self.assertEqual(rows.user_id, self.manager)
        request.action_end()
        self.assertEqual(self._download().status_code, 404)

    def test_every_reading_of_a_name_is_written(self):
        self._give()
        for _n in range(3):
            self._forget()
            self.assertEqual(self.mine.read(["name"])[0]["name"], NAME)
        rows = self._get_rows("break_glass_read")
        self.assertEqual(rows.mapped("res_id"), self.document.ids * 3)
        self.assertEqual(set(rows.mapped("res_model")), {"outplacement.document"})
        self.assertFalse(self._get_rows("read"))

    def test_ending_from_the_screen(self):
        request = self._give()
        self.assertEqual(self.mine.action_end_break_glass()["res_id"], request.id)
        self.assertRefused(self.mine.action_end_break_glass)

    def test_reading_and_nothing_else(self):
        self._give()
        for method, *args in (
            (self.mine.write, {"name": "x.pdf"}),
            (self.mine.write, {"shared": True}),
            (self.mine.unlink,),
            (self.mine.action_new_version,),
            (self.elsewhere.with_user(self.manager).read, ["name"]),
        ):
            with self.case(method=method.__name__):
                self.assertRefused(method, *args)

import base64
import logging
import os
import time

from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from .canary_tour import Tour
from .common_canary import CanaryCommon, get_name, get_places
from .common_crawler import Crawler, World, silence

_logger = logging.getLogger(__name__)
# Of each kind of visitor one; the coach, who may hear, so that there is much to hear.
STRANGERS = ["other_coach", "manager", "employee", "other_candidate", "coach"]


class CanaryHttpCase(CanaryCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.world = World(cls.env, cls.canaries, cls._get_secret_models())

    def _make_tour(self):
        return Tour(self.world, self.users, self._enter, self.base_url())

    def _enter(self, role):
        """Log in as ``role``, in debug mode, and return how to send requests."""
        user = self.users.get(role)
        login = user and user.login
        self.authenticate(login, login, session_extra={"debug": "1"})
        return lambda *args, **kwargs: self.opener.request(*args, **kwargs)


@tagged("post_install", "-at_install")
class TestCanary(CanaryHttpCase):
    """Visitors ask for everything over HTTP, and hear no canary of another's."""

    def test_every_model_of_ours_is_planted(self):
        """A model that the suite has no record of would not be looked after."""
        self.assertFalse(self.unplanted, "write a maker for CanaryCommon.makers")
        planted = {label.model for label in self.canaries.labels}
        for Model in self._get_secret_models():
            if self._get_text_fields(Model):
                self.assertIn(Model._name, planted)

    def test_nobody_hears_what_is_not_theirs(self):
        """The whole crawl; then what the visits left behind in log, tables, files."""
        tour = self._make_tour()
        start = time.monotonic()
        with silence() as log:
            # all of them take minutes: the check of the tooling sends those
            tour.run(os.environ.get("CANARY_VISITORS", "").split() or STRANGERS)
            logged = self.canaries.find("\n".join(log))
        for line in tour.get_summary():
            _logger.info(line)
        _logger.info("canary: %.0f seconds", time.monotonic() - start)
        for role, lines in tour.wrong.items():
            with self.subTest(role=role):
                self.assertFalse(lines, "\n".join(lines))
        with self.subTest(place="server log"):
            self.assertFalse(
                {get_name(x) for x in logged if "server log" not in get_places(x)}
            )
        with self.subTest(place="tables and files"):
            self.assertFalse(self._get_misplaced())


@tagged("post_install", "-at_install")
class TestCanaryCanFail(CanaryHttpCase):
    """Leaks made on purpose: each is found by the part of the crawl it is meant for."""

    def _crawl(self, role, *parts):
        """Return the names of what ``role`` hears in some parts of the crawl."""
        with silence():
            crawler = self._make_tour().make_crawler(role)
            for part in parts:
                part(crawler)
        return {get_name(label) for label in crawler.heard}

    def _open_model(self, model, group):
        """Let a group read a model, as another module could."""
        model_id = self.env["ir.model"]._get_id(model)
        common = {"name": "Leak", "model_id": model_id, "perm_read": True}
        self.env["ir.model.access"].create({**common, "group_id": group.id})
        self.env["ir.rule"].create(
            {
                **common,
                "domain_force": "[(1, '=', 1)]",
                "groups": [Command.set(group.ids)],
            }
        )

    def test_without_a_leak_nothing_is_heard(self):
        self.assertFalse(
            self._crawl(
                "employee",
                lambda crawler: crawler.read_model("outplacement.report"),
                lambda crawler: crawler.guess_model("outplacement.report"),
                lambda crawler: crawler.guess_model("outplacement.note"),
                Crawler.crawl_reports,
                Crawler.crawl_files,
            )
        )

    def test_an_open_rule_is_found(self):
        self._open_model("outplacement.report", self.env.ref("base.group_user"))
        for part in (
            lambda crawler: crawler.read_model("outplacement.report"),
            lambda crawler: crawler.guess_model("outplacement.report"),
            Crawler.crawl_files,
        ):
            heard = self._crawl("employee", part)
            self.assertTrue([name for name in heard if "report[released]" in name])

    def test_an_oracle_is_found(self):
        self._open_model("outplacement.report", self.env.ref("base.group_user"))
        heard = self._crawl("employee", Crawler.crawl_oracles)
        self.assertTrue([name for name in heard if name.endswith("remark")])

    def test_a_note_without_its_global_rule_is_found(self):
        self._open_model("outplacement.note", self.env.ref("base.group_user"))
        read = [lambda crawler: crawler.read_model("outplacement.note")]
        self.assertFalse(self._crawl("employee", *read))
        self.env.ref("outplacement.outplacement_note_rule_read").active = False
        heard = self._crawl("employee", *read)
        self.assertIn("outplacement.note[own].body", heard)

    def test_a_field_elsewhere_is_found(self):
        """A stored field of the deal that followed one of the traject published it."""
        name = "outplacement.traject[intake].personnel_number"
        label = next(n for n in self.canaries.labels if get_name(n) == name)
        self.instalment.traject_reference = self.canaries.text(label)
        heard = self._crawl(
            "finance", lambda crawler: crawler.read_model("outplacement.instalment")
        )
        self.assertIn(name, heard)
        self.assertTrue([line for line in self._get_misplaced() if name in line])

    def test_a_public_file_is_found(self):
        file = self.env["ir.attachment"].search([("name", "=", "letter.txt")])
        self.assertFalse(self._crawl("public", Crawler.crawl_files))
        file.public = True
        heard = self._crawl("public", Crawler.crawl_files)
        self.assertEqual(heard, {"ir.attachment[traject].raw"})

    def test_a_line_in_the_log_is_found(self):
        label = self.canaries.labels[0]
        with silence() as log:
            _logger.info("Saved %s", self.canaries.text(label))
        self.assertEqual(self.canaries.find("\n".join(log)), {label})

    def test_a_copy_in_a_table_is_found(self):
        label = next(n for n in self.canaries.labels if n.model == "outplacement.note")
        text = self.canaries.text(label).encode()
        self.assertFalse(self._get_misplaced())
        for values in (
            {"name": text.decode()},
            {"name": "x", "raw": b"in a file: " + text},
            {"name": "x", "description": base64.b64encode(b"x" + text)},
        ):
            with self.case(values=values):
                self.env["ir.attachment"].create(values)
                self.env.flush_all()
                found = self._get_misplaced()
                self.assertTrue([n for n in found if n.startswith(get_name(label))])

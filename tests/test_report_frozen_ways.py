import base64
import json
from datetime import timedelta

from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import ACCESS_LOGGERS
from .common_frozen import FrozenCommon
from .test_report_frozen import FROZEN

# Every stored field of the row that is not on the white-list, with another value.
FRAME = {
    "name": "Another name",
    "state": "agreed",
    "date_sent": "2020-01-01",
    "answer_deadline": "2020-01-01",
    "date_reminded": "2020-01-01",
    "date_missed": "2020-01-01",
    "date_released": "2020-01-01 00:00:00",
    "document_sha256": "0" * 64,
    "document": base64.b64encode(b"%PDF other"),
    "superseded_by_id": False,
    "supersedes_id": False,
    "answer_ids": [Command.clear()],
}
FORGED = b"%PDF-1.7 forged"


@tagged("post_install", "-at_install")
class TestReportFrozenWays(FrozenCommon):
    """Each way to a released report, tried: afterwards it is what it was."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.step = cls.env["outplacement.report.step"].create({"name": "Step"})
        cls.reports = {state: cls._make_released(state) for state in FROZEN}

    @classmethod
    def _make_released(cls, state):
        steps = [Command.set(cls.step.ids)]
        return cls._make_report(state, remark="Words", next_step_ids=steps)

    def _refuse(self, method, *args, **kwargs):
        """Assert that the call is refused in words, by an error of whatever kind."""
        with mute_logger(*ACCESS_LOGGERS, "odoo.sql_db"):
            self.assertRefused(method, *args, error=UserError, **kwargs)

    # ------------------------------------------------------------------
    # Writing the row
    # ------------------------------------------------------------------

    def test_no_field_of_the_row_is_written(self):
        """The frame as well as the facts: dates, names, links, by superuser code."""
        for state, report in self.reports.items():
            administrator = self._make_administrator()
            for name, value in (FRAME | {"released_by_id": self.planner.id}).items():
                with self.case(state=state, field=name), self.kept(report):
                    for mine in (report.sudo(), report.with_user(administrator)):
                        self._refuse(mine.write, {name: value})

    def test_no_step_back_and_no_second_release(self):
        for state, report in self.reports.items():
            for name in ("send", "release", "back_to_draft", "refresh_facts"):
                with self.case(state=state, action=name), self.kept(report):
                    for mine in (report.with_user(self.coach), report.sudo()):
                        self._refuse(getattr(mine, f"action_{name}"))
        for state in ("superseded", "withdrawn"):
            report = self.reports[state]
            with self.case(state=state, action="released again"), self.kept(report):
                self._refuse(report.sudo().write, {"state": "released"})
                self._refuse(report.with_user(self.coach).action_withdraw)

    def test_the_lines_of_the_traject(self):
        report = self.reports["released"]
        lines = (
            Command.update(report.id, {"remark": "Other"}),
            Command.delete(report.id),
            Command.unlink(report.id),
            Command.clear(),
            Command.set([]),
        )
        administrator = self._make_administrator()
        for line in lines:
            for user in (self.coach, self.planner, self.manager, administrator):
                with self.case(line=line[0], user=user.login), self.kept(report):
                    traject = self.traject.with_user(user)
                    self._refuse(traject.write, {"report_ids": [line]})
            with self.case(line=line[0], user="superuser"), self.kept(report):
                self._refuse(self.traject.sudo().write, {"report_ids": [line]})

    # ------------------------------------------------------------------
    # Import
    # ------------------------------------------------------------------

    def _load(self, user, names, row):
        """Return the ids that importing ``row`` wrote."""
        Report = self.env["outplacement.report"].with_user(user)
        with mute_logger(*ACCESS_LOGGERS, "odoo.sql_db"):
            return Report.load(names, [row])["ids"]

    def test_import(self):
        report = self.reports["released"]
        administrator = self._make_administrator()
        for user in (self.coach, administrator, self.env.ref("base.user_root")):
            with self.case(user=user.login, by="id"), self.kept(report):
                names = [".id", "remark"]
                self.assertFalse(self._load(user, names, [str(report.id), "Other"]))

    def test_export_and_import_again(self):
        """With the external id that exporting gave the report."""
        report = self.reports["released"]
        administrator = self._make_administrator()
        names = ["id", "remark"]
        [row] = report.with_user(administrator).export_data(names)["datas"]
        self.assertEqual(row[1], "Words")
        for user in (self.coach, administrator):
            with self.case(user=user.login), self.kept(report):
                self.assertFalse(self._load(user, names, [row[0], "Other"]))

    def test_import_of_a_file(self):
        report = self.reports["released"]
        administrator = self._make_administrator()
        wizard = self.env["base_import.import"].with_user(administrator)
        wizard = wizard.create(
            {
                "res_model": report._name,
                "file": f"id,remark\n{report.id},Other\n".encode(),
                "file_name": "reports.csv",
                "file_type": "text/csv",
            }
        )
        options = {"quoting": '"', "separator": ",", "has_headers": True}
        with self.kept(report), mute_logger(*ACCESS_LOGGERS, "odoo.sql_db"):
            done = wizard.execute_import([".id", "remark"], ["id", "remark"], options)
            self.assertFalse(done["ids"], json.dumps(done, default=str))

    # ------------------------------------------------------------------
    # Code of administrators
    # ------------------------------------------------------------------

    def test_server_actions(self):
        """Run by an administrator who has the roles too, with and without `sudo()`."""
        report = self.reports["released"]
        administrator = self._make_administrator()
        file = self._get_document(report)
        for code in (
            "record.write({'remark': 'Other'})",
            "record['remark'] = 'Other'",
            "record.sudo().write({'remark': 'Other'})",
            "record.sudo().write({'date_released': '2020-01-01 00:00:00'})",
            "record.sudo().write({'state': 'draft'})",
            "record.sudo().unlink()",
            "record.unlink()",
            "record.sudo().traject_id.write({'candidate_id': False})",
            f"env['ir.attachment'].browse({file.id}).write({{'raw': b'%PDF'}})",
            f"env['ir.attachment'].browse({file.id}).unlink()",
            f"env['ir.attachment'].sudo().browse({file.id}).unlink()",
        ):
            with self.case(code=code), self.kept(report):
                action = self.env["ir.actions.server"].with_user(administrator)
                action = action.create(
                    {
                        "name": "Change it",
                        "model_id": self.env["ir.model"]._get_id(report._name),
                        "state": "code",
                        "code": code,
                    }
                )
                here = {"active_model": report._name, "active_id": report.id}
                with mute_logger("odoo.addons.base.models.ir_actions"):
                    self._refuse(action.with_context(**here).run)

    # ------------------------------------------------------------------
    # The file
    # ------------------------------------------------------------------

    def _get_file_changes(self):
        other = self.reports["superseded"]
        return (
            {"raw": FORGED},
            {"datas": base64.b64encode(FORGED)},
            {"datas": base64.b64encode(FORGED), "mimetype": "application/pdf"},
            {"raw": False},
            {"db_datas": FORGED},
            {"type": "url", "url": "https://example.com"},
            {"public": True},
            {"access_token": "token"},
            {"name": "other.pdf"},
            {"res_field": False},
            {"res_field": "remark"},
            {"res_model": "res.partner", "res_id": self.employer.id},
            {"res_id": other.id},
        )

    def test_the_file_is_not_changed(self):
        report = self.reports["released"]
        file = self._get_document(report)
        administrator = self._make_administrator()
        users = (*(self.users[role] for role in self.users), administrator)
        for vals in self._get_file_changes():
            for user in users:
                with self.case(vals=vals, user=user.login), self.kept(report):
                    self._refuse(file.with_user(user).write, vals)
            with self.case(vals=vals, user="superuser"), self.kept(report):
                self._refuse(file.write, vals)

    def test_the_file_is_not_deleted(self):
        administrator = self._make_administrator()
        for report in self.reports.values():
            file = self._get_document(report)
            for mine in (
                file,
                file.with_user(administrator),
                file.with_user(self.coach),
            ):
                with self.case(user=mine.env.user.login), self.kept(report):
                    self._refuse(mine.unlink)

    def test_no_other_file_comes_in_its_place(self):
        report = self.reports["released"]
        administrator = self._make_administrator()
        link = {"res_model": report._name, "res_id": report.id, "res_field": "document"}
        values = {"name": "document", "raw": FORGED}
        Attachment = self.env["ir.attachment"]
        for user in (administrator, self.coach, self.env.ref("base.user_root")):
            Mine = Attachment.with_user(user)
            with self.case(user=user.login, way="new"), self.kept(report):
                self._refuse(Mine.create, values | link)
            with self.case(user=user.login, way="by default"), self.kept(report):
                there = {f"default_{name}": value for name, value in link.items()}
                self._refuse(Mine.with_context(**there).create, values)
            with self.case(user=user.login, way="linked"), self.kept(report):
                self._refuse(Mine.create(values).write, link)

    def test_another_storage_keeps_the_bytes(self):
        """Moving all files to the database and back is an administrator's right."""
        report = self.reports["released"]
        before = self._get_document(report).raw
        Parameter = self.env["ir.config_parameter"]
        for storage in ("db", "file"):
            Parameter.set_param("ir_attachment.location", storage)
            self._get_document(report)._migrate()
            self.assertEqual(self._get_document(report).raw, before)

    # ------------------------------------------------------------------
    # Whatever it was made of
    # ------------------------------------------------------------------

    def test_what_it_was_made_of_changes(self):
        self._install_dutch_name()
        for way, change in {
            "label of a step": lambda: self.step.write({"name": "Other step"}),
            "step in Dutch": lambda: self.step.with_context(lang="nl_NL").write(
                {"name": "Stap"}
            ),
            "step archived": lambda: self.step.write({"active": False}),
            "company": lambda: self.company.write({"name": "Other", "logo": False}),
            "package": lambda: self.traject_type.write({"name": "Other"}),
            "package in Dutch": lambda: self.traject_type.with_context(
                lang="nl_NL"
            ).write({"name": "Anders"}),
            "term": lambda: self.traject.write({"months": 30}),
            "reference": lambda: self.traject.sudo().write({"name": "TR/0/1"}),
            "candidate's name": lambda: self.candidate.partner_id.write(
                {"name": "Another"}
            ),
            "employer": lambda: self.employer.write({"name": "X", "lang": "nl_NL"}),
            "contacts": lambda: self.traject.write(
                {"employer_contact_ids": [Command.clear()]}
            ),
            "consents": self._withdraw_consents,
            "a session": lambda: self._make_session(),
            "the coach": lambda: self.coach.write({"name": "Another", "active": False}),
        }.items():
            with self.case(way=way), self.kept(*self.reports.values()):
                change()

    def _install_dutch_name(self):
        self.env["res.lang"]._activate_lang("nl_NL")

    def _withdraw_consents(self):
        consents = self.traject.with_user(self.coach).consent_ids
        self.assertTrue(consents)
        consents._withdraw("phone")

    def test_a_traject_with_reports_keeps_its_candidate(self):
        """Else the next one would read what was told of the one before."""
        self.assertEqual(self.traject.state, "intake")
        other = self.other_candidate.partner_id
        for mine in (self.traject.with_user(self.planner), self.traject.sudo()):
            with self.case(su=mine.env.su), self.kept(*self.reports.values()):
                self._refuse(mine.write, {"candidate_id": other.id})
        fresh = self._make_traject()
        self._assign(fresh, self.coach)
        draft = self._make_report(traject=fresh)
        mine = fresh.with_user(self.planner)
        with self.case(state="draft"), self.kept(draft):
            self._refuse(mine.write, {"candidate_id": other.id})
        draft.with_user(self.coach).unlink()
        mine.candidate_id = other

    def test_merging_the_candidate(self):
        other = self.env["res.partner"].create({"name": "The same person"})
        Wizard = self.env["base.partner.merge.automatic.wizard"]
        candidate = self.candidate.partner_id
        for kept in (candidate, other):
            with self.case(kept=kept.name), self.kept(*self.reports.values()):
                self._refuse(Wizard._merge, (candidate + other).ids, kept)

    def test_archiving_and_deleting_the_traject(self):
        reports = self.reports.values()
        with self.case(way="delete"), self.kept(*reports):
            self._refuse(self.traject.with_user(self.manager).unlink)
        with self.case(way="delete as superuser"), self.kept(*reports):
            self.assertRefused(self.traject.sudo().unlink, error=IntegrityError)
        self.traject.with_user(self.planner)._set_state("cancelled")
        with self.kept(*reports):
            self.traject.with_user(self.planner).action_archive()

    def test_the_correction_goes(self):
        report = self._make_released("released")
        correction = report.browse(
            report.with_user(self.coach).action_supersede()["res_id"]
        )
        with self.case(correction="draft"), self.kept(report):
            correction.with_user(self.coach).unlink()
        correction = self._supersede(report)
        with self.kept(report):
            self._refuse(correction.with_user(self.coach).unlink)
            self._refuse(correction.sudo().unlink)
            correction.with_user(self.coach).action_withdraw()

    def test_copies_are_drafts(self):
        for state, report in self.reports.items():
            with self.case(state=state), self.kept(report):
                copied = report.sudo().copy()
                self.assertEqual(copied.state, "draft")
                self.assertFalse(copied.document or copied.document_sha256)
                self.assertFalse(self._get_document(copied))
                copied.remark = "Other"

    def test_the_cron_leaves_it_alone(self):
        with self.kept(*self.reports.values()):
            report = self.reports["released"]
            late = report.answer_deadline + timedelta(days=1)
            with freeze_time(late):
                Report = self.env["outplacement.report"]
                self.assertFalse(Report._search_to_follow_up() & report)

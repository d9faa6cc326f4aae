import base64
import hashlib
import time
from contextlib import contextmanager
from datetime import date, datetime
from unittest.mock import patch

from odoo.tests import freeze_time, tagged

from .common_tours import START, TourCommon


# The clock runs on from here: the browser and the server wait for each other.
@freeze_time("2026-02-20 09:00:00", tick=True)
@tagged("post_install", "-at_install")
class TestTours(TourCommon):
    """Selling, planning, guiding, reporting and invoicing."""

    def test_sell(self):
        """The account manager makes trajects of an opportunity."""
        opportunity = self.env["crm.lead"].create(
            {
                "name": "Reorganisatie",
                "type": "opportunity",
                "partner_id": self.employer.id,
                "user_id": self.account_manager.id,
            }
        )
        self._tour("sell", self.account_manager)
        order = opportunity.order_ids
        self.assertRecordValues(
            order,
            [
                {
                    "state": "sale",
                    "user_id": self.account_manager.id,
                    "amount_untaxed": 17990.0,
                    "outplacement_traject_count": 2,
                }
            ],
        )
        trajects = order.outplacement_traject_ids
        self.assertEqual(opportunity.outplacement_traject_count, 2)
        self.assertEqual(trajects.mapped("state"), ["intake", "intake"])
        self.assertEqual(trajects.employer_id, self.employer)
        self.assertEqual(trajects.account_manager_id, self.account_manager)
        self.assertFalse(trajects.coach_id)
        self.assertEqual(len(trajects.instalment_ids), 24)
        self.assertEqual(set(trajects.instalment_ids.mapped("state")), {"planned"})

    def test_plan(self):
        """The planner names the candidate, assigns a coach and starts a traject."""
        traject = self._sell().outplacement_traject_ids
        self._tour("plan", self.planner)
        self.assertRecordValues(
            traject,
            [
                {
                    "state": "active",
                    "coach_id": self.coach.id,
                    "date_start": START,
                    "date_end": date(2027, 1, 31),
                    "phase_id": self._phase("processing").id,
                }
            ],
        )
        self.assertRecordValues(
            traject.candidate_id,
            [{"name": "Saskia Smit", "parent_id": False, "is_company": False}],
        )
        self.assertRecordValues(
            traject.member_ids,
            [{"user_id": self.coach.id, "role": "coach", "date_to": False}],
        )
        first = traject.instalment_ids.sorted("number")[0]
        self.assertRecordValues(
            first, [{"date": START, "amount": 749.58, "state": "due"}]
        )

    def test_guide(self):
        """The coach holds a session, keeps a note, moves on, drafts a report."""
        traject = self._start_traject()
        self._tour("guide", self.coach)
        self.assertRecordValues(
            traject.session_ids,
            [
                {
                    "state": "held",
                    "coach_id": self.coach.id,
                    # ten o'clock in Amsterdam
                    "start": datetime(2026, 2, 9, 9),
                    "location": "Kamer 2",
                }
            ],
        )
        note = self.env["outplacement.note"].search([("traject_id", "=", traject.id)])
        self.assertRecordValues(
            note,
            [
                {
                    "author_id": self.coach.id,
                    "session_id": traject.session_ids.id,
                    "shared": False,
                }
            ],
        )
        self.assertTrue(note.signed_on)
        body = note.with_user(self.coach).body
        self.assertIn("Wil liever met de handen werken.", body)
        self.assertEqual(traject.phase_id, self._phase("self_assessment"))
        phase = traject.traject_phase_ids.filtered(
            lambda line: line.phase_id == traject.phase_id
        )
        self.assertEqual(phase.state, "active")
        self.assertRecordValues(
            traject.report_ids,
            [
                {
                    "state": "sent",
                    "sessions_held": 1,
                    "phases_text": False,
                    "remark": "De gesprekken verlopen volgens plan.",
                }
            ],
        )

    def test_document(self):
        """The coach keeps a CV in the confidential file, and a newer version."""
        traject = self._start_traject()
        self._tour("document", self.coach)
        documents = self.env["outplacement.document"].search(
            [("traject_id", "=", traject.id)], order="version"
        )
        self.assertEqual(documents.mapped("version"), [1, 2])
        self.assertEqual(documents.mapped("shared"), [True, False])
        self.assertEqual(documents[1].replaces_id, documents[0])
        mine = documents.with_user(self.coach)
        self.assertEqual(mine.mapped("name"), ["Cv Karin.pdf", "Cv Karin 2.pdf"])
        self.assertEqual(
            [document._open_file() for document in mine],
            [b"%PDF-1.7 first", b"%PDF-1.7 second"],
        )

    def test_month_end(self):
        """Finance bills and sends what is due; the job of Odoo's does the sending."""
        self.employer.email = "facturen@example.com"
        forgetful = self.env["res.partner"].create(
            {"name": "Forgetful", "is_company": True, "outplacement_po_required": True}
        )
        order = self._sell_and_start(date_start=START)
        forgotten = self._sell_and_start(date_start=START, partner=forgetful)
        self._tour("month_end", self.finance)
        [run] = self.env["outplacement.invoice.run"].search([])
        self.assertEqual(
            (run.state, run.mode, run.set_aside_count), ("done", "send", 1)
        )
        invoice = order.invoice_ids
        self.assertEqual(run.invoice_ids, invoice)
        self.assertEqual((invoice.state, invoice.is_being_sent), ("posted", True))
        self.assertFalse(forgotten.invoice_ids)
        with self._printing_invoices():
            job = self.env.ref("account.ir_cron_account_move_send")
            job.with_user(self.env.ref("base.user_root")).method_direct_trigger()
        self.env.invalidate_all()
        self.assertTrue(invoice.is_move_sent)
        [message] = invoice.message_ids.filtered("attachment_ids")
        self.assertEqual(message.partner_ids, self.employer)

    @contextmanager
    def _printing_invoices(self):
        """Make no PDF: how Odoo prints invoices is not tested here."""
        Report = self.registry["ir.actions.report"]

        def render(report, ref, res_ids=None, data=None):
            return dict.fromkeys(res_ids, b"%PDF-1.7 invoice"), "pdf"

        def split(report, ref, content, kind):
            return content

        with (
            patch.object(Report, "_pre_render_qweb_pdf", render),
            patch.object(Report, "_get_splitted_report", split),
        ):
            yield

    def test_what_if(self):
        """The account manager asks what a placement would mean: a question only."""
        package = self._make_package(
            8995.0, self.plan_monthly, outplacement_placement_rule="started_months"
        )
        order = self._sell_and_start(package, date_start=START)
        traject = order.outplacement_traject_ids
        invoice = self._invoice(order, START)
        before = self._get_money(traject)
        self._tour("what_if", self.account_manager)
        self.assertEqual(self._get_money(traject), before)
        self.assertRecordValues(
            traject, [{"state": "active", "date_placement": False, "outcome": False}]
        )
        self.assertEqual(order.invoice_ids, invoice)

    def _get_money(self, traject):
        """Return what is known of the instalments, and when they were written last."""
        instalments = traject.instalment_ids.sorted("number")
        names = ("date", "state", "amount_due", "amount_lapsed", "write_date")
        return instalments.read(names)

    def test_search(self):
        """The coach looks for words in many notes, stops, and finds one."""
        traject = self._start_traject()
        Note = self.env["outplacement.note"].with_user(self.coach)
        texts = ["Wil met de <b>handen</b> werken."] + 5 * ["Iets anders."]
        Note.create([{"traject_id": traject.id, "body": body} for body in texts])
        with self._searching_slowly():
            self._tour("search", self.coach)

    def test_release(self):
        """The coach records that the candidate agrees, and releases the report."""
        traject = self._start_traject()
        action = traject.with_user(self.coach).action_new_report()
        report = self.env["outplacement.report"].browse(action["res_id"])
        report.with_user(self.coach).action_send()
        with self._printing():
            self._tour("release", self.coach)
        self.assertRecordValues(
            report, [{"state": "released", "released_by_id": self.coach.id}]
        )
        self.assertRecordValues(
            report.answer_ids,
            [
                {
                    "answer": "agreed",
                    "channel": "phone",
                    "recorded_by_id": self.coach.id,
                }
            ],
        )
        document = base64.b64decode(report.document)
        self.assertTrue(document.startswith(b"%PDF-"))
        self.assertEqual(report.document_sha256, hashlib.sha256(document).hexdigest())

    def test_invoice(self):
        """Finance invoices and posts what is due."""
        traject = self._start_traject()
        self.env["outplacement.instalment"]._update_due()
        self._tour("invoice", self.finance)
        first = traject.instalment_ids.sorted("number")[0]
        self.assertEqual(first.state, "invoiced")
        self.assertEqual(first.invoice_id.state, "posted")
        self.assertAmounts(first.invoice_id, (749.58, 157.41, 906.99))
        self.assertEqual(len(first.invoice_id.invoice_line_ids), 1)

    def test_missing_reference(self):
        """A missing purchase order reference is seen in the list, a needless one is
        not missed."""
        self._start_traject()
        for name, reference in (("Forgetful", False), ("Informed", "PO-7")):
            employer = self.env["res.partner"].create(
                {
                    "name": name,
                    "is_company": True,
                    "outplacement_po_required": True,
                }
            )
            self._sell_and_start(
                partner=employer, client_order_ref=reference, date_start=START
            )
        self.env["outplacement.instalment"]._update_due()
        self._tour("missing_reference", self.finance)

    @contextmanager
    def _searching_slowly(self):
        """Search note by note, as if they were thousands."""
        Note = self.registry["outplacement.note"]
        search = Note.search_in_caseload

        def search_slowly(notes, query, after=None, limit=None):
            time.sleep(0.4)
            answer = search(notes, query, after, 1)
            return {**answer, "total": 1200} if "total" in answer else answer

        search_slowly._api_model = True
        with patch.object(Note, "search_in_caseload", search_slowly):
            yield

    @contextmanager
    def _printing(self):
        """Print reports in earnest, as the server does when no test runs."""
        Report = self.registry["outplacement.report"]
        render = Report._render_document

        def render_pdf(report):
            return render(report.with_context(force_report_rendering=True))

        with patch.object(Report, "_render_document", render_pdf):
            yield

    # ------------------------------------------------------------------
    # Makers
    # ------------------------------------------------------------------

    def _phase(self, code):
        return self.env["outplacement.phase"].search([("code", "=", code)])

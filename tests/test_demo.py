import base64
import hashlib
from ast import literal_eval
from collections import Counter

from lxml import etree

from odoo.exceptions import AccessError
from odoo.fields import Date, Datetime, Domain
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import ACCESS_LOGGERS

# How many trajects, notes and instalments each role sees; None: no access at all.
SEEN = {
    "coach": (4, 25, 48),
    "coach2": (5, 13, 19),
    "deputy": (4, 24, 28),
    "planner": (12, None, 72),
    "account": (12, None, 72),
    "finance": (None, None, 72),
    "manager": (12, 0, 72),
    "privacy": (None, 0, None),
    "employer": (None, 0, None),
    "candidate": (None, 1, None),
}
# Filters that show nothing on the day that the demo bureau opens.
EMPTY_FILTERS = {"inactive", "set_aside", "not_open", "is_called_off", "is_released"}
# Filters that show nothing in a bureau without books.
INVOICE_FILTERS = {"invoiced", "draft_invoice", "not_paid", "credited"}


@tagged("outplacement_demo", "-standard", "post_install", "-at_install")
class TestDemo(HttpCase):
    """The demo bureau tells its story, on whatever day it is opened.

    To be run in a database with demo data: that is not where the other tests run.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bureau = cls.env.ref("outplacement.res_company_demo")
        cls.today = Date.today()

    def _get_user(self, login):
        return self.env.ref(f"outplacement.res_users_{login}_demo")

    def _get_traject(self, name):
        return self.env.ref(f"outplacement.outplacement_traject_{name}_demo")

    def _search(self, model, *domain):
        """Return the bureau's own records."""
        return self.env[model].search([("company_id", "=", self.bureau.id), *domain])

    def _get_model(self, model, login):
        """Return ``model`` as the user with that login uses it."""
        user = self._get_user(login)
        return self.env(user=user, context={})[model]

    def _count(self, model, login):
        """Return how many records the user sees, None without any access."""
        records = self._get_model(model, login)
        return records.search_count([]) if records.has_access("read") else None

    # ------------------------------------------------------------------
    # The story
    # ------------------------------------------------------------------

    def test_trajects(self):
        trajects = self._search("outplacement.traject")
        self.assertEqual(
            Counter(trajects.mapped("state")),
            {
                "intake": 2,
                "active": 5,
                "paused": 1,
                "aftercare": 1,
                "closed": 2,
                "cancelled": 1,
            },
        )
        running = trajects.filtered(
            lambda t: t.state == "active" and t.type_id.kind == "outplacement"
        )
        self.assertEqual(
            running.phase_id.sorted("sequence").mapped("code"),
            ["processing", "self_assessment", "application_training", "job_search"],
        )
        for traject in running:
            current = traject.traject_phase_ids.filtered(lambda p: p.state == "active")
            self.assertEqual(current.phase_id, traject.phase_id, traject.name)
        self.assertEqual(len(trajects.employer_id), 3)
        private = trajects.filtered(lambda t: t.principal_id == t.candidate_id)
        self.assertEqual(private.type_id.kind, "career")
        ends = self._get_traject("wolters").date_end
        self.assertTrue(0 <= (ends - self.today).days <= 60)
        self.assertFalse(self._get_traject("new").coach_id)
        self.assertTrue(self._get_traject("oosterhuis").coach_id)

    def test_sessions(self):
        """What was recorded lies in the past, what is planned in the future but for
        what waits to be recorded; nobody works at the weekend."""
        now = Datetime.now()
        sessions = self._search("outplacement.session")
        recorded = sessions.filtered(lambda s: s.state in ("held", "no_show"))
        self.assertEqual(
            set(sessions.mapped("state")), {"planned", "held", "cancelled", "no_show"}
        )
        self.assertLess(max(recorded.mapped("start")), now)
        self.assertFalse([s for s in sessions if s.start.weekday() > 4])
        for session in recorded - recorded.filtered(lambda s: s.kind == "intake"):
            self.assertGreaterEqual(
                session.start.date(), session.traject_id.date_start, session.traject_id
            )
        waiting = sessions.filtered(lambda s: s.state == "planned" and s.stop < now)
        self.assertIn(len(waiting), (2, 3))

    def test_reports(self):
        reports = self._search("outplacement.report")
        can_print = self.env["ir.actions.report"].get_wkhtmltopdf_state() == "ok"
        self.assertEqual(
            Counter(reports.mapped("state")),
            {
                "draft": 1,
                "sent": 2,
                "objected": 1,
                "agreed": 1 if can_print else 3,
                **({"released": 2} if can_print else {}),
            },
        )
        for report in reports.filtered(lambda report: report.state == "released"):
            document = base64.b64decode(report.document)
            self.assertEqual(
                report.document_sha256, hashlib.sha256(document).hexdigest()
            )
            self.assertEqual(report.released_by_id, report.traject_id.coach_id)

    def test_sales(self):
        """Every traject follows from an order, and that from an opportunity."""
        trajects = self._search("outplacement.traject")
        orders = trajects.order_id
        self.assertEqual(set(orders.mapped("state")), {"sale"})
        self.assertTrue(all(orders.opportunity_id.stage_id.mapped("is_won")))
        self.assertEqual(len(orders.opportunity_id), len(orders))
        leads = self._search("crm.lead")
        self.assertTrue(leads.filtered(lambda lead: not lead.stage_id.is_won))
        self.assertTrue(leads.order_ids.filtered(lambda order: order.state == "sent"))

    # ------------------------------------------------------------------
    # The books
    # ------------------------------------------------------------------

    def _get_amounts(self, name):
        """Return net, VAT, gross and state of the invoices of a traject."""
        invoices = self._get_traject(name).instalment_ids.invoice_id
        return [
            (i.amount_untaxed, i.amount_tax, i.amount_total, i.state)
            for i in invoices.sorted(lambda i: (i.invoice_date or self.today, i.id))
        ]

    def test_social_plan(self):
        """Ten people under an open plan, of whom nobody was called off yet."""
        plan = self._search("outplacement.social.plan")
        self.assertEqual(plan.state, "open")
        people = plan.entitlement_ids
        self.assertEqual(
            Counter(people.mapped("choice")),
            {"outplacement": 4, "undecided": 3, "money": 2, "none": 1},
        )
        self.assertEqual(Counter(people.mapped("state")), {"entitled": 9, "draft": 1})
        self.assertEqual((plan.heads_entitled, plan.heads_promised), (9, 7))
        mine = self._get_model("outplacement.social.plan", "account").browse(plan.id)
        context = mine.action_call_off()["context"]
        CallOff = mine.env["outplacement.call.off.start"]
        wizard = CallOff.with_context(**context).create({})
        self.assertEqual((wizard.count, wizard.is_refused), (4, False))
        self.assertEqual(wizard.amount, 7950.0 + 3 * 3950.0)

    def test_invoices_to_the_cent(self):
        """The worked examples of the billing rules, as far as the bureau sold them."""
        if not self.bureau.chart_template:
            self.assertFalse(self._search("account.move"))
            return
        monthly = (749.58, 157.41, 906.99, "posted")
        self.assertEqual(
            self._get_amounts("wolters"),
            [monthly] * 11 + [(749.62, 157.42, 907.04, "draft")],
        )
        self.assertEqual(
            self._get_amounts("rietveld"),
            [
                (2125.01, 446.25, 2571.26, "posted"),
                (2125.00, 446.25, 2571.25, "posted"),
            ],
        )
        self.assertEqual(
            self._get_amounts("zwart"), [(7450.00, 1564.50, 9014.50, "posted")]
        )
        self.assertEqual(
            self._get_amounts("terpstra"),
            [
                (411.84, 86.49, 498.33, "posted"),
                (411.84, 86.49, 498.33, "posted"),
                (411.85, 86.49, 498.34, "posted"),
            ],
        )

    def test_instalments(self):
        """Something in every state; what is late was invoiced and not paid."""
        states = self._search("outplacement.instalment").mapped("state")
        expected = {"planned", "due", "lapsed"}
        if self.bureau.chart_template:
            expected |= {"invoiced", "credited"}
        self.assertEqual(set(states), expected)
        invoices = self._search(
            "account.move", ("move_type", "=", "out_invoice"), ("state", "=", "posted")
        )
        late = invoices.filtered(
            lambda i: i.payment_state == "not_paid" and i.invoice_date_due < self.today
        )
        self.assertTrue(late or not self.bureau.chart_template)
        missing = self._get_traject("bensalah").instalment_ids
        self.assertTrue(all(missing.mapped("purchase_order_missing")))
        self.assertIn("due", missing.mapped("state"))

    # ------------------------------------------------------------------
    # The people
    # ------------------------------------------------------------------

    def test_logins(self):
        """One login a role, with the login as password."""
        for login in SEEN:
            with self.subTest(login=login):
                session = self.authenticate(login, login)
                self.assertEqual(session.uid, self._get_user(login).id)

    def test_seen(self):
        for login, counts in SEEN.items():
            with self.subTest(login=login):
                seen = tuple(
                    self._count(f"outplacement.{model}", login)
                    for model in ("traject", "note", "instalment")
                )
                self.assertEqual(seen, counts)

    def test_reports_seen(self):
        """The employer's contact sees what was released to her, the candidate what
        was sent to her."""
        released = self._get_model("outplacement.report", "employer").search([])
        self.assertFalse(released.filtered(lambda r: r.state != "released"))
        sent = self._get_model("outplacement.report", "candidate").search([])
        self.assertEqual(sent.mapped("state"), ["sent"])

    def test_notes_closed_to_rank(self):
        """The administrator, who may enter the bureau, reads no note in it; nor does
        anybody else but coaches, deputies and code that runs as nobody."""
        admin = self.env.ref("base.user_admin")
        self.assertIn(self.bureau, admin.company_ids)
        notes = self._search("outplacement.note")
        others = [login for login in SEEN if not SEEN[login][1]]
        for user in (admin, *map(self._get_user, others)):
            with self.subTest(login=user.login), mute_logger(*ACCESS_LOGGERS):
                closed = notes.with_user(user)
                self.assertFalse(closed._filtered_access("read"))
                self.assertFalse(any(note.body for note in closed))
                with self.assertRaises(AccessError):
                    closed.read(["body"])
        self.assertFalse(any(note.body for note in notes))
        for note in notes:
            self.assertTrue(note.with_user(note.author_id).body)

    def test_documents(self):
        """Each opens for who saved it; the candidate has the one that is hers."""
        documents = self._search("outplacement.document")
        self.assertEqual(
            Counter(documents.mapped("kind")), {"cv": 2, "letter": 1, "test": 1}
        )
        for document in documents:
            mine = document.with_user(document.author_id)
            self.assertTrue(mine.name)
            self.assertEqual(len(mine._open_file()), mine.size)
        hers = self._get_model("outplacement.document", "candidate").search([])
        self.assertEqual(hers.mapped("kind"), ["letter"])

    def test_no_mail(self):
        """Loading the story sent nothing to anybody."""
        partners = self.env["res.partner"].search([("email", "=like", "%.example")])
        mails = self.env["mail.mail"].search(
            [
                "|",
                ("author_id", "in", partners.ids),
                ("recipient_ids", "in", partners.ids),
            ]
        )
        self.assertFalse(mails.mapped("subject"))

    # ------------------------------------------------------------------
    # The screens
    # ------------------------------------------------------------------

    def test_filters(self):
        """Every filter of the main lists shows something to somebody who has it."""
        lists = ("traject", "session", "note", "document", "report", "instalment")
        for model in (*lists, "social.plan", "entitlement"):
            name = model.replace(".", "_")
            view = self.env.ref(f"outplacement.outplacement_{name}_view_search")
            for node in etree.fromstring(view.arch).iter("filter"):
                if node.get("domain") and not self._may_be_empty(node.get("name")):
                    with self.subTest(model=model, filter=node.get("name")):
                        self.assertTrue(self._is_filled(model, node))

    def _may_be_empty(self, name):
        # the bureau dates by the server's day, which ends after that of its users
        here = Date.context_today(self.bureau.with_context(tz="Europe/Amsterdam"))
        if name == "ends_soon" and here != self.today:
            return True
        weekend = name == "today" and here.weekday() > 4
        books = name in INVOICE_FILTERS and not self.bureau.chart_template
        return name in EMPTY_FILTERS or weekend or books

    def _is_filled(self, model, node):
        """Return whether one of the staff finds something by the filter ``node``."""
        for login in ("coach", "coach2", "deputy", "planner", "account", "finance"):
            records = self._get_model(f"outplacement.{model}", login)
            groups = node.get("groups")
            if records.has_access("read") and (
                not groups or records.env.user.has_groups(groups)
            ):
                text = node.get("domain").replace("uid", str(records.env.uid))
                if records.search_count(Domain(literal_eval(text))):
                    return True
        return False

import base64
import tempfile
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo import SUPERUSER_ID
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import TransactionCase, freeze_time
from odoo.tools import config, mute_logger

from odoo.addons.base.tests.common import DISABLED_MAIL_CONTEXT

from ..tools import keyring

COACH = "outplacement.group_coach"
ACCOUNT_MANAGER = "outplacement.group_account_manager"
# role: groups. One user a role, and the "other" ones stand outside `cls.traject`.
ROLES = {
    "coach": COACH,
    "deputy": COACH,
    "other_coach": COACH,
    "planner": "outplacement.group_planner",
    "account_manager": ACCOUNT_MANAGER,
    "other_account_manager": ACCOUNT_MANAGER,
    "finance": "account.group_account_invoice",
    "manager": "outplacement.group_manager",
    "privacy_officer": "outplacement.group_privacy_officer",
    "employee": "base.group_user",
    "system": "base.group_system",
    "employer_contact": "base.group_portal",
    "other_employer_contact": "base.group_portal",
    "candidate": "base.group_portal",
    "other_candidate": "base.group_portal",
}
LONG_AGO = date(2021, 1, 4)
# What stands in for a PDF wherever its making is not tested.
DOCUMENT = b"%PDF-1.7 report"

ACCESS_LOGGERS = (
    "odoo.addons.base.models.ir_rule",
    "odoo.addons.base.models.ir_model",
    "odoo.models",
    "odoo.orm.models",
)


def provide_key_folder(cls):
    """Have the tests of a class keep their keys in a folder that goes with them."""
    folder = tempfile.TemporaryDirectory()
    cls.addClassCleanup(folder.cleanup)
    cls.key_folder = Path(folder.name)
    options = {keyring.OPTION: folder.name}
    patcher = patch.dict(config.options.maps[0], options)
    patcher.start()
    cls.addClassCleanup(patcher.stop)


class OutplacementCommon(TransactionCase):
    """A bureau with one person a role and two trajects of the same employer.

    `cls.traject` belongs to coach, deputy, account_manager, candidate and
    employer_contact; `cls.other_traject` to their counterparts. No test reads the
    clock: what happened happened in 2021, or the test freezes the time.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_bureau()

    @classmethod
    def _make_bureau(cls):
        """Make the people and the trajects in `cls.env`."""
        cls.env = cls.env(context={**cls.env.context, **DISABLED_MAIL_CONTEXT})
        cls._provide_keyring()
        cls.company = cls.env.company
        cls.company.resource_calendar_id.tz = "Europe/Amsterdam"
        cls.company.outplacement_session_minutes = 90
        cls.users = dict(zip(ROLES, cls._make_users(*ROLES), strict=True))
        for role, user in cls.users.items():
            setattr(cls, role, user)
        cls.employer = cls.env["res.partner"].create(
            {"name": "Employer of Both", "is_company": True}
        )
        contacts = cls.employer_contact | cls.other_employer_contact
        contacts.partner_id.parent_id = cls.employer
        cls.traject_type = cls.env.ref(
            "outplacement.outplacement_traject_type_outplacement"
        )
        cls.traject = cls._make_traject()
        cls.other_traject = cls._make_traject(
            candidate_id=cls.other_candidate.partner_id.id,
            account_manager_id=cls.other_account_manager.id,
            employer_contact_ids=[
                Command.set(cls.other_employer_contact.partner_id.ids)
            ],
        )
        with freeze_time("2021-01-04 08:00:00"):  # volumes begin with assignments
            cls._assign(cls.traject, cls.coach)
            cls._assign(cls.traject, cls.deputy, "deputy", date_to=date(2099, 12, 31))
            cls._assign(cls.other_traject, cls.other_coach)
            for traject in cls.traject + cls.other_traject:
                cls._consent("participation", "phases", traject=traject)
        cls.startClassPatcher(
            patch.object(
                cls.registry["outplacement.report"],
                "_render_document",
                lambda report: DOCUMENT,
            )
        )

    @classmethod
    def _provide_keyring(cls):
        """Keep keys in a folder of this class, and alerts in its transaction."""
        provide_key_folder(cls)
        # one that demo data made is elsewhere
        keys = cls.env["outplacement.key"].search([("state", "=", "current")])
        keys.state = "retired"

        @contextmanager
        def own_transaction(alert):
            yield alert.env(user=SUPERUSER_ID, su=True)

        cls.startClassPatcher(
            patch.object(
                cls.registry["outplacement.alert"], "_own_transaction", own_transaction
            )
        )

    def _keep_keys(self):
        """Have the folder of keys after this test as it is now."""
        files = {path: path.read_bytes() for path in self.key_folder.glob("*")}

        def put_back():
            for path in self.key_folder.glob("*"):
                path.unlink()
            for path, content in files.items():
                path.touch(0o600)
                path.write_bytes(content)

        self.addCleanup(put_back)

    # ------------------------------------------------------------------
    # Makers
    # ------------------------------------------------------------------

    @classmethod
    def _make_users(cls, *roles):
        """Return a user a role, as :meth:`_make_user` does, made in one go."""
        Users = cls.env["res.users"]
        users = Users.create([cls._prepare_user(role) for role in roles])
        # each by itself: none is read because another is
        return [Users.browse(id_) for id_ in users.ids]

    @classmethod
    def _prepare_user(cls, role, login=None, **values):
        """Return the values of a user with the groups of ``role``; name and password
        are the login."""
        login = login or f"test_{role}"
        groups = [cls.env.ref(name).id for name in ROLES[role].split(",")]
        return {
            "name": login,
            "login": login,
            "password": login,
            "email": f"{login}@example.com",
            "group_ids": [Command.set(groups)],
            **values,
        }

    @classmethod
    def _make_user(cls, role, login=None, **values):
        """Return a user with the groups of ``role`` and a login that is its name."""
        return cls.env["res.users"].create(cls._prepare_user(role, login, **values))

    @classmethod
    def _make_traject(cls, **values):
        """Return a traject made by the planner."""
        values = {
            "type_id": cls.traject_type.id,
            "candidate_id": cls.candidate.partner_id.id,
            "employer_id": cls.employer.id,
            "principal_id": cls.employer.id,
            "employer_contact_ids": [Command.set(cls.employer_contact.partner_id.ids)],
            "account_manager_id": cls.account_manager.id,
            "date_start": LONG_AGO,
            **values,
        }
        planner = cls.env["outplacement.traject"].with_user(cls.planner)
        return planner.create(values).with_env(cls.env)

    @classmethod
    def _assign(cls, traject, user, role="coach", date_from=LONG_AGO, date_to=False):
        """Return the new member, assigned by the planner."""
        planned = traject.with_user(cls.planner)
        members = planned._assign_member(user, role, date_from, date_to)
        return members.with_env(cls.env)

    @classmethod
    def _activate(cls, traject=None):
        """Start ``traject`` (the planner does)."""
        traject = traject or cls.traject
        traject.with_user(cls.planner)._set_state("active")
        return traject

    @classmethod
    def _make_session(cls, traject=None, user=None, **values):
        """Return a session planned by ``user``, the coach if not said otherwise."""
        traject = traject or cls.traject
        values = {
            "traject_id": traject.id,
            "kind": "coaching",
            "start": datetime(2021, 3, 1, 9),
            **values,
        }
        Session = cls.env["outplacement.session"].with_user(user or traject.coach_id)
        return Session.create(values).with_env(cls.env)

    @classmethod
    def _make_note(cls, traject=None, user=None, **values):
        """Return a note written by ``user``, the coach if not said otherwise."""
        traject = traject or cls.traject
        values = {"traject_id": traject.id, "body": "<p>What was said</p>", **values}
        Note = cls.env["outplacement.note"].with_user(user or traject.coach_id)
        return Note.create(values).with_env(cls.env)

    @classmethod
    def _make_document(cls, traject=None, user=None, content=DOCUMENT, **values):
        """Return a document saved by ``user``, the coach if not said otherwise."""
        traject = traject or cls.traject
        values = {
            "traject_id": traject.id,
            "kind": "cv",
            "name": "CV.pdf",
            "content": base64.b64encode(content),
            **values,
        }
        Document = cls.env["outplacement.document"].with_user(user or traject.coach_id)
        return Document.create(values).with_env(cls.env)

    @classmethod
    def _consent(cls, *topics, traject=None, user=None, **values):
        """Return consents of the candidate to ``topics``, recorded by ``user``, the
        coach if not said otherwise."""
        traject = traject or cls.traject
        Consent = cls.env["outplacement.consent"].with_user(user or traject.coach_id)
        given = {"traject_id": traject.id, "date_given": LONG_AGO, **values}
        consents = Consent.create([{**given, "topic": topic} for topic in topics])
        return consents.with_env(cls.env)

    @classmethod
    def _make_report(cls, state="draft", traject=None, **values):
        """Return a report brought to ``state`` by those who do so in earnest."""
        traject = traject or cls.traject
        coach, candidate = traject.coach_id, traject.candidate_id.user_ids
        values = {
            "traject_id": traject.id,
            "date_from": date(2021, 1, 4),
            "date_to": date(2021, 3, 31),
            **values,
        }
        report = cls.env["outplacement.report"].with_user(coach).create(values)
        if state != "draft":
            report.action_send()
        if state == "objected":
            report.with_user(candidate).action_answer("objected", "Not like this")
        elif state not in ("draft", "sent"):
            report.with_user(candidate).action_answer("agreed")
        if state in ("released", "superseded", "withdrawn"):
            report.action_release()
        if state == "withdrawn":
            report.action_withdraw()
        elif state == "superseded":
            cls._supersede(report)
        return report.with_env(cls.env)

    @classmethod
    def _supersede(cls, report):
        """Correct ``report`` up to the release of the correction, which is returned."""
        Report = cls.env["outplacement.report"]
        coach = report.traject_id.coach_id
        action = report.with_user(coach).action_supersede()
        correction = Report.with_user(coach).browse(action["res_id"])
        correction.action_send()
        candidate = report.traject_id.candidate_id.user_ids
        correction.with_user(candidate).action_answer("agreed")
        correction.action_release()
        return correction.with_env(cls.env)

    @classmethod
    def _make_instalment(cls, traject=None):
        """Return the one instalment of ``traject``, sold by its account manager."""
        traject = traject or cls.traject
        product = cls.env["product.product"].create(
            {"name": "Guidance", "type": "service", "list_price": 5000.0}
        )
        order = cls.env["sale.order"].create(
            {
                "partner_id": traject.principal_id.id,
                "user_id": traject.account_manager_id.id,
                "order_line": [Command.create({"product_id": product.id})],
            }
        )
        traject.sale_line_id = order.order_line
        values = {
            "traject_id": traject.id,
            "sale_line_id": order.order_line.id,
            "number": 1,
            "total_number": 1,
            "amount": 5000.0,
        }
        return cls.env["outplacement.instalment"].create(values)

    # ------------------------------------------------------------------
    # Asserting
    # ------------------------------------------------------------------

    @contextmanager
    def undone(self):
        """Undo in the database whatever happens inside."""
        savepoint = self.env.cr.savepoint()
        try:
            yield
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all()

    @contextmanager
    def case(self, **description):
        """A row of a table: a sub-test, undone afterwards, without access logs."""
        with self.subTest(**description), mute_logger(*ACCESS_LOGGERS), self.undone():
            yield

    def assertRefused(self, method, *args, error=AccessError, **kwargs):
        """Assert that the call raises ``error``; undo what it did until then."""
        loggers = [*ACCESS_LOGGERS]
        if issubclass(error, IntegrityError):
            loggers.append("odoo.sql_db")
        with mute_logger(*loggers), self.assertRaises(error):
            method(*args, **kwargs)
            self.env.flush_all()

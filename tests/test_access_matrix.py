import base64
import itertools
from datetime import date, datetime

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import DOCUMENT, ROLES, OutplacementCommon

# What each role may do with a record of the own traject | of another's:
# r(ead and find), w(rite), c(reate), u(nlink). Who is not named may do nothing.
COACHES_READ = {"coach": "r|", "deputy": "r|", "other_coach": "|r"}
COACHES_WRITE = {"coach": "rw|", "deputy": "rw|", "other_coach": "|rw"}
COACHES_CREATE = {"coach": "rwc|", "deputy": "rwc|", "other_coach": "|rwc"}
COACHES_ALL = {"coach": "rwcu|", "deputy": "rwcu|", "other_coach": "|rwcu"}
SELLERS_READ = {"account_manager": "r|", "other_account_manager": "|r"}
SELLERS_WRITE = {"account_manager": "rw|", "other_account_manager": "|rw"}
READ_ALL = {"planner": "r|r", "manager": "r|r"}
RECORDS = {
    "traject": {
        **COACHES_WRITE,
        **SELLERS_WRITE,
        "planner": "rwc|rwc",
        "manager": "rwc|rwc",
    },
    "traject_phase": {
        **COACHES_CREATE,
        **SELLERS_READ,
        "planner": "rwcu|rwcu",
        "manager": "rwcu|rwcu",
    },
    "member": {**COACHES_READ, **SELLERS_READ, **READ_ALL},
    "session": {
        **COACHES_ALL,
        "planner": "rwcu|rwcu",
        "manager": "r|r",
        "candidate": "r|",
        "other_candidate": "|r",
    },
    # the coaches' own; what a co-coach wrote and what is shared follow below
    "note": {"coach": "rwcu|", "deputy": "rc|", "other_coach": "|rwcu"},
    "note_shared": {
        "coach": "rwcu|",
        "deputy": "rc|",
        "other_coach": "|rwcu",
        "candidate": "r|",
        "other_candidate": "|r",
    },
    "report_draft": {**COACHES_ALL, **READ_ALL},
    "report_sent": {
        **COACHES_READ,
        **READ_ALL,
        "candidate": "r|",
        "other_candidate": "|r",
    },
    "report_released": {
        **COACHES_READ,
        **READ_ALL,
        **SELLERS_READ,
        "candidate": "r|",
        "other_candidate": "|r",
        "employer_contact": "r|",
        "other_employer_contact": "|r",
    },
    "answer": {
        **COACHES_READ,
        **READ_ALL,
        "candidate": "r|",
        "other_candidate": "|r",
    },
    "consent": {
        **COACHES_READ,
        **READ_ALL,
        "candidate": "r|",
        "other_candidate": "|r",
    },
    "statement": {
        **COACHES_ALL,
        **SELLERS_READ,
        "planner": "rwcu|rwcu",
        "manager": "rwcu|rwcu",
    },
    "pause": {**COACHES_READ, **SELLERS_READ, **READ_ALL, "finance": "r|r"},
    "instalment": {
        **COACHES_READ,
        **SELLERS_READ,
        "planner": "r|r",
        "finance": "rw|rw",
        "manager": "rw|rw",
    },
}
for same, as_state in {
    "document": "note",
    "document_shared": "note_shared",
    "report_agreed": "report_sent",
    "report_objected": "report_sent",
    "report_withdrawn": "report_sent",
    "report_superseded": "report_released",
}.items():
    RECORDS[same] = RECORDS[as_state]
CONFIGURATION = {
    **dict.fromkeys(("coach", "deputy", "other_coach", "planner"), "r"),
    **dict.fromkeys(("account_manager", "other_account_manager"), "r"),
    "manager": "rwcu",
}
PLANS = {**CONFIGURATION, "finance": "rwcu"}
WIZARDS = {**COACHES_CREATE, "planner": "rwc|rwc", "manager": "rwc|rwc"}
# Who reads the instalments of a traject may ask what would become of them.
QUESTIONS = {
    **WIZARDS,
    "account_manager": "rwc|",
    "other_account_manager": "|rwc",
    "finance": "rwc|rwc",
}


@tagged("post_install", "-at_install")
class TestAccessMatrix(OutplacementCommon):
    """Every cell of the access matrix, allowed and refused, as the user."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.extra_phase = cls.env["outplacement.phase"].create({"name": "Extra"})
        cls.trajects = cls.traject + cls.other_traject
        cls.pairs = {}
        for traject in cls.trajects:
            for kind, record in cls._make_records(traject).items():
                cls.pairs.setdefault(kind, []).append(record)

    @classmethod
    def _make_records(cls, traject):
        """Return a record of each kind for ``traject``."""
        states = ("draft", "sent", "agreed", "objected")
        records = {
            "traject": traject,
            "traject_phase": traject.traject_phase_ids[-1],
            "member": traject.member_ids[-1],
            "session": cls._make_session(traject, start=datetime(2090, 1, 2, 9)),
            "note": cls._make_note(traject),
            "note_shared": cls._make_note(traject, shared=True),
            "document": cls._make_document(traject),
            "document_shared": cls._make_document(traject, shared=True),
            "instalment": cls._make_instalment(traject),
            "consent": traject.consent_ids[0],
            "pause": cls.env["outplacement.pause"].create(
                {
                    "traject_id": traject.id,
                    "date_from": date(2021, 2, 1),
                    "date_to": date(2021, 2, 7),
                }
            ),
            "statement": cls.env["outplacement.statement"].create(
                {"traject_id": traject.id}
            ),
        }
        for state in (*states, "released", "superseded", "withdrawn"):
            records[f"report_{state}"] = cls._make_report(state, traject)
        records["answer"] = records["report_objected"].answer_ids
        return records

    def _get_create_values(self, kind, traject):
        of_traject = {"traject_id": traject.id}
        period = {"date_from": date(2021, 1, 1), "date_to": date(2021, 2, 1)}
        day = {"start": datetime(2090, 1, 2, 9)}
        values = {
            "traject": {"type_id": self.traject_type.id},
            "traject_phase": {**of_traject, "phase_id": self.extra_phase.id},
            "member": {
                **of_traject,
                "user_id": self.coach.id,
                "date_from": day["start"],
            },
            "session": {**of_traject, **day, "coach_id": self.coach.id},
            "note": {**of_traject, "body": "New"},
            "document": {
                **of_traject,
                "name": "New.pdf",
                "content": base64.b64encode(DOCUMENT),
            },
            "answer": {
                "report_id": self._get_record("report_sent", traject).id,
                "answer": "agreed",
                "channel": "phone",
            },
            "instalment": {**of_traject, "date_agreed": date(2021, 1, 1)},
            "statement": of_traject,
            "consent": {**of_traject, "topic": "name"},
        }
        return values.get(kind, {**of_traject, **period})

    def _get_record(self, kind, traject):
        return self.pairs[kind][self.trajects.ids.index(traject.id)]

    def _get_write_values(self, kind):
        day = date(2021, 5, 1)
        values = {
            "traject": {"date_dismissal": day},
            "traject_phase": {"planned_weeks": 3},
            "member": {"date_to": False},
            "session": {"location": "Room 2"},
            "note": {"body": "Other words"},
            "note_shared": {"body": "Other words"},
            "document": {"name": "Other words.pdf"},
            "document_shared": {"name": "Other words.pdf"},
            "answer": {"remark": "Other words"},
            "instalment": {"date_agreed": day},
            "pause": {"date_to": day},
            "statement": {"date_signed": day},
            "consent": {"channel": "phone"},
        }
        return values.get(kind, {"remark": "Other words"})

    # ------------------------------------------------------------------

    def _check(self, allowed, method, *args, refusal=AccessError):
        if allowed:
            method(*args)
            self.env.flush_all()
        else:
            self.assertRefused(method, *args, error=refusal)

    def _check_found(self, record, allowed):
        """Finding a record follows reading it, by searching and by grouping."""
        domain = [("id", "=", record.id)]
        try:
            found = record.search(domain)
            count = record.search_count(domain)
            [group] = record.formatted_read_group(domain, [], ["__count"])
        except AccessError:
            self.assertFalse(allowed)
        else:
            self.assertEqual(found.ids, record.ids if allowed else [])
            self.assertEqual(count, int(allowed))
            self.assertEqual(group["__count"], int(allowed))

    def _check_row(self, kind, record, role, rights):
        """Hold what ``role`` can do with ``record`` against ``rights``."""
        # who may read learns why something cannot be changed, nobody else does
        refusal = UserError if "r" in rights else AccessError
        record = record.with_user(self.users[role])
        with self.case(kind=kind, role=role, operation="read"):
            self._check("r" in rights, record.read, ["display_name"])
        with self.case(kind=kind, role=role, operation="search"):
            self._check_found(record, "r" in rights)
        with self.case(kind=kind, role=role, operation="write"):
            values = self._get_write_values(kind)
            self._check("w" in rights, record.write, values, refusal=refusal)
        with self.case(kind=kind, role=role, operation="unlink"):
            self._check("u" in rights, record.unlink, refusal=refusal)

    def _check_create(self, kind, model, role, traject, rights):
        model = self.env[model].with_user(self.users[role])
        with self.case(kind=kind, role=role, operation="create", of=traject.name):
            values = self._get_create_values(kind, traject)
            self._check("c" in rights, model.create, values)

    def _check_table(self, *kinds):
        for kind in kinds:
            for role in ROLES:
                cell = RECORDS[kind].get(role, "|")
                for record, rights in zip(
                    self.pairs[kind], cell.split("|"), strict=True
                ):
                    self._check_row(kind, record, role, rights)

    def _check_creates(self, kind, table=None):
        model = self.pairs[kind][0]._name
        for role in ROLES:
            cells = (table or RECORDS[kind]).get(role, "|").split("|")
            for traject, rights in zip(self.trajects, cells, strict=True):
                self._check_create(kind, model, role, traject, rights)

    def test_traject(self):
        self._check_table("traject")
        self._check_creates("traject")

    def test_traject_phase(self):
        # a fresh phase: one that has started is kept, whoever asks
        self._check_table("traject_phase")
        self._check_creates("traject_phase")

    def test_member(self):
        self._check_table("member")
        self._check_creates("member")

    def test_session(self):
        self._check_table("session")
        self._check_creates("session")

    def test_note(self):
        self._check_table("note", "note_shared")
        self._check_creates("note")

    def test_note_of_deputy(self):
        """What the deputy wrote is the deputy's to change, the coach's to read."""
        note = self._make_note(user=self.deputy)
        self._check_row("note", note, "deputy", "rwu")
        self._check_row("note", note, "coach", "r")
        self._check_row("note", note, "other_coach", "")

    def test_document(self):
        self._check_table("document", "document_shared")
        self._check_creates("document")

    def test_document_of_deputy(self):
        """As with notes: the coach reads what the deputy saved."""
        document = self._make_document(user=self.deputy)
        self._check_row("document", document, "deputy", "rwu")
        self._check_row("document", document, "coach", "r")
        self._check_row("document", document, "other_coach", "")

    def test_report_draft(self):
        self._check_table("report_draft")
        self._check_creates("report_draft")

    def test_report_with_candidate(self):
        self._check_table("report_sent", "report_agreed", "report_objected")

    def test_report_released(self):
        self._check_table("report_released", "report_superseded")

    def test_report_withdrawn(self):
        self._check_table("report_withdrawn")

    def test_answer(self):
        self._check_table("answer")
        creators = {"coach": "c|", "deputy": "c|", "other_coach": "|c"}
        self._check_creates("answer", creators)

    def test_consent(self):
        self._check_table("consent")
        creators = {"coach": "c|", "deputy": "c|", "other_coach": "|c"}
        self._check_creates("consent", creators)

    def test_statement(self):
        self._check_table("statement")
        self._check_creates("statement")

    def test_instalment(self):
        self._check_table("instalment")
        self._check_creates("instalment")

    def test_pause(self):
        self._check_table("pause")
        self._check_creates("pause")

    def _check_model(self, record, values, table):
        """A model without own and other: one record for everybody."""
        for role in ROLES:
            rights = table.get(role, "")
            mine = record.with_user(self.users[role])
            with self.case(kind=record._name, role=role, operation="read"):
                self._check("r" in rights, mine.read, ["id"])
            with self.case(kind=record._name, role=role, operation="search"):
                self._check_found(mine, "r" in rights)
            with self.case(kind=record._name, role=role, operation="write"):
                change = {"sequence": 7}
                if record._name == "outplacement.cancellation.fee":
                    change = {"percent": 7}
                elif mine._fields["sequence"].related:
                    change = {"planned_weeks": 7}
                self._check("w" in rights, mine.write, change)
            with self.case(kind=record._name, role=role, operation="create"):
                self._check("c" in rights, mine.create, values)
            with self.case(kind=record._name, role=role, operation="unlink"):
                self._check("u" in rights, mine.unlink)

    def test_configuration(self):
        name = {"name": "Spare"}
        type_phase = {
            "type_id": self.env["outplacement.traject.type"].create(name).id,
            "phase_id": self.extra_phase.id,
        }
        for model, values in {
            "outplacement.phase": name,
            "outplacement.traject.type": name,
            "outplacement.report.step": name,
        }.items():
            self._check_model(self.env[model].create(values), values, CONFIGURATION)
        line = self.env["outplacement.traject.type.phase"].create(type_phase)
        again = {
            **type_phase,
            "phase_id": self.traject.traject_phase_ids[0].phase_id.id,
        }
        self._check_model(line, again, CONFIGURATION)

    def test_invoice_plan(self):
        values = {"name": "Spare", "line_ids": [Command.create({"share": 100})]}
        plan = self.env["outplacement.invoice.plan"].create(values)
        self._check_model(plan, values, PLANS)

    def test_cancellation_fee(self):
        values = {"days_before": 30, "percent": 10}
        fee = self.env["outplacement.cancellation.fee"].create(values)
        self._check_model(fee, {"days_before": 60, "percent": 5}, PLANS)

    def test_wizards(self):
        """Only who may run a traject reads in its wizards what they know of it."""
        self.traject.sudo().outcome = self.other_traject.sudo().outcome = "stopped"
        for model, known in {
            "outplacement.traject.activate": (
                "date_start",
                "months",
                "missing_text",
                "refusal_text",
            ),
            "outplacement.traject.close": ("outcome", "fee_text", "change_ids"),
            "outplacement.traject.job.lost": ("refusal_text", "probation_end"),
            "outplacement.traject.what.if": ("refusal_text", "change_ids"),
            "outplacement.traject.pause": (
                "date_from",
                "date_end_after",
                "refusal_text",
            ),
            "outplacement.traject.resume": (
                "date_resumed",
                "date_from",
                "date_end_after",
            ),
        }.items():
            asked = QUESTIONS if model.endswith("what.if") else WIZARDS
            for role, name in itertools.product(ROLES, known):
                Wizard = self.env[model].with_user(self.users[role])
                cells = asked.get(role, "|").split("|")
                for traject, rights in zip(self.trajects, cells, strict=True):
                    with self.case(model=model, role=role, field=name):
                        self._check(
                            "c" in rights, self._read_new, Wizard, traject, name
                        )

    def _read_new(self, model, traject, name):
        """Read a field of a wizard made for ``traject``."""
        return model.create({"traject_id": traject.id}).read([name])

    def test_assign_wizard(self):
        values = {
            "traject_ids": [Command.set(self.traject.ids)],
            "user_id": self.other_coach.id,
            "role": "deputy",
            "date_to": date(2099, 1, 1),
        }
        for role in ROLES:
            with self.case(role=role):
                Wizard = self.env["outplacement.traject.assign"]
                Wizard = Wizard.with_user(self.users[role])
                self._check(
                    role in ("planner", "manager"), self._assign_by, Wizard, values
                )

    def _assign_by(self, model, values):
        model.create(values).action_assign()

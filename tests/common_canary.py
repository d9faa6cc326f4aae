"""A bureau full of canaries, and who may hear which."""

import base64
import hashlib
from collections import namedtuple
from datetime import date, datetime

from odoo.fields import NO_ACCESS, Command
from odoo.tests import new_test_user
from odoo.tools import SQL

from .canaries import SQL_PATTERN, Canaries
from .canary_plans import PLAIN_PLAN_MODELS, PLAN_HEARERS, make_plans
from .common import DOCUMENT, OutplacementCommon

CREW = {"coach", "deputy"}
OFFICE = CREW | {"planner", "manager"}
TRAJECT_READERS = OFFICE | {"account_manager"}
WINDOW = TRAJECT_READERS | {"candidate", "employer_contact"}
# What is said in one place, by hand: where a canary sits, and who hears it. The key is
# model[variant].field, model[variant], model.field or model, the narrowest goes first;
# what is not here is nobody's. For records of the other traject the roles are swapped.
HEARERS = {
    "outplacement.traject": TRAJECT_READERS,
    "outplacement.session": OFFICE,
    "outplacement.session.location": OFFICE | {"candidate"},
    "outplacement.session.videocall_url": OFFICE | {"candidate"},
    "outplacement.note.body": CREW,
    "outplacement.note[shared].body": CREW | {"candidate"},
    "outplacement.document": CREW,
    "outplacement.document[shared]": CREW | {"candidate"},
    "outplacement.statement": TRAJECT_READERS,
    "outplacement.statement[signed].document": TRAJECT_READERS | {"candidate"},
    "outplacement.access.log": {"privacy_officer"},
    "outplacement.alert": {"privacy_officer", "system"},
    "outplacement.key": {"privacy_officer", "system"},
    "outplacement.break.glass": {"privacy_officer", "manager"},  # who asked
    "outplacement.report[draft]": OFFICE,
    "outplacement.report[sent]": OFFICE | {"candidate"},
    "outplacement.report[agreed]": OFFICE | {"candidate"},
    "outplacement.report[objected]": OFFICE | {"candidate"},
    "outplacement.report[withdrawn]": OFFICE | {"candidate"},
    "outplacement.report[released]": WINDOW,
    "outplacement.report[superseded]": WINDOW,
    "outplacement.report.answer.remark": OFFICE | {"candidate"},
    "outplacement.invoice.run.group": {"finance"},
    **PLAN_HEARERS,
    # channels: what people write where Odoo lets them
    "mail.message[traject].body": TRAJECT_READERS,
    "mail.activity[traject].summary": TRAJECT_READERS,
    "mail.activity[traject].note": TRAJECT_READERS,
    "ir.attachment[traject].raw": TRAJECT_READERS,
    "mail.message[coach].body": {"coach", "planner"},  # who wrote it
    "mail.message[chat].body": CREW,
    "calendar.event[session].description": {"coach"},
    "calendar.event[session].location": {"coach"},
    "ir.filters[coach].domain": {"coach"},
}
# Personal data of a candidate's contact: colleagues read contacts in any Odoo, and
# the project does not say otherwise. It keeps them from everybody outside.
INSIDE = TRAJECT_READERS | {
    "other_coach",
    "other_account_manager",
    "finance",
    "privacy_officer",
    "employee",
    "salesman",
    "system",
}
# A settings administrator reads outgoing mail, chats and filters: see SECURITY.md.
MAY_HEAR = {
    "res.partner[candidate]": INSIDE | {"candidate"},
    "calendar.event[session]": INSIDE,
    "mail.activity[traject].summary": INSIDE,
    "mail.message[traject].body": {"system"},
    "mail.message[coach].body": {"system"},
    "mail.message[chat].body": {"system"},
    "ir.filters[coach].domain": {"system"},
    "outplacement.session.location": {"system"},
    "outplacement.session.videocall_url": {"system"},
}
COUNTERPARTS = {
    "coach": "other_coach",
    "account_manager": "other_account_manager",
    "candidate": "other_candidate",
    "employer_contact": "other_employer_contact",
    "deputy": None,
}
# Models of ours without secrets: settings of the house, and the deal.
PLAIN_MODELS = {
    "outplacement.phase",
    "outplacement.traject.type",
    "outplacement.traject.type.phase",
    "outplacement.report.step",
    "outplacement.invoice.plan",
    "outplacement.invoice.plan.line",
    "outplacement.instalment",
    "outplacement.pause",
    *PLAIN_PLAN_MODELS,
    # figures of groups: that they name nobody is tested by theirs
    "outplacement.group.report",
    "outplacement.result.report",
}
# Fields without secrets: the reference, also in the log, and what invoices say.
PLAIN_FIELDS = {
    "outplacement.access.log.traject_reference",
    "outplacement.traject.purchase_order_ref",
    "outplacement.document.mimetype",
    "outplacement.statement.lang",
}
# Copies that are meant: the candidate's own mail says where the session is.
FILE = {"filestore", "ir_attachment.index_content"}
COPIES = {
    "ir.attachment[traject].raw": FILE,
    "mail.message[coach].body": {"mail_mail.body_html"},
    "outplacement.session.location": {
        "mail_message.body",
        "mail_mail.body_html",
        *FILE,
    },
    "outplacement.session.videocall_url": {
        "mail_message.body",
        "mail_mail.body_html",
        *FILE,
    },
    "mail.activity[traject].note": {"bus_bus.message"},
    # Odoo names an activity by its summary when it refuses one
    "mail.activity[traject].summary": {"server log"},
    "mail.message[chat].body": {"bus_bus.message"},
}
Label = namedtuple("Label", "model variant field own column")


def get_name(label):
    """Return how a label is called in reports."""
    variant = label.variant if label.own else f"other {label.variant}".strip()
    return f"{label.model}[{variant}].{label.field}"


def get_hearers(label, table=None):
    """Return the roles that hear the canary of a label; none unless it is said."""
    table = HEARERS if table is None else table
    model, variant, name = label.model, label.variant, label.field
    keys = (f"{model}[{variant}].{name}", f"{model}[{variant}]", f"{model}.{name}")
    key = next((key for key in (*keys, model) if key in table), None)
    hearers = table.get(key, set())
    if not label.own:
        hearers = {COUNTERPARTS.get(role, role) for role in hearers} - {None}
    return hearers


def get_places(label):
    """Return where the text of a label may stand in the database and its files."""
    copies = COPIES.get(f"{label.model}.{label.field}", set())
    copies = copies | COPIES.get(f"{label.model}[{label.variant}].{label.field}", set())
    return copies | ({label.column} if label.column else set())


class CanaryCommon(OutplacementCommon):
    """Both trajects with a canary in every confidential text and channel.

    Every text of every model of ours gets one, whatever is added later; a model that
    has no record here gets one made by itself, or by a method that `makers` names.
    """

    makers = {
        "outplacement.break.glass": "_make_request",
        "outplacement.document": "_make_documents",
    }
    notes_model = "outplacement.note"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_canaries()

    @classmethod
    def _make_canaries(cls):
        """Put them in the bureau that was made in `cls.env`."""
        cls.canaries = Canaries()
        cls.unplanted = {}
        cls.users["salesman"] = new_test_user(
            cls.env,
            "test_salesman",
            "sales_team.group_sale_salesman_all_leads",
            name="test_salesman",
        )
        # the worst case: everybody inside may export
        internal = [user for user in cls.users.values() if not user.share]
        export = Command.link(cls.env.ref("base.group_allow_export").id)
        cls.env["res.users"].union(*internal).write({"group_ids": [export]})
        cls._plant()
        cls.env.flush_all()

    @classmethod
    def _plant(cls):
        cls._make_deal()
        cls.plans = make_plans(cls)
        cls._make_records()
        cls.notes = cls._make_notes()
        cls._plant_channels()
        cls.env.flush_all()
        # before the texts, of which the fingerprint of a document is one
        cls._plant_files()
        cls.env.flush_all()
        cls._plant_texts()
        cls.env.flush_all()
        cls.env.invalidate_all()
        cls.appointment.with_user(cls.coach).action_send_invitation()

    @classmethod
    def _new(cls, model, variant, field, own=True, column=None):
        """Return the text of a new canary."""
        return cls.canaries.new(Label(model, variant, field, own, column))

    # ------------------------------------------------------------------
    # Records to put them in
    # ------------------------------------------------------------------

    @classmethod
    def _make_deal(cls):
        """An order of the traject with its opportunity, and an invoice to the
        employer: ways that lead from the deal to the traject."""
        cls.instalment = cls._make_instalment()
        order = cls.instalment.order_id
        order.opportunity_id = cls.env["crm.lead"].create(
            {"name": "Deal", "user_id": cls.account_manager.id}
        )
        order.state = "sent"
        line = {
            "name": "Instalment",
            "price_unit": 5000.0,
            "outplacement_instalment_id": cls.instalment.id,
        }
        cls.invoice = cls.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": cls.employer.id,
                "invoice_line_ids": [Command.create(line)],
            }
        )

    @classmethod
    def _make_records(cls):
        cls.appointment = cls._make_session()
        cls._make_session(cls.other_traject)
        for traject in cls.traject + cls.other_traject:
            cls._consent("new_employer", traject=traject)
        states = ("draft", "sent", "objected", "released", "withdrawn", "superseded")
        for state in states:
            cls._make_report(state)
        for state in ("draft", "released"):
            cls._make_report(state, cls.other_traject)

    @classmethod
    def _make_notes(cls):
        """Return notes of each kind, by kind, with their canaries."""
        notes = {}
        for variant, values in {
            "own": {},
            "session": {"session_id": cls.appointment.id},
            "shared": {"shared": True},
            "signed": {},
            "deputy": {"user": cls.deputy},
            "other": {"traject": cls.other_traject},
        }.items():
            text = cls._new(cls.notes_model, variant, "body", variant != "other")
            notes[variant] = cls._make_note(body=f"<p>{text} was said</p>", **values)
        signed = notes["signed"].with_user(cls.coach)
        signed.action_sign()
        amendment = signed.browse(signed.action_amend()["res_id"])
        text = cls._new(cls.notes_model, "amendment", "body")
        amendment.body = f"<p>{text} was meant</p>"
        return {**notes, "amendment": amendment.with_env(cls.env)}

    @classmethod
    def _make_documents(cls):
        """Return documents with a canary in name and content."""
        documents = cls.env["outplacement.document"]
        for variant, traject in (
            ("own", cls.traject),
            ("shared", cls.traject),
            ("other", cls.other_traject),
        ):
            own = variant != "other"
            name, text = (
                cls._new("outplacement.document", variant, field, own)
                for field in ("name", "content")
            )
            documents += cls._make_document(
                traject,
                name=f"{name}.pdf",
                content=DOCUMENT + text.encode(),
                shared=variant == "shared",
            )
        return documents

    @classmethod
    def _make_request(cls):
        """Return what the manager asks of the privacy officers."""
        return (
            cls.env["outplacement.break.glass"]
            .with_user(cls.manager)
            .create(
                {
                    "traject_reference": cls.traject.name,
                    "reason": "The coach is in hospital",
                }
            )
            .with_env(cls.env)
        )

    @classmethod
    def _plant_channels(cls):
        """What the coach writes in the channels that Odoo has."""
        mine = cls.traject.with_user(cls.coach)
        text = cls._new("mail.message", "traject", "body", column="mail_message.body")
        mine.message_post(body=text, subtype_xmlid="mail.mt_note")
        text = cls._new("mail.message", "coach", "body", column="mail_message.body")
        cls.env["mail.thread"].with_user(cls.planner).message_notify(
            body=text, subject="A word", partner_ids=cls.coach.partner_id.ids
        )
        cls._plant_chat()
        mine.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=cls._new(
                "mail.activity", "traject", "summary", column="mail_activity.summary"
            ),
            note=cls._new(
                "mail.activity", "traject", "note", column="mail_activity.note"
            ),
            user_id=cls.coach.id,
        )
        cls._plant_event()
        cls._plant_filter_and_file(mine)
        cls._plant_contact()

    @classmethod
    def _plant_chat(cls):
        Channel = cls.env["discuss.channel"].with_user(cls.coach)
        chat = Channel._get_or_create_chat(cls.deputy.partner_id.ids)
        text = cls._new("mail.message", "chat", "body", column="mail_message.body")
        chat.message_post(
            body=text, message_type="comment", subtype_xmlid="mail.mt_comment"
        )

    @classmethod
    def _plant_event(cls):
        """A coach may write in an own calendar event what one should not."""
        event = cls.appointment.with_user(cls.coach).event_ids
        for name in ("description", "location"):
            column = f"calendar_event.{name}"
            event[name] = cls._new("calendar.event", "session", name, column=column)

    @classmethod
    def _plant_filter_and_file(cls, traject):
        env = traject.env
        column = "ir_filters.domain"
        text = cls._new("ir.filters", "coach", "domain", column=column)
        env["ir.filters"].create(
            {
                "name": "Mine",
                "model_id": "outplacement.traject",
                "user_ids": [Command.set(cls.coach.ids)],
                "domain": str([("personnel_number", "ilike", text)]),
            }
        )
        text = cls._new("ir.attachment", "traject", "raw", column="filestore")
        env["ir.attachment"].create(
            {
                "name": "letter.txt",
                "raw": text.encode(),
                "res_model": traject._name,
                "res_id": traject.id,
                "access_token": "guess-me",
            }
        )

    @classmethod
    def _plant_contact(cls):
        """The candidate's own address, as a contact."""
        partner = cls.candidate.partner_id
        for name in ("phone", "street", "comment"):
            column = f"res_partner.{name}"
            partner[name] = cls._new("res.partner", "candidate", name, column=column)

    # ------------------------------------------------------------------
    # Every text of every model of ours
    # ------------------------------------------------------------------

    @classmethod
    def _get_secret_models(cls):
        """Return our models with secrets, found by walking the registry."""
        return [
            Model
            for name, Model in sorted(cls.registry.items())
            if Model._original_module == "outplacement"
            and Model._auto
            and not (Model._abstract or Model._transient)
            and name not in PLAIN_MODELS
        ]

    @classmethod
    def _get_text_fields(cls, Model):
        """Return the stored texts of a model that hold more than its neutral name."""
        return [
            field
            for field in Model._fields.values()
            if field.type in ("char", "text", "html")
            and field.store
            and field.column_type
            and not field.related
            and field.name != Model._rec_name
            and field.groups != NO_ACCESS
            and f"{Model._name}.{field.name}" not in PLAIN_FIELDS
        ]

    @classmethod
    def _plant_texts(cls):
        """Put a canary in each, in the database: no method of a model is asked."""
        for Model in cls._get_secret_models():
            records = cls.env[Model._name].with_context(active_test=False).search([])
            records = records or cls._make_any(cls.env[Model._name])
            # what the database keeps as it is, is told to be changed all the same
            trigger = SQL("ALTER TABLE %s", SQL.identifier(Model._table))
            cls.env.cr.execute(SQL("%s DISABLE TRIGGER USER", trigger))
            for record in records:
                for field in cls._get_text_fields(Model):
                    cls._plant_text(record, field.name)
            cls.env.cr.execute(SQL("%s ENABLE TRIGGER USER", trigger))

    @classmethod
    def _plant_text(cls, record, name):
        column = f"{record._table}.{name}"
        label = record._name, cls._get_variant(record), name, cls._is_own(record)
        cls.env.cr.execute(
            SQL(
                "UPDATE %s SET %s = %s WHERE id = %s",
                SQL.identifier(record._table),
                SQL.identifier(name),
                cls._new(*label, column),
                record.id,
            )
        )

    @classmethod
    def _plant_files(cls):
        """Put a canary in each file that hangs on a field of a secret model."""
        files = cls.env["ir.attachment"].search(
            [
                ("res_model", "in", [M._name for M in cls._get_secret_models()]),
                ("res_field", "!=", False),
                ("id", "!=", 0),  # else Odoo leaves those of fields out
            ]
        )
        for file in files:
            record = cls.env[file.res_model].browse(file.res_id)
            variant, own = cls._get_variant(record), cls._is_own(record)
            label = record._name, variant, file.res_field, own, "filestore"
            content = DOCUMENT + cls._new(*label).encode()
            if record._name == "outplacement.report":
                cls._release_with(record, content)
            file.raw = content

    @classmethod
    def _release_with(cls, report, content):
        """Let a report be one that was released with ``content``: nothing else is taken
        for its document."""
        fingerprint = hashlib.sha256(content).hexdigest()
        cls.env.cr.execute(
            SQL(
                "UPDATE outplacement_report SET document_sha256 = %s WHERE id = %s",
                fingerprint,
                report.id,
            )
        )
        report.invalidate_recordset(["document_sha256"], flush=False)

    @classmethod
    def _get_variant(cls, record):
        """Return in what state a record is, where that decides who reads it."""
        return record.state if "state" in record._fields else ""

    @classmethod
    def _is_own(cls, record):
        """Whether a record is of the traject whose roles the table names."""
        if record._name == "outplacement.social.plan":
            return record.account_manager_id != cls.other_account_manager
        if "plan_id" in record._fields:
            return cls._is_own(record.plan_id)
        traject = record
        if "traject_id" in record._fields:
            traject = record.traject_id
        return traject != cls.other_traject

    # ------------------------------------------------------------------
    # Models without a record
    # ------------------------------------------------------------------

    @classmethod
    def _make_any(cls, model):
        """Return a record of ``model``, made by whoever can, with a canary in each
        text that is kept elsewhere than in a column of its own."""
        if model._name in cls.makers:
            return getattr(cls, cls.makers[model._name])()
        for user in (cls.coach, cls.planner, cls.env.user):
            savepoint = cls.env.cr.savepoint(flush=True)
            try:
                record = model.with_user(user).create(cls._prepare_values(model))
                cls.env.flush_all()
            except Exception as error:  # the next one may be able
                cls.unplanted[model._name] = str(error)
                savepoint.close(rollback=True)
                cls.env.invalidate_all()
            else:
                cls.unplanted.pop(model._name, None)
                savepoint.close(rollback=False)
                return record.with_env(cls.env)
        return model

    @classmethod
    def _prepare_values(cls, model):
        """Return values for what a new record of ``model`` needs."""
        defaults = model.default_get(list(model._fields))
        values = {}
        for name, field in model._fields.items():
            sealed = field.inverse and not field.store and not field.related
            if sealed and field.type in ("char", "text", "html", "binary"):
                text = cls._new(model._name, "", name)
                is_file = field.type == "binary"
                values[name] = base64.b64encode(text.encode()) if is_file else text
            elif name == "traject_id" or (field.required and name not in defaults):
                values[name] = cls._prepare_value(model, field)
        return values

    @classmethod
    def _prepare_value(cls, model, field):
        links = {
            "outplacement.traject": cls.traject,
            "outplacement.session": cls.appointment,
            "outplacement.note": cls.notes.get("own"),
            "res.users": cls.coach,
            "res.partner": cls.candidate.partner_id,
            "res.company": cls.company,
        }
        if field.type == "many2one":
            record = links.get(field.comodel_name) or model.env[
                field.comodel_name
            ].search([], limit=1)
            return record.id
        if field.type == "selection":
            return field.get_values(model.env)[0]
        simple = {"date": date(2021, 1, 4), "datetime": datetime(2021, 1, 4)}
        return simple.get(field.type, "1")

    # ------------------------------------------------------------------
    # What stands where
    # ------------------------------------------------------------------

    @classmethod
    def _scan_tables(cls):
        """Yield (label, table.column) of each canary in any column of any table."""
        cr = cls.env.cr
        cr.execute(
            "SELECT table_name FROM information_schema.tables"
            " WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
        )
        for (table,) in cr.fetchall():
            cr.execute(
                SQL(
                    "SELECT to_jsonb(t) FROM %s t WHERE t::text ~ %s",
                    SQL.identifier(table),
                    SQL_PATTERN,
                )
            )
            for (row,) in cr.fetchall():
                for column, value in row.items():
                    for label in cls.canaries.find(str(value)):
                        yield label, f"{table}.{column}"

    @classmethod
    def _scan_files(cls):
        """Yield (label, "filestore") of each canary in a file of an attachment."""
        cls.env.cr.execute(
            "SELECT DISTINCT store_fname FROM ir_attachment"
            " WHERE store_fname IS NOT NULL AND create_date >= %s",
            [cls.env.cr.now()],
        )
        Attachment = cls.env["ir.attachment"]
        for (name,) in cls.env.cr.fetchall():
            for label in cls.canaries.find(Attachment._file_read(name)):
                yield label, "filestore"

    @classmethod
    def _get_misplaced(cls):
        """Return what stands where it should not, as lines."""
        found = {*cls._scan_tables(), *cls._scan_files()}
        return sorted(
            f"{get_name(label)} in {place}"
            for label, place in found
            if place not in get_places(label)
        )

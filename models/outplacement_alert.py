import logging
from contextlib import contextmanager

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError

from .outplacement_key import KEEPERS

_logger = logging.getLogger(__name__)
# An alert has a transaction of its own. Should what it waits for be locked by the one
# that found the damage, it gives up: the log has it anyway.
LOCK_TIMEOUT = "3s"
# What is wrong with a key (see KeyringError), and the alert that it raises.
KINDS = {
    "folder": "key_missing",
    "missing": "key_missing",
    "damaged": "key_damaged",
    "exposed": "key_exposed",
}
# What happens, and may happen again on the same day; all else lasts until it is mended.
EVENTS = ("groups", "emergency", "refusals")


class OutplacementAlert(models.Model):
    """What privacy officers must know about the confidential file: never what is in it.

    One a day for each key or text. A text is named by model and number only.
    """

    _name = "outplacement.alert"
    _description = "Privacy Alert"
    _order = "create_date desc, id desc"

    kind = fields.Selection(
        [
            ("key_missing", "A key is missing"),
            ("key_damaged", "The file of a key is damaged"),
            ("key_exposed", "A key is open to others on the server"),
            ("text_damaged", "A text was damaged"),
            ("groups", "Groups were changed"),
            ("guard", "A guard does not stand"),
            ("refusals", "Many refusals"),
            ("emergency", "Emergency access was asked for"),
        ],
        string="Alert",
        required=True,
        readonly=True,
    )
    date = fields.Date(required=True, readonly=True)
    key_id = fields.Char(readonly=True)
    res_model = fields.Char(string="Model", readonly=True)
    res_id = fields.Integer(string="Number", readonly=True)
    text = fields.Text(readonly=True, help="What happened, where there is more to say.")
    description = fields.Text(compute="_compute_description")
    done_on = fields.Datetime(string="Dealt with On", readonly=True)
    done_by_id = fields.Many2one(
        "res.users", string="Dealt with By", readonly=True, ondelete="restrict"
    )

    _daily_uniq = models.UniqueIndex(
        "(date, kind, COALESCE(key_id, ''), COALESCE(res_model, ''),"
        " COALESCE(res_id, 0), COALESCE(md5(text), ''))"
        " WHERE kind NOT IN ('groups', 'emergency', 'refusals')",
        "There is such an alert today already.",
    )

    @api.depends("kind")
    @api.depends_context("lang")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for alert in self:
            alert.display_name = kinds.get(alert.kind, False)

    @api.depends("kind", "text")
    @api.depends_context("lang")
    def _compute_description(self):
        texts = self._get_descriptions()
        for alert in self:
            alert.description = alert.text or texts.get(alert.kind, False)

    @api.model
    def _get_descriptions(self):
        """Return what to tell an officer, by kind."""
        return {
            "key_missing": self.env._(
                "The file of this key is not in the folder of keys of the server, or "
                "the folder is not there. Texts that it sealed cannot be opened until "
                "it is put back from a backup; nothing of them was changed."
            ),
            "key_damaged": self.env._(
                "The file has the name of this key but holds another, or none. Put the "
                "right file back from a backup; nothing was changed until then."
            ),
            "key_exposed": self.env._(
                "Other accounts of the server can read the file of the key, or replace "
                "it. Nothing new is written until its folder and file are closed to "
                "them (chmod 700 and 600). Then replace the key."
            ),
            "text_damaged": self.env._(
                "A stored text does not open although its key is here: it was damaged, "
                "changed or moved outside Odoo. It is left as it is; restore it from a "
                "backup, and find out who did that."
            ),
        }

    # ------------------------------------------------------------------
    # Raising alerts
    # ------------------------------------------------------------------

    @api.model
    def _report(self, findings):
        """Raise an alert for each finding that today has none of yet.

        In a transaction of its own, which stays when the one that found it is undone.
        Never raises: texts that open must be shown, whatever happens here.

        :param findings: made by :meth:`_get_key_finding`, :meth:`_get_text_finding`
        """
        today = fields.Date.today()
        keys = ("kind", "key_id", "res_model", "res_id")
        found = {
            tuple(finding.get(key) or False for key in keys): finding
            for finding in findings
        }
        try:
            # sudo: outplacement.alert - whoever happens to open a damaged text
            # reports it, and only privacy officers read alerts
            known = self.sudo()._get_known(today)
            if not (new := [key for key in found if key not in known]):
                return
            with self._own_transaction() as env:
                alerts = env[self._name]
                known = alerts._get_known(today)
                new = [key for key in new if key not in known]
                for key in new:
                    _logger.warning("%s", found[key]["detail"])
                alerts = alerts.create(
                    [dict(zip(keys, key, strict=True), date=today) for key in new]
                )
                told = {kind for kind, *_rest in known}
                alerts.filtered(lambda alert: alert.kind not in told)._notify()
        except Exception:
            _logger.exception("The privacy officer could not be told")

    @api.model
    def _tell(self, kind, texts):
        """Raise an alert for each of ``texts`` and tell the privacy officers at once;
        of what stays as it is, once a day. As part of what it is about: what is undone
        is not told.

        :param str kind: a key of the field of that name
        :param texts: sentences without content
        """
        today = fields.Date.today()
        # sudo: outplacement.alert - whoever causes an alert does not read alerts
        alerts = self.sudo()
        known = []
        if kind not in EVENTS:
            same = alerts.search([("date", "=", today), ("kind", "=", kind)])
            known = same.mapped("text")
        new = [text for text in dict.fromkeys(texts) if text not in known]
        values = [{"kind": kind, "date": today, "text": text} for text in new]
        for alert in alerts.create(values):
            alert._notify()

    @api.model
    def _get_key_finding(self, error):
        """Return what :meth:`_report` takes, for a KeyringError."""
        return {
            "kind": KINDS[error.reason],
            "key_id": error.key_id,
            "detail": f"Confidential texts: {error}",
        }

    @api.model
    def _get_text_finding(self, record, fname):
        """Return what :meth:`_report` takes, for a record whose text was damaged."""
        place = f"{record._name}({record.id}).{fname}"
        return {
            "kind": "text_damaged",
            "res_model": record._name,
            "res_id": record.id,
            "detail": f"Confidential texts: {place} was damaged or moved",
        }

    @api.model
    def _get_known(self, day):
        """Return what there is an alert of on this day, as a set of keys."""
        alerts = self.search_fetch(
            [("date", "=", day)], ["kind", "key_id", "res_model", "res_id"]
        )
        return {(a.kind, a.key_id, a.res_model, a.res_id or False) for a in alerts}

    @contextmanager
    def _own_transaction(self):
        """Yield an environment of the superuser that is committed in the end."""
        with self.env.registry.cursor() as cr:
            cr.execute("SELECT set_config('lock_timeout', %s, true)", [LOCK_TIMEOUT])
            # sudo: outplacement.alert - nobody creates alerts, and mails, but this
            yield api.Environment(cr, SUPERUSER_ID, {})

    def _notify(self):
        """Tell the privacy officers, once a day for each kind; if there are none, the
        administrators."""
        recipients = self._get_recipients()
        for alerts in self.grouped("kind").values():
            for user in recipients:
                alert = alerts[0].with_context(lang=user.lang)
                self.env["mail.thread"].message_notify(
                    partner_ids=user.partner_id.ids,
                    author_id=self.env.ref("base.partner_root").id,
                    subject=alert.display_name,
                    body=alert.description,
                    force_send=False,  # who opens a text does not wait for a mail
                )

    @api.model
    def _get_recipients(self):
        """Return the users who are told of alerts."""
        for group in KEEPERS.split(","):
            if users := self.env.ref(group).all_user_ids.filtered("active"):
                return users
        return self.env["res.users"]

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_done(self):
        """Record that the user has dealt with these alerts.

        :raises AccessError: no privacy officer or administrator
        """
        if not self.env.user.has_groups(KEEPERS):
            raise AccessError(
                self.env._("Only a privacy officer or an administrator does this.")
            )
        # sudo: outplacement.alert - nobody writes alerts but this method
        self.sudo().filtered(lambda alert: not alert.done_on).write(
            {"done_on": fields.Datetime.now(), "done_by_id": self.env.uid}
        )
        return True

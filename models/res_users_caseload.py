from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL

from .outplacement_traject_member_volume import FOREVER

# What is known of users for as long as their access stays as it is.
KNOWN = (
    "outplacement_guided_ids",
    "outplacement_volume_ids",
    "outplacement_known_from",
    "outplacement_known_until",
)
# What records answer by it.
ANSWERS = {
    "outplacement.traject": "is_member",
    "outplacement.traject.member": "is_open",
    "outplacement.session": "is_mine",
}


class ResUsers(models.Model):
    """Which trajects a user guides and which volumes are open to them, at this moment.

    Found once a transaction, for all the record rules that ask: of
    ``outplacement.traject.is_member``, ``outplacement.session.is_mine`` and
    ``outplacement.traject.member.is_open``. Forgotten as soon as a membership changes,
    and when one begins or ends by the clock: see :meth:`_refresh_outplacement_access`.
    """

    _inherit = "res.users"

    outplacement_guided_ids = fields.Many2many(
        "outplacement.traject",
        compute="_compute_outplacement_guided_ids",
        compute_sudo=True,
        # those that are archived as well
        context={"active_test": False},
        groups=fields.NO_ACCESS,
    )
    outplacement_volume_ids = fields.Many2many(
        "outplacement.traject.member",
        compute="_compute_outplacement_volume_ids",
        compute_sudo=True,
        groups=fields.NO_ACCESS,
    )
    outplacement_known_from = fields.Datetime(
        compute="_compute_outplacement_guided_ids",
        compute_sudo=True,
        groups=fields.NO_ACCESS,
    )
    outplacement_known_until = fields.Datetime(
        compute="_compute_outplacement_guided_ids",
        compute_sudo=True,
        groups=fields.NO_ACCESS,
        help="When the next membership begins or ends; this moment excluded.",
    )

    # the days of memberships begin at midnight there; memberships see to the rest
    @api.depends("company_ids.resource_calendar_id.tz")
    def _compute_outplacement_guided_ids(self):
        now = fields.Datetime.now()
        standing = defaultdict(list)
        for user_id, *row in self._get_outplacement_standing(now):
            standing[user_id].append(row)
        Traject = self.env["outplacement.traject"]
        for user in self:
            rows = standing[user._origin.id]
            current = {traject_id for traject_id, begin, _end in rows if begin <= now}
            moments = [end if begin <= now else begin for _id, begin, end in rows]
            user.outplacement_guided_ids = Traject.browse(sorted(current))
            user.outplacement_known_from = now
            user.outplacement_known_until = min(moments, default=FOREVER)

    def _get_outplacement_standing(self, now):
        """Return (user, traject, begin, end) of memberships that have not ended: plain
        rows, for they are asked for in every transaction."""
        Member = self.env["outplacement.traject.member"]
        user, traject, begin, end = (
            Member._field_to_sql(Member._table, name)
            for name in ("user_id", "traject_id", "access_from", "access_until")
        )
        query = "SELECT %s, %s, %s, %s FROM %s WHERE %s = ANY(%s) AND %s > %s"
        table = SQL.identifier(Member._table)
        return self.env.execute_query(
            SQL(query, user, traject, begin, end, table, user, self.ids, end, now)
        )

    @api.depends("outplacement_guided_ids")
    def _compute_outplacement_volume_ids(self):
        Member = self.env["outplacement.traject.member"]
        # searching a relation does not have it computed, where that is still to be done
        Member.flush_model(["volume_reader_ids"])
        for user in self:
            user.outplacement_volume_ids = Member.search(
                Member._get_open_domain(user), order="id"
            )

    @api.model
    def _get_outplacement_access(self, fname):
        """Return the ids of the trajects or volumes that are the present user's now.

        :param fname: "outplacement_guided_ids" or "outplacement_volume_ids"
        """
        user = self.env.user
        user._refresh_outplacement_access()
        return user[fname]._ids

    def _refresh_outplacement_access(self):
        """Forget what is known of these users where the clock went past it, and what
        was answered by it where it is not known any more: it may be something else
        when it is found again."""
        now = fields.Datetime.now()
        known = self._fields["outplacement_known_until"]
        for user in self:
            if any(known._cache_missing_ids(user)):
                user.invalidate_recordset(KNOWN, flush=False)
                self._forget_outplacement_answers()
            elif not (
                user.outplacement_known_from <= now < user.outplacement_known_until
            ):
                self._forget_outplacement_access()

    @api.model
    def _forget_outplacement_access(self):
        """Have the access of all users found anew: a membership changed."""
        # nothing of it is stored: there is nothing to flush
        self.env["res.users"].invalidate_model(KNOWN, flush=False)
        self._forget_outplacement_answers()

    @api.model
    def _forget_outplacement_answers(self):
        """Have records ask anew whose they are."""
        for model, fname in ANSWERS.items():
            self.env[model].invalidate_model([fname], flush=False)

from odoo import api, fields, models
from odoo.exceptions import MissingError
from odoo.tools import SQL, ormcache

from .outplacement_traject_member_volume import FOREVER

# What is known of users for as long as their access stays as it is.
KNOWN = (
    "outplacement_guided",
    "outplacement_volumes",
    "outplacement_known_from",
    "outplacement_known_until",
)
# What of a membership says so.
STANDING = ("user_id", "traject_id", "access_from", "access_until")
# What records answer by it.
ANSWERS = {
    "outplacement.traject": "is_member",
    "outplacement.traject.member": "is_open",
    "outplacement.session": "is_mine",
}


class VersionGone(Exception):
    """The memberships that were read are not those of the version asked for."""


class ResUsers(models.Model):
    """Which trajects a user guides and which volumes are open to them, at this moment.

    Found once a transaction, for all the record rules that ask: of
    ``outplacement.traject.is_member``, ``outplacement.session.is_mine`` and
    ``outplacement.traject.member.is_open``. Forgotten as soon as a membership changes,
    and when one begins or ends by the clock: see :meth:`_refresh_outplacement_access`.
    The memberships themselves are kept longer, for as long as the version of the user
    stays what it is: see ``outplacement.traject.member``.
    """

    _inherit = "res.users"

    outplacement_access_version = fields.Char(
        readonly=True,
        copy=False,
        groups=fields.NO_ACCESS,
        help="Another one as soon as a membership of the user changes: the database "
        "sees to it.",
    )
    outplacement_guided = fields.Json(
        compute="_compute_outplacement_guided",
        compute_sudo=True,
        groups=fields.NO_ACCESS,
        help="The ids of the trajects, archived ones as well.",
    )
    outplacement_volumes = fields.Json(
        compute="_compute_outplacement_volumes",
        compute_sudo=True,
        groups=fields.NO_ACCESS,
        help="The ids of the memberships.",
    )
    outplacement_known_from = fields.Datetime(
        compute="_compute_outplacement_guided",
        compute_sudo=True,
        groups=fields.NO_ACCESS,
    )
    outplacement_known_until = fields.Datetime(
        compute="_compute_outplacement_guided",
        compute_sudo=True,
        groups=fields.NO_ACCESS,
        help="When the next membership begins or ends; this moment excluded.",
    )

    # the days of memberships begin at midnight there; memberships see to the rest
    @api.depends("company_ids.resource_calendar_id.tz")
    def _compute_outplacement_guided(self):
        now = fields.Datetime.now()
        # the database gives a version for what it was told
        self.env["outplacement.traject.member"].flush_model(STANDING)
        for user in self:
            rows = user._origin._get_outplacement_standing(now)
            current = {traject_id for traject_id, begin, _end in rows if begin <= now}
            moments = [end if begin <= now else begin for _id, begin, end in rows]
            user.outplacement_guided = sorted(current)
            user.outplacement_known_from = now
            user.outplacement_known_until = min(moments, default=FOREVER)

    def _get_outplacement_standing(self, now):
        """Return what :meth:`_find_outplacement_standing` does, of ``now``: as the
        server knows it, if it does."""
        if version := self._get_outplacement_version():
            try:
                asked, rows = self._keep_outplacement_standing(version, now)
            except VersionGone:
                # somebody changed memberships past the ORM, and this may be undone
                return self._find_outplacement_standing(now)
            # otherwise the clock went back, past ends that were left out
            if asked <= now:
                return [row for row in rows if row[-1] > now]
        return self._find_outplacement_standing(now)

    def _get_outplacement_version(self):
        """Return the version of this user's memberships, if there is one."""
        try:
            return self.outplacement_access_version
        except MissingError:
            return False

    @ormcache("self.id", "version")
    def _keep_outplacement_standing(self, version, now):
        """Return ``now`` and what :meth:`_find_outplacement_standing` finds then: the
        server keeps the first answer for as long as the user has that version.

        :raises VersionGone: the database has another version by now
        """
        query = SQL(
            "SELECT FROM res_users WHERE id = %s AND outplacement_access_version = %s",
            self.id,
            version,
        )
        rows = self._find_outplacement_standing(now)
        if not self.env.execute_query(query):
            raise VersionGone(version)
        return now, rows

    def _find_outplacement_standing(self, now):
        """Return (id of the traject, begin, end) of the user's memberships that have
        not ended by ``now``.

        Plain rows, for they are asked for often. The answer outlives the transaction:
        it may depend on nothing but the memberships.
        """
        Member = self.env["outplacement.traject.member"]
        user, *columns = (
            Member._field_to_sql(Member._table, name) for name in STANDING
        )
        query = SQL(
            "SELECT %s FROM %s WHERE %s = ANY(%s) AND %s > %s",
            SQL(", ").join(columns),
            SQL.identifier(Member._table),
            user,
            self.ids,  # none of a user who is not saved
            columns[-1],
            now,
        )
        return tuple(self.env.execute_query(query))

    @api.depends("outplacement_guided")
    def _compute_outplacement_volumes(self):
        Member = self.env["outplacement.traject.member"]
        # searching a relation does not have it computed, where that is still to be done
        Member.flush_model(["volume_reader_ids"])
        for user in self:
            volumes = Member.search(Member._get_open_domain(user), order="id")
            user.outplacement_volumes = volumes.ids

    @api.model
    def _get_outplacement_access(self, fname):
        """Return the ids of the trajects or volumes that are the present user's now.

        :param fname: "outplacement_guided" or "outplacement_volumes"
        """
        user = self.env.user
        user._refresh_outplacement_access()
        field = user._fields[fname]
        if any(field._cache_missing_ids(user)):
            field.__get__(user)
        # from where the ORM keeps it: a field of JSON gives a deep copy
        return tuple(field._get_cache(user.env).get(user.id) or ())

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
        # nothing of it is stored by the ORM: there is nothing to flush
        names = [*KNOWN, "outplacement_access_version"]
        self.env["res.users"].invalidate_model(names, flush=False)
        self._forget_outplacement_answers()

    @api.model
    def _forget_outplacement_answers(self):
        """Have records ask anew whose they are."""
        for model, fname in ANSWERS.items():
            self.env[model].invalidate_model([fname], flush=False)

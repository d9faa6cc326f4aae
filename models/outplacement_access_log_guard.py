import logging
from contextlib import contextmanager

from lxml import etree

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL, file_open

from .outplacement_traject_member_version import TRIGGERS

_logger = logging.getLogger(__name__)

RULE_FILES = (
    "outplacement/security/outplacement_rules.xml",
    "outplacement/security/outplacement_privacy_rules.xml",
)
# The models whose rules are held against those files every day.
CONFIDENTIAL_MODELS = (
    "outplacement.note",
    "outplacement.document",
    "outplacement.access.log",
    "outplacement.break.glass",
)
OPERATIONS = ("read", "write", "create", "unlink")


class OutplacementAccessLog(models.Model):
    """The guards: who has a group of this add-on, and whether the walls still stand."""

    _inherit = "outplacement.access.log"

    # ------------------------------------------------------------------
    # Groups
    # ------------------------------------------------------------------

    @api.model
    def _get_groups(self):
        """Return the groups of this add-on."""
        # sudo: ir.model.data, res.groups - which groups there are is no secret
        env = self.sudo().env
        data = env["ir.model.data"].search_fetch(
            [("module", "=", "outplacement"), ("model", "=", "res.groups")],
            ["res_id"],
        )
        return env["res.groups"].browse(data.mapped("res_id")).exists()

    @api.model
    def _get_holders(self, users=None):
        """Return {(group, user), …}, by id: who has our groups, implied or not.

        :param users: only these, all if None
        """
        groups = self._get_groups()
        domain = Domain("all_group_ids", "in", groups.ids)
        if users is not None:
            domain &= Domain("id", "in", users.ids)
        # sudo: res.users - compared before and after a change of groups
        holders = self.env["res.users"].sudo().with_context(active_test=False)
        return {
            (group.id, user.id)
            for user in holders.search(domain)
            for group in user.all_group_ids & groups
        }

    @contextmanager
    def _watch_groups(self, users=None):
        """Write down whose groups, of this add-on, change inside.

        Not while modules are loaded, when groups and tables come and go: the daily
        look finds what was given then.
        """
        if not self.env.registry.ready:
            yield
            return
        before = self._get_holders(users)
        yield
        self._log_holders(before, self._get_holders(users))

    @api.model
    def _log_new_users(self, users):
        """Write down which of our groups new users have."""
        if self.env.registry.ready:
            self._log_holders(set(), self._get_holders(users))

    @api.model
    def _log_holders(self, before, after, detail=False):
        """Write down and tell who got or lost a group of this add-on."""
        rows = self._prepare_holder_rows("group_given", after - before, detail)
        rows += self._prepare_holder_rows("group_taken", before - after, detail)
        self._append(rows)
        if before - after:
            self.env["outplacement.break.glass"]._end_without_group()
        if rows:
            self.env["outplacement.alert"]._tell("groups", self._get_holder_texts(rows))

    @api.model
    def _prepare_holder_rows(self, kind, pairs, detail):
        Groups = self.env["res.groups"]
        return [
            {
                **self._prepare_row(kind, Groups.browse(group_id), detail),
                "subject_id": user_id,
            }
            for group_id, user_id in sorted(pairs)
        ]

    @api.model
    def _get_holder_texts(self, rows):
        """Return a sentence about each of ``rows``."""
        # sudo: res.groups, res.users - the names, for privacy officers
        env = self.sudo().env
        groups, users = env["res.groups"], env["res.users"]
        texts = []
        for row in rows:
            values = {
                "actor": users.browse(row["user_id"]).name,
                "name": users.browse(row["subject_id"]).name,
                "group": groups.browse(row["res_id"]).exists().full_name or "-",
            }
            if row["kind"] == "group_given":
                text = self.env._(
                    "%(name)s now has the group %(group)s, by %(actor)s.", **values
                )
            else:
                text = self.env._(
                    "%(name)s lost the group %(group)s, by %(actor)s.", **values
                )
            texts.append(text)
        return texts

    @api.model
    def _get_logged_holders(self):
        """Return {(group, user), …} as the log knows them."""
        rows = self.search_fetch(
            [("kind", "in", ("group_given", "group_taken"))],
            ["kind", "res_id", "subject_id"],
            order="moment, id",
        )
        last = {(row.res_id, row.subject_id.id): row.kind for row in rows}
        return {pair for pair, kind in last.items() if kind == "group_given"}

    # ------------------------------------------------------------------
    # The daily look
    # ------------------------------------------------------------------

    @api.model
    def _cron_check_guards(self):
        """Tell the privacy officers what opens, or might, a confidential file.

        Groups that came without a method (by data or by SQL) are written down now.
        """
        known, held = self._get_logged_holders(), self._get_holders()
        groups = self._get_groups().ids
        known = {pair for pair in known if pair[0] in groups}
        self._log_holders(known, held, detail="daily check")
        breaches = self._get_breaches()
        for text in breaches:
            _logger.warning("Outplacement: %s", text)
        self.env["outplacement.alert"]._tell("guard", breaches)

    @api.model
    def _get_breaches(self):
        """Return a sentence about each guard that does not stand as it was built."""
        return [
            *self._get_implied_breaches(),
            *self._get_rule_breaches(),
            *self._get_trigger_breaches(),
        ]

    @api.model
    def _get_implied_breaches(self):
        """No group, of ours or foreign, gives one of ours along."""
        return [
            self.env._(
                "Whoever gets the group %(other)s gets %(group)s along.",
                other=other.full_name,
                group=group.full_name,
            )
            for group in self._get_groups()
            for other in group.implied_by_ids
        ]

    @api.model
    def _get_rule_breaches(self):
        """Our rules on confidential models are active and as they were shipped."""
        breaches = []
        for xmlid, shipped in self._get_shipped_rules().items():
            rule = self.env.ref(f"outplacement.{xmlid}", raise_if_not_found=False)
            if not rule or not rule.active or self._describe_rule(rule) != shipped:
                breaches.append(
                    self.env._(
                        "The record rule %(rule)s is not the one that was installed.",
                        rule=xmlid,
                    )
                )
        return breaches

    @api.model
    def _describe_rule(self, rule):
        """Return what :meth:`_get_shipped_rules` returns, of a rule that is there."""
        flags = tuple(rule[f"perm_{operation}"] for operation in OPERATIONS)
        domain = " ".join((rule.domain_force or "").split())
        return rule.model_id.model, domain, flags, bool(rule.groups)

    @api.model
    def _get_shipped_rules(self):
        """Return {xml id: (model, domain, operations, with groups)} from our files."""
        models_by_ref = {
            f"model_{name.replace('.', '_')}": name for name in CONFIDENTIAL_MODELS
        }
        rules = {}
        for path in RULE_FILES:
            with file_open(path, "rb") as file:
                records = etree.parse(file).iter("record")
            for record in records:
                values = {field.get("name"): field for field in record}
                model = models_by_ref.get(values["model_id"].get("ref"))
                if model:
                    rules[record.get("id")] = self._parse_rule(model, values)
        return rules

    @api.model
    def _parse_rule(self, model, values):
        flags = tuple(
            f"perm_{operation}" not in values
            or values[f"perm_{operation}"].get("eval") != "False"
            for operation in OPERATIONS
        )
        domain = " ".join((values["domain_force"].text or "").split())
        return model, domain, flags, "groups" in values

    @api.model
    def _get_trigger_breaches(self):
        """The database still refuses changes of the log, and says whose access
        changed."""
        return [
            *self._get_log_trigger_breaches(),
            *self._get_version_trigger_breaches(),
        ]

    @api.model
    def _get_log_trigger_breaches(self):
        if self._have_triggers(self._table, ["outplacement_access_log_append_only"]):
            return []
        return [self.env._("The database no longer keeps the access log as it is.")]

    @api.model
    def _get_version_trigger_breaches(self):
        Member = self.env["outplacement.traject.member"]
        if self._have_triggers(Member._table, TRIGGERS.values(), duty="A"):
            return []
        return [
            self.env._(
                "The database no longer tells when a coach or deputy loses access: "
                "update the app Outplacement."
            )
        ]

    @api.model
    def _have_triggers(self, table, names, duty="AO"):
        """Return whether ``table`` has all these triggers, on duty.

        :param duty: PostgreSQL's letters: A always, O for all but replicas
        """
        query = SQL(
            """
            SELECT tgname
              FROM pg_trigger
             WHERE tgrelid = %s::regclass
               AND tgname = ANY(%s)
               AND tgenabled = ANY(%s)
            """,
            table,
            list(names),
            list(duty),
        )
        return {name for (name,) in self.env.execute_query(query)} == set(names)

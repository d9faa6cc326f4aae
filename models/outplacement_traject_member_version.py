from odoo import models
from odoo.tools import SQL

# The function in the database, the column that it fills, and what the names of the
# triggers begin with.
VERSION = "outplacement_access_version"
OLD, NEW = "OLD TABLE AS old_rows", "NEW TABLE AS new_rows"
EVENTS = {
    "INSERT": f"REFERENCING {NEW}",
    "UPDATE": f"REFERENCING {OLD} {NEW}",
    "DELETE": f"REFERENCING {OLD}",
    "TRUNCATE": "",
}
TRIGGERS = {event: f"{VERSION}_{event.lower()}" for event in EVENTS}


class OutplacementTrajectMember(models.Model):
    """Memberships tell the users whom they are of that something changed.

    What a user guides is asked for in every transaction. It is kept by the server
    under ``res.users.outplacement_access_version``, which the database replaces with
    every change of a membership, by whatever way that comes and in the same
    transaction: whoever reads a version sees the memberships that it stands for, and
    no other change ever gets the same one, undone changes included.

    So a change writes the rows of its users as well. Of two requests that change
    memberships of one user at once, one is tried again by Odoo; a script of your own
    has to try again itself.
    """

    _inherit = "outplacement.traject.member"

    def init(self):
        # by then all tables have their columns, that of the users too
        self.pool.post_init(self._make_version_triggers)
        return super().init()

    def _make_version_triggers(self):
        """Have the database give users another version when a membership changes.

        At every change, whatever is written: PostgreSQL gives the old and new rows to
        no trigger that names columns. The uninstall hook takes all of it away again.
        """
        self._make_version_function()
        for event, rows in EVENTS.items():
            self.env.cr.execute(
                SQL(
                    """
                    DROP TRIGGER IF EXISTS %(trigger)s ON %(table)s;
                    CREATE TRIGGER %(trigger)s AFTER %(event)s ON %(table)s %(rows)s
                    FOR EACH STATEMENT EXECUTE FUNCTION %(function)s();
                    ALTER TABLE %(table)s ENABLE ALWAYS TRIGGER %(trigger)s
                    """,
                    trigger=SQL.identifier(TRIGGERS[event]),
                    table=SQL.identifier(self._table),
                    event=SQL(event),
                    rows=SQL(rows),
                    function=SQL.identifier(VERSION),
                )
            )
        self._renew_versions()

    def _make_version_function(self):
        self.env.cr.execute(
            SQL(
                """
                CREATE OR REPLACE FUNCTION %(name)s()
                RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
                BEGIN
                    IF TG_OP = 'TRUNCATE' THEN
                        UPDATE res_users SET %(name)s = NULL
                         WHERE %(name)s IS NOT NULL;
                        RETURN NULL;
                    END IF;
                    IF TG_OP <> 'INSERT' THEN
                        UPDATE res_users SET %(name)s = gen_random_uuid()
                         WHERE id IN (SELECT user_id FROM old_rows);
                    END IF;
                    IF TG_OP <> 'DELETE' THEN
                        UPDATE res_users SET %(name)s = gen_random_uuid()
                         WHERE id IN (SELECT user_id FROM new_rows);
                    END IF;
                    RETURN NULL;
                END $$
                """,
                name=SQL.identifier(VERSION),
            )
        )

    def _renew_versions(self):
        """Give all who have memberships, or had, another version: the triggers may not
        have been there, or not on duty."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE res_users SET %(version)s = gen_random_uuid()
                 WHERE %(version)s IS NOT NULL
                    OR id IN (SELECT user_id FROM %(table)s)
                """,
                version=SQL.identifier(VERSION),
                table=SQL.identifier(self._table),
            )
        )

    def _write_multi(self, vals_list):
        # EXTENDS base: the database gives new versions now
        try:
            return super()._write_multi(vals_list)
        finally:
            self.env["res.users"]._forget_outplacement_access()

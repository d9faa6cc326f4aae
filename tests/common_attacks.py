from datetime import date

from odoo.tools import SQL, mute_logger

from .common import ACCESS_LOGGERS
from .test_access_log import AccessLogCommon

NOTE = "outplacement.note"
DAY = date(2026, 3, 12)
NOW = "2026-03-12 10:00:00"
# What a client can send along with any call.
CONTEXTS = (
    {
        "active_test": False,
        "su": True,
        "sudo": True,
        "uid": 1,
        "install_mode": True,
        "module": "outplacement",
        "force_delete": True,
        "outplacement_su": True,
        "outplacement_no_log": True,
        "tracking_disable": True,
        "mail_notrack": True,
        "mail_create_nolog": True,
    },
    {
        "lang": "nl_NL",
        "tz": "Pacific/Honolulu",
        "bin_size": True,
        "bin_size_body": True,
        "prefetch_fields": False,
        "import_file": True,
        "default_shared": True,
        "default_state": "approved",
    },
)


class AttackCommon(AccessLogCommon):
    """Helpers to see that an attack changed nothing."""

    # rows of the wall, and who is behind which volume
    TABLES = (
        "outplacement_note",
        "outplacement_traject_member",
        "outplacement_traject_volume_reader_rel",
        "outplacement_break_glass",
        "outplacement_key",
        "outplacement_alert",
    )

    def _get_wall(self):
        """Return all rows of the tables of the wall, in any order."""
        self.env.flush_all()
        return {
            table: sorted(
                map(
                    str,
                    self.env.execute_query(
                        SQL("SELECT t.* FROM %s t", SQL.identifier(table))
                    ),
                )
            )
            for table in self.TABLES
        }

    def _try(self, method, *args, **kwargs):
        """Return what the call answers, or the error that refuses it."""
        with mute_logger(*ACCESS_LOGGERS, "odoo.sql_db"):
            try:
                with self.env.cr.savepoint():
                    answer = method(*args, **kwargs)
                    self.env.flush_all()
            except Exception as error:
                answer = error
        return answer

    def _can_read(self, user, note=None):
        self.env.flush_all()
        self.env.invalidate_all()
        return (note or self.note).with_user(user).has_access("read")

"""Notes are encrypted from this version on: no readable column remains. They are in the
volume of the coach in whose time they were written."""

from odoo import SUPERUSER_ID, api
from odoo.tools import SQL, convert_file
from odoo.tools.sql import column_exists

BATCH = 500
# Not updated by itself (noupdate), and the walls are the same in every bureau.
RULES = "security/outplacement_rules.xml"


def migrate(cr, version):
    """Renew the rules, put the notes in their volumes, seal the texts of all notes, and
    drop the column that they were in."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    convert_file(env, "outplacement", RULES, {}, mode="init", noupdate=True)
    if not column_exists(cr, "outplacement_note", "body_stored"):
        return  # done before: notes are where they were written
    _set_volumes(env)
    last_id = 0
    while rows := _get_rows(env, last_id):
        Note = env["outplacement.note"]
        # what came in by other ways was cleaned when it was read, until now
        texts = {note_id: Note._clean_body(text) or text for note_id, text in rows}
        Note._store_contents("body_cipher", texts)
        last_id = rows[-1][0]
    _drop_column(cr)


def _set_volumes(env):
    """Put each note in the time of the coach who had begun last when it was written,
    else in that of the first one. Odoo computed it as if all were written today."""
    env.flush_all()
    env.cr.execute(
        """
        WITH coach AS (
            SELECT id, traject_id, GREATEST(access_from, assigned_at) AS begin
              FROM outplacement_traject_member
             WHERE role = 'coach' AND access_from IS NOT NULL
               AND GREATEST(access_from, assigned_at) < access_until
        )
        UPDATE outplacement_note note
           SET volume_id = COALESCE(
                   (SELECT id FROM coach
                     WHERE traject_id = note.traject_id AND begin <= note.create_date
                     ORDER BY begin DESC, id DESC LIMIT 1),
                   (SELECT id FROM coach
                     WHERE traject_id = note.traject_id
                     ORDER BY begin, id LIMIT 1),
                   note.volume_id)
        """
    )
    env["outplacement.note"].invalidate_model(["volume_id"])


def _get_rows(env, last_id):
    """Return (id, text) of the next notes that have a text."""
    return env.execute_query(
        SQL(
            """
            SELECT id, body_stored FROM outplacement_note
             WHERE id > %s AND body_stored != '' ORDER BY id LIMIT %s
            """,
            last_id,
            BATCH,
        )
    )


def _drop_column(cr):
    """Drop the column, and what was in it: a dropped column's values stay in the files
    of the database until the table is written anew, which a change of type does."""
    cr.execute("ALTER TABLE outplacement_note DROP COLUMN body_stored")
    cr.execute(
        "ALTER TABLE outplacement_note"
        " ALTER COLUMN body_cipher TYPE text USING body_cipher || ''"
    )

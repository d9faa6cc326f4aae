"""Invoice lines keep from this version on over which days their amount is earned."""

from odoo import SUPERUSER_ID, api
from odoo.tools import SQL, split_every

BATCH = 1000


def migrate(cr, version):
    """Give the lines that bill instalments, or did so, and those that credit them, what
    new ones get: the traject and the days."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    env.flush_all()
    env.cr.execute(
        """
        UPDATE account_move_line line
           SET outplacement_traject_id = instalment.traject_id
          FROM outplacement_instalment instalment
         WHERE line.outplacement_traject_id IS NULL
           AND instalment.id IN (line.outplacement_instalment_id,
                                 line.outplacement_released_instalment_id)
        """
    )
    for ids in split_every(BATCH, _get_instalment_ids(env)):
        _set_days(env, env["outplacement.instalment"].browse(ids))
        env.invalidate_all()
    # R8: a credit note copies
    env.cr.execute(
        """
        UPDATE account_move_line line
           SET outplacement_traject_id = credited.outplacement_traject_id,
               outplacement_earned_from = credited.outplacement_earned_from,
               outplacement_earned_until = credited.outplacement_earned_until
          FROM account_move_line credited
         WHERE credited.id = line.outplacement_credited_line_id
           AND line.outplacement_traject_id IS NULL
           AND line.outplacement_earned_from IS NULL
        """
    )
    env.invalidate_all()


def _get_instalment_ids(env):
    """Return the instalments that a line bills or billed."""
    env.cr.execute(
        """
        SELECT DISTINCT COALESCE(outplacement_instalment_id,
                                 outplacement_released_instalment_id) AS id
          FROM account_move_line
         WHERE outplacement_earned_from IS NULL
           AND (outplacement_instalment_id IS NOT NULL
                OR outplacement_released_instalment_id IS NOT NULL)
         ORDER BY id
        """
    )
    return [row[0] for row in env.cr.fetchall()]


def _set_days(env, instalments):
    """Store the days of these instalments on their lines; those of which nobody knows
    them yet stay without."""
    days = [
        (instalment.id, *instalment._get_earning_period()) for instalment in instalments
    ]
    values = [SQL("%s", row) for row in days if row[1] and row[2]]
    if not values:
        return
    env.cr.execute(
        SQL(
            """
            UPDATE account_move_line line
               SET outplacement_earned_from = days.first::date,
                   outplacement_earned_until = days.last::date
              FROM (VALUES %s) AS days (id, first, last)
             WHERE line.outplacement_earned_from IS NULL
               AND days.id IN (line.outplacement_instalment_id,
                               line.outplacement_released_instalment_id)
            """,
            SQL(", ").join(values),
        )
    )

"""Reports follow the consents of candidates from this version on. Those that there are
were given without a record: what is told of a traject goes on to be told, and says that
nobody recorded it."""

from odoo import SUPERUSER_ID, api, fields
from odoo.tools import SQL

# column of a report: topic of the consent that it told of
TOLD = {"applications_consent": "applications", "new_employer_consent": "new_employer"}


def migrate(cr, version):
    """Record for each candidate that attendance and phases are told, from the start of
    the traject; and the topics of the latest report, from the day it was sent. A draft
    in which a topic is not ticked says nothing yet."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    env.flush_all()
    for topic in ("participation", "phases"):
        _insert(
            env,
            topic,
            SQL(
                """
                SELECT id AS traject_id, company_id,
                       LEAST(date_start, %s) AS date_given
                  FROM outplacement_traject
                 WHERE candidate_id IS NOT NULL
                """,
                fields.Date.today(),
            ),
        )
    for column, topic in TOLD.items():
        _insert(
            env,
            topic,
            SQL(
                """
                SELECT traject_id, company_id, date_given FROM (
                    SELECT DISTINCT ON (traject_id) traject_id, company_id,
                           COALESCE(date_sent, create_date::date) AS date_given,
                           %s AS told
                      FROM outplacement_report
                     WHERE candidate_id IS NOT NULL AND (state <> 'draft' OR %s)
                     ORDER BY traject_id, date_to DESC, id DESC
                ) AS latest WHERE told
                """,
                SQL.identifier(column),
                SQL.identifier(column),
            ),
        )
    env.invalidate_all()


def _insert(env, topic, rows):
    """Record a consent to ``topic`` for each of ``rows`` that has none yet, standing or
    withdrawn."""
    env.cr.execute(
        SQL(
            """
            INSERT INTO outplacement_consent
                   (traject_id, company_id, topic, date_given, channel, recorded_by_id,
                    create_uid, create_date, write_uid, write_date)
            SELECT traject_id, company_id, %(topic)s, date_given, 'presumed', %(uid)s,
                   %(uid)s, now() AT TIME ZONE 'UTC', %(uid)s, now() AT TIME ZONE 'UTC'
              FROM (%(rows)s) AS told
             WHERE NOT EXISTS (SELECT FROM outplacement_consent consent
                                WHERE consent.traject_id = told.traject_id
                                  AND consent.topic = %(topic)s)
            """,
            topic=topic,
            uid=SUPERUSER_ID,
            rows=rows,
        )
    )

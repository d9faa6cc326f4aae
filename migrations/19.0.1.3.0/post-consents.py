"""Reports follow the consents of candidates from this version on. What candidates
agreed to before, by signing or to a report, is recorded as that; nothing beyond."""

from odoo import SUPERUSER_ID, api
from odoo.tools import SQL

# topic: what says of a report that it told of it
TOLD = {
    "participation": SQL("TRUE"),
    "phases": SQL("TRUE"),
    "applications": SQL("report.applications_consent"),
    "new_employer": SQL("report.new_employer_consent"),
}
# What the statement named that was signed until now.
SIGNED = ("participation", "phases")


def migrate(cr, version):
    """Record the topics of the latest statement that each candidate signed, and of the
    latest report that each agreed to: on the day and in the way of that."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    env.flush_all()
    for topic in SIGNED:
        _insert(
            env,
            topic,
            SQL(
                """
                SELECT DISTINCT ON (traject_id)
                       traject_id, company_id, date_signed AS date_given,
                       'agreement' AS channel, id AS statement_id
                  FROM outplacement_statement
                 WHERE party = 'candidate' AND state = 'signed'
                 ORDER BY traject_id, date_signed DESC, id DESC
                """
            ),
        )
    for topic, told in TOLD.items():
        _insert(
            env,
            topic,
            SQL(
                """
                SELECT traject_id, company_id, date_given, channel,
                       NULL::integer AS statement_id
                  FROM (SELECT DISTINCT ON (report.traject_id)
                               report.traject_id, report.company_id,
                               answer.date AS date_given, answer.channel,
                               %s AS told
                          FROM outplacement_report report
                          JOIN outplacement_report_answer answer
                            ON answer.report_id = report.id
                           AND answer.answer = 'agreed'
                         WHERE report.state IN
                               ('agreed', 'released', 'superseded', 'withdrawn')
                         ORDER BY report.traject_id, report.date_to DESC,
                                  report.id DESC, answer.id DESC) AS latest
                 WHERE told
                """,
                told,
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
                   (traject_id, company_id, topic, date_given, channel, statement_id,
                    recorded_by_id, create_uid, create_date, write_uid, write_date)
            SELECT traject_id, company_id, %(topic)s, date_given, channel, statement_id,
                   %(uid)s, %(uid)s, now() AT TIME ZONE 'UTC', %(uid)s,
                   now() AT TIME ZONE 'UTC'
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

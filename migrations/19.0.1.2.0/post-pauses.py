from odoo import SUPERUSER_ID, api, fields


def migrate(cr, version):
    """Give trajects that are paused the pause that goes with it, from the day on which
    they were paused as far as their history tells, else from today on."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    env.flush_all()
    moments = _get_moments(cr)
    trajects = env["outplacement.traject"].browse(moments)
    env["outplacement.pause"].create(
        [
            {
                "traject_id": traject.id,
                "date_from": _get_first_day(traject, moments[traject.id]),
            }
            for traject in trajects
        ]
    )


def _get_moments(cr):
    """Return when each paused traject got its state, None where its history does not
    tell. One that has a pause already, open or until a known day, was migrated or
    paused since."""
    cr.execute(
        """
        SELECT DISTINCT ON (traject.id) traject.id, changes.date
          FROM outplacement_traject traject
          LEFT JOIN (SELECT message.res_id, message.date, message.id
                       FROM mail_message message
                       JOIN mail_tracking_value value
                         ON value.mail_message_id = message.id
                       JOIN ir_model_fields field ON field.id = value.field_id
                      WHERE message.model = 'outplacement.traject'
                        AND field.model = 'outplacement.traject'
                        AND field.name = 'state') AS changes
            ON changes.res_id = traject.id
         WHERE traject.state = 'paused'
           AND NOT EXISTS (SELECT FROM outplacement_pause pause
                            WHERE pause.traject_id = traject.id)
         ORDER BY traject.id, changes.date DESC NULLS LAST, changes.id DESC
        """
    )
    return dict(cr.fetchall())


def _get_first_day(traject, moment):
    """Return the day of ``moment`` at the company, in the term of the traject."""
    day = traject.company_id._get_outplacement_day(moment or fields.Datetime.now())
    return max(day, traject.date_start or day)

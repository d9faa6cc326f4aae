"""The mail that a report waits leads to the portal from this version on. What a bureau
wrote itself stays as it is: *Reset Template* brings the new text there."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Bring the new text where the old one is as it was shipped, in all languages."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    template = env.ref(
        "outplacement.mail_template_report_sent", raise_if_not_found=False
    )
    if template and template.write_uid.id == SUPERUSER_ID:
        template.reset_template()

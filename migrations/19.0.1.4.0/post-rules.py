from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Have the rule on the sessions of a coach, which is not updated by itself
    (noupdate), ask the session itself. It says the same as before."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    rule = env.ref("outplacement.outplacement_session_rule_coach")
    rule.domain_force = "[('is_mine', '=', True)]"

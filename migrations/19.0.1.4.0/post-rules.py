from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Have the rule on the sessions of a coach ask the session itself: the same as
    before, at less cost. Not updated by itself (noupdate), and the walls are the same
    in every bureau."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    rule = env.ref("outplacement.outplacement_session_rule_coach")
    rule.domain_force = "[('is_mine', '=', True)]"

from odoo import SUPERUSER_ID, api
from odoo.tools import convert_file

# Not updated by themselves (noupdate), and the walls are the same in every bureau.
RULES = (
    "security/outplacement_rules.xml",
    "security/outplacement_privacy_rules.xml",
    "security/outplacement_billing_rules.xml",
    "security/outplacement_wizard_rules.xml",
)


def migrate(cr, version):
    """Renew the rules: they ask trajects and volumes who belongs to them."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    for path in RULES:
        convert_file(env, "outplacement", path, {}, mode="init", noupdate=True)

from odoo import api, models, tools


class IrRule(models.Model):
    """Rules that ask for a user's access are answered as of this moment, on whatever
    model they are."""

    _inherit = "ir.rule"

    @api.model
    def _compute_domain(self, model_name, mode="read"):
        # EXTENDS base: looks at the cache only, whatever the model
        if not self.env.su:
            self.env.user._refresh_outplacement_access()
        return super()._compute_domain(model_name, mode)

    @api.model
    @tools.ormcache(
        "self.env.uid",
        "self.env.su",
        "model_name",
        "domain",
        "tuple(self._compute_domain_context_values())",
    )
    def _implies(self, model_name, domain):
        """Return whether what the rules leave the user to read satisfies ``domain``,
        as their text says. Known for as long as the rules themselves are.

        :param Domain domain: of fields of the model
        """
        model = self.env[model_name]
        rules = self._compute_domain(model_name, "read")
        return (rules & domain).optimize(model) == rules

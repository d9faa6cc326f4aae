from odoo import fields, models
from odoo.tools import SQL

from ..models.sale_order_line import TRAJECT_GROUPS


class OutplacementSocialPlanReport(models.Model):
    """The people under social plans, a row each, to count and to add up.

    Part of the deal: by reference, with nothing that says who it is. What became of a
    traject is not in it either, as who reads a plan need not read its trajects.
    Amounts are without VAT, but for the price at the call-off.
    """

    _name = "outplacement.social.plan.report"
    _description = "Social Plan Analysis"
    _auto = False
    _order = "name desc, id"
    _depends = {
        "account.move.line": [
            "balance",
            "display_type",
            "outplacement_credited_line_id",
            "outplacement_instalment_id",
            "outplacement_traject_id",
            "parent_state",
        ],
        "outplacement.call.off": ["date"],
        "outplacement.entitlement": [
            "amount",
            "call_off_id",
            "choice",
            "company_id",
            "create_date",
            "date_choice",
            "entity_id",
            "name",
            "package_id",
            "plan_id",
            "state",
        ],
        "outplacement.instalment": [
            "amount_untaxed",
            "is_lapsed",
            "sale_line_id",
            "traject_id",
        ],
        "outplacement.social.plan": [
            "account_manager_id",
            "deputy_id",
            "employer_id",
            "state",
        ],
        "outplacement.social.plan.entity": ["partner_id"],
        "outplacement.social.plan.package": ["product_id"],
        "outplacement.traject": ["entitlement_id"],
        "res.company": ["currency_id"],
        "sale.order.line": [
            "invoice_lines",
            "outplacement_entitlement_id",
            "outplacement_line_kind",
            "price_subtotal",
            "state",
        ],
    }

    name = fields.Char(string="Entitlement", readonly=True)
    plan_id = fields.Many2one(
        "outplacement.social.plan", string="Social Plan", readonly=True
    )
    plan_state = fields.Selection(
        selection=lambda self: self._get_options("outplacement.social.plan", "state"),
        string="State of the Plan",
        readonly=True,
    )
    account_manager_id = fields.Many2one("res.users", readonly=True)
    deputy_id = fields.Many2one(
        "res.users", string="Deputy Account Manager", readonly=True
    )
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    employer_id = fields.Many2one("res.partner", readonly=True)
    entity_id = fields.Many2one("res.partner", readonly=True)
    product_id = fields.Many2one("product.product", string="Package", readonly=True)
    state = fields.Selection(
        selection=lambda self: self._get_options("outplacement.entitlement", "state"),
        readonly=True,
    )
    choice = fields.Selection(
        selection=lambda self: self._get_options("outplacement.entitlement", "choice"),
        readonly=True,
        groups=TRAJECT_GROUPS,
    )
    date = fields.Date(
        string="Entered on", readonly=True, help="When the person came under the plan."
    )
    date_choice = fields.Date(string="Chosen on", readonly=True, groups=TRAJECT_GROUPS)
    date_call_off = fields.Date(string="Called Off on", readonly=True)
    heads = fields.Integer(
        string="People", readonly=True, help="Who is entitled or called off."
    )
    heads_used = fields.Integer(string="People Called Off", readonly=True)
    amount = fields.Monetary(
        string="Called Off for",
        readonly=True,
        help="The price at the call-off, with or without VAT as the budgets are.",
    )
    amount_owed = fields.Monetary(
        string="Used of the Budget",
        readonly=True,
        help="Invoiced or not, less what lapsed.",
    )
    amount_invoiced = fields.Monetary(
        string="Invoiced",
        readonly=True,
        help="On posted invoices, less what was credited.",
    )

    def _get_options(self, model, name):
        return self.env[model]._fields[name]._description_selection(self.env)

    # ------------------------------------------------------------------
    # Query
    # ------------------------------------------------------------------

    @property
    def _table_query(self):
        """A row a person."""
        return SQL("%s %s", self._select(), self._from())

    def _select(self):
        """Hook: return what a row holds."""
        return SQL(
            """
            SELECT person.id, person.name, person.plan_id, person.company_id,
                   person.state, person.choice, person.date_choice,
                   person.create_date::date AS date,
                   plan.state AS plan_state, plan.account_manager_id, plan.deputy_id,
                   plan.employer_id, entity.partner_id AS entity_id,
                   package.product_id, company.currency_id,
                   call_off.date AS date_call_off,
                   (person.state IN ('entitled', 'called_off'))::int AS heads,
                   (person.state = 'called_off')::int AS heads_used,
                   CASE WHEN person.state = 'called_off' THEN person.amount ELSE 0 END
                        AS amount,
                   COALESCE(traject.owed, 0) + COALESCE(other.owed, 0) AS amount_owed,
                   COALESCE(traject.invoiced, 0) + COALESCE(other.invoiced, 0)
                        AS amount_invoiced
            """
        )

    def _from(self):
        """Hook: return the tables that are read, what is added up once a person."""
        return SQL(
            """
              FROM outplacement_entitlement person
              JOIN outplacement_social_plan plan ON plan.id = person.plan_id
              JOIN res_company company ON company.id = person.company_id
              LEFT JOIN outplacement_social_plan_entity entity
                     ON entity.id = person.entity_id
              LEFT JOIN outplacement_social_plan_package package
                     ON package.id = person.package_id
              LEFT JOIN outplacement_call_off call_off
                     ON call_off.id = person.call_off_id
                    AND person.state = 'called_off'
              LEFT JOIN LATERAL (%s) traject ON TRUE
              LEFT JOIN LATERAL (%s) other ON TRUE
            """,
            self._get_traject_amounts(),
            self._get_other_amounts(),
        )

    def _get_traject_amounts(self):
        """Return the query of what is owed and invoiced of the trajects of a person, by
        whom the plan is of: what a second payer pays is of no plan."""
        return SQL(
            """
            SELECT SUM(CASE WHEN instalment.is_lapsed THEN 0
                            ELSE instalment.amount_untaxed END) AS owed,
                   SUM(billed.amount) AS invoiced
              FROM outplacement_traject traject
              JOIN outplacement_instalment instalment
                ON instalment.traject_id = traject.id
              JOIN sale_order_line line ON line.id = instalment.sale_line_id
                    AND line.outplacement_line_kind IS DISTINCT FROM 'payer'
              LEFT JOIN LATERAL (
                   SELECT SUM(-COALESCE(credit.balance, 0) - move_line.balance)
                          AS amount
                     FROM account_move_line move_line
                     LEFT JOIN LATERAL (
                          SELECT SUM(balance) AS balance
                            FROM account_move_line
                           WHERE outplacement_credited_line_id = move_line.id
                             AND parent_state = 'posted'
                          ) credit ON TRUE
                    WHERE move_line.outplacement_instalment_id = instalment.id
                      AND move_line.parent_state = 'posted'
                   ) billed ON TRUE
             WHERE traject.entitlement_id = person.id
            """
        )

    def _get_other_amounts(self):
        """Return the query of what else was spent on a person, and invoiced of it."""
        return SQL(
            """
            SELECT SUM(line.price_subtotal) AS owed, SUM(billed.amount) AS invoiced
              FROM sale_order_line line
              LEFT JOIN LATERAL (
                   SELECT SUM(-move_line.balance) AS amount
                     FROM sale_order_line_invoice_rel relation
                     JOIN account_move_line move_line
                       ON move_line.id = relation.invoice_line_id
                      AND move_line.parent_state = 'posted'
                    WHERE relation.order_line_id = line.id
                   ) billed ON TRUE
             WHERE line.outplacement_entitlement_id = person.id
               AND line.state = 'sale'
            """
        )

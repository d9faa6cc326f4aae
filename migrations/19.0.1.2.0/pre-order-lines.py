from odoo.addons.outplacement.hooks import add_order_line_columns


def migrate(cr, version):
    """Say of packages that were sold what was agreed about a placement, which is what
    their products say from now on. All other order lines are left alone: Odoo would
    compute these fields of each of them."""
    add_order_line_columns(cr)
    cr.execute(
        """
        UPDATE sale_order_line line
           SET outplacement_placement_rule = 'fixed',
               outplacement_placement_rest = 'keep_dates',
               outplacement_refund_percent = 100,
               outplacement_probation_months = 0,
               outplacement_months = 0
          FROM product_product product
          JOIN product_template template ON template.id = product.product_tmpl_id
         WHERE product.id = line.product_id
           AND template.service_tracking = 'outplacement'
           AND line.outplacement_placement_rule IS NULL
        """
    )

from odoo.exceptions import AccessError, MissingError, ValidationError
from odoo.http import request, route

from odoo.addons.sale.controllers import portal


class StaffRefusal:
    """What the pages of an order have in common, on which customers confirm it."""

    def _get_outplacement_staff_refusal(self, order_id, access_token):
        """Return why the user does not confirm this order by the page of its customer,
        which does so as superuser; False if they do.

        Customers may, and among the bureau's staff who may sell for the trajects
        anyway. Nothing is told of an order whose page they may not open: Odoo answers
        that.
        """
        try:
            order = self._document_check_access(
                "sale.order", order_id, access_token=access_token
            )
        except (AccessError, MissingError):
            return False
        trajects = order.order_line._get_outplacement_for_trajects()
        user = request.env.user
        if not user._is_internal() or not trajects:
            return False
        if trajects.with_user(user)._is_sold_by_user():
            return False
        return request.env._(
            "This order is for the customer to confirm: among the bureau's staff only "
            "the account manager of its traject or a manager does so."
        )


class CustomerPortal(portal.CustomerPortal, StaffRefusal):
    """The page on which customers sign: not a way around the rights of the staff."""

    def _prepare_portal_layout_values(self):
        # EXTENDS portal. The pages tell their language: a screen reader goes by it.
        language = (request.env.lang or "en_US").split("@")[0].replace("_", "-")
        values = super()._prepare_portal_layout_values()
        return {"html_data": {"lang": language}, **values}

    @route()
    def portal_quote_accept(
        self, order_id, access_token=None, name=None, signature=None
    ):
        # EXTENDS sale
        token = access_token or request.httprequest.args.get("access_token")
        if refusal := self._get_outplacement_staff_refusal(order_id, token):
            return {"error": refusal}
        return super().portal_quote_accept(
            order_id, access_token=access_token, name=name, signature=signature
        )


class PaymentPortal(portal.PaymentPortal, StaffRefusal):
    """A payment confirms an order as a signature does."""

    @route()
    def portal_order_transaction(self, order_id, access_token, **kwargs):
        # EXTENDS sale
        if refusal := self._get_outplacement_staff_refusal(order_id, access_token):
            raise ValidationError(refusal)
        return super().portal_order_transaction(order_id, access_token, **kwargs)

from odoo import fields, models

STATES_OF_CHANGES = ("aftercare", "closed")


class OutplacementTraject(models.Model):
    """What an event in the life of a traject changes of its instalments: shown before,
    then done, the same both times."""

    _inherit = "outplacement.traject"

    # ------------------------------------------------------------------
    # Showing
    # ------------------------------------------------------------------

    def _check_may_see_changes(self):
        """Who may read the traject, or its instalments, may ask what if.

        :raises AccessError: the user may read neither
        """
        Instalment = self.env["outplacement.instalment"]
        if Instalment.has_access("read"):
            domain = [("traject_id", "in", self.ids)]
            own = Instalment._read_group(domain, ["traject_id"])
            hidden = self - self.browse(traject.id for (traject,) in own)
        else:
            hidden = self
        if hidden:
            hidden.check_access("read")

    def _get_changes(self, **replaced):
        """Return what other facts would change of the instalments, in order, as dicts
        (see ``outplacement.change.mixin``).

        :param replaced: facts, see :meth:`_get_billing_facts`
        :raises AccessError: the user may read neither traject nor instalments
        """
        self.ensure_one()
        self._check_may_see_changes()
        # sudo: outplacement.traject - what follows from facts, prices and invoices is
        # computed in full, for who may read the instalments
        traject = self.sudo()
        facts = traject._get_billing_facts(**replaced)
        settlements = traject._get_settlements(facts)
        return [
            instalment._prepare_change(facts, settlement)
            for instalment, settlement in settlements.items()
        ]

    # ------------------------------------------------------------------
    # Telling
    # ------------------------------------------------------------------

    def _log_change(self, body):
        """Tell the bureau's staff what happened, and on the orders that it moved
        instalments: customers find what is written there, internal notes too.

        :param str body: for the chatter of the traject only
        """
        self.ensure_one()
        self._log_instalments(body)
        # sudo: outplacement.instalment - those of other customers as well
        self.sudo().instalment_ids._log_change_on_orders()

    def _log_instalments(self, body):
        """Tell the bureau's staff what becomes of instalments, and why."""
        self.ensure_one()
        # sudo: outplacement.traject - what follows from a step is told, whoever took
        # it: finance and sellers read no trajects
        self.sudo().message_post(
            body=body, message_type="comment", subtype_xmlid="mail.mt_note"
        )

    # ------------------------------------------------------------------
    # Settling
    # ------------------------------------------------------------------

    def _get_settlements(self, facts):
        """Return what becomes of the money of each instalment, in order.

        :param facts: :class:`~..tools.schedule.Facts` as they will be
        :return: dict of :class:`~.outplacement_instalment_change.Settlement`
        """
        self.ensure_one()
        before = self._get_billing_facts()
        instalments = self.instalment_ids.sorted(
            lambda i: (i.sale_line_id.id, i.number, i.id)
        )
        return {
            instalment: instalment._get_settlement(before, facts)
            for instalment in instalments
        }

    # ------------------------------------------------------------------
    # Doing
    # ------------------------------------------------------------------

    def _set_state(self, state, **values):
        """Settle what a placement or closing means for the instalments, however it
        comes about."""
        if state not in STATES_OF_CHANGES:
            return super()._set_state(state, **values)
        if state == "closed":
            company = self.company_id[:1] or self.env.company
            values.setdefault("date_closed", company._get_outplacement_today())
        # sudo: outplacement.instalment - they follow the traject, whoever runs it; who
        # may not is refused below
        settlements = self.sudo()._get_settlements_of(values)
        result = super()._set_state(state, **values)
        self.sudo().instalment_ids._settle(settlements)
        return result

    def _get_settlements_of(self, values):
        """Return what becomes of the money of all instalments when ``values`` are
        written."""
        settlements = {}
        names = ("date_placement", "date_closed")
        replaced = {
            name: fields.Date.to_date(values[name]) for name in names if name in values
        }
        for traject in self:
            facts = traject._get_billing_facts(**replaced)
            settlements |= traject._get_settlements(facts)
        return settlements

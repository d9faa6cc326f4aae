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
    # Asking what if
    # ------------------------------------------------------------------

    def action_what_if_placed(self):
        """Show what a placement would change, without doing it.

        :raises AccessError: the user may read neither traject nor instalments
        """
        self.ensure_one()
        self._check_may_see_changes()
        return self._prepare_wizard_action(
            "outplacement.traject.what.if", self.env._("What if Placed on …?")
        )

    def _get_what_if_refusal(self, date):
        """Return the sentence why nobody is placed on ``date``, False where somebody
        can be.

        :raises AccessError: the user may read neither traject nor instalments
        """
        self.ensure_one()
        self._check_may_see_changes()
        # sudo: outplacement.traject - state and dates of the deal, for who may read the
        # instalments that follow from them
        traject = self.sudo()
        if traject.state in ("closed", "cancelled") or traject.date_placement:
            return self.env._(
                "Traject %(traject)s is over, or its candidate was placed already.",
                traject=traject.name,
            )
        if not traject.date_start:
            return self.env._(
                "Traject %(traject)s has no start date yet.", traject=traject.name
            )
        return date < traject.date_start and self.env._(
            "Nobody is placed before the start of the traject."
        )

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
        return {
            instalment: instalment._get_settlement(before, facts)
            for instalment in self.instalment_ids._sort_by_sale()
        }

    def _get_settlements_of(self, state, values):
        """Return what becomes of the money of all instalments when the trajects come
        into ``state`` with ``values``: what a placement or closing means, however it
        comes about."""
        settlements = {}
        if state not in STATES_OF_CHANGES:
            return settlements
        names = ("date_placement", "date_closed")
        replaced = {
            name: fields.Date.to_date(values[name]) for name in names if name in values
        }
        for traject in self:
            facts = traject._get_billing_facts(**replaced)
            settlements |= traject._get_settlements(facts)
        return settlements

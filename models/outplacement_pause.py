from itertools import pairwise

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

from ..tools.schedule import Pause


class OutplacementPause(models.Model):
    """Days on which a traject stands still. It moves the end of term and what is not
    invoiced yet (R6).

    Part of the deal: knows the traject by its reference. Why it was paused is nobody's
    business, so there is no field for it.
    """

    _name = "outplacement.pause"
    _description = "Pause of a Traject"
    _order = "date_from desc, id desc"
    _rec_names_search = ["traject_reference"]
    _check_company_auto = True

    traject_id = fields.Many2one(
        "outplacement.traject",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
    )
    traject_reference = fields.Char(
        related="traject_id.name", string="Traject Reference", store=True
    )
    company_id = fields.Many2one(
        related="traject_id.company_id", store=True, index=True
    )
    date_from = fields.Date(string="First Day", required=True)
    date_to = fields.Date(
        string="Last Day", help="Empty as long as nobody knows how long it takes."
    )

    _order_of_days = models.Constraint(
        "CHECK(date_to >= date_from)", "A pause ends on the day it begins, or later."
    )
    _one_open = models.UniqueIndex(
        "(traject_id) WHERE date_to IS NULL", "This traject is paused already."
    )

    @api.depends("traject_reference", "date_from", "date_to")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for pause in self:
            days = [pause.date_from, pause.date_to]
            texts = [format_date(self.env, day) if day else "…" for day in days]
            pause.display_name = f"{pause.traject_reference} {' – '.join(texts)}"

    @api.constrains("traject_id", "date_from", "date_to")
    def _check_overlap(self):
        """A day is paused once."""
        for traject in self.traject_id:
            pauses = traject.pause_ids.sorted("date_from")
            for former, later in pairwise(pauses):
                if not former.date_to or former.date_to >= later.date_from:
                    raise ValidationError(traject._get_overlap_text(former))

    def _get_days(self):
        """Return these as a tuple of :class:`~..tools.schedule.Pause`, oldest first."""
        return tuple(
            Pause(pause.date_from, pause.date_to) for pause in self.sorted("date_from")
        )

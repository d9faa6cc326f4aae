from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL


class OutplacementResultReport(models.Model):
    """What came of all closed trajects of the bureau, for somebody who asks for its
    results with other candidates: by year, type and package.

    Whole past years only. The figures of a year are fixed by the first release that
    tells of them: later ones repeat them, so that no two can be subtracted.
    """

    _name = "outplacement.result.report"
    _inherit = "outplacement.publication.mixin"
    _description = "Results with Other Candidates"

    company_id = fields.Many2one(index=True, default=lambda self: self.env.company)
    year_from = fields.Integer(
        string="From",
        required=True,
        default=lambda self: self._get_last_year() - 2,
        help="The first year of closing that is told of.",
    )
    year_to = fields.Integer(
        string="Until",
        required=True,
        default=lambda self: self._get_last_year(),
        help="The last one: a year that is over.",
    )

    _years_ordered = models.Constraint(
        "CHECK(year_to >= year_from)", "The last year lies before the first."
    )

    @api.model
    def _get_last_year(self):
        """Return the last year that is over at the company."""
        return self.env.company._get_outplacement_today().year - 1

    @api.depends("year_from", "year_to", "date")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for report in self:
            years = self._join_years(report.year_from, report.year_to)
            report.display_name = self.env._(
                "Results with other candidates %(years)s", years=years
            )

    @api.model
    def _join_years(self, first, last):
        return str(first) if first == last else f"{first}–{last}"

    @api.constrains("year_to", "company_id")
    def _check_years_over(self):
        """A year that goes on would have other figures every time."""
        for report in self:
            if report.year_to >= report.company_id._get_outplacement_today().year:
                raise ValidationError(
                    self.env._(
                        "%(year)s is not over yet: results are told of whole years.",
                        year=report.year_to,
                    )
                )

    # ------------------------------------------------------------------
    # Publication
    # ------------------------------------------------------------------

    @api.model
    def _get_subject_fields(self):
        return {*super()._get_subject_fields(), "year_from", "year_to"}

    def _get_lang(self):
        """Return the language of the company, in which prospects are written to."""
        return self.company_id.partner_id.lang or super()._get_lang()

    def _get_history(self):
        return self.search(
            [("company_id", "=", self.company_id.id), ("state", "=", "released")],
            order="date_released, id",
        )

    def _lock_history(self):
        """Of two who release at the same time the second begins anew."""
        self.env.cr.execute(
            SQL(
                "UPDATE res_company SET write_date = write_date WHERE id = %s",
                self.company_id.id,
            )
        )

    @api.model
    def _get_report_xmlid(self):
        return "outplacement.outplacement_result_report_report"

    def _get_title(self):
        return self.env._("Results with other candidates")

    def _get_lines(self):
        years = self._join_years(self.year_from, self.year_to)
        title = self.env._("Trajects closed in %(years)s", years=years)
        return [title, *super()._get_lines(), *self.figures.get("notes", ())]

from odoo import models

from .outplacement_group_report_figures import FOUND, OUTCOMES
from .outplacement_result_report_figures import SEPARATOR

HIDDEN = "–"


class OutplacementResultReport(models.Model):
    """The tables of the results with other candidates: made of published figures
    only."""

    _inherit = "outplacement.result.report"

    def _get_notes(self, units):
        """Return what else there is to say, in the language of the environment."""
        if units:
            return []
        return [
            self.env._(
                "No figure can be shown: too few trajects were closed in these years."
            )
        ]

    def _prepare_sections(self, figures):
        units = figures["units"]
        if not units:
            return []
        packages = self._get_packages(units)
        types = list(dict.fromkeys(type_id for type_id, _package_id in packages))
        sections = [
            self._make_section(
                self.env._("By year"),
                self.env._("Year"),
                [
                    *(self._get_year_row(unit) for unit in units),
                    [self.env._("Together"), *self._get_cells(figures)],
                ],
            ),
            self._make_section(
                self.env._("By type"),
                self.env._("Type"),
                [[self._get_type_name(t), *self._get_cells(figures, t)] for t in types],
            ),
            self._make_section(
                self.env._("By package"),
                self.env._("Package"),
                [
                    [self._get_package_name(*key), *self._get_cells(figures, *key)]
                    for key in packages
                ],
            ),
            self._get_outcome_section(units),
        ]
        return [section for section in sections if section["rows"]]

    def _make_section(self, title, subject, rows):
        head = [
            subject,
            self.env._("People"),
            self.env._("Found work"),
            self.env._("Placement rate"),
            self.env._("Weeks (median)"),
        ]
        told = [row for row in rows if set(row[1:]) != {HIDDEN}]
        note = len(told) < len(rows) and self.env._(
            "What can only be told together with others is left out."
        )
        return {"title": title, "head": head, "rows": told, "note": note}

    def _get_year_row(self, unit):
        figures = {"units": [unit], "medians": {SEPARATOR: unit["median"]}}
        years = self._join_years(unit["first"], unit["last"])
        return [years, *self._get_cells(figures)]

    def _get_cells(self, figures, type_id=None, package_id=None):
        """Return number, found work, rate and median of a type, a package, or all."""
        units = figures["units"]
        number = self._count_where(units, OUTCOMES, type_id, package_id)
        found = self._count_where(units, FOUND, type_id, package_id)
        names = ("" if part is None else str(part) for part in (type_id, package_id))
        weeks = figures["medians"].get(SEPARATOR.join(names))
        rate = None
        if number and found is not None:
            rate = f"{round(100 * found / number)}%"
        return [HIDDEN if c is None else c for c in (number, found, rate, weeks)]

    def _get_outcome_section(self, units):
        outcomes = self.env["outplacement.traject"]._fields["outcome"]
        rows = []
        for outcome, label in outcomes._description_selection(self.env):
            number = self._count_where(units, [outcome])
            rows.append([label, HIDDEN if number is None else number])
        return {
            "title": self.env._("Outcomes"),
            "head": ["", self.env._("People")],
            "rows": rows,
            "note": self.env._(
                "Found work: placed, self-employed or in another job with the same "
                "employer. Placement rate: of all who closed. %(hidden)s: not shown.",
                hidden=HIDDEN,
            ),
        }

    def _get_type_name(self, type_id):
        return self.env["outplacement.traject.type"].browse(type_id).name

    def _get_package_name(self, type_id, package_id):
        package = self.env["product.product"].browse(package_id or [])
        return package.name or self.env._(
            "No package (%(type)s)", type=self._get_type_name(type_id)
        )

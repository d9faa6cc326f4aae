from operator import itemgetter
from statistics import median

from odoo import models
from odoo.tools import SQL, groupby

from ..tools.suppression import Stretch, count_in, publish
from .outplacement_group_report_figures import FOUND, OTHER, OUTCOMES

SEPARATOR = "/"


class OutplacementResultReport(models.Model):
    """The figures of the results with other candidates.

    Years, or as many in a row as it takes to have enough people, are units of their
    own. In each, everybody stands once on one line: found work or not, then type, then
    package, then outcome. Whatever is told of a type, a package or all years is added
    up from what is told of the units.
    """

    _inherit = "outplacement.result.report"

    # ------------------------------------------------------------------
    # Counting
    # ------------------------------------------------------------------

    def _prepare_figures(self):
        """Return what may be published of the years, by unit."""
        self.ensure_one()
        people = self._fetch_people()
        units = [unit for unit in self._get_units(people) if self._is_told(unit)]
        for unit in units:
            if "median" not in unit:
                unit["median"] = self._get_median([unit], people)
        return {
            "units": units,
            "medians": self._get_medians(units, people),
            "notes": self._get_notes(units),
        }

    def _get_medians(self, units, people):
        """Return the median weeks of all units, of each type and of each package, by
        ``type/package`` with nothing for all. Of years that were told of together they
        stand, as the numbers do: somebody added since would be the difference."""
        years = [unit["first"] for unit in units]
        for report in self._get_history():
            if [unit["first"] for unit in report.figures["units"]] == years:
                return report.figures["medians"]
        medians = {SEPARATOR: self._get_median(units, people)}
        for type_id, package_id in self._get_packages(units):
            medians[f"{type_id}{SEPARATOR}"] = self._get_median(units, people, type_id)
            medians[f"{type_id}{SEPARATOR}{package_id}"] = self._get_median(
                units, people, type_id, package_id
            )
        return medians

    def _get_packages(self, units):
        """Return (type id, package id) of all that the units tell of, in order."""
        keys = {key for unit in units for keys, _n in unit["stretches"] for key in keys}
        return sorted({tuple(map(int, key.split(SEPARATOR)[:2])) for key in keys})

    def _is_told(self, unit):
        return self.year_from <= unit["first"] and unit["last"] <= self.year_to

    def _fetch_people(self):
        """Return (year, type id, package id, outcome, weeks) of all who closed.

        Straight from the tables: the years of the whole bureau, whoever asks, of which
        only what may be published is kept.
        """
        self.env["outplacement.traject"].flush_model()
        self.env.cr.execute(
            SQL(
                """SELECT extract(year FROM date_closed)::int, type_id,
                          coalesce(product_id, 0), outcome,
                          (date_placement - date_start) / 7.0
                     FROM outplacement_traject
                    WHERE company_id = %s AND state = 'closed'
                      AND date_closed < %s AND outcome IN %s
                    ORDER BY id""",
                self.company_id.id,
                self.company_id._get_outplacement_today().replace(month=1, day=1),
                OUTCOMES,
            )
        )
        return self.env.cr.fetchall()

    def _get_units(self, rows):
        """Return the units in the order of their years: those that a release told of
        as they were, and between them years in a row with enough people."""
        units = {}
        for report in self._get_history():
            for unit in report.figures["units"]:
                units.setdefault(unit["first"], unit)
        taken = {
            year
            for unit in units.values()
            for year in range(unit["first"], unit["last"] + 1)
        }
        open_rows, first = [], None
        for year in sorted({row[0] for row in rows}):
            if year in taken:
                open_rows, first = [], None
                continue
            first = first or year
            open_rows += [row for row in rows if row[0] == year]
            if len(open_rows) >= self.minimum:
                units[first] = self._make_unit(first, year, open_rows)
                open_rows, first = [], None
        return [units[year] for year in sorted(units)]

    def _make_unit(self, first, last, rows):
        """Return what may be published of some years: see the class."""
        counts = {}
        for row in rows:
            key = self._get_key(*row[1:4])
            counts[key] = counts.get(key, 0) + 1
        line, cuts = self._get_line(rows)
        stretches = publish(line, counts, cuts, self.minimum)
        return {"first": first, "last": last, "stretches": stretches}

    def _get_key(self, type_id, package_id, outcome):
        return SEPARATOR.join(map(str, (type_id, package_id, outcome)))

    def _get_line(self, rows):
        """Return the line, and where it may be cut, what matters most first: between
        who found work and who did not, between types, between packages, between
        outcomes."""
        packages = sorted({(row[1], row[2]) for row in rows})
        line, ranks = [], {}
        for outcomes in (FOUND, OTHER):
            for type_id, of_type in groupby(packages, key=itemgetter(0)):
                for _type_id, package_id in of_type:
                    keys = [self._get_key(type_id, package_id, o) for o in outcomes]
                    line += keys
                    ranks |= {**dict.fromkeys(keys, 3), keys[-1]: 2}
                ranks[line[-1]] = 1
            ranks[line[-1]] = 0
        return line, sorted(line[:-1], key=ranks.get)  # stable: along the line

    # ------------------------------------------------------------------
    # Reading what was published
    # ------------------------------------------------------------------

    def _count_where(self, units, outcomes, type_id=None, package_id=None):
        """Return how many people of the units have such outcomes by what is published,
        None where that does not tell."""
        total = 0
        for unit in units:
            stretches = [Stretch(tuple(keys), n) for keys, n in unit["stretches"]]
            keys = [key for stretch in stretches for key in stretch.keys]
            wanted = [
                key for key in keys if self._is_of(key, outcomes, type_id, package_id)
            ]
            number = count_in(stretches, wanted)
            if number is None:
                return None
            total += number
        return total

    def _is_of(self, key, outcomes, type_id, package_id):
        of_type, of_package, outcome = key.split(SEPARATOR)
        return (
            outcome in outcomes
            and type_id in (None, int(of_type))
            and package_id in (None, int(of_package))
        )

    def _get_median(self, units, people, type_id=None, package_id=None):
        """Return the median weeks from start to placement of who found work, None
        where it is not told how many did, or where too few have such days."""
        if not self._count_where(units, FOUND, type_id, package_id):
            return None
        weeks = [
            float(row[4])
            for row in people
            if row[4] is not None
            and row[3] in FOUND
            and type_id in (None, row[1])
            and package_id in (None, row[2])
            and any(unit["first"] <= row[0] <= unit["last"] for unit in units)
        ]
        return round(median(weeks)) if len(weeks) >= self.minimum else None

from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.cell_values import read_email
from .sale_order_line import TRAJECT_GROUPS

# What an import says by name, instead of the record: all of a file are found in one go.
BY_NAME = {
    "plan_id": "plan_name",
    "entity_id": "entity_name",
    "package_id": "package_name",
}
PERSON_FIELDS = ("candidate_name", "candidate_email")
IMPORT_FIELDS = frozenset({*BY_NAME.values(), *PERSON_FIELDS})


class OutplacementEntitlement(models.Model):
    """Odoo's import of people: with their name and private e-mail address, of which
    contacts are made."""

    _inherit = "outplacement.entitlement"

    candidate_name = fields.Char(
        string="Name",
        compute="_compute_imported",
        readonly=False,
        groups=TRAJECT_GROUPS,
        help="For imports: a new contact is made, with the private e-mail address.",
    )
    candidate_email = fields.Char(
        string="Private E-mail Address",
        compute="_compute_imported",
        readonly=False,
        groups=TRAJECT_GROUPS,
    )
    plan_name = fields.Char(
        string="Name of the Social Plan",
        compute="_compute_imported",
        readonly=False,
        groups=TRAJECT_GROUPS,
    )
    entity_name = fields.Char(
        string="Name of the Entity",
        compute="_compute_imported",
        readonly=False,
        groups=TRAJECT_GROUPS,
    )
    package_name = fields.Char(
        string="Name of the Package",
        compute="_compute_imported",
        readonly=False,
        groups=TRAJECT_GROUPS,
    )

    @api.depends("candidate_id", "plan_id", "entity_id", "package_id")
    def _compute_imported(self):
        """An export has what an import reads."""
        for entitlement in self:
            person = entitlement.candidate_id
            entitlement.candidate_name = person.name
            entitlement.candidate_email = person.email
            entitlement.plan_name = entitlement.plan_id.name
            entitlement.entity_name = entitlement.entity_id.display_name
            entitlement.package_name = entitlement.package_id.display_name

    @api.model
    def get_import_templates(self):
        """Offer the file that is to be filled in."""
        return [
            {
                "label": self.env._("Import Template for Entitlements"),
                "template": "/outplacement/entitlement/template.xlsx",
            }
        ]

    @api.model
    def load(self, fields, data):
        """Have names found by :meth:`create`, not one by one."""
        return super().load([BY_NAME.get(name, name) for name in fields], data)

    @api.model
    def _prepare_vals_list(self, vals_list):
        """Make contacts of who is given by name and private e-mail address."""
        return super()._prepare_vals_list(self._complete_imported(vals_list))

    def _check_write(self, vals):
        if not IMPORT_FIELDS.isdisjoint(vals):
            raise ValidationError(
                self.env._(
                    "Entitlements are imported once: change who is under a plan "
                    "already by hand."
                )
            )
        return super()._check_write(vals)

    @api.model
    def _complete_imported(self, vals_list):
        """Replace what is given by name.

        :raises ValidationError: a name is not known, or somebody cannot be under the
            plan
        """
        if default := self.env.context.get("default_plan_id"):
            for vals in vals_list:
                vals.setdefault("plan_id", default)
        imported = [v for v in vals_list if not IMPORT_FIELDS.isdisjoint(v)]
        if not imported:
            return vals_list
        self._complete_plans(imported)
        groups = {}
        for vals in imported:
            groups.setdefault(vals["plan_id"], []).append(vals)
        for plan_id, group in groups.items():
            plan = self.env["outplacement.social.plan"].browse(plan_id)
            plan._check_intake()
            self._complete_names(plan, group)
            self._complete_candidates(plan, group)
        return vals_list

    @api.model
    def _complete_plans(self, vals_list):
        """Find the social plans.

        :raises ValidationError: there is none of that name, or several
        """
        Plan = self.env["outplacement.social.plan"]
        named = [(vals, vals.pop("plan_name", None)) for vals in vals_list]
        names = {name for _vals, name in named if name}
        found = {name: Plan._find_named(name).ids for name in names}
        for vals, name in named:
            ids = found[name] if name else [vals.get("plan_id")]
            if len(ids) != 1 or not ids[0]:
                raise ValidationError(
                    self.env._(
                        "Give the reference of one social plan that is yours, "
                        "such as SP/%(year)s/0001.",
                        year=fields.Date.today().year,
                    )
                )
            vals["plan_id"] = ids[0]

    @api.model
    def _complete_names(self, plan, vals_list):
        """Find the entities and the packages.

        :raises ValidationError: the plan has none of that name, or several
        """
        names = plan._get_intake_names()
        for vals in vals_list:
            for kind in names:
                if text := vals.pop(f"{kind}_name", None):
                    found, problem = plan._get_named(names, kind, text)
                    if problem:
                        raise ValidationError(problem)
                    vals[f"{kind}_id"] = found

    @api.model
    def _complete_candidates(self, plan, vals_list):
        """Make contacts of who is given by name."""
        people = [tuple(vals.pop(n, None) for n in PERSON_FIELDS) for vals in vals_list]
        fresh = [
            (vals, person)
            for vals, person in zip(vals_list, people, strict=True)
            if not vals.get("candidate_id")
        ]
        self._check_people(plan, [person for _vals, person in fresh])
        self._check_once(plan, fresh)
        partners = plan._create_people([person for _vals, person in fresh])
        for (vals, _person), partner in zip(fresh, partners, strict=True):
            vals["candidate_id"] = partner.id

    @api.model
    def _check_people(self, plan, people):
        """:raises ValidationError: of somebody no contact can be made"""
        for name, email in people:
            if not name or not read_email(email or ""):
                raise ValidationError(
                    self.env._(
                        "%(name)s needs a name and one valid private e-mail address.",
                        name=name or email or "—",
                    )
                )
        emails = {read_email(email) for _name, email in people}
        for email, kind in plan._find_known_emails(emails).items():
            if text := plan._get_known_text(kind):
                raise ValidationError(
                    self.env._("%(email)s: %(problem)s", email=email, problem=text)
                )

    @api.model
    def _check_once(self, plan, fresh):
        """Tell of whom there would be two, before the database does: it would write
        their names into the log of the server.

        :param fresh: list of (values, (name, e-mail address))
        :raises ValidationError: somebody is under the plan already, or twice in this
            import
        """
        keys = [
            key
            for vals, (_name, email) in fresh
            for key in (
                ("email", read_email(email)),
                ("number", (vals.get("personnel_number") or "").strip()),
            )
            if key[1]
        ]
        emails = {text for kind, text in keys if kind == "email"}
        numbers = {text for kind, text in keys if kind == "number"}
        taken = plan._find_living(emails, numbers)
        for key, count in Counter(keys).items():
            if key in taken or count > 1:
                raise ValidationError(
                    self.env._(
                        "“%(text)s” is there already: somebody is under the plan "
                        "already, or twice in this file.",
                        text=key[1],
                    )
                )

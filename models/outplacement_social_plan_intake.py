from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools.misc import clean_context

from ..tools.wording import fold

# Who may still come under a plan.
INTAKE_STATES = ("draft", "signed", "open")


class OutplacementSocialPlan(models.Model):
    """Bringing many people under a social plan at once: what a file says of them by
    name, and the contacts that are made of it.

    All in sets: as many queries for a thousand people as for ten.
    """

    _inherit = "outplacement.social.plan"

    def _check_intake(self):
        """:raises AccessError: the plan is not the user's
        :raises UserError: nobody comes under it any more"""
        self.ensure_one()
        self.check_access("write")
        if self.state not in INTAKE_STATES:
            labels = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "Social plan %(plan)s is %(state)s: nobody is added to it.",
                    plan=self.name,
                    state=labels[self.state].lower(),
                )
            )

    @api.model
    def _find_named(self, name):
        """Return the plans that the user sees and ``name`` means: the reference, or
        what the plan is called, or both, as exports write them."""
        reference, _space, title = name.partition(" ")
        domain = ["|", ("name", "=", name), ("title", "=", name)]
        if title:
            domain = [
                "|",
                *domain,
                "&",
                ("name", "=", reference),
                ("title", "=", title),
            ]
        return self.search(domain)

    # ------------------------------------------------------------------
    # Entities and packages by name
    # ------------------------------------------------------------------

    def _get_intake_names(self):
        """Return the entities and the packages of the plan by what they are called in
        a file: ``{"entity": {name: ids}, "package": {name: ids}}``, names folded."""
        self.ensure_one()
        entities, packages = {}, {}
        for entity in self.entity_ids:
            partner = entity.partner_id
            self._add_names(
                entities,
                entity,
                (partner.name, partner.display_name, partner.ref, partner.vat),
            )
        for package in self.package_ids:
            product = package.product_id
            self._add_names(
                packages,
                package,
                (product.name, product.display_name, product.default_code),
            )
        return {"entity": entities, "package": packages}

    def _add_names(self, found, record, names):
        for name in {fold(" ".join(name.split())) for name in names if name}:
            found.setdefault(name, []).append(record.id)

    def _get_named(self, names, kind, text):
        """Return the id of the entity or package that is called so.

        :param names: see :meth:`_get_intake_names`
        :param str kind: "entity" or "package"
        :returns: the id and False, or False and what is wrong
        """
        ids = names[kind].get(fold(" ".join(text.split())), [])
        if len(ids) == 1:
            return ids[0], False
        values = {"name": text, "plan": self.name}
        if kind == "entity":
            unknown = self.env._("“%(name)s” is no entity of %(plan)s.", **values)
        else:
            unknown = self.env._("“%(name)s” is no package of %(plan)s.", **values)
        several = self.env._("Several of %(plan)s are called “%(name)s”.", **values)
        return False, several if ids else unknown

    # ------------------------------------------------------------------
    # People
    # ------------------------------------------------------------------

    def _find_living(self, emails, numbers):
        """Return what these addresses and personnel numbers have in common with who is
        under the plan: a set of ("email", address) and ("number", text)."""
        living = self.env["outplacement.entitlement"].search_fetch(
            [
                ("plan_id", "=", self.id),
                ("state", "not in", ("released", "cancelled")),
                "|",
                ("email_normalized", "in", list(emails)),
                ("personnel_number", "in", list(numbers)),
            ],
            ["email_normalized", "personnel_number"],
        )
        return {
            *(("email", person.email_normalized) for person in living),
            *(("number", person.personnel_number) for person in living),
        }

    def _find_known_emails(self, emails):
        """Say which of these addresses belong to somebody who is known already.

        Of who has a login, and of who reads for the employer, nobody becomes a
        candidate by a file: they are another person, or need another contact than the
        one that is found by their address.

        :param emails: set of normalized addresses
        :returns: dict of "user", "employer" or "contact" by address
        """
        self.ensure_one()
        emails = list(emails)
        # sudo: res.partner - guards hold for whoever it is, seen or not
        Partner = self.env["res.partner"].sudo().with_context(active_test=False)
        partners = Partner.search_fetch(
            [("email_normalized", "in", emails)],
            ["email_normalized", "commercial_partner_id"],
        )
        # sudo: res.users - see above
        Users = self.env["res.users"].sudo().with_context(active_test=False)
        users = Users.search_fetch(
            ["|", ("partner_id", "in", partners.ids), ("login", "in", emails)],
            ["login", "partner_id"],
        )
        kinds = dict.fromkeys(partners.mapped("email_normalized"), "contact")
        companies = self._get_employers()
        employers = partners.filtered(lambda p: p.commercial_partner_id in companies)
        for partner in employers | (partners & self._get_employer_contacts()):
            kinds[partner.email_normalized] = "employer"
        for address in (users.partner_id & partners).mapped("email_normalized"):
            kinds[address] = "user"
        kinds.update((user.login, "user") for user in users if user.login in emails)
        return kinds

    def _get_employers(self):
        """Return the companies for which the people of the plan work."""
        # sudo: res.partner - see _find_known_emails
        plan = self.sudo()
        employers = plan.employer_id | plan.entity_ids.partner_id
        return employers.commercial_partner_id

    def _get_employer_contacts(self):
        """Return who reads for the employer."""
        # sudo: res.partner - see _find_known_emails
        return self.sudo().entity_ids.employer_contact_ids

    def _get_known_text(self, kind):
        """Return why an address of that kind is refused, False if it is not."""
        return {
            "user": self.env._(
                "Somebody with a login has this e-mail address: add this person by "
                "hand, with the contact that is meant."
            ),
            "employer": self.env._(
                "This e-mail address is of the employer or a contact of it: ask for a "
                "private one."
            ),
        }.get(kind, False)

    def _create_people(self, people):
        """Return new contacts, in one go and in order; never one that was there.

        :param people: list of (name, e-mail address)
        """
        context = {
            **clean_context(self.env.context),
            "tracking_disable": True,
            "mail_create_nosubscribe": True,
        }
        Partner = self.env(context=context)["res.partner"]
        return Partner.create(
            [
                {"name": name, "email": email, "is_company": False}
                for name, email in people
            ]
        )

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common import OutplacementCommon


@tagged("post_install", "-at_install")
class TestPartner(OutplacementCommon):
    """The contact of a candidate stands alone, and its e-mail address is a key."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person = cls.candidate.partner_id
        cls.contacts = cls._make_user("employee", "test_contacts")
        cls.contacts.group_ids += cls.env.ref("base.group_partner_manager")

    def test_a_candidate_joins_no_company(self):
        for values in (
            {"parent_id": self.employer.id},
            {"is_company": True},
            {"parent_id": self.contacts.partner_id.id},
        ):
            for user in (self.env.user, self.contacts):
                with self.case(values=values, user=user.name):
                    mine = self.person.with_user(user)
                    self.assertRefused(mine.write, values, error=ValidationError)
        with self.case(values="children of the employer"):
            mine = self.employer.with_user(self.contacts)
            children = {"child_ids": [Command.link(self.person.id)]}
            self.assertRefused(mine.write, children, error=ValidationError)
        self.person.phone = "+31 20 123 45 67"

    def test_a_contact_of_a_company_is_no_candidate(self):
        contact = self.env["res.partner"].create(
            {"name": "Contact", "parent_id": self.employer.id}
        )
        for partner in (contact, self.employer):
            with self.case(partner=partner.name):
                self.assertRefused(
                    self._make_traject, candidate_id=partner.id, error=ValidationError
                )
        with self.case(partner="named later"):
            traject = self._make_traject(candidate_id=False)
            later = traject.with_user(self.planner).write
            values = {"candidate_id": contact.id}
            self.assertRefused(later, values, error=ValidationError)

    def test_a_candidate_reads_no_reports_for_the_employer(self):
        mine = self.traject.with_user(self.planner)
        both = {"employer_contact_ids": [Command.link(self.person.id)]}
        self.assertRefused(mine.write, both, error=ValidationError)
        sold = self.traject.with_user(self.account_manager)
        self.assertRefused(sold.write, both, error=ValidationError)

    def test_candidates_are_not_merged(self):
        """With the contact would go the access, whichever of the two stays."""
        twin = self.env["res.partner"].create({"name": "Twin"})
        Wizard = self.env["base.partner.merge.automatic.wizard"]
        pair = self.person + twin
        for destination in pair:
            for user in (self.env.user, self.contacts):
                with self.case(destination=destination.name, user=user.name):
                    mine = Wizard.with_user(user).create({})
                    self.assertRefused(
                        mine._merge, pair.ids, destination, error=UserError
                    )
        again = self.env["res.partner"].create({"name": "Twin"})
        with self.case(destination="no candidate"):
            Wizard.create({})._merge((twin + again).ids, twin)
            self.assertFalse(again.exists())

    # ------------------------------------------------------------------
    # E-mail addresses
    # ------------------------------------------------------------------

    def _check_email(self, login, user, by_contact, by_user=False):
        """A new password goes to the address of ``login``: who changes it?

        :param bool by_contact: whether ``user`` does so in the contact
        :param bool by_user: whether ``user`` does so in the user
        """
        values = {"email": "somebody.else@example.com"}
        for record, allowed in ((login.partner_id, by_contact), (login, by_user)):
            mine = record.with_user(user)
            with self.case(login=login.name, user=user.name, model=record._name):
                if allowed:
                    mine.write(values)
                    self.env.flush_all()
                    self.assertEqual(record.email, values["email"])
                else:
                    self.assertRefused(mine.write, values)
                    self.assertNotEqual(record.email, values["email"])

    def _allow_contacts(self, *roles):
        for role in roles:
            self.users[role].group_ids += self.env.ref("base.group_partner_manager")

    def test_email_of_a_candidate(self):
        self._allow_contacts("planner", "manager", "coach", "account_manager")
        for user in (self.planner, self.manager):
            self._check_email(self.candidate, user, by_contact=True)
        for user in (
            self.contacts,
            self.coach,
            self.account_manager,
            self.system,
            self.env.ref("base.user_admin"),
        ):
            self._check_email(self.candidate, user, by_contact=False)

    def test_email_of_an_employer_contact(self):
        self._allow_contacts("planner", "manager", "coach", "account_manager")
        for user in (self.planner, self.manager, self.account_manager):
            self._check_email(self.employer_contact, user, by_contact=True)
        for user in (self.contacts, self.coach, self.system):
            self._check_email(self.employer_contact, user, by_contact=False)

    def test_email_by_who_administers_users(self):
        """To administer users is not enough, to plan is not either: it takes both."""
        administration = self.env.ref("base.group_erp_manager")
        logins = (self.candidate, self.employer_contact)
        for role, allowed in (("employee", False), ("planner", True)):
            user = self._make_user(role, f"test_administering_{role}")
            user.group_ids += administration
            for login in logins:
                self._check_email(login, user, by_contact=allowed, by_user=allowed)

    def test_email_of_who_has_no_login_yet(self):
        """Else who may edit contacts changes the address and sends the invitation."""
        person = self.env["res.partner"].create({"name": "New", "email": "n@b.nl"})
        self._make_traject(
            candidate_id=person.id,
            employer_contact_ids=[Command.set(self.employer_contact.partner_id.ids)],
        )
        contact = self.env["res.partner"].create(
            {"name": "Contact", "parent_id": self.employer.id}
        )
        self.traject.employer_contact_ids += contact
        Wizard = self.env["portal.wizard"].with_user(self.contacts)
        for partner in (person, contact):
            with self.case(partner=partner.name):
                mine = partner.with_user(self.contacts)
                self.assertRefused(mine.write, {"email": "somebody.else@example.com"})
            with self.case(partner=partner.name, by="portal wizard"):
                wizard = Wizard.with_context(active_ids=partner.ids).create({})
                wizard.user_ids.email = "somebody.else@example.com"
                self.assertRefused(wizard.user_ids.action_grant_access)

    def test_email_of_anybody_else(self):
        """The guard is for who has to do with a traject, and for changes."""
        partner = self.env["res.partner"].create({"name": "Else", "email": "a@b.nl"})
        partner.with_user(self.contacts).email = "b@b.nl"
        self.person.with_user(self.contacts).write(
            {"email": self.person.email, "phone": "06"}
        )

    def test_a_portal_user_changes_the_own_address(self):
        self.person.with_user(self.candidate).sudo().email = "new@example.com"
        self.assertEqual(self.candidate.email, "new@example.com")

    def test_portal_users_read_nothing_of_each_other(self):
        """Candidate and employer contacts have no commercial entity in common."""
        for reader, other in (
            (self.employer_contact, self.candidate),
            (self.candidate, self.employer_contact),
            (self.candidate, self.other_candidate),
        ):
            with (
                self.case(reader=reader.name, other=other.name),
                self.assertRaises(AccessError),
            ):
                other.partner_id.with_user(reader).read(["email", "phone"])

    def test_only_real_changes_of_candidates(self):
        """A traject that has begun keeps its candidate, and with them its papers."""
        traject = self._make_traject()
        self._assign(traject, self.coach)
        mine = traject.with_user(self.planner)
        values = {"candidate_id": self.other_candidate.partner_id.id}
        with self.case(state="intake, nothing planned"):
            mine.write(values)
        self._make_session(traject)
        self.assertRefused(mine.write, values, error=UserError)
        mine.write({"candidate_id": self.person.id})
        self._activate(traject)
        self.assertRefused(mine.write, values, error=UserError)

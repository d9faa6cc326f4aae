from odoo import api, fields, models


class OutplacementTrajectMember(models.Model):
    """Who was let into a file and who left it goes into the access log, by whatever
    code it happened."""

    _inherit = "outplacement.traject.member"

    @api.model_create_multi
    def create(self, vals_list):
        members = super().create(vals_list)
        members._log_membership("granted")
        return members

    def write(self, vals):
        result = super().write(vals)
        if {"date_to", "ended_at"} & set(vals):
            self._log_membership("ended")
        elif {"user_id", "traject_id", "role", "date_from"} & set(vals):
            self._log_membership("granted")
        return result

    def unlink(self):
        self._log_membership("ended")
        return super().unlink()

    def _log_membership(self, kind):
        self._log_access(kind, type(self)._get_membership_detail)

    def _get_membership_detail(self, kind):
        """Return the role and days of somebody let in, the moment of an end."""
        if kind == "ended" and self.access_until:
            return fields.Datetime.to_string(self.access_until)
        return f"{self.role}, {self.date_from} to {self.date_to or '-'}"

    def _log_agreement(self, kind):
        self._log_access(kind, type(self)._get_agreement_detail)

    def _get_agreement_detail(self, _kind):
        return self.agreed_on and f"{self.agreed_on}, {self.agreed_channel}"

    def _log_access(self, kind, get_detail):
        Log = self.env["outplacement.access.log"]
        rows = Log._prepare_rows(kind, self)
        for member, row in zip(self, rows, strict=True):
            row["subject_id"] = member.user_id.id
            row["detail"] = get_detail(member, kind)
        Log._append(rows)

from unittest.mock import patch

from odoo.tests import tagged

from .common_document import DocumentCommon


@tagged("post_install", "-at_install")
class TestDocumentAttachments(DocumentCommon):
    """No plain file hangs on the confidential file."""

    def test_nothing_is_attached_to_the_confidential_file(self):
        note = self._make_note().with_user(self.coach)
        session = self._make_session().with_user(self.coach)
        Attachment = self.env["ir.attachment"].with_user(self.coach)
        elsewhere = {"res_model": session._name, "res_id": session.id}
        values = {"name": "x.txt", "raw": b"x"}
        with patch.object(type(Attachment), "_file_write") as write:
            for record in (note, self.document):
                here = {"res_model": record._name, "res_id": record.id}
                for target in (
                    here,
                    {**here, "res_id": 0},
                    {"res_model": record._name},
                ):
                    for superuser in (False, True):
                        mine = Attachment.sudo(superuser)
                        with self.case(target=target, superuser=superuser):
                            self.assertRefused(mine.create, {**values, **target})
                            context = {f"default_{k}": v for k, v in target.items()}
                            there = mine.with_context(**context)
                            self.assertRefused(there.create, dict(values))
            write.assert_not_called()
        attached = Attachment.create({**values, **elsewhere})
        for record in (note, self.document):
            here = {"res_model": record._name, "res_id": record.id}
            for superuser in (False, True):
                with self.case(model=record._name, superuser=superuser):
                    self.assertRefused(attached.sudo(superuser).write, here)
                    self.assertRefused(attached.sudo(superuser).copy, here)
        self.assertEqual(attached.res_model, session._name)
        self.env["ir.default"].set("ir.attachment", "res_model", note._name)
        self.assertRefused(Attachment.create, values)

    def test_other_attachments_are_as_ever(self):
        Attachment = self.env["ir.attachment"].with_user(self.coach)
        with self.assertQueryCount(0):
            Attachment._check_not_confidential({None, False, "", "res.partner"})
        free = Attachment.create({"name": "x.txt", "raw": b"x"})
        session = self._make_session()
        free.write({"res_model": session._name, "res_id": session.id})
        self.assertEqual(free.raw, b"x")
        message = self.traject.with_user(self.coach).message_post(
            body="File", attachments=[("x.txt", b"x")]
        )
        self.assertEqual(message.attachment_ids.res_model, self.traject._name)

    def test_a_message_takes_no_file_to_the_confidential_file(self):
        """Neither has chatter; a message written by hand cannot carry one there."""
        for record in (self._make_note().with_user(self.coach), self.document):
            self.assertFalse(hasattr(record, "message_post"))
            with self.case(model=record._name):
                message = {
                    "model": record._name,
                    "res_id": record.id,
                    "body": "x",
                    "attachment_ids": [
                        (
                            0,
                            0,
                            {
                                "name": "x.txt",
                                "raw": b"x",
                                "res_model": record._name,
                                "res_id": record.id,
                            },
                        )
                    ],
                }
                Message = self.env["mail.message"].with_user(self.coach)
                self.assertRefused(Message.create, message)
                self.assertRefused(Message.sudo().create, message)

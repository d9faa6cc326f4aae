from importlib import import_module

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from .common import OutplacementCommon

ALERTS = "odoo.addons.outplacement.models.outplacement_alert"
# Odoo's ORM is not for modules to import; a test has no other way to add a model.
model_classes = import_module("odoo.orm.model_classes")

CONTENT = bytes(range(256)) * 40 + b"canary"


class Paper(models.Model):
    """A model with a sealed column of bytes, as a file would have."""

    _name = "outplacement.test.paper"
    _description = "Paper"
    _inherit = ["outplacement.sealed.mixin"]
    _module = "outplacement"

    content_cipher = fields.Binary(
        attachment=False,
        groups=fields.NO_ACCESS,
        copy=False,
        prefetch=False,
        sealed=True,
    )


@tagged("post_install", "-at_install")
class TestSealedBytes(OutplacementCommon):
    """What the mixin promises to models with files."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        model_classes.add_to_registry(cls.registry, Paper)
        cls.addClassCleanup(cls._forget_model)
        cls.registry._setup_models__(cls.env.cr, [Paper._name])
        cls.registry.init_models(
            cls.env.cr, [Paper._name], {"models_to_check": True, "module": "test"}
        )
        cls.papers = cls.env[Paper._name].create([{}, {}, {}])
        cls.papers._seal(
            "content_cipher",
            dict(zip(cls.papers.ids, (CONTENT, b"\xff\x00", False), strict=True)),
        )
        cls.env.flush_all()
        cls.env.invalidate_all()

    @classmethod
    def _forget_model(cls):
        del cls.registry[Paper._name]
        cls.registry._setup_models__(cls.env.cr, [])

    def _get_tokens(self):
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL("SELECT content_cipher FROM outplacement_test_paper ORDER BY id")
        )
        return [row[0] and bytes(row[0]) for row in rows]

    def _check_contents(self):
        self.env.invalidate_all()
        for context in ({}, {"bin_size": True}):
            contents, closed = self.papers.with_context(**context)._unseal(
                "content_cipher"
            )
            self.assertEqual(list(contents.values()), [CONTENT, b"\xff\x00", None])
            self.assertFalse(closed)

    def test_round_trip(self):
        self._check_contents()
        tokens = self._get_tokens()
        key = self.env["outplacement.key"].search([("state", "=", "current")])
        self.assertTrue(tokens[0].startswith(f"v1.{key.key_id}.".encode()))
        self.assertNotIn(b"canary", tokens[0])
        self.assertLess(len(tokens[0]), len(CONTENT) + 60, "not base64")
        self.assertIsNone(tokens[2])
        self.assertEqual(key.text_count, 2)

    def test_rotation(self):
        Key = self.env["outplacement.key"]
        key = Key.search([("state", "=", "current")])
        key._rotate()
        model = self.env[Paper._name]
        self.assertEqual(
            model._reseal("content_cipher", 0, 10), (self.papers[1].id, 2, 0)
        )
        new = Key.search([("state", "=", "current")])
        self.assertEqual((new.text_count, key.text_count), (2, 0))
        self._check_contents()
        self.assertIsNone(model._reseal("content_cipher", 0, 10))

    def test_damage(self):
        self.env.cr.execute(
            "UPDATE outplacement_test_paper SET content_cipher = %s WHERE id = %s",
            [b"\xff\x00 no token", self.papers[0].id],
        )
        self.env.invalidate_all()
        with mute_logger(ALERTS):
            contents, closed = self.papers._unseal("content_cipher")
            self.assertEqual(closed, self.papers[0])
            self.assertNotIn(self.papers[0].id, contents)
            values = dict.fromkeys(self.papers.ids, b"new")
            with self.assertRaises(UserError):
                self.papers._seal("content_cipher", values)
            self.assertEqual(self._get_tokens()[0], b"\xff\x00 no token")

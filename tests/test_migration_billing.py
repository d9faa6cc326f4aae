from datetime import date, datetime
from pathlib import Path

from lxml import etree

from odoo.modules.migration import load_script
from odoo.modules.module import get_manifest
from odoo.tests import freeze_time, tagged
from odoo.tools import SQL, file_open, parse_version
from odoo.tools.sql import column_exists

from ..hooks import ORDER_LINE_COLUMNS, _drop_specifications, pre_init_hook
from .common_life import LifeCommon

MIGRATIONS = Path(__file__).parents[1] / "migrations"
# What instalments were before they had triggers.
TRIGGER_COLUMNS = {
    "outplacement_invoice_plan_line": ("trigger", "share_type", "amount"),
    "outplacement_instalment": ("trigger", "rank"),
}
BIG_MODELS = ("account.move", "account.move.line", "sale.order", "sale.order.line")


@tagged("post_install", "-at_install")
class TestMigrationBilling(LifeCommon):
    """From the version that knew start dates only."""

    def _migrate(self, name):
        script = load_script(
            str(MIGRATIONS / "19.0.1.2.0" / f"{name}.py"), name.replace("-", "_")
        )
        self.env.flush_all()
        script.migrate(self.env.cr, "19.0.1.1.0")
        script.migrate(self.env.cr, "19.0.1.1.0")  # it may be run again
        self.env.invalidate_all()

    def _drop(self, table, *columns):
        """Bring a table back to before a version added these columns."""
        self.env.flush_all()
        for column in columns:
            self.env.cr.execute(
                SQL(
                    "ALTER TABLE %s DROP COLUMN %s CASCADE",
                    SQL.identifier(table),
                    SQL.identifier(column),
                )
            )
        self.env.invalidate_all()

    def test_no_migration_is_newer_than_the_manifest(self):
        version = parse_version(get_manifest("outplacement")["version"])
        folders = [path.name for path in MIGRATIONS.iterdir() if path.is_dir()]
        self.assertTrue(folders)
        for name in folders:
            with self.subTest(name):
                self.assertLessEqual(parse_version(name), version)

    # ------------------------------------------------------------------
    # Orders and instalments
    # ------------------------------------------------------------------

    def test_confirmed_on_the_day_of_the_company(self):
        """The order date was the day of confirmation."""
        order = self._sell(today="2026-01-05 23:30:00")
        quotation = self._quote()
        before = order.outplacement_date_confirmed
        self.assertEqual(str(before), "2026-01-06")
        self._drop("sale_order", "outplacement_date_confirmed")
        self._migrate("pre-confirmed")
        self.assertEqual(order.outplacement_date_confirmed, before)
        self.assertFalse(quotation.outplacement_date_confirmed)

    def test_confirmed_stays_confirmed(self):
        """The order date may be changed since."""
        order = self._sell(today="2026-01-05")
        before = order.outplacement_date_confirmed
        order.date_order = datetime(2026, 3, 1)
        self._migrate("pre-confirmed")
        self.assertEqual(order.outplacement_date_confirmed, before)

    def test_what_lapsed_was_cancelled(self):
        """Only cancelled trajects made instalments lapse."""
        running = self._get_instalments(self._sell_package())
        cancelled = self._sell()
        self._cancel(cancelled, "2026-01-06")
        lapsed = self._get_instalments(cancelled)
        names = ("is_lapsed", "amount_lapsed", "lapse_reason", "amount_due", "state")
        before = (running | lapsed).read(names)
        self._drop("outplacement_instalment", "amount_lapsed", "lapse_reason")
        self._migrate("pre-lapse")
        self.assertEqual((running | lapsed).read(names), before)
        self.assertEqual(set(lapsed.mapped("lapse_reason")), {"cancelled"})

    def test_what_lapsed_since_keeps_its_reason(self):
        part, whole = self._get_instalments(self._sell_package())[:2]
        part._lapse_more(part.amount / 4, "package")
        whole._lapse_more(whole.amount, "placed")
        names = ("is_lapsed", "amount_lapsed", "lapse_reason")
        before = (part | whole).read(names)
        self.assertEqual(before[0]["amount_lapsed"], part.amount / 4)
        self._migrate("pre-lapse")
        self.assertEqual((part | whole).read(names), before)

    def test_what_was_sold_counts_from_the_start(self):
        """All instalments did."""
        order = self._sell_and_start(date_start="2026-01-31")
        instalments = self._get_instalments(order)
        names = ("trigger", "rank", "date", "period_start", "period_end", "amount")
        before = instalments.read(names)
        lines = order.order_line.outplacement_plan_id.line_ids
        terms = ["trigger", "share_type", "share", "amount"]
        plans = lines.read(terms)
        for table, columns in TRIGGER_COLUMNS.items():
            self._drop(table, *columns)
        self._migrate("pre-triggers")
        self.assertEqual(instalments.read(names), before)
        self.assertEqual(lines.read(terms), plans)
        self.env.add_to_compute(instalments._fields["date"], instalments)
        self.env.add_to_compute(instalments._fields["period_start"], instalments)
        self.assertEqual(instalments.read(names), before)

    def test_what_is_sold_since_counts_from_what_it_says(self):
        instalments = self._get_instalments(self._sell_package())
        lines = instalments.sale_line_id.outplacement_plan_id.line_ids
        self.env.flush_all()
        for table, records, values in (
            (
                "outplacement_instalment",
                instalments,
                SQL("trigger = 'placement', rank = 7"),
            ),
            ("outplacement_invoice_plan_line", lines, SQL("trigger = 'placement'")),
        ):
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET %s WHERE id IN %s",
                    SQL.identifier(table),
                    values,
                    records._ids,
                )
            )
        self.env.invalidate_all()
        self._migrate("pre-triggers")
        self.assertEqual(set(instalments.mapped("trigger")), {"placement"})
        self.assertEqual(set(instalments.mapped("rank")), {7})
        self.assertEqual(set(lines.mapped("trigger")), {"placement"})

    # ------------------------------------------------------------------
    # Pauses
    # ------------------------------------------------------------------

    def _make_paused(self):
        """Return a traject that was paused before pauses were kept."""
        traject = self._sell_package().outplacement_traject_ids
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE outplacement_traject SET state = 'paused' WHERE id = %s",
            [traject.id],
        )
        self.env.invalidate_all()
        return traject

    def _track(self, traject, name, moment):
        message = self.env["mail.message"].create(
            {"model": traject._name, "res_id": traject.id, "date": moment}
        )
        field = self.env["ir.model.fields"]._get(traject._name, name)
        self.env["mail.tracking.value"].create(
            {"mail_message_id": message.id, "field_id": field.id}
        )

    def test_paused_since_its_state_says_so(self):
        traject = self._make_paused()
        running = self._sell_package().outplacement_traject_ids
        self._track(traject, "state", datetime(2026, 2, 1, 10))
        # 00:30 the next day, at the company
        self._track(traject, "state", datetime(2026, 3, 9, 23, 30))
        self._track(traject, "date_start", datetime(2026, 4, 1))
        with freeze_time("2026-05-05"):
            self._migrate("post-pauses")
        self.assertEqual(traject.pause_ids.date_from, date(2026, 3, 10))
        self.assertFalse(traject.pause_ids.date_to)
        self.assertFalse(running.pause_ids)
        with freeze_time("2026-06-01"):
            traject.with_user(self.planner)._resume(date(2026, 6, 1))
        self.assertEqual(traject.pause_ids.date_to, date(2026, 5, 31))

    def test_paused_nobody_knows_since_when(self):
        traject = self._make_paused()
        with freeze_time("2026-05-05"):
            self._migrate("post-pauses")
        self.assertEqual(traject.pause_ids.date_from, date(2026, 5, 5))

    def test_paused_until_a_known_day(self):
        """That pause stays the only one."""
        traject = self._sell_and_start(date_start="2026-01-05").outplacement_traject_ids
        with freeze_time("2026-05-05"):
            traject.with_user(self.planner)._pause(date(2026, 5, 4), date(2026, 7, 1))
            self._migrate("post-pauses")
        self.assertEqual(traject.pause_ids.date_from, date(2026, 5, 4))
        self.assertEqual(traject.pause_ids.date_to, date(2026, 7, 1))

    # ------------------------------------------------------------------
    # Rules
    # ------------------------------------------------------------------

    def test_rules_are_renewed(self):
        rules = (
            self.env["ir.model.data"]
            .search([("module", "=", "outplacement"), ("model", "=", "ir.rule")])
            .filtered(lambda data: data.name not in self._get_later_rules())
            .mapped("complete_name")
        )
        rules = self.env["ir.rule"].concat(*map(self.env.ref, rules))
        domains = {rule: rule.domain_force for rule in rules}
        rules.domain_force = "[(0, '=', 1)]"
        self._migrate("post-rules")
        self.assertEqual({rule: rule.domain_force for rule in rules}, domains)

    def _get_later_rules(self):
        """Return the names of the rules that a later version came with."""
        names = set()
        for file in ("plan", "publication"):
            with file_open(f"outplacement/security/outplacement_{file}_rules.xml") as f:
                names |= {record.get("id") for record in etree.parse(f).iter("record")}
        return names

    def test_rules_ask_the_traject_for_its_members(self):
        for rule in self.env["ir.rule"].search([]):
            with self.subTest(rule.name):
                self.assertNotIn("traject_id.member_ids", rule.domain_force or "")

    # ------------------------------------------------------------------
    # Columns of big tables
    # ------------------------------------------------------------------

    def test_columns_of_big_tables_are_made_beforehand(self):
        """Odoo would compute a new one for every record that there is."""
        expected = dict(ORDER_LINE_COLUMNS)
        found = {
            name: field.column_type[0]
            for model in BIG_MODELS
            for name, field in self.env[model]._fields.items()
            if field._module == "outplacement" and field.store and field.compute
        }
        self.assertEqual(found, expected)

    def _drop_columns(self):
        names = [name for name, _kind in ORDER_LINE_COLUMNS]
        names.remove("outplacement_plan_id")
        self._drop("sale_order_line", *names)

    def test_hook_makes_columns(self):
        self._drop_columns()
        pre_init_hook(self.env)
        for name, _kind in ORDER_LINE_COLUMNS:
            self.assertTrue(column_exists(self.env.cr, "sale_order_line", name))

    def test_specifications_go_with_the_module(self):
        invoice = self._invoice(self._sell_package(), "2026-01-12")
        invoice.outplacement_specification_file = b"c3BlYw=="
        files = invoice.with_context(bin_size=False)
        other = self.env["ir.attachment"].create(
            {"name": "x", "res_model": "account.move", "res_id": invoice.id}
        )
        self.assertTrue(files.outplacement_specification_file)
        _drop_specifications(self.env)
        self.env.invalidate_all()
        self.assertFalse(files.outplacement_specification_file)
        self.assertTrue(other.exists())

    def test_sold_packages_get_their_terms(self):
        packages = self._sell_package().order_line
        others = self._sell(self.workshop).order_line
        names = [name for name, _kind in ORDER_LINE_COLUMNS]
        before = (packages | others).read(names)
        self._drop_columns()
        self._migrate("pre-order-lines")
        self.assertEqual((packages | others).read(names), before)
        self.assertEqual(packages.outplacement_placement_rule, "fixed")

import base64
import csv
import io
from unittest.mock import patch

from lxml import etree

from odoo.tests import freeze_time, tagged

from .common_billing import TODAY
from .common_run import RunCommon

NAMESPACES = {
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
}
PDF = b"%PDF-1.7 invoice"


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestInvoiceRunSending(RunCommon):
    """Invoices that a run sends, by Odoo's own way."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        netherlands = cls.env.ref("base.nl")
        address = {
            "street": "Straat 1",
            "city": "Utrecht",
            "zip": "3500 AA",
            "country_id": netherlands.id,
        }
        cls.company.partner_id.write(
            {**address, "company_registry": "12345677", "vat": "NL123456782B90"}
        )
        cls.env["res.partner.bank"].create(
            {
                "acc_number": "NL91ABNA0417164300",
                "partner_id": cls.company.partner_id.id,
                "allow_out_payment": True,
            }
        )
        cls.employer.write(
            {
                **address,
                "company_registry": "87654321",
                "vat": "NL000099998B57",
                "outplacement_invoice_grouping": "employer",
            }
        )

    def _send(self):
        """Send what waits for it, as Odoo's job does; PDFs are none of our business."""
        Report = self.registry["ir.actions.report"]

        def render(report, ref, res_ids=None, data=None):
            return dict.fromkeys(res_ids, PDF), "pdf"

        def split(report, ref, content, kind):
            return content

        with (
            patch.object(Report, "_pre_render_qweb_pdf", render),
            patch.object(Report, "_get_splitted_report", split),
        ):
            job = self.env.ref("account.ir_cron_account_move_send")
            with self.enter_registry_test_mode():
                job.with_user(self.env.ref("base.user_root")).method_direct_trigger()
        self.env.invalidate_all()

    def test_sent_in_the_background(self):
        """Posted at once, sent by Odoo's own job."""
        orders = self._sell_due(number=2, client_order_ref="PO 1")
        run = self._run(mode="send")
        [invoice] = run.invoice_ids
        self.assertEqual((invoice.state, invoice.is_move_sent), ("posted", False))
        self.assertTrue(invoice.is_being_sent)
        triggers = self.env["ir.cron.trigger"].search([]).cron_id
        self.assertIn(self.env.ref("account.ir_cron_account_move_send"), triggers)
        self._send()
        self.assertTrue(invoice.is_move_sent)
        self.assertFalse(invoice.is_being_sent)
        [message] = invoice.message_ids.filtered("attachment_ids")
        self.assertIn(self.employer, message.partner_ids)
        names = set(message.attachment_ids.mapped("name"))
        self.assertIn("INV-2026-00001 specification.csv", names)
        self.assertTrue([name for name in names if name.endswith(".pdf")])
        self.assertEqual(orders.invoice_ids, invoice)

    # ------------------------------------------------------------------
    # Specification
    # ------------------------------------------------------------------

    def _get_rows(self, invoice):
        content = base64.b64decode(invoice.outplacement_specification_file)
        text = content.decode("utf-8-sig")
        return list(csv.reader(io.StringIO(text), delimiter=";"))

    def test_specification(self):
        """A line a traject: reference, period and amounts; nobody by name."""
        orders = self._sell_due(number=2, client_order_ref="PO 1")
        due = self._get_due(orders)
        run = self._run(mode="send")
        self._send()
        head, *rows = self._get_rows(run.invoice_ids)
        self.assertEqual(head[0], "Traject")
        self.assertEqual(
            rows,
            [
                [
                    instalment.traject_reference,
                    "",
                    "1/2",
                    "01/05/2026",
                    "04/04/2026",
                    "PO 1",
                    "500.00",
                    "EUR",
                ]
                for instalment in due
            ],
        )
        content = run.invoice_ids.outplacement_specification_file
        self.assertNotIn(self.candidate.name, base64.b64decode(content).decode())

    def test_specification_in_the_customers_language(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        self.employer.lang = "nl_NL"
        self._sell_due(number=2)
        run = self._run(mode="send")
        self._send()
        _head, row, _row = self._get_rows(run.invoice_ids)
        self.assertEqual(row[3], "05-01-2026")
        self.assertEqual(row[6:8], ["500,00", "EUR"])

    def test_specification_with_names(self):
        """Where the customer asks for them; and none of them is a formula."""
        self.employer.outplacement_invoice_identity = "name"
        self.candidate.name = "=HYPERLINK(1)"
        self._sell_due(number=2)
        run = self._run(mode="send")
        self._send()
        rows = self._get_rows(run.invoice_ids)[1:]
        self.assertEqual([row[1] for row in rows], ["'=HYPERLINK(1)"] * 2)

    def test_no_specification_of_one_traject(self):
        self._sell_due()
        run = self._run(mode="send")
        self._send()
        self.assertTrue(run.invoice_ids.is_move_sent)
        self.assertFalse(run.invoice_ids.outplacement_specification_file)

    def test_specification_is_made_anew(self):
        """An invoice that was reset to draft may be another one."""
        self._sell_due(number=2)
        run = self._run(mode="send")
        self._send()
        invoice = run.invoice_ids.with_user(self.finance)
        self.assertTrue(invoice.outplacement_specification_id)
        invoice.button_draft()
        self.env.invalidate_all()
        self.assertFalse(invoice.outplacement_specification_id)

    def test_who_sends_by_hand_sees_it(self):
        self._sell_due(number=2)
        run = self._run(mode="post")
        invoice = run.invoice_ids.with_user(self.finance)
        data = self.env["account.move.send"]._get_placeholder_mail_attachments_data(
            invoice
        )
        self.assertIn("INV-2026-00001 specification.csv", [row["name"] for row in data])

    # ------------------------------------------------------------------
    # E-invoice
    # ------------------------------------------------------------------

    def _get_xml(self, invoice, kind):
        """Return the e-invoice as Odoo makes it, without errors."""
        builder = self.env[f"account.edi.xml.{kind}"]
        content, errors = builder._export_invoice(invoice)
        self.assertFalse(errors)
        return etree.fromstring(content)

    def test_purchase_order_reference_of_the_e_invoice(self):
        """Both of Odoo's formats for the Netherlands carry it as order reference, and
        every instalment is a line with its amount."""
        self._sell_due(number=2, client_order_ref="PO 2026-77")
        run = self._run(mode="post")
        for kind in ("ubl_nl", "ubl_bis3"):
            with self.subTest(kind=kind):
                xml = self._get_xml(run.invoice_ids, kind)

                def find(path, xml=xml):
                    return [node.text for node in xml.findall(path, NAMESPACES)]

                self.assertEqual(find("cac:OrderReference/cbc:ID"), ["PO 2026-77"])
                amounts = find("cac:InvoiceLine/cbc:LineExtensionAmount")
                self.assertEqual(amounts, ["500.00", "500.00"])
                payable = find("cac:LegalMonetaryTotal/cbc:PayableAmount")
                self.assertEqual(payable, ["1210.00"])
                self.assertEqual(find("cbc:IssueDate"), [TODAY])
                text = etree.tostring(xml).decode()
                self.assertNotIn(self.candidate.name, text)
                reference = run.group_ids.instalment_ids[0].traject_reference
                self.assertIn(reference, text)

    def test_e_invoice_is_sent_along(self):
        """As the employer is set, by the same job."""
        xml = self._get_sent_xml("nlcius")
        found = xml.find("cac:OrderReference/cbc:ID", NAMESPACES)
        self.assertEqual(found.text, "PO 1")

    def _get_sent_xml(self, edi_format, **values):
        """Return the e-invoice that the job sends for an order with a reference."""
        self.employer.invoice_edi_format = edi_format
        self._sell_due(client_order_ref="PO 1", **values)
        run = self._run(mode="send")
        self._send()
        return etree.fromstring(base64.b64decode(run.invoice_ids.ubl_cii_xml_file))

    def test_buyer_reference_of_the_e_invoice(self):
        """The purchase order reference, in the place that the format has for it."""
        for edi_format in ("nlcius", "ubl_bis3"):
            with self.subTest(edi_format):
                xml = self._get_sent_xml(edi_format)
                (node,) = xml.findall("cbc:BuyerReference", NAMESPACES)
                self.assertEqual(node.text, "PO 1")
                parts = [etree.QName(child).namespace for child in xml]
                index = xml.index(node)
                self.assertEqual(set(parts[: index + 1]), {NAMESPACES["cbc"]})
                self.assertEqual(set(parts[index + 1 :]), {NAMESPACES["cac"]})

    def test_buyer_reference_of_the_customer(self):
        """Who has a reference of their own gets that one, and only once."""
        self.employer.ref = "COST-CENTRE-7"
        xml = self._get_sent_xml("nlcius")
        (node,) = xml.findall("cbc:BuyerReference", NAMESPACES)
        self.assertEqual(node.text, "COST-CENTRE-7")
        found = xml.find("cac:OrderReference/cbc:ID", NAMESPACES)
        self.assertEqual(found.text, "PO 1")

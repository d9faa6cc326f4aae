import base64
import io
import json
import os
from pathlib import Path
from unittest.mock import patch
from urllib.parse import urljoin

from PIL import Image, ImageOps

from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tests.common import ChromeBrowser
from odoo.tools import file_path

WIDE = "1280x800"
NARROW = "390x844"
PAGE = "1100x1200"
DESKTOP = "1366x768"
LOADED = "document.readyState === 'complete'"
# A page of the portal, with the last that it asks for by itself.
PORTAL = f"""
    {LOADED} && !!document.querySelector("#wrapwrap main")
    && performance.getEntriesByType("resource").some(
        (resource) => resource.name.includes("/translations")
    )
"""
# Around what is cut out.
MARGIN = 40
# Nothing moves any more: fonts and pictures are there, no request is on its way.
QUIET = """
    document.fonts.status === "loaded"
    && [...document.images].every((image) => image.complete)
    && document.getAnimations().every((animation) => animation.playState !== "running")
    && !document.querySelector(".o_loading_indicator, .o_blockUI, .fa-spin")
"""


@tagged("post_install", "-at_install", "-standard", "outplacement_screenshots")
class TestScreenshots(HttpCase):
    """The pictures in the README: the main screens of the demo bureau, in Dutch.

    Taken by ``make screenshots``, in a database with demo data.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        company = cls.env.ref("outplacement.res_company_demo")
        users = cls.env["res.users"].search([("company_id", "=", company.id)])
        users.write({"lang": "nl_NL", "tz": "Europe/Amsterdam"})
        folder = os.environ.get("OUTPLACEMENT_SCREENSHOTS")
        cls.folder = Path(
            folder
            or Path(file_path("outplacement/__manifest__.py")).parent
            / "static/description/screenshots"
        )
        cls.folder.mkdir(parents=True, exist_ok=True)

    # ------------------------------------------------------------------
    # Whose screens, and which records on them
    # ------------------------------------------------------------------

    def _get_user(self, role):
        """Return the demo user of ``role``."""
        return self.env.ref(f"outplacement.res_users_{role}_demo")

    def _get_traject(self, *domain):
        """Return the traject with the most sessions held that matches ``domain``."""
        trajects = self.env["outplacement.traject"].search([*domain])
        return trajects.sorted("session_held_count", reverse=True)[0]

    def _get_coached_traject(self):
        """Return a traject at work, with a coach, notes and sessions."""
        notes = self.env["outplacement.note"].search([])
        return self._get_traject(
            ("id", "in", notes.traject_id.ids),
            ("state", "=", "active"),
            ("coach_id", "!=", False),
        )

    def _get_note(self):
        """Return the longest note of a coach at work."""
        traject = self._get_coached_traject()
        notes = self.env["outplacement.note"].search(
            [("traject_id", "=", traject.id), ("author_id", "=", traject.coach_id.id)]
        )
        return max(notes, key=lambda n: len(n.with_user(n.author_id).body or ""))

    # ------------------------------------------------------------------
    # Screens
    # ------------------------------------------------------------------

    def test_traject_kanban(self):
        """The planner's trajects by phase."""
        self._shoot(
            "traject_kanban",
            self._get_user("planner"),
            "action-outplacement.outplacement_traject_action",
            ".o_kanban_record",
        )

    def test_traject_form(self):
        """A coach's traject."""
        traject = self._get_coached_traject()
        self._shoot(
            "traject_form",
            traject.coach_id,
            f"action-outplacement.outplacement_traject_action_mine/{traject.id}",
            ".o_form_view .o_data_row",
        )

    def test_traject_activate(self):
        """What the planner sees before a traject starts."""
        traject = self._get_traject(
            ("state", "=", "intake"),
            ("coach_id", "!=", False),
            ("candidate_id", "!=", False),
            ("sale_line_id", "!=", False),
        )
        # the plan with the most to preview
        plan = self.env.ref("outplacement.outplacement_invoice_plan_monthly")
        traject.sale_line_id.outplacement_plan_id = plan
        self._shoot(
            "traject_activate",
            self._get_user("planner"),
            f"action-outplacement.outplacement_traject_action/{traject.id}",
            "button[name=action_activate]",
            "click",
            ".modal .o_data_row",
        )

    def test_session_calendar(self):
        """The week of the bureau, as the planner sees it."""
        self._shoot(
            "session_calendar",
            self._get_user("planner"),
            "action-outplacement.outplacement_session_action_calendar",
            ".o_calendar_renderer .fc-timegrid",
        )

    def test_note_form(self):
        """A confidential note, as its author sees it."""
        note = self._get_note()
        self._shoot(
            "note_form",
            note.author_id,
            f"action-outplacement.outplacement_note_action/{note.id}",
            ".o_field_widget[name=body]",
        )

    def test_report_form(self):
        """A progress report that waits for the candidate."""
        report = self._get_report("sent", "draft", "agreed")
        self._shoot(
            "report_form",
            report.traject_id.coach_id,
            f"action-outplacement.outplacement_report_action/{report.id}",
            ".o_form_view .o_field_widget[name=reference]",
        )

    def _get_report(self, *states):
        """Return the report in the first of ``states`` that there is one in."""
        reports = self.env["outplacement.report"].search(
            [("traject_id.coach_id", "!=", False)]
        )
        return next(
            filter(None, (reports.filtered_domain([("state", "=", s)]) for s in states))
        )[:1]

    def test_report_document(self):
        """The report that the employer reads."""
        report = self._get_report("released", "agreed", "sent")
        self._shoot(
            "report_document",
            report.traject_id.coach_id,
            f"/report/html/outplacement.outplacement_report_report_progress/{report.id}",
            "main",
            size=PAGE,
            ready=LOADED,
            crop=True,
        )

    def test_instalment_list(self):
        """What finance invoices today."""
        self._shoot(
            "instalment_list",
            self._get_user("finance"),
            "action-outplacement.outplacement_instalment_action",
            ".o_list_view .o_data_row",
        )

    def test_traject_what_if(self):
        """What a placement would do to the instalments, before it is one."""
        traject = self._get_traject(
            ("state", "=", "active"),
            ("instalment_ids.state", "=", "planned"),
            ("instalment_ids.trigger", "=", "start"),
        )
        # the rule by which there is the most to preview
        line = traject.sale_line_id
        line.product_id.outplacement_placement_rule = "started_months"
        line.outplacement_placement_rule = "started_months"
        self._shoot(
            "traject_what_if",
            self._get_user("planner"),
            f"action-outplacement.outplacement_traject_action/{traject.id}",
            "button[name=action_what_if_placed]",
            "click",
            ".modal .o_data_row",
        )

    def test_invoice_run(self):
        """What finance is about to invoice, per employer."""
        self._shoot(
            "invoice_run",
            self._get_user("finance"),
            "action-outplacement.outplacement_invoice_run_start_action",
            ".modal [name=line_ids] .o_data_row",
        )

    def test_revenue_report(self):
        """What is earned and what is not, per traject."""
        self._shoot(
            "revenue_report",
            self._get_user("finance"),
            "action-outplacement.outplacement_revenue_at_date_action",
            ".modal button[name=action_open]",
            "click",
            ".o_pivot tbody tr:nth-child(2)",
        )

    def test_invoice_form(self):
        """An invoice of an instalment."""
        instalments = self.env["outplacement.instalment"].search(
            [
                ("invoice_id.state", "=", "posted"),
                ("employer_id", "!=", False),
            ]
        )
        self._shoot(
            "invoice_form",
            self._get_user("finance"),
            "action-account.action_move_out_invoice_type/"
            f"{instalments[-1:].invoice_id.id}",
            ".o_form_view .o_data_row",
        )

    def test_sale_order_form(self):
        """An order with its trajects and instalments."""
        orders = self.env["sale.order"].search(
            [("state", "=", "sale"), ("outplacement_traject_ids", "!=", False)]
        )
        order = max(orders, key=lambda order: order.outplacement_instalment_count)
        self._shoot(
            "sale_order_form",
            order.user_id,
            f"action-sale.action_orders/{order.id}",
            ".o_form_view .o_data_row",
        )

    def test_narrow_kanban(self):
        """A coach's trajects on a telephone."""
        self._shoot(
            "narrow_traject_kanban",
            self._get_coached_traject().coach_id,
            "action-outplacement.outplacement_traject_action_mine",
            ".o_kanban_record",
            size=NARROW,
        )

    def test_narrow_note(self):
        """A note on a telephone."""
        note = self._get_note()
        self._shoot(
            "narrow_note_form",
            note.author_id,
            f"action-outplacement.outplacement_note_action/{note.id}",
            ".o_field_widget[name=body]",
            size=NARROW,
        )

    def _get_portal_user(self, partner):
        """Return the user of ``partner``, who reads the portal in Dutch."""
        user = partner.user_ids[:1]
        if not user:
            company = self.env["outplacement.traject"].search([], limit=1).company_id
            values = {
                "name": partner.name,
                "partner_id": partner.id,
                "company_id": company.id,
                "company_ids": company.ids,
            }
            user = new_test_user(
                self.env, f"screenshot_{partner.id}", "base.group_portal", **values
            )
        user.write({"lang": "nl_NL", "tz": "Europe/Amsterdam"})
        user.password = user.login
        return user

    def test_portal_report(self):
        """What a candidate reads on a telephone before the employer does."""
        report = self._get_report("sent")
        self._shoot(
            "narrow_portal_report",
            self._get_portal_user(report.candidate_id),
            f"/my/traject/report/{report.id}",
            "section[name=content]",
            size=NARROW,
            ready=PORTAL,
        )

    def test_portal_trajects(self):
        """What an employer sees of the trajects that it pays for."""
        trajects = self.env["outplacement.traject"].search([])
        contacts = trajects.employer_contact_ids
        contact = max(contacts, key=lambda c: len(self._get_followed(trajects, c)))
        self._shoot(
            "portal_trajects",
            self._get_portal_user(contact),
            "/my/trajecten",
            "table tbody tr",
            size=DESKTOP,
            ready=PORTAL,
        )

    def _get_followed(self, trajects, contact):
        """Return those that ``contact`` is named in."""
        return trajects.filtered(lambda t: contact in t.employer_contact_ids)

    # ------------------------------------------------------------------
    # Camera
    # ------------------------------------------------------------------

    def _shoot(
        self, name, user, url, *steps, size=WIDE, ready="odoo.isReady", crop=False
    ):
        """Save a picture of what ``user`` sees at ``url``.

        :param url: a path, or what follows ``/odoo/`` in it
        :param steps: selectors to wait for; "click" clicks on the one before
        :param str size: of the screen
        :param str ready: what is true once the page is there
        :param bool crop: cut white paper off
        """

        def shoot(browser, *args, **kwargs):
            for previous, step in zip(("", *steps), steps, strict=False):
                if step == "click":
                    self._evaluate(browser, f"{self._find(previous)}.click()")
                else:
                    self._wait(browser, f"!!{self._find(step)}")
            self._wait(browser, QUIET)
            shot = browser._websocket_request("Page.captureScreenshot")
            self._save(name, base64.b64decode(shot["data"]), crop)

        self.browser_size, self.touch_enabled = size, size == NARROW
        with (
            patch.object(ChromeBrowser, "_wait_code_ok", shoot),
            patch.dict(os.environ, TZ=user.tz),
        ):
            self.browser_js(urljoin("/odoo/", url), "", ready, login=user.login)

    def _find(self, selector):
        return f"document.querySelector({json.dumps(selector)})"

    def _evaluate(self, browser, expression):
        browser._websocket_request(
            "Runtime.evaluate", params={"expression": expression}
        )

    def _wait(self, browser, expression):
        self.assertTrue(browser._wait_ready(expression), f"never true: {expression}")

    def _save(self, name, picture, crop):
        """Save a PNG with a palette: a third of the size, and nobody sees it."""
        image = Image.open(io.BytesIO(picture)).convert("RGB")
        if crop:
            image = image.crop(ImageOps.invert(image).getbbox())
            image = ImageOps.expand(image, MARGIN, "white")
        image = image.quantize(256, dither=Image.Dither.NONE)
        image.save(self.folder / f"{name}.png", optimize=True)

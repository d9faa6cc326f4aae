from odoo.http import content_disposition, request

from odoo.addons.portal.controllers.portal import CustomerPortal

from .document import SAFE_HEADERS

# What is personal is kept in no cache, and shown in no frame of others.
PAGE_HEADERS = {
    "Cache-Control": "no-store, private",
    "Content-Security-Policy": "frame-ancestors 'self'",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
}
# `website` gives the look of Odoo's portal, without its website builder. A replica
# serves what only reads, where there is one; what is written down is no such thing.
PAGE = {"type": "http", "auth": "user", "website": True}
READING = {**PAGE, "methods": ["GET"], "readonly": True}
LOGGING = {**PAGE, "methods": ["GET"], "readonly": False}
SENDING = {**PAGE, "methods": ["POST"]}


class PortalPages(CustomerPortal):
    """How the pages of both portals are answered.

    Odoo makes one class of all that extend its portal, those of other add-ons too:
    hence the long names.
    """

    def _answer_outplacement_page(self, template, values):
        """Return a page of this add-on, with the headers that all have."""
        frame = self._prepare_portal_layout_values()
        response = request.render(f"outplacement.{template}", {**frame, **values})
        response.headers.update(PAGE_HEADERS)
        return response

    def _answer_outplacement_file(self, name, content, mimetype="application/pdf"):
        """Return the response that saves a file, with the headers that all have."""
        headers = {
            **SAFE_HEADERS,
            "Content-Type": mimetype,
            "Content-Disposition": content_disposition(name),
        }
        return request.make_response(content, headers=headers.items())

    def _answer_outplacement_fault(self, error):
        """Return the response that says why there is no file, in place of it."""
        headers = {**SAFE_HEADERS, "Content-Type": "text/plain; charset=utf-8"}
        return request.make_response(str(error), headers.items(), status=503)

    def _read_outplacement_page_number(self, number):
        """Return the number of a page, which a query tells as a text; the first one for
        what is none."""
        if isinstance(number, int):
            return number
        return int(number) if number.isdecimal() and len(number) < 10 else 1

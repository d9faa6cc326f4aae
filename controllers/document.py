from odoo.exceptions import UserError
from odoo.http import Controller, content_disposition, request, route

# The file is saved, never shown: not in a frame, not as another type, not from a cache.
SAFE_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store, private",
    # a part of it would be decrypted, and logged, like the whole
    "Accept-Ranges": "none",
}


class OutplacementDocumentController(Controller):
    """The one way by which the documents of a confidential file leave Odoo."""

    # not readonly: a download is recorded
    @route(
        "/outplacement/document/<int:document_id>",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=False,
    )
    def download(self, document_id):
        """Send the file of a document to a user who may read it, else answer as if
        there were none."""
        document = request.env["outplacement.document"]._find_readable(document_id)
        if not document:
            message = request.env._(
                "There is no such document, or it is not yours to read."
            )
            return self._answer(404, message.encode())
        if request.httprequest.method == "HEAD":
            response = self._send(document, b"")
            response.content_length = document.size
            return response
        try:
            return self._send(document, document._open_file())
        except UserError as error:
            return self._answer(503, str(error).encode())

    def _send(self, document, content):
        """Return the response that saves ``content`` under the name of the document."""
        name = document._get_download_name()
        return self._answer(
            200,
            content,
            {
                "Content-Type": document.mimetype,
                "Content-Disposition": content_disposition(name),
            },
        )

    def _answer(self, status, content, headers=None):
        """Return a response with the headers that all have."""
        headers = {
            "Content-Type": "text/plain; charset=utf-8",
            **SAFE_HEADERS,
            **(headers or {}),
        }
        return request.make_response(content, headers=headers.items(), status=status)

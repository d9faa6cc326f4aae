from odoo.http import request

from odoo.addons.portal.controllers import web


class Home(web.Home):
    """Who logs in to the portal reads it in their own language."""

    def _login_redirect(self, uid, redirect=None):
        # EXTENDS portal. Odoo shows its portal in the language that the browser had on
        # the page to log in, by a cookie that comes before the language of the user.
        lang = request.env["outplacement.traject"]._get_portal_party_lang(uid)
        if lang:
            request.future_response.set_cookie("frontend_lang", lang)
        return super()._login_redirect(uid, redirect=redirect)

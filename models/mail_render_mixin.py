from odoo import api, models

from ..tools import cipher


class MailRenderMixin(models.AbstractModel):
    """Mails leave the house: what is in them never comes out of a confidential file."""

    _inherit = "mail.render.mixin"

    @api.model
    def _render_template(
        self,
        template_src,
        model,
        res_ids,
        engine="inline_template",
        add_context=None,
        options=None,
    ):
        """Keep files closed to templates: whoever edits one would read what those who
        send by it may read.

        :raises UserError: a template that opens a confidential text
        """
        with cipher.keep_closed():
            return super()._render_template(
                template_src, model, res_ids, engine, add_context, options
            )

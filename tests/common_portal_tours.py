import os
from pathlib import Path
from unittest.mock import patch

from odoo.tests import HttpCase
from odoo.tests.common import ChromeBrowser

# A telephone and a desktop: width, and size of the window.
SIZES = {390: "390x844", 1366: "1366x768"}
VARIABLE = "OUTPLACEMENT_AXE"


class PortalTourCommon(HttpCase):
    """Tours of the portal's pages, at the width of a telephone and of a desktop.

    A page that a tour marks by `tourUtils.checkAccessibility()` is held against WCAG.
    axe-core does so: dev/package.json pins it, and it is put into the browser's pages
    by the test alone, so that nothing of it is installed or served with the add-on.
    """

    def _tour_portal(self, name, user, width, url="/my", **kwargs):
        """Let ``user`` do the tour ``outplacement_<name>``, from ``url`` on.

        :param int width: of the window in pixels, one of :data:`SIZES`
        """
        self.browser_size, self.touch_enabled = SIZES[width], width < 768
        zone = patch.dict(os.environ, TZ=user.tz or "Europe/Amsterdam")
        with self._axe(), zone:
            self.start_tour(url, f"outplacement_{name}", login=user.login, **kwargs)
        self.env.invalidate_all()

    def _axe(self):
        """A patch by which every page that the browser opens has axe-core in it."""
        path = os.environ.get(VARIABLE)
        if not path:
            self.skipTest(f"{VARIABLE} does not tell where axe-core is")
        source = Path(path).read_text(encoding="utf-8")
        navigate_to = ChromeBrowser.navigate_to

        def navigate_with_axe(browser, *args, **kwargs):
            browser._websocket_request(
                "Page.addScriptToEvaluateOnNewDocument", params={"source": source}
            )
            return navigate_to(browser, *args, **kwargs)

        return patch.object(ChromeBrowser, "navigate_to", navigate_with_axe)

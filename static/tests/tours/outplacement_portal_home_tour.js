import {registry} from "@web/core/registry";

import {tourUtils} from "./outplacement_tour_utils";

/** Somebody of the portal sees Odoo's own first page, around which ours stand. */
registry.category("web_tour.tours").add("outplacement_portal_home", {
    steps: () => [
        {content: "The page is there", trigger: ".o_portal_my_home, .o_portal_docs"},
        tourUtils.checkAccessibility("/my"),
    ],
});

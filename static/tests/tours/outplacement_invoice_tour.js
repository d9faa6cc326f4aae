import {registry} from "@web/core/registry";

import {DUTCH, tourUtils} from "./outplacement_tour_utils";

/** Finance invoices an instalment that is due and posts the invoice. */
registry.category("web_tour.tours").add("outplacement_invoice", {
    steps: () => [
        ...tourUtils.openApp(),
        tourUtils.see(".o_breadcrumb", DUTCH.instalment),
        {
            content: "One instalment is due: select it",
            trigger: '.o_data_row:contains("TR/") .o_list_record_selector input',
            run: "click",
        },
        tourUtils.press("action_create_invoices", "Create the invoice"),
        tourUtils.seeState("draft"),
        tourUtils.see("[name=invoice_line_ids]", "TR/"),
        tourUtils.see("[name=tax_totals]", "906,99"),
        tourUtils.press("action_post", "Post it"),
        tourUtils.seeState("posted"),
    ],
});

/** Finance sees at once which instalment lacks the purchase order reference. */
registry.category("web_tour.tours").add("outplacement_missing_reference", {
    steps: () => [
        ...tourUtils.openApp(),
        {
            content: "The instalment of who requires none shows nothing",
            trigger:
                '.o_data_row:contains("Big Employer"):not(:has([name=purchase_order_ref] .badge))',
        },
        {
            content: "The reference that is there is shown",
            trigger:
                '.o_data_row:contains("Informed") [name=purchase_order_ref]:contains("PO-7")',
        },
        {
            content: "A badge says that one is missing",
            trigger:
                '.o_data_row:contains("Forgetful") [name=purchase_order_ref] .badge:not(:empty)',
        },
    ],
});

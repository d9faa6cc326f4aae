import {registry} from "@web/core/registry";

import {DUTCH, tourUtils} from "./outplacement_tour_utils";

/** Finance ends the month: sees what would be billed and what not, and sends it. */
registry.category("web_tour.tours").add("outplacement_month_end", {
    steps: () => [
        ...tourUtils.openApp(),
        tourUtils.see(".o_breadcrumb", DUTCH.instalment),
        tourUtils.openMenu("outplacement_commercial_menu"),
        tourUtils.openMenu("outplacement_invoice_run_start_menu"),
        tourUtils.see(".modal [name=line_ids] .o_data_row", "Big Employer"),
        tourUtils.see(".modal [name=line_ids] .o_data_row", "749,58"),
        {
            content: "Choose to send",
            trigger: ".modal [name=mode] input[data-value=send]",
            run: "click",
        },
        {
            content: "The one that requires a purchase order reference is left out",
            trigger: ".modal [name=line_ids]:not(:contains(Forgetful))",
        },
        {
            content: "See what is in the way",
            trigger: ".modal .nav-link[name=problems]",
            run: "click",
        },
        tourUtils.see(".modal [name=problem_ids] .o_data_row", "Forgetful"),
        ...tourUtils.pressInDialog("action_start", "Start the run"),
        tourUtils.seeState("done"),
        tourUtils.see("[name=group_ids] .o_data_row", "Big Employer"),
        tourUtils.see("button[name=action_view_set_aside]", "1"),
        tourUtils.press("action_view_invoices", "See the invoice"),
        tourUtils.see(".o_list_view .o_data_row:contains(Big Employer)", "906,99"),
        {
            content: "It is posted",
            trigger: ".o_list_view .o_data_row:contains(Geboekt)",
        },
    ],
});

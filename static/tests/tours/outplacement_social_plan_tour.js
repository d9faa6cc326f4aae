import {registry} from "@web/core/registry";

import {DUTCH, tourUtils} from "./outplacement_tour_utils";

const openPlan = () => [
    ...tourUtils.openApp(),
    tourUtils.openMenu("outplacement_commercial_menu"),
    tourUtils.openMenu("outplacement_social_plan_menu"),
    tourUtils.see(".o_breadcrumb", DUTCH.socialPlans),
    {
        content: "Open the plan",
        trigger: ".o_data_row [name=title]:contains(Closing of the depot)",
        run: "click",
    },
    tourUtils.seeState("open"),
];

const openPeople = () => [
    tourUtils.press("action_view_entitlements", "See who is entitled"),
    tourUtils.see(".o_list_view .o_data_row [name=name]", "-045"),
];

const select = (number) => ({
    content: `Select ${number}`,
    trigger: `.o_data_row:has([name=name]:contains("-${number}")) .o_list_record_selector input`,
    run: "click",
});

const seeUsed = (heads, amount) => [
    tourUtils.see(".o_form_view [name=heads_used]", heads),
    tourUtils.see(".o_form_view [name=amount_used]", amount),
];

/** The account manager calls off the 38 who chose outplacement. */
registry.category("web_tour.tours").add("outplacement_call_off_all", {
    steps: () => [
        ...openPlan(),
        ...seeUsed("0", "0,00"),
        tourUtils.see("[name=heads_entitled]", "45"),
        tourUtils.press("action_call_off", "Call off all who chose"),
        tourUtils.see(".modal [name=count]", "38"),
        tourUtils.see(".modal [name=amount]", "121.410,00"),
        tourUtils.see(".modal [name=line_ids] .o_data_row", "3.195,00"),
        ...tourUtils.pressInDialog("action_confirm", "Do it"),
        tourUtils.see(".o_form_view [name=count]", "38"),
        tourUtils.see(".o_form_view [name=amount]", "121.410,00"),
    ],
});

/** Finance bills the first half of the 38 on one invoice. */
registry.category("web_tour.tours").add("outplacement_call_off_invoice", {
    steps: () => [
        ...tourUtils.openApp(),
        tourUtils.openMenu("outplacement_commercial_menu"),
        tourUtils.openMenu("outplacement_invoice_run_start_menu"),
        tourUtils.see(".modal [name=line_ids] .o_data_row", "60.705,00"),
        {
            content: "Choose to post",
            trigger: ".modal [name=mode] input[data-value=post]",
            run: "click",
        },
        ...tourUtils.pressInDialog("action_start", "Start the run"),
        tourUtils.seeState("done"),
        tourUtils.press("action_view_invoices", "See the invoice"),
        {
            content: "Open it",
            trigger: ".o_list_view .o_data_row:contains(73.453,05) [name=name]",
            run: "click",
        },
        tourUtils.seeState("posted"),
        tourUtils.see("[name=tax_totals]", "60.705,00"),
        tourUtils.see("[name=tax_totals]", "12.748,05"),
        tourUtils.see("[name=tax_totals]", "73.453,05"),
    ],
});

/** The account manager calls off two more; the 41st is refused, in words. */
registry.category("web_tour.tours").add("outplacement_call_off_last", {
    steps: () => [
        ...openPlan(),
        ...openPeople(),
        select("039"),
        select("040"),
        tourUtils.press("action_call_off", "Call these two off"),
        tourUtils.see(".modal [name=amount]", "6.390,00"),
        ...tourUtils.pressInDialog("action_confirm", "Do it"),
        tourUtils.see(".o_form_view [name=count]", "2"),
        ...openPlan(),
        ...seeUsed("40", "127.800,00"),
        ...openPeople(),
        select("041"),
        tourUtils.press("action_call_off", "Call the 41st off"),
        tourUtils.see(".modal [name=obstacle_ids] .o_data_row", "40"),
        tourUtils.see(".modal [name=obstacle_ids] .o_data_row", "127.800,00"),
        {
            content: "It cannot be done, except by a manager",
            trigger:
                ".modal footer:has(button[name=action_leave_out]) button[special=cancel]",
            run: "click",
        },
        tourUtils.noDialog(),
    ],
});

/** One withdraws, and the 41st is called off. */
registry.category("web_tour.tours").add("outplacement_call_off_release", {
    steps: () => [
        ...openPlan(),
        ...openPeople(),
        {
            content: "Open the one who withdraws",
            trigger: '.o_data_row [name=name]:contains("-039")',
            run: "click",
        },
        tourUtils.seeState("called_off"),
        tourUtils.press("action_release", "Give the slot back"),
        tourUtils.see(".modal .o_data_row", "1.597,50"),
        ...tourUtils.pressInDialog("action_confirm", "Release the slot"),
        tourUtils.seeState("released"),
        ...openPlan(),
        ...seeUsed("39", "124.605,00"),
        ...openPeople(),
        select("041"),
        tourUtils.press("action_call_off", "Call the 41st off"),
        tourUtils.see(".modal [name=amount]", "3.195,00"),
        ...tourUtils.pressInDialog("action_confirm", "Do it"),
        tourUtils.see(".o_form_view [name=count]", "1"),
        ...openPlan(),
        ...seeUsed("40", "127.800,00"),
    ],
});

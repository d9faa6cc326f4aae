import {registry} from "@web/core/registry";

import {DUTCH, tourUtils} from "./outplacement_tour_utils";

const ROWS = ".modal [name=change_ids] .o_data_row";

/** A row of the table: the number, and what stands in one of its columns. */
function seeRow(index, column, text) {
    return tourUtils.see(`${ROWS}:eq(${index}) td[name=${column}]`, text);
}

/** The account manager asks what a placement in May would mean, and does nothing. */
registry.category("web_tour.tours").add("outplacement_what_if", {
    steps: () => [
        ...tourUtils.openApp(),
        tourUtils.openMenu("outplacement_traject_menu_root"),
        tourUtils.openMenu("outplacement_traject_menu"),
        {
            content: "Open the traject",
            trigger: '.o_kanban_record:contains("Karin Kandidaat")',
            run: "click",
        },
        tourUtils.seeState("active"),
        tourUtils.press("action_what_if_placed", "What if the candidate is placed?"),
        tourUtils.see(".modal-title", DUTCH.whatIf),
        tourUtils.see(".modal", DUTCH.questionOnly),
        {
            content: "Today, in the first month: all that follow would lapse",
            trigger: `${ROWS}:eq(11) td[name=action]:contains("${DUTCH.lapses}")`,
        },
        seeRow(1, "action", DUTCH.lapses),
        ...tourUtils.enterDate("date", "20-05-2026", ".modal"),
        {
            content: "In the fourth month: eight of the twelve lapse",
            trigger: `.modal [name=change_ids]:not(:has(.o_data_row:eq(12))) .o_data_row:eq(3) td[name=action]:contains("${DUTCH.stays}")`,
        },
        seeRow(0, "action", DUTCH.stays),
        seeRow(3, "amount_after", "749,58"),
        seeRow(4, "action", DUTCH.lapses),
        seeRow(4, "amount_before", "749,58"),
        seeRow(4, "amount_after", "0,00"),
        seeRow(11, "action", DUTCH.lapses),
        seeRow(11, "amount_before", "749,62"),
        tourUtils.see(".modal [name=change_ids] tfoot", "8.995,00"),
        tourUtils.see(".modal [name=change_ids] tfoot", "2.998,32"),
        ...tourUtils.enterDate("date", "31-01-2026", ".modal"),
        tourUtils.see(".modal .alert", DUTCH.notBeforeStart),
        {
            content: "There is nothing to show then",
            trigger: ".modal:not(:has([name=change_ids] .o_data_row))",
        },
        {
            content: "There is no button to do it",
            trigger: ".modal footer:not(:has(button[name=action_confirm]))",
        },
        {
            content: "Close the window",
            trigger: ".modal footer button[special=cancel]",
            run: "click",
        },
        tourUtils.noDialog(),
        tourUtils.seeState("active"),
    ],
});

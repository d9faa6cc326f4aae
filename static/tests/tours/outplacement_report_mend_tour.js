import {registry} from "@web/core/registry";

import {tourUtils} from "./outplacement_tour_utils";

/** Open the report of the candidate as its coach. */
function openReport(state) {
    return [
        ...tourUtils.openApp(),
        tourUtils.openMenu("outplacement_report_menu"),
        {
            content: "Open the report",
            trigger: '.o_data_row:contains("Karin Kandidaat") td[name=name]',
            run: "click",
        },
        tourUtils.seeState(state),
    ];
}

/** The coach mends what the candidate objected to, and asks again. */
registry.category("web_tour.tours").add("outplacement_report_mend", {
    steps: () => [
        ...openReport("objected"),
        tourUtils.press("action_back_to_draft", "Take it back to draft"),
        tourUtils.seeState("draft"),
        {
            content: "Mend the remark",
            trigger: ".o_field_widget[name=remark] textarea",
            run: "edit Zoekt breder",
        },
        tourUtils.press("action_send", "Send it to the candidate"),
        tourUtils.seeState("sent"),
    ],
});

/** The coach releases what the candidate agreed to. */
registry.category("web_tour.tours").add("outplacement_report_release", {
    steps: () => [
        ...openReport("agreed"),
        tourUtils.press("action_release", "Release it to the employer"),
        ...tourUtils.confirm("Yes, release it"),
        tourUtils.seeState("released"),
    ],
});

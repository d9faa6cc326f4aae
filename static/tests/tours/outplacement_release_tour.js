import {registry} from "@web/core/registry";

import {DUTCH, tourUtils} from "./outplacement_tour_utils";

/** The coach records that the candidate agrees with a report and releases it. */
registry.category("web_tour.tours").add("outplacement_release", {
    steps: () => [
        ...tourUtils.openApp(),
        {
            content: "These are the coach's trajects",
            trigger: '.o_kanban_record:contains("Karin Kandidaat")',
        },
        tourUtils.openMenu("outplacement_report_menu"),
        tourUtils.see(".o_breadcrumb", DUTCH.progressReport),
        {
            content: "Open the report that waits for an answer",
            trigger: '.o_data_row:contains("Karin Kandidaat") td[name=name]',
            run: "click",
        },
        tourUtils.seeState("sent"),
        tourUtils.press("action_record_answer", "Record the answer"),
        {
            content: "The candidate agrees",
            trigger: ".modal .o_field_widget[name=answer] input[data-value=agreed]",
            run: "click",
        },
        {
            content: "How did the candidate say so?",
            trigger: ".modal .o_field_widget[name=channel] input",
            run: "click",
        },
        {
            content: "By phone",
            trigger: ".o_select_menu_item[data-choice-index='1']",
            run: "click",
        },
        {
            content: "Record it",
            trigger: ".modal footer button.btn-primary",
            run: "click",
        },
        tourUtils.noDialog(),
        tourUtils.seeState("agreed"),
        tourUtils.press("action_release", "Release it to the employer"),
        ...tourUtils.confirm("Yes, release it"),
        tourUtils.seeState("released"),
        {
            content: "Look at the document",
            trigger: ".o_notebook a[name=document]",
            run: "click",
        },
        {
            content: "The document is there",
            trigger: ".o_field_widget[name=document_sha256]",
        },
    ],
});

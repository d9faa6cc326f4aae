import {registry} from "@web/core/registry";
import {stepUtils} from "@web_tour/tour_utils";

import {DUTCH, tourUtils} from "./outplacement_tour_utils";

const CARD = '.o_kanban_record:contains("Karin Kandidaat")';

/** The coach holds a session, writes a note, opens the next phase, drafts a report. */
registry.category("web_tour.tours").add("outplacement_guide", {
    steps: () => [
        ...tourUtils.openApp(),
        {content: "Open the traject", trigger: CARD, run: "click"},
        tourUtils.seeState("active"),
        tourUtils.press("action_new_session", "Plan a session"),
        ...tourUtils.enterDate("start", "09-02-2026 10:00", ".modal"),
        {
            content: "Where it takes place",
            trigger: ".modal .o_field_widget[name=location] input",
            run: "edit Kamer 2",
        },
        {
            content: "Save the session",
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        tourUtils.noDialog(),
        tourUtils.see("button[name=action_view_sessions]", DUTCH.session),
        tourUtils.press("action_view_sessions", "Open the sessions"),
        {
            content: "Open the planned session",
            trigger: ".o_data_row td[name=kind]",
            run: "click",
        },
        tourUtils.seeState("planned"),
        tourUtils.press("action_hold", "It was held"),
        tourUtils.seeState("held"),
        tourUtils.press("action_write_note", "Write a note"),
        tourUtils.see(".o_menu_sections", DUTCH.confidentialNote),
        {
            content: "The cursor waits where the note is written",
            trigger: ".o_field_widget[name=body] .odoo-editor-editable:focus",
        },
        {
            content: "Write what was said",
            trigger: ".o_field_widget[name=body] .odoo-editor-editable .o-paragraph",
            run: "editor Wil liever met de handen werken.",
        },
        ...stepUtils.saveForm(),
        tourUtils.press("action_sign", "Sign the note"),
        ...tourUtils.confirm("Yes, sign it"),
        {
            content: "The signed note is closed",
            trigger: ".o_field_widget[name=body].o_readonly_modifier",
        },
        ...tourUtils.openApp(),
        {
            content: "The column has counted its cards",
            trigger: ".o_kanban_group:eq(0) .o_column_progress .progress-bar",
        },
        {
            content: "Drag the card to the next phase",
            trigger: `.o_kanban_group:eq(0) ${CARD}`,
            async run(helpers) {
                // Slowly, so that a busy machine sees every move of the mouse.
                helpers.delay = 300;
                await helpers.drag_and_drop(".o_kanban_group:eq(1)");
            },
        },
        {
            content: "Open the traject in its new phase",
            trigger: `.o_kanban_group:eq(1) ${CARD}`,
            run: "click",
        },
        tourUtils.seeState("active"),
        tourUtils.see(".o_notebook a[name=phases]", DUTCH.phase),
        {
            content: "Look at what the employer is told",
            trigger: ".o_notebook a[name=employer_window]",
            run: "click",
        },
        tourUtils.press("action_record_consent", "The candidate agrees to something"),
        {
            content: "That attendance is told",
            trigger:
                ".modal .o_field_widget[name=topic] input[data-value=participation]",
            run: "click",
        },
        {
            content: "Record it",
            trigger: ".modal footer button.btn-primary",
            run: "click",
        },
        tourUtils.noDialog(),
        {
            content: "The consent is there",
            trigger: ".o_field_widget[name=consent_ids] .o_data_row",
        },
        tourUtils.press("action_new_report", "Draft a report"),
        tourUtils.seeState("draft"),
        tourUtils.see(".o_form_view", DUTCH.progressReport),
        {
            content: "The session is counted",
            trigger: ".o_field_widget[name=sessions_held]:contains(1)",
        },
        {
            content: "Remark",
            trigger: ".o_field_widget[name=remark] textarea",
            run: "edit De gesprekken verlopen volgens plan.",
        },
        ...stepUtils.saveForm(),
        tourUtils.press("action_send", "Send it to the candidate"),
        tourUtils.seeState("sent"),
    ],
});

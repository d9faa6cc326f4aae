import {registry} from "@web/core/registry";

import {DUTCH, tourUtils} from "./outplacement_tour_utils";

// The test gives the traject this one.
const REFERENCE = "TR/2026/4711";
const REQUEST = `.o_data_row:contains("${REFERENCE}") td[name=traject_reference]`;

/** Open the requests, as a manager does. */
function openRequests() {
    return [
        ...tourUtils.openApp(),
        tourUtils.openMenu("outplacement_privacy_menu"),
        tourUtils.openMenu("outplacement_break_glass_menu"),
        tourUtils.see(".o_breadcrumb", DUTCH.emergencyAccess),
    ];
}

/** The manager asks for emergency access to the file of one traject. */
registry.category("web_tour.tours").add("outplacement_emergency_request", {
    steps: () => [
        ...openRequests(),
        {content: "Ask for it", trigger: ".o_list_button_add", run: "click"},
        {
            content: "For which traject?",
            trigger: ".o_field_widget[name=traject_reference] input",
            run: `edit ${REFERENCE}`,
        },
        {
            content: "For how long?",
            trigger: ".o_field_widget[name=hours] input",
            run: "edit 2",
        },
        {
            content: "Why?",
            trigger: ".o_field_widget[name=reason] textarea",
            run: "edit De coach is onbereikbaar en er is zorg om de kandidaat.",
        },
        {
            content: "Ask",
            trigger: ".o_statusbar_buttons button[special=save]",
            run: "click",
        },
        {
            content: "It was asked for, now",
            trigger: ".o_field_widget[name=requested_at]:not(:empty)",
        },
        tourUtils.seeState("requested"),
        {
            content: "Nobody decides on their own request",
            trigger:
                ".o_form_view:not(:has(button[name=action_approve])):not(:has(button[name=action_open_notes]))",
        },
    ],
});

/** A privacy officer, who has nothing else in the app, approves the request. */
registry.category("web_tour.tours").add("outplacement_emergency_approve", {
    steps: () => [
        ...tourUtils.openApp(),
        tourUtils.see(".o_breadcrumb", DUTCH.emergencyAccess),
        {content: "Open the request", trigger: REQUEST, run: "click"},
        tourUtils.seeState("requested"),
        tourUtils.see(".o_field_widget[name=reason]", "zorg om de kandidaat"),
        tourUtils.press("action_approve", "Approve it"),
        ...tourUtils.confirm("Yes, approve it"),
        tourUtils.seeState("approved"),
        {
            content: "The file is open now, but not to who approved",
            trigger:
                ".o_form_view:has(.alert-danger):not(:has(button[name=action_open_notes]))",
        },
    ],
});

/** The manager reads a note under the banner, and ends the access. */
registry.category("web_tour.tours").add("outplacement_emergency_read", {
    steps: () => [
        ...openRequests(),
        {content: "Open the request", trigger: REQUEST, run: "click"},
        tourUtils.seeState("approved"),
        tourUtils.press("action_open_notes", "Open the notes"),
        {
            content: "Open the note",
            trigger: '.o_data_row:contains("Carla Coach") td[name=date]',
            run: "click",
        },
        tourUtils.see(".o_field_widget[name=body]", "Wil met de handen werken."),
        tourUtils.see(".alert-danger", DUTCH.emergencyAccess),
        {
            content: "The banner says until when, and there is nothing to write",
            trigger:
                ".o_form_view:has(.alert-danger [name=break_glass_until]:not(:empty)):not(:has(.odoo-editor-editable))",
        },
        tourUtils.press("action_end_break_glass", "End it"),
        tourUtils.seeState("ended"),
        {
            content: "The file is closed again",
            trigger: ".o_form_view:not(:has(button[name=action_open_notes]))",
        },
    ],
});

import {registry} from "@web/core/registry";
import {stepUtils} from "@web_tour/tour_utils";

import {DUTCH, tourUtils} from "./outplacement_tour_utils";

const CARD = '.o_kanban_record:contains("Karin Kandidaat")';
const SUCCESSOR = '[name=member_ids] .o_data_row:contains("Sanne Opvolger")';
const NOTE = '.o_data_row:contains("Carla Coach")';

/** Open the people who guide the traject, as a planner does. */
function openMembers() {
    return [
        ...tourUtils.openApp(),
        tourUtils.openMenu("outplacement_traject_menu_root"),
        tourUtils.openMenu("outplacement_traject_menu"),
        {content: "Open the traject", trigger: CARD, run: "click"},
        tourUtils.seeState("active"),
        {
            content: "Who guides it?",
            trigger: ".o_notebook a[name=members]",
            run: "click",
        },
    ];
}

/** Open the notes of the traject, as a coach does. */
function openNotes() {
    return [
        ...tourUtils.openApp(),
        {content: "Open the traject", trigger: CARD, run: "click"},
        tourUtils.seeState("active"),
        tourUtils.press("action_view_notes", "Open the notes"),
        tourUtils.see(".o_breadcrumb", DUTCH.notes),
    ];
}

/** The planner has another coach follow on; the candidate did not agree to anything. */
registry.category("web_tour.tours").add("outplacement_assign_successor", {
    steps: () => [
        ...openMembers(),
        tourUtils.press("action_assign", "Assign another coach"),
        ...tourUtils.choose("user_id", "Sanne Opvolger", ".modal"),
        {
            content: "Nothing is handed over by itself",
            trigger: ".modal .o_field_widget[name=agreed] input:not(:checked)",
        },
        ...tourUtils.pressInDialog("action_assign", "Assign"),
        tourUtils.see(".o_field_widget[name=coach_id]", "Sanne Opvolger"),
        tourUtils.see(SUCCESSOR, DUTCH.ownStart),
    ],
});

/** The planner records that the candidate agrees to hand the earlier file over. */
registry.category("web_tour.tours").add("outplacement_record_agreement", {
    steps: () => [
        ...openMembers(),
        {
            content: "The candidate agreed",
            trigger: `${SUCCESSOR} button[name=action_record_agreement]`,
            run: "click",
        },
        {
            content: "How did the candidate say so?",
            trigger: ".modal .o_field_widget[name=agreed_channel] input",
            run: "click",
        },
        {
            content: "By phone",
            trigger: ".o_select_menu_item[data-choice-index='1']",
            run: "click",
        },
        ...tourUtils.pressInDialog("action_confirm", "Hand over"),
        tourUtils.see(SUCCESSOR, DUTCH.wholeFile),
    ],
});

/** The planner assigns a successor, the candidate's agreement at hand. */
registry.category("web_tour.tours").add("outplacement_hand_over", {
    steps: () => [
        ...openMembers(),
        tourUtils.press("action_assign", "Assign another coach"),
        ...tourUtils.choose("user_id", "Sanne Opvolger", ".modal"),
        {
            content: "The candidate agrees",
            trigger: ".modal .o_field_widget[name=agreed] input",
            run: "click",
        },
        {
            content: "How did the candidate say so?",
            trigger: ".modal .o_field_widget[name=agreed_channel] input",
            run: "click",
        },
        {
            content: "In a conversation",
            trigger: ".o_select_menu_item[data-choice-index='0']",
            run: "click",
        },
        ...tourUtils.pressInDialog("action_assign", "Assign"),
        tourUtils.see(SUCCESSOR, DUTCH.wholeFile),
    ],
});

/** The successor starts with a clean file, and writes the first note in it. */
registry.category("web_tour.tours").add("outplacement_clean_start", {
    steps: () => [
        ...openNotes(),
        {content: "There is none", trigger: ".o_view_nocontent_smiling_face"},
        {content: "Write one", trigger: ".o_list_button_add", run: "click"},
        {
            content: "Write what was said",
            trigger: ".o_field_widget[name=body] .odoo-editor-editable .o-paragraph",
            run: "editor Begint opnieuw.",
        },
        ...stepUtils.saveForm(),
    ],
});

/** The successor reads what was written before. */
registry.category("web_tour.tours").add("outplacement_take_over", {
    steps: () => [
        ...openNotes(),
        {
            content: "Open the earlier note",
            trigger: `${NOTE} td[name=date]`,
            run: "click",
        },
        tourUtils.see(".o_field_widget[name=body]", "Wil met de handen werken."),
        {
            content: "It is another's: closed",
            trigger: ".o_field_widget[name=author_id]:contains('Carla Coach')",
        },
    ],
});

/** The coach who left finds the traject no more. */
registry.category("web_tour.tours").add("outplacement_left", {
    steps: () => [
        ...tourUtils.openApp(),
        {
            content: "No traject is left",
            trigger: `.o_view_nocontent_smiling_face, .o_kanban_view:not(:has(${CARD}))`,
        },
    ],
});

import {registry} from "@web/core/registry";

import {tourUtils} from "./outplacement_tour_utils";

const QUERY = "#outplacement_note_search_query";

/** The coach looks for words in the notes, stops, finds a note, opens it, comes back. */
registry.category("web_tour.tours").add("outplacement_search", {
    steps: () => [
        ...tourUtils.openApp(),
        tourUtils.openMenu("outplacement_note_menu_root"),
        tourUtils.openMenu("outplacement_note_menu_search"),
        {
            content: "Look for a word",
            trigger: `${QUERY}:focus`,
            run: "edit anders && press Enter",
        },
        {
            content: "With many notes there is a progress bar",
            trigger:
                ".progress[role=progressbar][aria-valuenow]:not([aria-valuenow='0'])",
        },
        {
            content: "Stop",
            trigger: ".o_outplacement_note_search button[name=cancel]",
            run: "click",
        },
        {
            content: "It has stopped",
            trigger:
                ".o_outplacement_note_search:not(:has(.progress)) button[type=submit]:enabled",
        },
        {content: "What was found is shown", trigger: "mark:contains(anders)"},
        {
            content: "Look for other words, of which one stands in two formats",
            trigger: QUERY,
            run: "edit HANDEN werk && press Enter",
        },
        {
            content: "It is searched to the end",
            trigger:
                ".o_outplacement_note_search:has(mark:contains(handen)) button[type=submit]:enabled",
        },
        {
            content: "One note is found",
            trigger: ".o_outplacement_note_search ul:not(:has(li:eq(1)))",
        },
        {
            content: "What is looked for is not in the address",
            trigger: "body",
            run() {
                if (window.location.href.toLowerCase().includes("handen")) {
                    throw new Error("The query is in the address of the page");
                }
                if (JSON.stringify(window.sessionStorage).includes("HANDEN")) {
                    throw new Error("The query is in the storage of the browser");
                }
            },
        },
        {
            content: "Open the note",
            trigger: ".o_outplacement_note_search li button",
            run: "click",
        },
        {
            content: "Read it",
            trigger: ".o_field_widget[name=body]:contains(Wil met de handen werken)",
        },
        {
            content: "Go back",
            trigger: ".o_breadcrumb .o_back_button, .breadcrumb-item a",
            run: "click",
        },
        {
            content: "What was found is still there",
            trigger: ".o_outplacement_note_search:has(mark:contains(handen))",
        },
        {
            content: "What is too short is not searched",
            trigger: QUERY,
            run: "edit x && press Enter",
        },
        {
            content: "Nothing is shown then",
            trigger:
                ".o_outplacement_note_search:not(:has(li)) [role=status]:not(:empty)",
        },
    ],
});

import {registry} from "@web/core/registry";
import {stepUtils} from "@web_tour/tour_utils";

import {tourUtils} from "./outplacement_tour_utils";

const FILE = ".o_field_widget[name=content]";

/** Choose a file, as a coach does in the dialog of the browser. */
function chooseFile(name, text) {
    return [
        {
            content: `Choose ${name}`,
            trigger: `${FILE} .o_select_file_button`,
            run() {
                const files = new DataTransfer();
                files.items.add(new File([text], name, {type: "application/pdf"}));
                const input = document.querySelector(`${FILE} input[type=file]`);
                input.files = files.files;
                input.dispatchEvent(new Event("change"));
            },
        },
        {
            content: "Its name is filled in",
            trigger: `.o_field_widget[name=name] input:value("${name}")`,
        },
    ];
}

/** The coach saves a CV in the file of a traject, shares it, and a newer version. */
registry.category("web_tour.tours").add("outplacement_document", {
    steps: () => [
        ...tourUtils.openApp(),
        {
            content: "Open the traject",
            trigger: '.o_kanban_record:contains("Karin Kandidaat")',
            run: "click",
        },
        tourUtils.seeState("active"),
        tourUtils.press("action_view_documents", "Open the documents"),
        {
            content: "There is none yet",
            trigger: ".o_view_nocontent_smiling_face",
        },
        {content: "Add one", trigger: ".o_list_button_add", run: "click"},
        ...chooseFile("Cv Karin.pdf", "%PDF-1.7 first"),
        {
            content: "Share it",
            trigger: ".o_field_widget[name=shared] input",
            run: "click",
        },
        ...stepUtils.saveForm(),
        {
            content: "A saved file is not chosen again",
            trigger: `.o_form_view:has(button[name=action_download]):not(:has(${FILE}))`,
        },
        tourUtils.press("action_new_version", "Replace it"),
        ...chooseFile("Cv Karin 2.pdf", "%PDF-1.7 second"),
        ...stepUtils.saveForm(),
        {
            content: "It is the second version",
            trigger: '.o_field_widget[name=version]:contains("2")',
        },
        {
            content: "Back to the first one",
            trigger: ".o_field_widget[name=replaces_id] a",
            run: "click",
        },
        {
            content: "It is replaced, and opens no new version",
            trigger:
                ".o_form_view:has(.ribbon):not(:has(button[name=action_new_version]))",
        },
    ],
});

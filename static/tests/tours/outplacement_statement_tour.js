import {registry} from "@web/core/registry";
import {stepUtils} from "@web_tour/tour_utils";

import {DUTCH, tourUtils} from "./outplacement_tour_utils";

/** Draw a line, as a finger does. */
function draw(canvas) {
    const {left, top, width, height} = canvas.getBoundingClientRect();
    const touch = (target, type, part) =>
        target.dispatchEvent(
            new PointerEvent(type, {
                bubbles: true,
                cancelable: true,
                button: 0,
                buttons: type === "pointerup" ? 0 : 1,
                isPrimary: true,
                pointerId: 1,
                pressure: 0.5,
                clientX: left + width * part,
                clientY: top + height * (0.3 + 0.4 * (part % 0.2)),
            })
        );
    touch(canvas, "pointerdown", 0.3);
    for (const part of [0.35, 0.42, 0.5, 0.57, 0.65]) {
        touch(canvas, "pointermove", part);
    }
    touch(canvas, "pointerup", 0.7);
}

/** The coach goes through the statement with the candidate, who signs on the screen. */
registry.category("web_tour.tours").add("outplacement_statement", {
    steps: () => [
        ...tourUtils.openApp(),
        {
            content: "Open the traject",
            trigger: '.o_kanban_record:contains("Karin Kandidaat")',
            run: "click",
        },
        tourUtils.seeState("active"),
        tourUtils.press("action_view_statements", "Open the statements"),
        {content: "There is none yet", trigger: ".o_view_nocontent_smiling_face"},
        {content: "Make one", trigger: ".o_list_button_add", run: "click"},
        {
            content: "The text can be read before anything is saved",
            trigger: `.o_field_widget[name=text]:contains("${DUTCH.whoReads}")`,
        },
        {
            content: "The candidate takes the pen",
            trigger: ".o_field_widget[name=signature] .o_signature",
            run: "click",
        },
        {
            content: "And signs",
            trigger: ".modal canvas.o_web_sign_signature",
            run() {
                draw(this.anchor);
            },
        },
        {
            content: "The signature is there: take it",
            trigger: ".modal footer button.btn-primary:enabled",
            run: "click",
        },
        tourUtils.noDialog(),
        {
            content: "It is on the form",
            trigger: ".o_field_widget[name=signature] img.o_signature",
        },
        ...stepUtils.saveForm(),
        tourUtils.press("action_sign", "Record it as signed"),
        ...tourUtils.confirm("Yes, it is fixed from now on"),
        tourUtils.seeState("signed"),
        {
            content: "Its document is kept, and nothing can be changed",
            trigger:
                ".o_form_view:has([name=document_sha256]):not(:has([name=party] input:enabled))",
        },
    ],
});

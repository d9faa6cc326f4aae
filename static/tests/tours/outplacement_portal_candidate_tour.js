import {registry} from "@web/core/registry";

import {tourUtils} from "./outplacement_tour_utils";

const REPORT = "a[href*='/my/traject/report/']:not([href$=document], [href$=preview])";

/** From the first page of the portal to the report that waits for an answer. */
function openReport() {
    return [
        tourUtils.follow("a[href='/my/traject']", "Open the traject"),
        {content: "The traject is there", trigger: "h1"},
        tourUtils.checkAccessibility("/my/traject"),
        tourUtils.follow(REPORT, "Open the report"),
        {content: "It can be answered", trigger: "#outplacement_remark"},
    ];
}

/** Say what the candidate says, and see that it is taken. */
function answer(value, page) {
    return [
        {
            content: `Answer: ${value}`,
            trigger: `button[name=answer][value=${value}]`,
            run: "click",
            expectUnloadPage: true,
        },
        {content: "The answer is taken", trigger: ".alert-info[role=status]"},
        tourUtils.checkAccessibility(page),
    ];
}

/** The candidate reads what the employer would read, and objects. */
registry.category("web_tour.tours").add("outplacement_portal_object", {
    steps: () => [
        ...openReport(),
        tourUtils.see("section[name=content]", "Zoekt werk in de zorg"),
        tourUtils.checkAccessibility("a report to answer"),
        {
            content: "Object without a reason",
            trigger: "button[name=answer][value=objected]",
            run: "click",
            expectUnloadPage: true,
        },
        {content: "A reason is asked for", trigger: "#outplacement_error"},
        tourUtils.checkAccessibility("a report, answered in the wrong way"),
        {
            content: "Say what should be different",
            trigger: "#outplacement_remark",
            run: "edit Laat de zorg weg, ik zoek breder",
        },
        ...answer("objected", "a report that was objected to"),
    ],
});

/** The candidate agrees to what the coach has mended. */
registry.category("web_tour.tours").add("outplacement_portal_agree", {
    steps: () => [
        ...openReport(),
        tourUtils.see("section[name=content]", "Zoekt breder"),
        ...answer("agreed", "a report that was agreed to"),
    ],
});

const TO_TRAJECT = ".o_portal_submenu a[href^='/my/traject']";

/** Open a page of the traject by its link, and hold it. */
function openPage(page) {
    return [
        tourUtils.follow(`a[href^='/my/traject/'][href$='/${page}']`, page),
        {content: `${page} is there`, trigger: "h1"},
        tourUtils.checkAccessibility(`/my/traject/…/${page}`),
    ];
}

/** The other pages of a candidate, each by its link. */
registry.category("web_tour.tours").add("outplacement_portal_pages", {
    steps: () => [
        ...openPage("file"),
        tourUtils.follow("a[href*='/my/traject/note/']", "Read the note"),
        {content: "The note is there", trigger: "h1"},
        tourUtils.checkAccessibility("a note"),
        tourUtils.follow(TO_TRAJECT, "Back to the traject"),
        ...openPage("consents"),
        tourUtils.follow("a[href*='topic=applications']", "Withdraw a consent"),
        {content: "What that means", trigger: ".alert-warning[role=status]"},
        tourUtils.checkAccessibility("a consent to withdraw"),
        {
            content: "Withdraw it",
            trigger: "form[action$=applications] button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {content: "It is withdrawn", trigger: ".alert-info[role=status]"},
        tourUtils.checkAccessibility("a consent that was withdrawn"),
        tourUtils.follow(TO_TRAJECT, "Back to the traject"),
        ...openPage("log"),
        tourUtils.follow(TO_TRAJECT, "Back to the traject"),
        ...openPage("statement"),
    ],
});

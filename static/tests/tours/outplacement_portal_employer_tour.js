import {registry} from "@web/core/registry";

import {tourUtils} from "./outplacement_tour_utils";

/** What a file is known by, as the page says it. */
async function getFingerprint(content) {
    const digest = await window.crypto.subtle.digest("SHA-256", content);
    const bytes = [...new Uint8Array(digest)];
    return bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The employer's contact finds a traject, reads its report and downloads it. */
registry.category("web_tour.tours").add("outplacement_portal_employer", {
    steps: () => [
        tourUtils.follow("a[href='/my/trajecten']", "Open the trajects"),
        {content: "There is one", trigger: "table tbody tr"},
        tourUtils.checkAccessibility("/my/trajecten"),
        tourUtils.follow("tbody th a[href^='/my/trajecten/']", "Open the traject"),
        {
            content: "Its reports are there",
            trigger: "table a[href*='/my/trajecten/rapport/']",
        },
        tourUtils.checkAccessibility("a traject of the employer"),
        tourUtils.follow("tbody th a[href*='/rapport/']", "Open the report"),
        tourUtils.see("[name=remark]", "Zoekt breder"),
        tourUtils.checkAccessibility("a released report"),
        {
            content: "What is downloaded has the fingerprint that the page tells",
            trigger: "a.btn[href$='/document']",
            async run() {
                const link = document.querySelector("a.btn[href$='/document']");
                const response = await fetch(link.href);
                const file = await response.arrayBuffer();
                const seen = document.querySelector(
                    "[name=fingerprint] .font-monospace"
                );
                const fingerprint = await getFingerprint(file);
                if (!file.byteLength || seen.textContent.trim() !== fingerprint) {
                    throw new Error(`${fingerprint}: not ${seen.textContent.trim()}`);
                }
            },
        },
        tourUtils.follow(".o_portal_submenu a[href*='/my/trajecten/']", "Go back"),
        tourUtils.follow("a[href$='/uitleg']", "Who is told what?"),
        {content: "It is told", trigger: "section li"},
        tourUtils.checkAccessibility("who is told what"),
        tourUtils.follow(".o_portal_submenu a[href='/my/trajecten']", "To the list"),
        {
            content: "Look for what is not there",
            trigger: "input[name=search]#traject_search",
            run: "edit Niemand",
        },
        {
            content: "Search",
            trigger: "form[role=search] button[type=submit]:not(.o_wait)",
            run: "click",
            expectUnloadPage: true,
        },
        {content: "Nothing is found", trigger: ".alert-info[role=status]"},
        tourUtils.checkAccessibility("/my/trajecten, nothing found"),
    ],
});

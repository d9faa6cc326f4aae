import {stepUtils} from "@web_tour/tour_utils";

// Words that the bureau reads on its screens. The tours find their way without them;
// each of them is looked for once, so that the screens are seen to be in Dutch.
export const DUTCH = {
    candidate: "Kandidaat",
    confidentialNote: "Vertrouwelijke notitie",
    emergencyAccess: "Noodtoegang",
    employer: "Werkgever",
    instalment: "Termijn",
    lapses: "Vervalt",
    notBeforeStart: "Niemand wordt geplaatst vóór de start van het traject.",
    notes: "Vertrouwelijke notities",
    ownStart: "Vanaf eigen begin",
    phase: "Fase",
    principal: "Opdrachtgever",
    progressReport: "Voortgangsrapportage",
    questionOnly: "Alleen een vraag",
    session: "Gesprek",
    socialPlans: "Sociale plannen",
    stays: "Blijft",
    traject: "Traject",
    whatIf: "Wat als geplaatst op",
    whoReads: "Wie leest wat",
    wholeFile: "Hele dossier, met instemming",
};

// What Odoo's own frame of its portal violates: not ours to mend. Each with the rule,
// so that anything else in the same place still counts.
const ODOOS_OWN = [
    // the language that one chooses at the foot of the page: orange on grey, 2.24:1
    {rule: "color-contrast", selector: ".js_language_selector button > span"},
    // pictures beside the links on that page, which say it in words
    {rule: "image-alt", selector: ".o_portal_my_home .o_portal_icon img"},
];

/** What a violation is about: the rule, and each element with what is wrong with it. */
function describeViolation({id, help, nodes}) {
    const lines = nodes.map((node) => {
        const checks = [...node.any, ...node.all, ...node.none];
        const messages = checks.map((check) => check.message).join("; ");
        return `    ${node.target.join(" ")}: ${messages}\n    ${node.html}`;
    });
    return [`${id}: ${help}`, ...lines].join("\n");
}

/** Leave out of a violation what is Odoo's own. */
function leaveOutOdoos(violation) {
    const selectors = ODOOS_OWN.filter(({rule}) => rule === violation.id);
    const isOdoos = (node) =>
        selectors.some(({selector}) =>
            document.querySelector(node.target.join(" "))?.matches(selector)
        );
    return {...violation, nodes: violation.nodes.filter((node) => !isOdoos(node))};
}

/** Addresses on other servers that the page loads something from. */
function getForeignResources() {
    const loaded = performance.getEntriesByType("resource").map(({name}) => name);
    const named = [
        ...document.querySelectorAll(
            "script[src], img[src], iframe[src], source[src], video[src], audio[src]"
        ),
    ].map(({src}) => src);
    const linked = [
        ...document.querySelectorAll("link[rel~=stylesheet], link[rel~=icon]"),
    ].map(({href}) => href);
    return [...loaded, ...named, ...linked].filter((address) => {
        const {protocol, host} = new URL(address, location.href);
        return protocol.startsWith("http") && host !== location.host;
    });
}

export const tourUtils = {
    /** Hold the page as it is now against WCAG A and AA, by axe-core, which the test put
     * there (tests/common_portal_tours.py). The tour fails on any violation, and where
     * anything comes from another server. */
    checkAccessibility(page) {
        return {
            content: `${page}: usable by everybody`,
            trigger: "main, #wrap, body",
            async run() {
                const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
                const {violations, passes} = await window.axe.run(document, {
                    runOnly: tags,
                });
                const ours = violations
                    .map(leaveOutOdoos)
                    .filter(({nodes}) => nodes.length);
                if (ours.length) {
                    const found = ours.map(describeViolation).join("\n");
                    throw new Error(`${page} (${window.innerWidth} px):\n${found}`);
                }
                const foreign = getForeignResources();
                if (foreign.length) {
                    throw new Error(`${page}: from elsewhere: ${foreign.join(" ")}`);
                }
                // the keyboard goes through the page as it is read
                const jumps = document.querySelectorAll("#wrap [tabindex]");
                if ([...jumps].some((element) => element.tabIndex > 0)) {
                    throw new Error(
                        `${page}: the keyboard leaves the order of the page`
                    );
                }
                console.log(
                    `${page} (${window.innerWidth} px): ${passes.length} rules hold`
                );
            },
        };
    },

    /** Follow a link to another page of the portal. */
    follow(trigger, content) {
        return {content, trigger, run: "click", expectUnloadPage: true};
    },

    /** Open the Outplacement app. It shows what its first menu opens for this role. */
    openApp() {
        return stepUtils.goToAppSteps(
            "outplacement.outplacement_menu_root",
            "Open the Outplacement app"
        );
    },

    /** Open a menu of the app, another one than that which is open already. */
    openMenu(name) {
        return {
            content: `Open the menu ${name}`,
            trigger: `[data-menu-xmlid="outplacement.${name}"]`,
            run: "click",
        };
    },

    /** Type a text in a many2one (or tags) field and choose what has this text. */
    choose(field, text, within = "") {
        const input = `${within} .o_field_widget[name=${field}] input`;
        return [
            {content: `Look for ${text}`, trigger: input, run: `edit ${text}`},
            {
                content: `Choose ${text}`,
                trigger: `.o-autocomplete--dropdown-item:not(.o_m2o_dropdown_option) a:contains("${text}")`,
                run: "click",
            },
        ];
    },

    /** Type a date (and time) as a Dutch user does. */
    enterDate(field, value, within = "") {
        const widget = `${within} .o_field_widget[name=${field}]`;
        return [
            {
                content: `Open the date ${field}`,
                trigger: `${widget} button, ${widget} input`,
                run: "click",
            },
            {
                content: `Enter ${value}`,
                trigger: `${widget} input:focus`,
                run: `edit ${value} && press Enter`,
            },
            {
                content: `The date ${field} is taken`,
                trigger: `${widget} button[data-tooltip^="${value}"]`,
            },
        ];
    },

    /** Press a button of the form by the name of its method. */
    press(method, content) {
        return {content, trigger: `button[name=${method}]:enabled`, run: "click"};
    },

    /** Press a button of the dialog by the name of its method and see the dialog close. */
    pressInDialog(method, content) {
        return [
            {
                content,
                trigger: `.modal footer button[name=${method}]:enabled`,
                run: "click",
            },
            this.noDialog(),
        ];
    },

    /** Say yes in the dialog that asks whether one is sure, and see it close. */
    confirm(content) {
        return [
            {content, trigger: ".modal footer button.btn-primary", run: "click"},
            this.noDialog(),
        ];
    },

    noDialog() {
        return {content: "The dialog is closed", trigger: "body:not(:has(.modal))"};
    },

    /** See the status bar of the form stand at a state. */
    seeState(state) {
        return {
            content: `The state is ${state}`,
            trigger: `.o_statusbar_status .o_arrow_button_current[data-value=${state}]`,
        };
    },

    /** See a text somewhere. */
    see(trigger, text) {
        return {content: `See “${text}”`, trigger: `${trigger}:contains("${text}")`};
    },
};

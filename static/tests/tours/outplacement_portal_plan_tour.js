import {registry} from "@web/core/registry";

import {tourUtils} from "./outplacement_tour_utils";

/** The employer's contact sees who of their people chose what. */
registry.category("web_tour.tours").add("outplacement_portal_plan", {
    steps: () => [
        tourUtils.follow("a[href='/my/sociaal-plan']", "Open the social plans"),
        {content: "There is one", trigger: "table tbody tr"},
        tourUtils.checkAccessibility("/my/sociaal-plan"),
        tourUtils.follow("tbody th a[href^='/my/sociaal-plan/']", "Open the plan"),
        {content: "Its people are there", trigger: "tbody th:contains('Anna')"},
        tourUtils.checkAccessibility("a social plan"),
        tourUtils.follow("a[href$='show=money']", "Who chose money?"),
        {content: "One did", trigger: "tbody tr:only-child th:contains('Bea')"},
        tourUtils.checkAccessibility("who chose money"),
    ],
});

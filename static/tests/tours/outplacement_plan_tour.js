import {registry} from "@web/core/registry";
import {stepUtils} from "@web_tour/tour_utils";

import {DUTCH, tourUtils} from "./outplacement_tour_utils";

/** The planner names the candidate of a sold traject, finds a coach and starts it. */
registry.category("web_tour.tours").add("outplacement_plan", {
    steps: () => [
        ...tourUtils.openApp(),
        {
            content: "Open the traject that was sold",
            trigger: '.o_data_row:contains("Big Employer") td[name=name]',
            run: "click",
        },
        tourUtils.seeState("intake"),
        tourUtils.see(".o_form_label", DUTCH.candidate),
        tourUtils.see(".o_form_label", DUTCH.employer),
        {
            content: "Who pays for it?",
            trigger: ".o_notebook a[name=commercial]",
            run: "click",
        },
        tourUtils.see(".o_form_label", DUTCH.principal),
        {
            content: "The candidate is new here",
            trigger: ".o_field_widget[name=candidate_id] input",
            run: "edit Saskia Smit",
        },
        {
            content: "Make a contact of the candidate",
            trigger: ".o-autocomplete--dropdown-item.o_m2o_dropdown_option_create a",
            run: "click",
        },
        ...stepUtils.saveForm(),
        tourUtils.press("action_assign", "Assign a coach"),
        ...tourUtils.choose("user_id", "Carla Coach", ".modal"),
        ...tourUtils.pressInDialog("action_assign", "Assign"),
        tourUtils.see(".o_field_widget[name=coach_id]", "Carla Coach"),
        tourUtils.press("action_activate", "Start the traject"),
        ...tourUtils.enterDate("date_start", "01-02-2026", ".modal"),
        {
            content: "The preview shows twelve instalments up to January",
            trigger:
                '.modal [name=line_ids] .o_data_row:eq(11):contains("749,62") td[name=date]:contains("1 jan")',
        },
        tourUtils.see(".modal [name=line_ids]", "8.995,00"),
        tourUtils.see(".modal", DUTCH.instalment),
        ...tourUtils.pressInDialog("action_activate", "Activate"),
        tourUtils.seeState("active"),
        {
            content: "Look at the instalments",
            trigger: ".o_notebook a[name=instalments]",
            run: "click",
        },
        {
            content: "The instalments have their dates",
            trigger:
                '[name=instalment_ids] .o_data_row:first td[name=date]:contains("1 feb")',
        },
    ],
});

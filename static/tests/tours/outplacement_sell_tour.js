import {registry} from "@web/core/registry";
import {stepUtils} from "@web_tour/tour_utils";

import {DUTCH, tourUtils} from "./outplacement_tour_utils";

const LINE = ".o_field_widget[name=order_line] .o_selected_row";

/** The account manager sells two packages to the employer of an opportunity. */
registry.category("web_tour.tours").add("outplacement_sell", {
    steps: () => [
        ...stepUtils.goToAppSteps("crm.crm_menu_root", "Open the CRM"),
        {
            content: "Open the opportunity",
            trigger: '.o_kanban_record:contains("Reorganisatie")',
            run: "click",
        },
        tourUtils.press("action_sale_quotations_new", "Make a quotation"),
        {
            content: "Add a line",
            trigger:
                ".o_field_widget[name=order_line] .o_field_x2many_list_row_add a:first",
            run: "click",
        },
        ...tourUtils.choose("product_template_id", "Outplacement Package", LINE),
        {
            content: "The invoice plan of the package is there",
            trigger: `${LINE} [name=outplacement_plan_preview]:contains("11 ×")`,
        },
        {
            content: "Two employees: two trajects",
            trigger: `${LINE} .o_field_widget[name=product_uom_qty] input`,
            run: "edit 2 && press Tab",
        },
        {
            content: "The price is for two",
            trigger: '.o_field_widget[name=tax_totals]:contains("17.990,00")',
        },
        ...stepUtils.saveForm(),
        tourUtils.press("action_confirm", "The employer agreed: confirm"),
        tourUtils.seeState("sale"),
        tourUtils.see("button[name=action_view_outplacement_instalments]", "24"),
        tourUtils.see("button[name=action_view_outplacement_trajects]", DUTCH.traject),
        {
            content: "Open the two trajects",
            trigger: 'button[name=action_view_outplacement_trajects]:contains("2")',
            run: "click",
        },
        {
            content: "Both wait in the first phase",
            trigger: ".o_kanban_group:first .o_kanban_record:contains('TR/'):eq(1)",
        },
        {content: "Back to the order", trigger: ".o_back_button", run: "click"},
        tourUtils.seeState("sale"),
        {content: "Back to the opportunity", trigger: ".o_back_button", run: "click"},
        {
            content: "The opportunity leads to the trajects as well",
            trigger: 'button[name=action_view_outplacement_trajects]:contains("2")',
        },
    ],
});

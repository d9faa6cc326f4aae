import {Component} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {useService} from "@web/core/utils/hooks";

/**
 * The figures of a social plan: tiles and tables, as the server tells them.
 *
 * A figure with a key opens the list of those people; which they are, the server knows.
 */
export class CockpitField extends Component {
    static template = "outplacement.CockpitField";
    static props = {...standardFieldProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
    }

    get cockpit() {
        return this.props.record.data[this.props.name] || {};
    }

    async open(key) {
        const {resModel, resId} = this.props.record;
        this.action.doAction(
            await this.orm.call(resModel, "action_view_cockpit", [[resId], key])
        );
    }
}

registry.category("fields").add("outplacement_cockpit", {
    component: CockpitField,
    supportedTypes: ["json"],
});

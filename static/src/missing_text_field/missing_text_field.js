import {Component} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

/** A text to read; where it is missing though it is required, a badge says so. */
export class MissingTextField extends Component {
    static template = "outplacement.MissingTextField";
    static props = {
        ...standardFieldProps,
        missingField: {type: String},
        placeholder: {type: String, optional: true},
    };

    get text() {
        return this.props.record.data[this.props.name];
    }

    get isMissing() {
        return !this.text && this.props.record.data[this.props.missingField];
    }
}

registry.category("fields").add("outplacement_missing_text", {
    component: MissingTextField,
    supportedTypes: ["char"],
    // In the list `missing_field` is a column of its own, hidden or not.
    extractProps: ({options, placeholder}) => ({
        missingField: options.missing_field,
        placeholder,
    }),
});

import {Component, onMounted, onWillUnmount, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";
import {useService} from "@web/core/utils/hooks";

/**
 * Has a large file checked, some hundreds of rows at a time, and shows how far it is.
 *
 * The server keeps what it has checked: whoever leaves this page goes on where they were.
 */
export class IntakeProgress extends Component {
    static template = "outplacement.IntakeProgress";
    static props = {...standardWidgetProps};

    setup() {
        this.orm = useService("orm");
        const {checked_count: checked, row_count: total} = this.props.record.data;
        this.state = useState({checked, total, isStopped: false});
        this.isGone = false;
        onMounted(() => this.check());
        onWillUnmount(() => {
            this.isGone = true;
        });
    }

    get percentage() {
        return Math.round((100 * this.state.checked) / (this.state.total || 1));
    }

    get progress() {
        return _t("%(checked)s of %(total)s rows checked", this.state);
    }

    /** Ask for the next rows until there are no more, or until the page is left. */
    async check() {
        const {record} = this.props;
        this.state.isStopped = false;
        try {
            do {
                Object.assign(
                    this.state,
                    await this.orm.silent.call(record.resModel, "check_next", [
                        [record.resId],
                    ])
                );
            } while (!this.isGone && this.state.checked < this.state.total);
        } catch (error) {
            this.state.isStopped = true;
            throw error;
        }
        if (!this.isGone) {
            await record.load();
        }
    }
}

registry.category("view_widgets").add("outplacement_intake_progress", {
    component: IntakeProgress,
    fieldDependencies: [
        {name: "checked_count", type: "integer"},
        {name: "row_count", type: "integer"},
    ],
});

import {deserializeDate, formatDate} from "@web/core/l10n/dates";
import {useAutofocus, useService} from "@web/core/utils/hooks";
import {Component, useState} from "@odoo/owl";
import {Layout} from "@web/search/layout";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {useSetupAction} from "@web/search/action_hook";

const BATCH = 250;
const MOST_SHOWN = 100;
const PROGRESS_ABOVE = 1000;
const MIN_LENGTH = 2;

/**
 * Looks for words in the notes that the user may read, some hundreds at a time.
 *
 * What is looked for is in the memory of this page only: not in its address, not in the
 * browser's storage, not in the database. The server answers with plain text.
 */
export class NoteSearch extends Component {
    static template = "outplacement.NoteSearch";
    static components = {Layout};
    static props = {...standardActionServiceProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.display = {controlPanel: {}};
        this.input = useAutofocus({refName: "query"});
        this.turn = 0;
        this.state = useState({
            query: "",
            ...this.nothing,
            ...this.props.state?.search,
        });
        useSetupAction({getLocalState: () => ({search: this.getStateToKeep()})});
    }

    get nothing() {
        return {
            phase: "idle",
            notes: [],
            hasMore: false,
            searched: 0,
            total: 0,
            unopenable: 0,
        };
    }

    /** What is shown again to who comes back from a note. */
    getStateToKeep() {
        const phase = this.isBusy ? "stopped" : this.state.phase;
        return {...this.state, phase};
    }

    get isBusy() {
        return this.state.phase === "busy";
    }

    get showsProgress() {
        return this.isBusy && this.state.total > PROGRESS_ABOVE;
    }

    get percentage() {
        return Math.round((100 * this.state.searched) / (this.state.total || 1));
    }

    // ------------------------------------------------------------------
    // Searching
    // ------------------------------------------------------------------

    async search() {
        const query = this.state.query.trim();
        this.turn += 1;
        Object.assign(this.state, this.nothing);
        if (query.length < MIN_LENGTH) {
            this.state.phase = "short";
            this.input.el.focus();
            return;
        }
        this.state.phase = "busy";
        try {
            await this.searchBatches(query, this.turn);
        } catch (error) {
            this.cancel();
            throw error;
        }
    }

    /** Ask for batches until there are no more, or until something else is asked. */
    async searchBatches(query, turn) {
        let after = false;
        do {
            const answer = await this.orm.silent.call(
                "outplacement.note",
                "search_in_caseload",
                [query],
                {after, limit: BATCH}
            );
            if (turn !== this.turn) {
                return;
            }
            this.take(answer);
            after = answer.next;
        } while (after && !this.state.hasMore);
        this.state.phase = "done";
    }

    take(answer) {
        const notes = [...this.state.notes, ...answer.notes];
        this.state.notes = notes.slice(0, MOST_SHOWN);
        this.state.hasMore = notes.length > MOST_SHOWN;
        this.state.searched += answer.searched;
        this.state.total = answer.total ?? this.state.total;
        this.state.unopenable += answer.unopenable;
    }

    cancel() {
        this.turn += 1;
        this.state.phase = "stopped";
        this.input.el.focus();
    }

    // ------------------------------------------------------------------
    // What is told
    // ------------------------------------------------------------------

    get progress() {
        return _t("%(searched)s of %(total)s notes searched", this.state);
    }

    get status() {
        const {phase, notes, hasMore} = this.state;
        if (phase === "idle") {
            return "";
        }
        if (phase === "busy") {
            return _t("Searching...");
        }
        if (phase === "short") {
            return _t("Type at least 2 characters.");
        }
        const found = hasMore
            ? _t("The %s newest notes are shown: add a word to refine.", MOST_SHOWN)
            : this.getCount(notes.length);
        return phase === "stopped" ? `${found} ${this.getStopped()}` : found;
    }

    getCount(count) {
        if (!count) {
            return _t("No note found.");
        }
        return count === 1 ? _t("1 note found.") : _t("%s notes found.", count);
    }

    getStopped() {
        return _t("Stopped after %(searched)s of %(total)s notes.", this.state);
    }

    get skipped() {
        return _t(
            "Could not be opened on this server, and not searched: %s.",
            this.state.unopenable
        );
    }

    formatDate(note) {
        return formatDate(deserializeDate(note.date));
    }

    open(note) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "outplacement.note",
            res_id: note.id,
            views: [[false, "form"]],
        });
    }
}

registry.category("actions").add("outplacement_note_search", NoteSearch);

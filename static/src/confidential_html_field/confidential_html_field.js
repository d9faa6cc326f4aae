import {HtmlField, htmlField} from "@html_editor/fields/html_field";
import {onMounted} from "@odoo/owl";
import {registry} from "@web/core/registry";

// What would carry the text, or a picture in it, out of the note: a translation by a
// service outside the house, and uploads, which become files of their own.
const CLOSED_PLUGINS = new Set([
    "chatgpt_translate",
    "dblclickImagePreview",
    "file",
    "image",
    "imageCrop",
    "imagePostProcess",
    "imageSave",
    "media",
    "mediaUrlPaste",
    "video",
    "youtube",
]);

/** The rich text of a confidential note: formatted words, and nothing that leaves. */
export class ConfidentialHtmlField extends HtmlField {
    setup() {
        super.setup();
        onMounted(() => {
            // By its id a form finds the field that has the default focus.
            if (this.props.id && this.editor?.editable) {
                this.editor.editable.id = this.props.id;
            }
        });
    }

    getConfig() {
        const config = super.getConfig();
        return {
            ...config,
            Plugins: config.Plugins.filter((plugin) => !CLOSED_PLUGINS.has(plugin.id)),
            dropImageAsAttachment: false,
            resources: {
                ...config.resources,
                bypass_paste_image_files: [() => true],
            },
        };
    }
}

registry.category("fields").add("outplacement_confidential_html", {
    ...htmlField,
    component: ConfidentialHtmlField,
    additionalClasses: ["o_field_html"],
});

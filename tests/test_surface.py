import ast
import base64
import itertools
from collections import Counter
from pathlib import Path

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .common import OutplacementCommon

MODULE = Path(__file__).parents[1]
# Where rights are left aside, how often, by hand: a new one is looked at twice.
SUDO = {
    "models/account_move.py": {
        "_get_outplacement_buyer_reference": 1,
        "_get_outplacement_line_warnings": 1,
        "_get_outplacement_purchase_order_text": 1,
        "_set_outplacement_ref": 2,
        "_take_over_outplacement_instalments": 1,
    },
    "models/account_move_credit.py": {
        "_check_outplacement_excess": 1,
        "_create_outplacement_credit_notes": 1,
        "_get_outplacement_credit_alerts": 1,
    },
    "models/account_move_line.py": {
        "_reclaim_outplacement_instalments": 1,
        "_release_outplacement_instalment": 1,
    },
    "models/account_move_given_up.py": {"_schedule_outplacement_decision": 1},
    "models/account_move_guard.py": {"_get_outplacement_customer_ref": 1},
    "models/account_move_line_given_up.py": {
        "_forget_outplacement_release": 1,
        "_get_outplacement_given_up": 1,
    },
    "models/account_move_line_guard.py": {"create": 1},
    "models/account_move_line_credit.py": {
        "_carry_outplacement_lapses": 1,
        "_check_outplacement_credit": 1,
        "_copy_outplacement_consequence": 1,
        "_follow_outplacement_credit": 1,
        "_undo_outplacement_credit": 1,
    },
    "models/account_move_revival.py": {"_create_outplacement_revivals": 1},
    "models/calendar_event.py": {"_compute_display_name": 2, "_move_sessions": 3},
    "models/ir_attachment.py": {"write": 1},
    "models/ir_attachment_report.py": {
        "_filter_linkable": 1,
        "_get_released_report": 1,
    },
    "models/crm_lead_plan.py": {
        "_merge_dependences": 1,
        "_update_revenues_from_so": 1,
    },
    "models/outplacement_consent.py": {
        "_give_by_candidate": 1,
        "_withdraw": 1,
        "_withdraw_by_candidate": 1,
    },
    "models/outplacement_statement_consent.py": {"_record_consents": 1},
    "models/outplacement_traject_consent.py": {"_tell_of_consents": 1},
    "models/outplacement_cancellation_fee.py": {"_get_fee": 1},
    "models/outplacement_confidential_break_glass.py": {"_filter_emergency": 1},
    "models/outplacement_document_file.py": {"_set_file_facts": 1},
    "models/outplacement_access_log.py": {
        "_append": 1,
        "_filter_not_read": 1,
        "_get_named": 1,
        "_keep_refused": 1,
    },
    "models/outplacement_access_log_guard.py": {
        "_get_groups": 1,
        "_get_holder_texts": 1,
        "_get_holders": 1,
    },
    "models/outplacement_break_glass.py": {
        "_check_request": 1,
        "_find_traject": 1,
        "_get_open_twins": 1,
        "_log_access": 1,
        "create": 1,
    },
    "models/outplacement_break_glass_flow.py": {
        "_decide": 1,
        "_end_without_group": 1,
        "_get_decision_obstacle": 1,
        "_notify": 1,
        "_tell_candidate": 1,
        "_tell_guides": 2,
        "action_end": 2,
    },
    "models/outplacement_instalment_log.py": {"_log_on_order": 1},
    "models/outplacement_instalment_state.py": {"_search_falling_due": 1},
    "models/account_move_send.py": {"_link_invoice_documents": 1},
    "models/account_move_specification.py": {
        "_is_outplacement_collective": 1,
        "_get_outplacement_specification": 1,
    },
    "models/outplacement_instalment_run.py": {"_set_aside": 1},
    "models/outplacement_invoice_run.py": {"_start": 1, "action_stop": 1},
    "models/outplacement_invoice_run_billing.py": {"_queue_sending": 1},
    "models/outplacement_invoice_run_work.py": {
        "_finish": 3,
        "_retry": 1,
        "_take_groups": 1,
        "_wake_workers": 1,
    },
    "models/outplacement_instalment_earning.py": {
        "_fetch_earning": 1,
        "_get_earning_period": 1,
    },
    "models/outplacement_instalment_invoicing.py": {
        "_generate_for_trajects": 1,
        "_get_invoice_identity": 1,
        "_regenerate": 1,
        "action_revive": 1,
    },
    "models/outplacement_instalment_terms.py": {"_get_terms": 1, "_is_waiting": 1},
    "models/outplacement_instalment_withdrawal.py": {"_update_withdrawable": 1},
    "models/outplacement_invoice_plan.py": {
        "_check_sold_company": 1,
        "_filter_sold": 1,
    },
    "models/outplacement_alert.py": {
        "_own_transaction": 1,
        "_report": 1,
        "_tell": 1,
        "action_done": 1,
    },
    "models/outplacement_key.py": {"action_confirm_backup": 1},
    "models/outplacement_key_rotation.py": {"action_rotate": 1},
    "models/outplacement_note.py": {
        "action_amend": 1,
        "action_sign": 1,
    },
    "models/outplacement_report_facts.py": {"_refresh_facts": 1},
    "models/outplacement_revenue_booking_entry.py": {"_make_entry": 1},
    "models/outplacement_report_deadline.py": {"_record_silence": 1, "_remind": 1},
    "models/outplacement_report_release.py": {"_notify_employer": 1},
    "models/outplacement_report_portal_employer.py": {"_get_portal_employer_frame": 1},
    "models/outplacement_traject_portal_employer.py": {
        "_get_portal_employer_source": 1,
    },
    "models/outplacement_document_portal.py": {"_upload_in_portal": 1},
    "models/outplacement_traject_portal_candidate.py": {"_search_as_candidate": 1},
    "models/outplacement_traject_upload.py": {"_schedule_candidate_activity": 1},
    "models/outplacement_traject_portal.py": {
        "_end_portal_sessions": 1,
        "_get_portal_party_lang": 1,
        "_get_portal_partners": 1,
    },
    "models/outplacement_report_flow.py": {
        "_notify_candidate": 1,
        "_set_state": 1,
        "_tell_of_answer": 1,
        "action_answer": 2,
        "action_supersede": 1,
    },
    "models/outplacement_session_calendar.py": {"_sync_events": 2},
    "models/outplacement_session_flow.py": {"_set_state": 1},
    "models/outplacement_sealed_mixin.py": {"_get_sealed_records": 1},
    "models/outplacement_session_invitation.py": {
        "_send_invitation": 1,
        "action_send_invitation": 1,
    },
    "models/outplacement_traject.py": {"_get_next_reference": 1},
    "models/outplacement_traject_report.py": {
        "_draft_due_report": 1,
        "_draft_report_until": 1,
        "_end_report_activity": 1,
        "_schedule_report_activity": 1,
    },
    "models/outplacement_statement.py": {"action_sign": 1},
    "models/outplacement_traject_access.py": {"_has_matters_of_candidate": 1},
    "models/outplacement_traject_assignment.py": {
        "_assign_member": 2,
        "_schedule_assignment": 1,
    },
    "models/outplacement_traject_billing.py": {
        "_get_spread_terms": 1,
        "_on_cancelled": 1,
        "_spread_instalments": 1,
    },
    "models/outplacement_traject_earning.py": {"_get_term_invoice_lines": 1},
    "models/outplacement_traject_facts.py": {"_get_billing_facts": 1},
    "models/outplacement_traject_cancellation.py": {
        "_cancel_with_fee": 1,
        "_check_cancellation_date": 1,
        "_get_cancellation_changes": 1,
    },
    "models/outplacement_traject_change.py": {
        "_get_changes": 1,
        "_get_what_if_refusal": 1,
        "_log_change": 1,
        "_log_instalments": 1,
    },
    "models/outplacement_traject_job_lost.py": {
        "_get_probation_end": 1,
        "_register_job_lost": 1,
    },
    "models/outplacement_traject_flow.py": {
        "_cancel_planned_sessions": 1,
        "_create_phases": 1,
        "_enter_state": 1,
    },
    "models/outplacement_traject_pause.py": {
        "_begin_pause": 1,
        "_end_pause": 1,
        "_get_pauses": 1,
    },
    "models/outplacement_traject_start.py": {
        "_get_fixed_start_text": 1,
        "_log_start_on_order": 1,
    },
    "models/outplacement_traject_package.py": {
        "_get_package_changes": 1,
        "_set_package": 1,
    },
    "models/outplacement_traject_sale.py": {
        "_get_extra_lines": 1,
        "_is_sold_by_user": 1,
    },
    "models/outplacement_traject_mail.py": {"_check_internal_recipients": 1},
    "models/outplacement_traject_statement.py": {"_get_statement_invoices": 1},
    "models/outplacement_traject_member.py": {
        "action_end": 1,
        "action_match_no": 1,
        "action_match_yes": 1,
    },
    "models/outplacement_traject_member_volume.py": {
        "_notify_handover": 1,
        "_record_agreement": 1,
        "action_withdraw_agreement": 1,
    },
    "models/outplacement_traject_phase.py": {"_set_state": 1},
    "models/product_template.py": {
        "_check_outplacement_fee": 1,
        "_check_outplacement_sold": 1,
    },
    "models/res_company.py": {"_get_outplacement_zone": 1},
    "models/res_company_calendar.py": {"_get_outplacement_working_day": 1},
    "models/res_partner.py": {
        "_filter_employer_contacts": 1,
        "_filter_traject_candidates": 1,
    },
    "models/sale_order.py": {
        "_action_cancel": 1,
        "_check_outplacement_invoiced": 1,
        "_create_account_invoices": 1,
        "_update_outplacement_purchase_order_refs": 1,
    },
    "models/sale_order_facts.py": {
        "_get_outplacement_sale_facts": 1,
        "_set_outplacement_date_confirmed": 1,
    },
    "models/sale_order_line_facts.py": {"_set_outplacement_date_sold": 1},
    "models/sale_order_line_fixed.py": {"_check_outplacement_unlink": 1},
    "models/sale_order_line_plan.py": {
        "_get_outplacement_price_error": 1,
        "_get_outplacement_span": 1,
    },
    "models/sale_order_line.py": {
        "_create_outplacement_trajects": 1,
        "_get_outplacement_trajects": 1,
    },
    "models/sale_order_line_invoicing.py": {"_get_outplacement_instalments": 1},
    "models/outplacement_group_report.py": {"_get_lines": 1, "_lock_history": 1},
    "models/outplacement_group_report_figures.py": {
        "_get_agreed_section": 1,
        "_get_trajects": 1,
    },
    "models/outplacement_publication_mixin.py": {"_refresh": 1, "action_release": 1},
    "models/outplacement_entitlement.py": {"_number": 1},
    "models/outplacement_entitlement_flow.py": {
        "_check_releasable": 1,
        "_release": 1,
        "_set_state": 1,
        "action_release": 1,
    },
    "models/outplacement_social_plan_intake.py": {
        "_find_known_emails": 2,
        "_get_employer_contacts": 1,
        "_get_employers": 1,
    },
    "models/outplacement_entitlement_spending.py": {"_spend": 2},
    "models/sale_order_line_spending.py": {"_check_outplacement_spent": 1},
    "wizards/outplacement_entitlement_spend.py": {"_compute_refusal_text": 2},
    "models/outplacement_social_plan.py": {"_get_next_reference": 1},
    "models/outplacement_social_plan_call_off.py": {"_call_off": 2},
    "models/outplacement_social_plan_flow.py": {"_set_state": 1},
    "models/outplacement_social_plan_package.py": {"_update_pricelist": 1},
    "models/outplacement_entitlement_portal.py": {"_get_portal_people_source": 1},
    "models/outplacement_social_plan_portal.py": {"_get_portal_employer_source": 1},
    "models/outplacement_social_plan_usage.py": {
        "_get_entitlements": 1,
        "_get_other_amounts": 1,
        "_get_person_amounts": 1,
    },
    "models/outplacement_traject_conflict.py": {
        "_check_account_role": 1,
        "_filter_conflicting": 1,
        "_has_account_role": 2,
        "_is_conflict_open": 1,
        "action_refer_out": 1,
    },
    "models/outplacement_traject_plan.py": {
        "_check_candidate_change": 1,
        "_check_pool": 1,
        "_get_cancellation_percent": 1,
        "_on_cancelled": 1,
    },
    "models/outplacement_traject_unseen.py": {"_search_is_unseen": 1},
    "models/res_partner_plan.py": {
        "_filter_employer_contacts": 1,
        "_filter_entitled": 1,
        "_filter_guarded_candidates": 2,
    },
    "models/sale_order_call_off.py": {
        "_get_outplacement_call_off_error": 1,
        "_is_outplacement_billed_together": 1,
    },
    "models/sale_order_line_call_off.py": {"_prepare_outplacement_traject_values": 1},
    "models/sale_order_line_social_plan.py": {
        "_check_outplacement_budgets": 1,
        "_get_outplacement_payer_error": 1,
        "_is_outplacement_kept_elsewhere": 1,
    },
    "models/sale_order_social_plan.py": {"_is_outplacement_of_plan": 1},
    "models/outplacement_social_plan_standing.py": {"_get_other_amounts": 1},
    "models/outplacement_instalment_social_plan.py": {"_check_kept_by_plans": 1},
    "models/product_pricelist_item.py": {"_check_outplacement_agreed": 1},
    "models/outplacement_entitlement_access.py": {"_check_same_person": 1},
    "models/outplacement_social_plan_entity.py": {"_check_contacts": 1},
    "wizards/outplacement_call_off_start.py": {"_compute_preview": 2},
    "wizards/outplacement_entitlement_intake_import.py": {"_import": 1},
    "wizards/outplacement_entitlement_release.py": {"_get_traject": 1},
    "wizards/outplacement_social_plan_amend.py": {
        "_create_amendment": 1,
        "action_confirm": 1,
    },
    "wizards/outplacement_change_mixin.py": {
        "_get_all_instalments": 1,
        "_get_today": 1,
    },
    "models/sale_order_line_traject.py": {
        "_check_outplacement_fixed": 1,
        "_get_outplacement_for_trajects": 1,
        "_get_outplacement_span": 1,
    },
    "models/sale_order_line_traject_sale.py": {
        "_get_outplacement_later_error": 1,
        "_sell_for_outplacement_trajects": 1,
    },
    "wizards/outplacement_sell_mixin.py": {"_get_new_changes": 1, "_get_order": 1},
    "wizards/outplacement_traject_package.py": {
        "_apply": 1,
        "_get_default_price": 1,
        "_get_extra": 1,
    },
    "wizards/outplacement_traject_activate.py": {"action_activate": 1},
    "wizards/outplacement_traject_close.py": {"_get_fee_text": 1},
}
# Every public method of ours, with the arguments that it is called with here.
METHODS = {
    "crm.lead": {
        "action_new_outplacement_social_plan": (),
        "action_view_outplacement_social_plans": (),
        "action_view_outplacement_trajects": (),
    },
    "sale.order": {
        "action_view_outplacement_instalments": (),
        "action_view_outplacement_trajects": (),
    },
    "outplacement.alert": {"action_done": ()},
    "outplacement.call.off": {"action_view_order": ()},
    "outplacement.call.off.start": {"action_confirm": (), "action_leave_out": ()},
    "outplacement.entitlement": {
        "action_call_off": (),
        "action_cancel": (),
        "action_entitle": (),
        "action_release": (),
        "action_spend": (),
        "action_view_traject": (),
    },
    "outplacement.entitlement.intake": {
        "action_check": (),
        "action_download_template": (),
        "action_download_to_mend": (),
        "action_import_all": (),
        "action_import_good": (),
        "action_restart": (),
        "action_view_people": (),
        "action_view_problems": (),
        "check_next": (),
    },
    "outplacement.entitlement.spend": {"action_confirm": ()},
    "outplacement.entitlement.release": {"action_confirm": ()},
    "outplacement.social.plan": {
        "action_amend": (),
        "action_call_off": (),
        "action_close": (),
        "action_import_people": (),
        "action_open": (),
        "action_open_cockpit": (),
        "action_reconcile": (),
        "action_sign": (),
        "action_view_call_offs": (),
        "action_view_cockpit": ("promised",),
        "action_view_entitlements": (),
        "action_view_group_reports": (),
        "action_view_instalments": (),
        "action_view_opportunity": (),
        "action_view_trajects": (),
    },
    **{
        model: {"action_preview": (), "action_refresh": (), "action_release": ()}
        for model in ("outplacement.group.report", "outplacement.result.report")
    },
    "outplacement.social.plan.amend": {"action_confirm": ()},
    "outplacement.social.plan.reconcile": {
        "action_compare": (),
        "action_restart": (),
    },
    "outplacement.instalment": {
        "action_create_invoices": (),
        "action_release": (),
        "action_revive": (),
        "action_view_invoice": (),
        "action_what_if_placed": (),
    },
    "outplacement.access.log": {"action_print_for_candidate": ()},
    "outplacement.break.glass": {
        "action_approve": (),
        "action_end": (),
        "action_open_documents": (),
        "action_open_notes": (),
        "action_refuse": (),
    },
    "outplacement.invoice.run": {
        "action_refresh": (),
        "action_stop": (),
        "action_view_invoices": (),
        "action_view_set_aside": (),
    },
    "outplacement.invoice.run.start": {"action_start": ()},
    "outplacement.key": {"action_confirm_backup": (), "action_rotate": ()},
    "outplacement.document": {
        "action_download": (),
        "action_end_break_glass": (),
        "action_new_version": (),
    },
    "outplacement.note": {
        "action_amend": (),
        "action_end_break_glass": (),
        "action_sessions_without_note": (),
        "action_sign": (),
        "search_in_caseload": ("what",),
    },
    "outplacement.revenue.at.date": {"action_open": ()},
    "outplacement.revenue.book": {"action_book": (), "action_undo": ()},
    "outplacement.revenue.report": {"action_open_invoice": ()},
    "outplacement.report": {
        "action_answer": ("agreed",),
        "action_back_to_draft": (),
        "action_preview": (),
        "action_record_answer": (),
        "action_refresh_facts": (),
        "action_release": (),
        "action_send": (),
        "action_supersede": (),
        "action_withdraw": (),
    },
    "outplacement.consent": {"action_withdraw": ()},
    "outplacement.consent.withdraw": {"action_confirm": ()},
    "outplacement.session": {
        "action_cancel": (),
        "action_hold": (),
        "action_no_show": (),
        "action_open_traject": (),
        "action_reset": (),
        "action_send_invitation": (),
        "action_write_note": (),
    },
    "outplacement.statement": {"action_print": (), "action_sign": ()},
    "outplacement.traject": {
        "action_activate": (),
        "action_add_payer": (),
        "action_assign": (),
        "action_cancel": (),
        "action_change_package": (),
        "action_close": (),
        "action_correct_start": (),
        "action_job_lost": (),
        "action_invite_to_portal": (),
        "action_extend": (),
        "action_new_report": (),
        "action_new_session": (),
        "action_pause": (),
        "action_print_confirmation": (),
        "action_record_alternative": (),
        "action_record_consent": (),
        "action_refer_out": (),
        "action_resume": (),
        "action_start_aftercare": (),
        "action_view_break_glass": (),
        "action_view_documents": (),
        "action_view_instalments": (),
        "action_view_notes": (),
        "action_view_order": (),
        "action_view_reports": (),
        "action_view_sessions": (),
        "action_view_statements": (),
        "action_what_if_placed": (),
        "message_post": (),
        "message_subscribe": ([1],),
    },
    "outplacement.traject.activate": {
        "action_activate": (),
        "action_correct_start": (),
    },
    "outplacement.traject.assign": {"action_assign": ()},
    "outplacement.traject.close": {"action_confirm": ()},
    "outplacement.traject.job.lost": {"action_confirm": ()},
    "outplacement.traject.what.if": {"action_confirm": ()},
    "outplacement.traject.member": {
        "action_end": (),
        "action_match_no": (),
        "action_match_yes": (),
        "action_record_agreement": (),
        "action_withdraw_agreement": (),
    },
    "outplacement.traject.extend": {"action_confirm": ()},
    "outplacement.traject.handover": {"action_confirm": ()},
    "outplacement.traject.pause": {"action_confirm": ()},
    "outplacement.traject.resume": {"action_confirm": ()},
    "outplacement.traject.package": {"action_confirm": ()},
    "outplacement.traject.payer": {"action_confirm": ()},
    "outplacement.traject.phase": {
        "action_done": (),
        "action_open": (),
        "action_skip": (),
    },
    "res.partner": {"action_view_employer_instalments": ()},
    "res.config.settings": {
        "action_outplacement_confirm_backup": (),
        "action_outplacement_rotate": (),
    },
}
# The ORM's own, tried by the access matrix; and those of accounting, by its tests.
OVERRIDDEN = {
    *("default_get", "create", "write", "unlink", "copy_data", "init"),
    *("read", "search_read", "web_read", "web_search_read"),
    *("button_cancel", "button_draft", "create_invoices", "reverse_moves"),
    *("message_post_with_source", "get_import_templates", "load"),
}
# Odoo's, of names that are ours as well.
OVERRIDDEN_OF = {"sale.order": {"action_confirm", "action_draft"}}
# Who may nevertheless: coaches ask for their own sessions and notes, and in Odoo a
# company's contacts read its orders.
ALLOWED = {
    ("other_coach", "action_sessions_without_note"),
    ("other_coach", "search_in_caseload"),
    # whose work it is
    ("privacy_officer", "action_print_for_candidate"),
    ("privacy_officer", "action_approve"),
    ("privacy_officer", "action_end"),
    ("privacy_officer", "action_refuse"),
    ("employer_contact", "action_view_outplacement_instalments"),
    ("employer_contact", "action_view_outplacement_trajects"),
    ("other_employer_contact", "action_view_outplacement_instalments"),
    ("other_employer_contact", "action_view_outplacement_trajects"),
    # opens a list, in which rules hold
    ("other_coach", "action_view_employer_instalments"),
    ("other_account_manager", "action_view_employer_instalments"),
    # who look after the keys, and settings are the administrators'
    *itertools.product(
        ("privacy_officer", "system"),
        ("action_confirm_backup", "action_done", "action_rotate"),
    ),
    ("system", "action_outplacement_confirm_backup"),
    ("system", "action_outplacement_rotate"),
}

# The results of the bureau are all account managers' to show.
ALLOWED_OF = {("other_account_manager", "outplacement.result.report")}


def _is_sudo(node):
    """Whether ``node`` calls something as superuser."""
    if not isinstance(node, ast.Call):
        return False
    if any(keyword.arg == "su" for keyword in node.keywords):
        return True
    name = getattr(node.func, "attr", "")
    if name in ("with_user", "Environment"):
        return "SUPERUSER" in ast.unparse(node)
    drops = [ast.unparse(argument) for argument in node.args] == ["False"]
    return name == "sudo" and not drops


@tagged("post_install", "-at_install")
class TestSurface(OutplacementCommon):
    """What anybody may call, and where the code leaves rights aside."""

    maxDiff = None

    # ------------------------------------------------------------------
    # Superuser code
    # ------------------------------------------------------------------

    def _get_sources(self):
        folders = ("models", "wizards", "reports", "controllers", "tools")
        return [
            path
            for folder in folders
            for path in sorted((MODULE / folder).rglob("*.py"))
        ]

    def _get_sudo(self, node, function=""):
        """Yield (function, line) of each call as superuser below ``node``."""
        for child in ast.iter_child_nodes(node):
            inside = child.name if isinstance(child, ast.FunctionDef) else function
            if _is_sudo(child):
                yield inside, child.func.end_lineno
            yield from self._get_sudo(child, inside)

    def test_superuser_code_is_on_the_list(self):
        found = {}
        for path in self._get_sources():
            tree = ast.parse(path.read_text())
            counts = Counter(function for function, _line in self._get_sudo(tree))
            if counts:
                found[str(path.relative_to(MODULE))] = dict(counts)
        self.assertEqual(found, SUDO)

    def test_superuser_code_says_why(self):
        for path in self._get_sources():
            source = path.read_text()
            lines = source.splitlines()
            for function, line in self._get_sudo(ast.parse(source)):
                with self.subTest(file=path.name, function=function, line=line):
                    before = "\n".join(lines[max(0, line - 5) : line])
                    self.assertIn("# sudo:", before)

    def test_the_list_can_fail(self):
        tree = ast.parse(
            "def f(self):\n"
            "    self.sudo().a()\n"
            "    self.sudo(False).b()\n"
            "    self.env(su=True)\n"
            "    self.with_user(SUPERUSER_ID).c()\n"
            "    api.Environment(cr, SUPERUSER_ID, {})\n"
        )
        self.assertEqual([line for _name, line in self._get_sudo(tree)], [2, 4, 5, 6])

    # ------------------------------------------------------------------
    # Public methods
    # ------------------------------------------------------------------

    def _get_public_methods(self):
        """Return the public methods that this add-on defines, by model."""
        found = {}
        for name, Model in self.registry.items():
            # abstract ones cannot be called; theirs are found where they are inherited
            for cls in () if Model._abstract else Model.mro():
                if cls.__module__.startswith("odoo.addons.outplacement."):
                    found.setdefault(name, set()).update(
                        key
                        for key, value in vars(cls).items()
                        if callable(value)
                        and not key.startswith("_")
                        and not getattr(value, "_api_private", False)
                    )
        return {
            name: keys - OVERRIDDEN - OVERRIDDEN_OF.get(name, set())
            for name, keys in found.items()
            if keys
        }

    def test_public_methods_are_on_the_list(self):
        found = {
            name: keys for name, keys in self._get_public_methods().items() if keys
        }
        expected = {name: set(methods) for name, methods in METHODS.items()}
        self.assertEqual(found, expected)

    def _get_records(self):
        """Return a record of `self.traject` for each model of the list."""
        return [
            *self._get_records_of_finance(),
            *self._get_records_of_the_traject(),
            # there is a key once something is sealed
            *self._get_records_of_the_bureau(),
            *self._get_wizards(),
            *self._get_sale_wizards(),
            *self._get_records_of_a_plan(),
        ]

    def _get_records_of_a_plan(self):
        """Return a social plan of the account manager and what is under it."""
        seller = self.env(user=self.account_manager)
        package = self._make_package()
        school = self.env["product.product"].create(
            {"name": "Schooling", "type": "service"}
        )
        plan = seller["outplacement.social.plan"].create(
            {
                "title": "Depot",
                "employer_id": self.employer.id,
                "date_signed": "2021-01-01",
                "date_from": "2021-01-01",
                "date_to": "2099-12-31",
                "agreement_file": base64.b64encode(b"x"),
                "package_ids": [Command.create({"product_id": package.id})],
                "spending_ids": [Command.create({"product_id": school.id})],
            }
        )
        plan.action_sign()
        plan.action_open()
        person = self.env["res.partner"].create({"name": "Employee"})
        people = seller["outplacement.entitlement"].create(
            {"plan_id": plan.id, "candidate_id": person.id}
        )
        people.action_entitle()
        window = people.action_call_off()
        call_off = plan._call_off(people)
        release = people.action_release()
        CallOff = seller["outplacement.call.off.start"]
        Release = seller["outplacement.entitlement.release"]
        Amend = seller["outplacement.social.plan.amend"]
        return [
            plan,
            people,
            call_off,
            CallOff.with_context(**window["context"]).create({}),
            Release.with_context(**release["context"]).create({}),
            seller["outplacement.entitlement.spend"].create(
                {"entitlement_id": people.id, "spending_id": plan.spending_ids.id}
            ),
            Amend.create({"plan_id": plan.id}),
            seller["outplacement.entitlement.intake"].create({"plan_id": plan.id}),
            seller["outplacement.social.plan.reconcile"].create({"plan_id": plan.id}),
            seller["outplacement.group.report"].create({"plan_id": plan.id}),
            seller["outplacement.result.report"].create({}),
        ]

    def _get_records_of_finance(self):
        """Return what is billed of `self.traject`, and what it is billed by."""
        instalment = self._make_instalment()
        lead = self.env["crm.lead"].create(
            {"name": "Deal", "user_id": self.account_manager.id}
        )
        instalment.order_id.opportunity_id = lead
        revenue = {"company_id": self.env.company.id, "date": "2021-01-31"}
        Start = self.env["outplacement.invoice.run.start"].with_user(self.finance)
        return [
            self.env["outplacement.revenue.at.date"].create({}),
            self.env["outplacement.revenue.book"].create(revenue),
            self.env["outplacement.revenue.report"].browse(1),
            lead,
            self.env["outplacement.invoice.run"].create({}),
            Start.create({}),
            instalment,
            instalment.order_id,
        ]

    def _get_records_of_the_bureau(self):
        """Return what is of no traject, or of access to one."""
        Request = self.env["outplacement.break.glass"].with_user(self.manager)
        Alert = self.env["outplacement.alert"]
        return [
            self.env["outplacement.access.log"].search([], limit=1),
            Request.create(
                {
                    "traject_reference": self.traject.name,
                    "reason": "The coach is in hospital",
                }
            ),
            self.employer,
            Alert.create({"kind": "key_missing", "date": "2021-01-01"}),
            self.env["outplacement.key"].search([("state", "=", "current")]),
            self.env["res.config.settings"].create({}),
        ]

    def _get_records_of_the_traject(self):
        """Return `self.traject` and what is recorded of its course."""
        note = self._make_note()
        note.with_user(self.coach).action_sign()
        return [
            note,
            self._make_document(),
            self._make_report("sent"),
            self._make_session(),
            self.env["outplacement.statement"].create({"traject_id": self.traject.id}),
            self.traject.consent_ids[0],
            self.env["outplacement.consent.withdraw"]
            .with_user(self.coach)
            .create({"consent_id": self.traject.consent_ids[0].id}),
            self.traject,
            self.traject.member_ids[0],
            self.traject.traject_phase_ids[0],
        ]

    def _get_wizards(self):
        """Return what the planner opened on `self.traject`."""
        planner = self.env(user=self.planner)
        names = ("activate", "close", "pause", "resume", "job.lost", "what.if")
        handover = {
            "member_id": self.traject.member_ids[0].id,
            "agreed_channel": "phone",
        }
        assignment = {"traject_ids": self.traject.ids, "user_id": self.coach.id}
        return [
            *(
                planner[f"outplacement.traject.{name}"].create(
                    {"traject_id": self.traject.id}
                )
                for name in names
            ),
            planner["outplacement.traject.handover"].create(handover),
            planner["outplacement.traject.assign"].create(assignment),
        ]

    def _make_package(self):
        return self.env["product.product"].create(
            {
                "name": "Package",
                "type": "service",
                "service_tracking": "outplacement",
                "outplacement_type_id": self.traject.type_id.id,
            }
        )

    def _get_sale_wizards(self):
        """Return what the account manager opened to sell for `self.traject`."""
        package = self._make_package()
        values = {"traject_id": self.traject.id, "product_id": package.id}
        seller = self.env(user=self.account_manager)
        payer = {**values, "partner_id": self.candidate.partner_id.id}
        return [
            seller["outplacement.traject.extend"].create(values),
            seller["outplacement.traject.package"].create(values),
            seller["outplacement.traject.payer"].create(payer),
        ]

    def test_public_methods_check_access(self):
        """Any logged-in user can call them, with any id: those who have nothing to
        do with a record are refused."""
        self._activate()
        records = {record._name: record for record in self._get_records()}
        self.assertEqual(set(records), set(METHODS))
        strangers = ["employee", "other_coach", "system", "privacy_officer"]
        strangers += ["other_candidate", "other_employer_contact"]
        strangers += ["other_account_manager", "employer_contact"]
        for role in strangers:
            for model, methods in METHODS.items():
                record = records[model].with_user(self.users[role])
                for name, args in methods.items():
                    if (role, name) in ALLOWED and model != "crm.lead":
                        continue
                    if (role, model) in ALLOWED_OF:
                        continue
                    with self.case(role=role, model=model, method=name):
                        self.assertRefused(getattr(record, name), *args)

    def test_refusals_tell_no_names(self):
        """Not even those of contacts, by way of the followers of a traject."""
        secret = self.env["res.partner"].create({"name": "Secret Contact"})
        for role in ("employee", "other_candidate"):
            mine = self.traject.with_user(self.users[role])
            for method, values in (
                (mine.message_subscribe, {"partner_ids": secret.ids}),
                (mine.browse().message_subscribe, {"partner_ids": secret.ids}),
                (mine.message_post, {"body": "x", "partner_ids": secret.ids}),
            ):
                with self.case(role=role), self.assertRaises(AccessError) as caught:
                    method(**values)
                self.assertNotIn(secret.name, str(caught.exception))

    def test_candidates_only_answer(self):
        """Of all methods, the candidate of a traject has one."""
        self._activate()
        for record in self._get_records():
            mine = record.with_user(self.candidate)
            for name, args in METHODS[record._name].items():
                with self.case(model=record._name, method=name):
                    if name == "action_answer":
                        mine.action_answer(*args)
                    else:
                        self.assertRefused(getattr(mine, name), *args)

    def test_sessions_without_a_note_are_ones_own(self):
        mine, others = self._make_session(), self._make_session(self.other_traject)
        noted = self._make_session()
        (mine + others + noted).sudo().write({"state": "held"})
        self._make_note(session_id=noted.id)
        Note = self.env["outplacement.note"].with_user(self.coach)
        domain = Note.action_sessions_without_note()["domain"]
        Session = self.env["outplacement.session"].with_user(self.coach)
        self.assertEqual(Session.search(domain), mine)

from . import outplacement_access_log_report
from . import outplacement_report_progress
from . import outplacement_revenue_report
from . import outplacement_revenue_report_earning
from . import outplacement_revenue_report_lines
from . import outplacement_social_plan_report
from . import outplacement_statement_report
from . import outplacement_traject_confirmation

from . import account_move_reversal
from . import base_partner_merge
from . import outplacement_traject_activate
from . import outplacement_traject_assign
from . import outplacement_traject_close
from . import outplacement_traject_correct_start
from . import outplacement_traject_handover
from . import sale_advance_payment_inv

from . import document
from . import entitlement_template
from . import portal
from . import portal_pages
from . import portal_employer
from . import portal_candidate
from . import portal_candidate_forms
from . import portal_language

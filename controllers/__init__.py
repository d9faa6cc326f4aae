from . import document
from . import portal
from . import portal_employer

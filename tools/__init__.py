from . import cipher
from . import document_types
from . import keyring
from . import money
from . import schedule
from . import revenue
from . import rhythm
from . import wording

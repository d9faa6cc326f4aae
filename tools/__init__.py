from . import cipher
from . import document_types
from . import keyring
from . import money
from . import wording

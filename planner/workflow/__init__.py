"""What screen, terminal and notebooks call: prepare, propose, save, verify, compare, amend.

What there is stands in `__init__.pyi`; a module is read when something of it is first wanted, since
checking a table needs none of what draws maps.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

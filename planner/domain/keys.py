"""The keys by which the nouns point at each other: a need, an option, a link."""

from __future__ import annotations

Need = tuple[str, str]
"""(service id, demand point id)"""

Option = tuple[str, str]
"""(service id, site id)"""

Link = tuple[str, str, str]
"""(service id, demand point id, site id)"""

EVERY_SERVICE = "*"
"""Key of a limit that holds for all services together."""

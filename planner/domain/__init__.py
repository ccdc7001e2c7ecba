"""The nouns of service placement: frozen values that know no file, map or solver.

Persons are whole counts by place, never rows about people. Minutes are one-way travel times.
Money is whole euros. Ids are text; municipalities are named by their ATVK code.
"""

from planner.domain.area import (
    INVENTED,
    Addition,
    Building,
    DemandPoint,
    Facility,
    InstitutionYear,
    Municipality,
    Service,
    Site,
    Source,
    Status,
    Stay,
    StudyArea,
    TravelTimes,
)
from planner.domain.keys import (
    EVERY_SERVICE,
    Link,
    Need,
    Option,
)
from planner.domain.plan import (
    AimProof,
    Kind,
    Opening,
    Plan,
    Proof,
    ProofStatus,
    Reason,
)
from planner.domain.problem import (
    DEFAULT_AIMS,
    AimTerms,
    Budget,
    Existing,
    Problem,
    ServiceTerms,
    Size,
)
from planner.domain.question import (
    Commitment,
    Entitlement,
    Growth,
    OpeningYear,
    Scenario,
    SiteWish,
    Stated,
)

__all__ = [
    "DEFAULT_AIMS",
    "EVERY_SERVICE",
    "INVENTED",
    "Addition",
    "AimProof",
    "AimTerms",
    "Budget",
    "Building",
    "Commitment",
    "DemandPoint",
    "Entitlement",
    "Existing",
    "Facility",
    "Growth",
    "InstitutionYear",
    "Kind",
    "Link",
    "Municipality",
    "Need",
    "Opening",
    "OpeningYear",
    "Option",
    "Plan",
    "Problem",
    "Proof",
    "ProofStatus",
    "Reason",
    "Scenario",
    "Service",
    "ServiceTerms",
    "Site",
    "SiteWish",
    "Size",
    "Source",
    "Stated",
    "Status",
    "Stay",
    "StudyArea",
    "TravelTimes",
]

"""The names and the order of an area's municipalities, services and sites, as tables write them."""

from __future__ import annotations

from planner.domain import Option, Service, StudyArea
from planner.publishing.illustrations import illustrated
from planner.publishing.tables import Column

MUNICIPALITY_COLUMNS = (
    Column("municipality_atvk", "ATVK code", for_machines=True),
    Column("municipality", "Municipality"),
)
SERVICE_COLUMNS = (
    Column("service", "Service code", for_machines=True),
    Column("service_name", "Service"),
)


def name_of(service: Service, language: str) -> str:
    """Return the catalogue's name of a service in a language."""
    return service.name_lv if language == "lv" else service.name_en


class Names:
    """The names and the order of an area's municipalities, services and sites."""

    def __init__(self, area: StudyArea, language: str) -> None:
        self.municipalities = {m.atvk: m.name for m in area.municipalities}
        self.services = {s.id: name_of(s, language) for s in area.services}
        self.sites = {site.id: site for site in area.sites}
        self.illustrative = illustrated(area.sources)
        self._points = {point.id: point.name for point in area.points}
        self._rank = {s.id: k for k, s in enumerate(area.services)}
        self._position = {m.atvk: k for k, m in enumerate(area.municipalities)}

    def place(self, site: str) -> str:
        """Return the settlement of a site."""
        found = self.sites[site]
        return self._points.get(found.place_id, found.name)

    def municipality_cells(self, atvk: str) -> tuple[str, str]:
        """Return code and name."""
        return (atvk, self.municipalities.get(atvk, atvk))

    def service_cells(self, service: str) -> tuple[str, str]:
        """Return id and name."""
        return (service, self.services.get(service, service))

    def municipal_order(self, key: tuple[str, str]) -> tuple[int, int, str, str]:
        """Return where a (municipality, service) comes: in the order of the area's files."""
        municipality, service = key
        last = len(self._position) + len(self._rank)
        place = self._position.get(municipality, last)
        return (place, self._rank.get(service, last), municipality, service)

    def order(self, option: Option) -> tuple[int, int, str, str]:
        """Return where an option comes: by service, municipality and site."""
        service, site = option
        home = self.sites[site].municipality_atvk
        return (self._rank.get(service, 0), self._position.get(home, 0), home, site)

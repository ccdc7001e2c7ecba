"""A plan beside today into the map on a page; what never changes is fetched by the browser once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import streamlit as st
from streamlit_folium import st_folium

from planner.domain import Service, StudyArea
from planner.publishing.maps import ground_layers, map_parts, today_situation, vendor_files
from planner.publishing.package import write_text
from planner.publishing.painting import Situation
from planner.ui import address, state
from planner.ui.figures import Figures, people_of
from planner.ui.launch import STATIC
from planner.workflow import Proposal, release

HEIGHT_PIXELS = 640
# The component's own page lies two folders deep, so this holds behind a reverse proxy as well.
_SERVED = "../../app/static"


def show_map(proposal: Proposal, figures: Figures, service: Service) -> None:
    """Show the plan, today and what changes for one service, the plan at the start."""
    title = "Plan" if state.is_plan() else "Decided already"
    plan = Situation(
        "plan",
        title,
        proposal.problem,
        proposal.plan,
        figures.plan_by_municipality,
        people_of(proposal),
    )
    today = today_situation(
        proposal.today_problem, proposal.today, figures.today_by_municipality, release(proposal)
    )
    show_situations((plan, today), proposal.area, service, key=state.area_key(), first="plan")


def show_situations(
    situations: Sequence[Situation], area: StudyArea, service: Service, *, key: str, first: str
) -> None:
    """Show situations of an area, the newer one before the older; `first` of them at the start.

    `key` tells the area apart from others.
    """
    names = list(vendor_files())
    parts = map_parts(
        area,
        situations,
        language=address.language(),
        services=(service.id,),
        ground_urls=_ground_urls(key, area),
        script_urls=[f"{_SERVED}/vendor/{name}" for name in names if name.endswith(".js")],
        style_urls=[f"{_SERVED}/vendor/{name}" for name in names if name.endswith(".css")],
        shown=first,
        threshold=state.readers().threshold,
    )
    st_folium(
        parts.base,
        feature_group_to_add=parts.solution,
        returned_objects=[],
        key=f"map:{first}",
        height=HEIGHT_PIXELS,
        use_container_width=True,
    )


@st.cache_resource(max_entries=8, show_spinner=False)
def _ground_urls(area_key: str, _area: StudyArea) -> dict[str, str]:
    """Write the layers of an area as files that the app serves, named by their content."""
    del area_key
    urls = {}
    for layer, data in ground_layers(_area).items():
        text = json.dumps(data, separators=(",", ":"))
        name = f"{layer}-{hashlib.sha256(text.encode()).hexdigest()[:16]}.json"
        file = Path(STATIC) / "ground" / name
        if not file.exists():
            write_text(file, text)
        urls[layer] = f"{_SERVED}/ground/{name}"
    return urls

/* Layers that stay: outlines, lakes and roads, from data in the page or from a file beside it. */
(function (map, base) {
  const wide = map.getSize().x;
  const narrow = wide < 600; // a phone: the legend and the layers are folded
  map.attributionControl.setPrefix(false).addAttribution(base.attribution);
  map.createPane("ground").style.zIndex = 300;
  map.createPane("municipalities").style.zIndex = 350;
  map.createPane("roads").style.zIndex = 380;
  map.createPane("flows").style.zIndex = 450;
  ["ground", "roads", "flows"].forEach((pane) => { map.getPane(pane).style.pointerEvents = "none"; });

  const styles = {
    outline: { pane: "ground", stroke: false, fillColor: "#f7f6f1", fillOpacity: 1 },
    municipalities: { pane: "municipalities", color: "#6b6b6b", weight: 1, fillColor: "#f4f1ea", fillOpacity: 1 },
    lakes: { pane: "roads", color: "#7fb2d1", weight: 0.5, fillColor: "#a9d1e8", fillOpacity: 1 },
    roads: { pane: "roads", color: "#8d8474", weight: 0.9, opacity: 0.55, fill: false },
  };
  const layers = {};
  const read = (source) => (source.url ? fetch(source.url).then((answer) => answer.json()) : Promise.resolve(source.data));
  const ready = Promise.all(
    Object.entries(base.sources).map(([key, source]) =>
      read(source).then((data) => {
        layers[key] = L.geoJSON(data, { style: styles[key], interactive: key === "municipalities" }).addTo(map);
      }),
    ),
  );
  const groups = {};
  ["demand", "flows", "labels", "sites"].forEach((key) => { groups[key] = L.layerGroup(); });
  groups.flows.addTo(map);
  groups.labels.addTo(map);
  groups.sites.addTo(map);
  const switches = L.control.layers(null, null, { position: "topright", collapsed: base.collapsed || narrow });
  ready.then(() => {
    if (layers.lakes) switches.addOverlay(layers.lakes, base.words.lakes);
    if (layers.roads) switches.addOverlay(layers.roads, base.words.roads);
    ["flows", "labels", "demand"].forEach((key) => switches.addOverlay(groups[key], base.words[key]));
    switches.addTo(map);
    switches.getContainer().setAttribute("aria-label", base.words.layers);
  });
  L.control.scale({ imperial: false, maxWidth: 160, position: "bottomleft" }).addTo(map);
  if (base.label) {
    const label = L.control({ position: "bottomleft" });
    label.onAdd = function () {
      const box = L.DomUtil.create("div", "tuvak-label");
      box.setAttribute("role", "note");
      box.innerHTML = base.label;
      return box;
    };
    label.addTo(map);
  }
  const beside = !narrow && (wide > 900 || base.collapsed) ? Math.min(290, wide / 2) : 12; // room for the legend
  const below = (narrow ? 60 : 0) + (base.label ? 80 : 12);
  if (base.bounds) map.fitBounds(base.bounds, { paddingTopLeft: [12, 12], paddingBottomRight: [beside, below] });
  const style = document.createElement("style");
  style.textContent = base.css;
  document.head.appendChild(style);
  window.tuvak = { map: map, narrow: narrow, ready: ready, layers: layers, groups: groups };
})

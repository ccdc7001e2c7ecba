/* One plan, or a few: colours of municipalities, sites, flows, and the legend that explains them. */
(function (group, scene) {
  const stroke = 'stroke="#fff" stroke-width="1.6"';
  const svg = (name, body) =>
    '<svg width="20" height="20" viewBox="0 0 20 20" ' +
    (name ? 'role="img" aria-label="' + name + '">' : 'aria-hidden="true">') + body + "</svg>";
  const symbols = {
    existing: '<circle cx="10" cy="10" r="5.5" fill="#fff" stroke="#fff" stroke-width="6"/><circle cx="10" cy="10" r="5.5" fill="#fff" stroke="#1a1a1a" stroke-width="2.2"/>',
    committed: '<path d="M10 2.5 L17.5 10 L10 17.5 L2.5 10 Z" fill="#fff" stroke="#fff" stroke-width="6"/><path d="M10 2.5 L17.5 10 L10 17.5 L2.5 10 Z" fill="#fff" stroke="#1a1a1a" stroke-width="2.2"/>',
    new: '<path d="M10 2 L18.5 17 L1.5 17 Z" fill="#c2410c" ' + stroke + "/>",
    enlarged: '<rect x="3.5" y="3.5" width="13" height="13" fill="#fff" stroke="#fff" stroke-width="5"/><rect x="4" y="4" width="12" height="12" fill="#fff" stroke="#c2410c" stroke-width="3"/>',
    committed_enlarged: '<path d="M10 2 L18 10 L10 18 L2 10 Z" fill="#fff" stroke="#fff" stroke-width="6"/><path d="M10 2 L18 10 L10 18 L2 10 Z" fill="#fff" stroke="#c2410c" stroke-width="3"/>',
    closing: '<path d="M4 4 L16 16 M16 4 L4 16" stroke="#fff" stroke-width="6" fill="none"/><path d="M4 4 L16 16 M16 4 L4 16" stroke="#1a1a1a" stroke-width="2.8" fill="none"/>',
  };
  const chosen = { service: scene.services[0].id, view: scene.shown || scene.views[0].id };
  const legend = L.control({ position: "bottomright" });

  const swatch = (colour) => '<span class="tuvak-swatch" style="background:' + colour + '"></span>';
  const options = (list, now) =>
    list.map((item) => '<option value="' + item.id + '"' + (item.id === now ? " selected" : "") + ">" + item.name + "</option>").join("");
  const choice = (id, list, now) =>
    list.length < 2
      ? ""
      : "<label>" + scene.words[id] + '<select data-choice="' + id + '">' + options(list, now) + "</select></label>";

  const isTold = (value) => value !== undefined && value[0] >= 0;

  /* The scale of colours whole; of all else only what is drawn in the chosen view. */
  function legendMarkup() {
    const change = chosen.view === "change";
    const colours = change ? scene.legend.change : scene.legend.coverage;
    const shown = scene.data[chosen.service][chosen.view];
    const present = new Set(shown.sites.map((site) => site[2]));
    const grey = Object.keys(scene.municipalities).some((code) => !isTold(shown.values[code]));
    const joined = Object.values(shown.values).some((value) => value[3]);
    const signs = Object.keys(symbols).filter((kind) => present.has(kind))
      .map((kind) => '<div class="tuvak-symbol">' + svg("", symbols[kind]) + scene.words[kind] + "</div>");
    if (shown.flows.length) signs.push('<div><span class="tuvak-line"></span>' + scene.words.flow + "</div>");
    const name = scene.services.length < 2 ? "<p>" + scene.services[0].name + "</p>" : "";
    const whole =
      "<h1>" + scene.title + "</h1>" + name +
      choice("service", scene.services, chosen.service) +
      choice("view", scene.views, chosen.view) +
      "<h2>" + scene.words[change ? "change" : "coverage"] + "</h2>" +
      colours.map((row) => "<div>" + swatch(row[0]) + row[1] + "</div>").join("") +
      (joined ? "<div>" + scene.words.joined + "</div>" : "") +
      (grey ? "<div>" + swatch(scene.legend.notTold) + scene.words.notTold + "</div>" : "") +
      (signs.length ? "<hr>" + signs.join("") : "");
    if (!window.tuvak.narrow) return whole;
    return "<details" + (window.tuvak.unfolded ? " open" : "") + "><summary>" + scene.words.legend + "</summary>" + whole + "</details>";
  }

  legend.onAdd = function () {
    const box = L.DomUtil.create("div", "tuvak-legend");
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", scene.words.legend);
    L.DomEvent.disableClickPropagation(box);
    L.DomEvent.disableScrollPropagation(box);
    box.addEventListener("change", (event) => {
      const id = event.target.dataset.choice;
      if (!id) return;
      chosen[id] = event.target.value;
      draw();
      box.querySelector('[data-choice="' + id + '"]').focus();
    });
    return box;
  };

  /* A folded legend stays as its reader left it, whatever is drawn next. */
  function remember(control) {
    const fold = control.getContainer().querySelector("details");
    if (fold) window.tuvak.unfolded = fold.open;
  }

  function colour(value) {
    const palette = chosen.view === "change" ? scene.legend.change : scene.legend.coverage;
    return isTold(value) ? palette[palette.length - 1 - value[0]][0] : scene.legend.notTold;
  }

  function draw() {
    const tuvak = window.tuvak;
    const shown = scene.data[chosen.service][chosen.view];
    Object.values(tuvak.groups).forEach((layer) => layer.clearLayers());
    tuvak.layers.municipalities.eachLayer((outline) => {
      const code = outline.feature.properties.atvk;
      const municipality = scene.municipalities[code];
      const value = shown.values[code];
      outline.setStyle({ fillColor: colour(value) });
      outline.unbindTooltip();
      if (municipality) outline.bindTooltip(value ? value[2] : municipality.name, { sticky: true });
    });
    Object.entries(scene.municipalities).forEach(([code, municipality]) => {
      const value = shown.values[code];
      L.marker(municipality.at, {
        interactive: false,
        keyboard: false,
        icon: L.divIcon({
          className: "tuvak-name",
          iconSize: [0, 0],
          html: "<span>" + municipality.name + (value && value[1] ? "<br><b>" + value[1] + "</b>" : "") + "</span>",
        }),
      }).addTo(tuvak.groups.labels);
    });
    shown.flows.forEach((flow) => {
      L.polyline([[flow[0], flow[1]], [flow[2], flow[3]]], {
        pane: "flows", color: "#333", weight: Math.min(5, 0.8 + Math.sqrt(flow[4]) / 3), opacity: 0.6, interactive: false,
      }).addTo(tuvak.groups.flows);
    });
    shown.demand.forEach((place) => {
      L.circleMarker([place[0], place[1]], {
        radius: 3 + 1.6 * Math.sqrt(place[2]), color: "#5b3a8c", weight: 1, fillColor: "#8e6bbf", fillOpacity: 0.45,
      }).bindTooltip(place[3]).addTo(tuvak.groups.demand);
    });
    shown.sites.forEach((site) => {
      L.marker([site[0], site[1]], {
        alt: site[5],
        siteId: site[6],
        zIndexOffset: site[2] === "existing" ? 0 : 500,
        icon: L.divIcon({ className: "tuvak-site", html: svg(site[5], symbols[site[2]]), iconSize: [20, 20], iconAnchor: [10 - site[3], 10] }),
      }).bindTooltip(site[4]).addTo(tuvak.groups.sites);
    });
    if (legend.getContainer()) {
      remember(legend);
      legend.getContainer().innerHTML = legendMarkup();
    }
    spread();
    setTimeout(spread, 350);
  }

  /* A name that would lie on a site or on another name moves up, down or beside its place, never so
     far that it stands for a neighbour; else it gives way. */
  function spread() {
    const taken = [...document.querySelectorAll(".tuvak-site")].map((site) => site.getBoundingClientRect());
    document.querySelectorAll(".tuvak-name span").forEach((name) => {
      name.style.margin = "0";
      const box = name.getBoundingClientRect();
      const at = ([x, y]) => ({ left: box.left + x, right: box.right + x, top: box.top + y, bottom: box.bottom + y });
      const free = (shift) => {
        const moved = at(shift);
        return taken.every((t) => moved.right < t.left || moved.left > t.right || moved.bottom < t.top || moved.top > t.bottom);
      };
      const aside = box.width / 2 + 14;
      const beside = box.height / 2;
      const shift = [[0, 0], [0, -24], [0, 24], [0, -36], [0, 36], [-aside, beside], [aside, beside]].find(free);
      name.style.visibility = shift === undefined ? "hidden" : "visible";
      if (shift === undefined) return;
      name.style.marginLeft = shift[0] + "px";
      name.style.marginTop = shift[1] + "px";
      taken.push(at(shift));
    });
  }

  group.on("add", () => {
    window.tuvak.ready.then(() => {
      if (!window.tuvak.map.hasLayer(group)) return;
      if (window.tuvak.spread) window.tuvak.map.off("zoomend resize", window.tuvak.spread);
      window.tuvak.spread = () => setTimeout(spread, 350); // names and sites glide to their places
      window.tuvak.map.on("zoomend resize", window.tuvak.spread);
      if (window.tuvak.legend) {
        remember(window.tuvak.legend);
        window.tuvak.legend.remove();
      }
      if (window.tuvak.narrow) legend.options.position = "bottomleft"; // above the label, not over it
      window.tuvak.legend = legend.addTo(window.tuvak.map);
      draw();
    });
  });
})

"""Roads: from OpenStreetMap, line layers or the starter network to exact travel times."""

#!/bin/sh
# Latgale, from assessed needs to a checked plan, its comparison with today and its amendment.
set -eu
folder=$1
seconds=$2
planner=".venv/bin/python -m planner"
$planner plan scenarios/latgale.toml --out "$folder/plan" --time-limit "$seconds"
$planner verify "$folder/plan"
$planner compare today "$folder/plan" --out "$folder/comparison"
$planner amend "$folder/plan" --out "$folder/amendment"
echo
echo "Plāns, karte un tabulas / plan, map and tables: $folder"
echo "Lietotne / the app: make app"

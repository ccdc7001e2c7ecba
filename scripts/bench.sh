#!/bin/sh
# Every measurement behind docs/benchmarks.md, one after the other; takes an hour or more.
# Those against the reference map and the textbook model need ../shared and say so where it is absent.
set -eu
python=.venv/bin/python
$python -m benchmarks.starter_roads
$python -m benchmarks.uploads
$python -m benchmarks.disclosure
$python -m benchmarks.travel_times
$python -m benchmarks.location --textbook
$python -m benchmarks.location --budget 4000000
$python -m benchmarks.location --budget 6000000
$python -m benchmarks.location --latvia --seconds 300 --gap 0.01
$python -m benchmarks.price_curve
$python -m benchmarks.location_peers

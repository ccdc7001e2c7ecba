"""Files into a study area and a scenario: every fault is told with file, row and column."""

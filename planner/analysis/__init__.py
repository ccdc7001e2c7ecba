"""Problems and plans into figures, comparisons and reasons that a planner can weigh."""

"""The screen's side of the planner: Streamlit pages that ask the workflow and show its answers."""

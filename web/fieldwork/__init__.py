"""Pages of fieldwork: the inspectors' workspace, and the room of the organisation inspected."""

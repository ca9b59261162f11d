"""Pictures of responses: one sampled curve, drawn in the terminal or as an SVG. Nothing is loaded here."""

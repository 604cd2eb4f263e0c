"""The seed: real facts and synthetic people for a first look, demos and measurements."""

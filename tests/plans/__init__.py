"""Plans: rules without HTTP."""

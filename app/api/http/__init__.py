"""What all resources share: bodies, fields, pages of lists, refusals, rates, headers, the trail."""

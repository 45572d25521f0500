"""Pages of goods and services in kind: the offer, the giver's page, the desk and the handover."""

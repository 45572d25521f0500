"""The pages of those who give: the one form, the way to pay, the private trail, the webhooks."""

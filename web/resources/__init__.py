"""Pages of what is offered (资源): the list, one offer, its calendar, and whom it fits."""

"""Pages of promises (认捐): the form, the giver's own page, and the staff's list by age."""

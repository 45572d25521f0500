"""Complaints about pressure to give: the form for anybody, the answer, the staff's list."""

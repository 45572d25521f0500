"""The demo district: 鄂城区 (420704) as it might be, made through the services and nothing else.

Places are real; organisations, people, projects and gifts are written by us, in the proportions of
the district's own year report (2 street funds, 53 village funds, 84 Happy Home projects). `load` is
the way in.
"""

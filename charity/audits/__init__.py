"""Spot checks and special audits: plans, a draw anyone can repeat, inspections, findings, 整改.

双随机一公开: whom to check and who checks are both drawn, and what was found is public.
"""

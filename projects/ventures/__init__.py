"""公益创投: competitions, from the call to the last tranche, fair enough to publish every step."""

"""Who must agree to what before it happens, and what exactly they agreed to."""

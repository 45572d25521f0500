"""Pages of budgets: changes of lines, programmes over many sites, households."""

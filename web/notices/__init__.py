"""公示栏: the notice board for everybody, and the desk where notices are put up and answered."""

"""Matching pools (配捐): public rules and lists, the treasurer's desk, the work behind them."""

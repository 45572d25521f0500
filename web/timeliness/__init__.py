"""匹配度 and 及时性 by place and category, and linked resources; each number opens its rows."""

"""The treasurer's room: every act that keeps an organisation's book, one form each."""

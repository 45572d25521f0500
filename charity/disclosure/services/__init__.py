"""What disclosure does: publish, correct, owe and remind."""

from charity.disclosure.services.publishing import correct_entry, publish_entry

__all__ = ["correct_entry", "publish_entry"]

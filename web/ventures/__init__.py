"""Pages of 公益创投: the calls for everybody, applying, and the organiser's desk."""

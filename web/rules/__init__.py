"""The rules of the law: those in force for everybody to read, and the register kept in docs."""

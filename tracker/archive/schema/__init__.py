"""What is kept, as SQLModel classes: one a table."""

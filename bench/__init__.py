"""What is measured. Each program prints a table; nothing here is a test."""

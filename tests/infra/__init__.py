"""What is deployed, checked without an account."""

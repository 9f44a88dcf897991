"""A strict user pool: the part of Amazon Cognito's API that the league uses, with its limits."""

"""What an EQ that follows a piece makes of it, against one EQ for all of it."""

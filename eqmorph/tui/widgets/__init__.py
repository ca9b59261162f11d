"""The widgets. They show values and post messages; none of them touches audio."""

"""What the app's screens are made of. Widgets show values and post messages; none of them touches audio."""

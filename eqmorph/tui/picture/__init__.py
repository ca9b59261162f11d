"""The curve as a picture in pixels, for terminals that show such: nothing here is loaded before one is asked for."""

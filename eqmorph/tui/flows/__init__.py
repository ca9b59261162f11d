"""What a key starts: asked for in a form, done in the background, told when it ends."""

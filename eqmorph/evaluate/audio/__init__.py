"""What the decision makes of music that nothing was trained on."""

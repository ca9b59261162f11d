"""M4A/AAC, WMA, Matroska and the sound of videos, through an installed ffmpeg: a program, never a library."""

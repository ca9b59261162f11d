"""The app in a browser: who may reach it, and the page that it is shown on."""

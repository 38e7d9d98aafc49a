"""The registry: municipalities publish bots in it, review them together and install from it."""

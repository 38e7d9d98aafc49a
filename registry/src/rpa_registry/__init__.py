"""The registry service. Nothing is here yet; ADR 5 says what it will be."""

"""How questions and tests do: statistics in words first, for trainers."""

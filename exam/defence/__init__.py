"""The evidence for an exam's decisions in one file: what to lay on the table when somebody asks."""

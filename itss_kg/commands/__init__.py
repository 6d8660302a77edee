"""The commands, in groups by what they are about; each reads its call and runs the verbs."""

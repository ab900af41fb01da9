"""The page at the door: who is here, also without a network, and a paper list for those who prefer it."""

// Contents follow.

//! Which of our events an update becomes.

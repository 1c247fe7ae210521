//! A consumer as others write one, with Python's public client.

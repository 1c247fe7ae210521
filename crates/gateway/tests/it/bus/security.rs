//! Signing in and TLS; nothing secret is told.

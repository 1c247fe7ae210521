//! A simulated WhatsApp Cloud API: the Graph API and the webhook sender of Meta, for tests and first steps.

//! Webhooks of the WhatsApp Cloud API: signature, challenge, parse and normalise. Pure functions over bytes.

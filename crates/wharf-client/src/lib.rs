//! Client of the WhatsApp Cloud API: messages, media, typed errors, and a raw call for the rest.

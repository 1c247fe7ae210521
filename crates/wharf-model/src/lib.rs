//! Vocabulary of the WhatsApp Cloud API: ids, outgoing messages, incoming updates, error codes.

//! A batch of notifications, understood outside the transaction and applied inside it.

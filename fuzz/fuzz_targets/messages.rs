//! Incoming messages, errors and link clicks.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wharf_model::Field;

fuzz_target!(|data: &[u8]| {
    wharf_fuzz::value(
        &[Field::Messages],
        &["messages", "statuses", "errors", "user_actions"],
        data,
    );
    wharf_fuzz::value(
        &[Field::Standby],
        &["messages", "message_echoes", "statuses"],
        data,
    );
});

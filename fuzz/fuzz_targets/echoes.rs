//! Copies of messages that the business sent by other means.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wharf_model::Field;

fuzz_target!(|data: &[u8]| {
    wharf_fuzz::value(
        &[Field::MessageEchoes, Field::SmbMessageEchoes],
        &["message_echoes", "errors"],
        data,
    );
});

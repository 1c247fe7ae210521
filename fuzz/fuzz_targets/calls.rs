//! Calls.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wharf_model::Field;

fuzz_target!(|data: &[u8]| {
    wharf_fuzz::value(&[Field::Calls], &["calls", "statuses", "errors"], data);
});

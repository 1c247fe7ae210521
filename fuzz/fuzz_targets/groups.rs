//! Groups.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wharf_model::Field;

fuzz_target!(|data: &[u8]| {
    wharf_fuzz::value(
        &[
            Field::GroupLifecycleUpdate,
            Field::GroupParticipantsUpdate,
            Field::GroupSettingsUpdate,
            Field::GroupStatusUpdate,
        ],
        &[],
        data,
    );
});

//! History, address books, handovers, users, automatic events, and fields that are not known.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wharf_model::Field;

fuzz_target!(|data: &[u8]| {
    wharf_fuzz::value(
        &[
            Field::History,
            Field::SmbAppStateSync,
            Field::MessagingHandovers,
            Field::ConsumerProfile,
            Field::Unknown("brand_new".to_owned()),
        ],
        &[],
        data,
    );
    wharf_fuzz::value(&[Field::UserPreferences], &["user_preferences"], data);
    wharf_fuzz::value(&[Field::UserIdUpdate], &["user_id_update"], data);
    wharf_fuzz::value(&[Field::AutomaticEvents], &["automatic_events"], data);
});

//! The WABA, its numbers and its partners.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wharf_model::Field;

fuzz_target!(|data: &[u8]| {
    wharf_fuzz::value(
        &[
            Field::AccountUpdate,
            Field::AccountAlerts,
            Field::AccountReviewUpdate,
            Field::AccountSettingsUpdate,
            Field::BusinessCapabilityUpdate,
            Field::Security,
            Field::PhoneNumberNameUpdate,
            Field::PhoneNumberQualityUpdate,
            Field::BusinessUsernameUpdates,
            Field::PartnerSolutions,
            Field::PaymentConfigurationUpdate,
        ],
        &[],
        data,
    );
});

//! Codes of groups, calls, flows, templates, registration and the like.

use crate::graph::codes::{Known, row};

#[rustfmt::skip]
pub(super) const KNOWN: [Known; 42] = [
    row(17, "User request limit reached", 400, ""),
    row(32, "Page request limit reached", 400, ""),
    row(130_501, "Message type is not currently supported.", 400, "The message type is not supported in groups."),
    row(132_008, "Parameter value is not valid", 400, ""),
    row(134_103, "Template error", 400, ""),
    row(139_000, "Blocked by integrity", 400, "The flow cannot be created or published."),
    row(139_001, "Flow cannot be updated", 400, ""),
    row(139_002, "Flow cannot be published", 400, ""),
    row(139_003, "Flow cannot be deprecated", 400, ""),
    row(139_004, "Flow cannot be deleted", 400, "A published flow cannot be deleted."),
    row(139_006, "Metrics threshold is not reached", 400, ""),
    row(141_002, "Template is not approved", 400, ""),
    row(200_005, "Template insights are not available", 400, ""),
    row(200_007, "Template insights are not enabled", 400, ""),
    row(1_752_041, "Duplicate request", 400, ""),
    row(2_388_001, "Phone number cannot be migrated", 400, ""),
    row(2_388_019, "Message template limit exceeded", 400, ""),
    row(2_388_023, "Message template is being deleted", 400, ""),
    row(2_388_024, "Message template exists already", 400, "There is a template with this name and language."),
    row(2_388_039, "Message template cannot be changed", 400, "Its status does not allow it."),
    row(2_388_040, "Message template field is too long", 400, ""),
    row(2_388_047, "Message template header format is incorrect", 400, ""),
    row(2_388_072, "Message template body format is incorrect", 400, ""),
    row(2_388_073, "Message template footer format is incorrect", 400, ""),
    row(2_388_077, "Invalid product type combination", 400, ""),
    row(2_388_093, "Phone number is not eligible for a code", 400, ""),
    row(2_388_293, "Message template has too many variables", 400, "There are too many variables for the length of the text."),
    row(2_388_299, "Message template begins or ends with a variable", 400, ""),
    row(2_494_164, "In-app signup was not found", 400, ""),
    row(2_494_165, "In-app signup is not enabled", 400, ""),
    row(2_494_166, "Unknown placeholder", 400, ""),
    row(2_494_167, "Placeholder without a value", 400, ""),
    row(2_494_168, "Terms are not accepted", 400, ""),
    row(2_494_176, "Terms are accepted already", 400, ""),
    row(2_494_177, "Terms URL is not allowed", 400, ""),
    row(2_494_179, "Website is not https", 400, ""),
    row(2_494_191, "Thread control is not allowed", 400, ""),
    row(2_593_079, "Migration is refused", 400, ""),
    row(2_593_085, "Migration is refused", 400, ""),
    row(2_593_107, "Synchronisation was requested too often", 400, ""),
    row(2_593_108, "Synchronisation is not possible any more", 400, "It has to be requested within 24 hours of onboarding."),
    row(2_593_109, "History sharing is declined", 400, ""),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_in_order_and_each_stands_once() {
        assert!(KNOWN.windows(2).all(|two| two[0].code < two[1].code));
    }
}

//! Templates and flows.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wharf_model::Field;

fuzz_target!(|data: &[u8]| {
    wharf_fuzz::value(
        &[
            Field::MessageTemplateStatusUpdate,
            Field::MessageTemplateQualityUpdate,
            Field::MessageTemplateComponentsUpdate,
            Field::TemplateCategoryUpdate,
            Field::Flows,
        ],
        &[],
        data,
    );
});

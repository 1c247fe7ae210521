//! Made by `cargo xtask codegen` from docs/coverage.toml: each item exists, each code has its class.

use wharf_model::{ErrorClass, ErrorCode};

#[rustfmt::skip]
#[expect(unused_imports, reason = "that they can be named is the test")]
mod items {
    use wharf_client::App as _;
    use wharf_client::Business as _;
    use wharf_client::Client as _;
    use wharf_client::Flow as _;
    use wharf_client::Group as _;
    use wharf_client::Media as _;
    use wharf_client::Number as _;
    use wharf_client::Pages as _;
    use wharf_client::Signup as _;
    use wharf_client::Template as _;
    use wharf_client::Waba as _;
    use wharf_client::number::BlockResult as _;
    use wharf_client::number::CallingUpdate as _;
    use wharf_client::number::NumberInfo as _;
    use wharf_client::upload::Upload as _;
    use wharf_client::waba::AnalyticsKind::Calls as _;
    use wharf_client::waba::AnalyticsKind::Conversations as _;
    use wharf_client::waba::AnalyticsKind::Messages as _;
    use wharf_client::waba::AnalyticsKind::Pricing as _;
    use wharf_client::waba::Templates as _;
    use wharf_model::Field::Standby as _;
    use wharf_model::OutgoingMessage as _;
    use wharf_model::Recipient::Phone as _;
    use wharf_model::flow::Action as _;
    use wharf_model::flow::CalendarPicker as _;
    use wharf_model::flow::CheckboxGroup as _;
    use wharf_model::flow::ChipsSelector as _;
    use wharf_model::flow::DataField as _;
    use wharf_model::flow::DatePicker as _;
    use wharf_model::flow::DocumentPicker as _;
    use wharf_model::flow::Dropdown as _;
    use wharf_model::flow::EmbeddedLink as _;
    use wharf_model::flow::Expression as _;
    use wharf_model::flow::FlowJson as _;
    use wharf_model::flow::Footer as _;
    use wharf_model::flow::Form as _;
    use wharf_model::flow::If as _;
    use wharf_model::flow::Image as _;
    use wharf_model::flow::ImageCarousel as _;
    use wharf_model::flow::NavigationList as _;
    use wharf_model::flow::OptIn as _;
    use wharf_model::flow::PhotoPicker as _;
    use wharf_model::flow::RadioButtonsGroup as _;
    use wharf_model::flow::RichText as _;
    use wharf_model::flow::Screen as _;
    use wharf_model::flow::Switch as _;
    use wharf_model::flow::TextArea as _;
    use wharf_model::flow::TextBody as _;
    use wharf_model::flow::TextCaption as _;
    use wharf_model::flow::TextHeading as _;
    use wharf_model::flow::TextInput as _;
    use wharf_model::flow::TextSubheading as _;
    use wharf_model::incoming::Change::Account as _;
    use wharf_model::incoming::Change::AccountAlert as _;
    use wharf_model::incoming::Change::AccountReview as _;
    use wharf_model::incoming::Change::AccountSettings as _;
    use wharf_model::incoming::Change::AutomaticEvent as _;
    use wharf_model::incoming::Change::BusinessCapability as _;
    use wharf_model::incoming::Change::BusinessUsername as _;
    use wharf_model::incoming::Change::Call as _;
    use wharf_model::incoming::Change::CallStatus as _;
    use wharf_model::incoming::Change::Flow as _;
    use wharf_model::incoming::Change::Group as _;
    use wharf_model::incoming::Change::Handover as _;
    use wharf_model::incoming::Change::History as _;
    use wharf_model::incoming::Change::NumberName as _;
    use wharf_model::incoming::Change::NumberQuality as _;
    use wharf_model::incoming::Change::PartnerSolution as _;
    use wharf_model::incoming::Change::PaymentConfiguration as _;
    use wharf_model::incoming::Change::Security as _;
    use wharf_model::incoming::Change::StateSync as _;
    use wharf_model::incoming::Change::TemplateCategory as _;
    use wharf_model::incoming::Change::TemplateComponents as _;
    use wharf_model::incoming::Change::TemplateQuality as _;
    use wharf_model::incoming::Change::TemplateStatus as _;
    use wharf_model::incoming::Change::Unknown as _;
    use wharf_model::incoming::Change::UserAction as _;
    use wharf_model::incoming::Change::UserIdUpdate as _;
    use wharf_model::incoming::Change::UserPreference as _;
    use wharf_model::incoming::Context as _;
    use wharf_model::incoming::Conversation as _;
    use wharf_model::incoming::IncomingContent::Audio as _;
    use wharf_model::incoming::IncomingContent::Button as _;
    use wharf_model::incoming::IncomingContent::Contacts as _;
    use wharf_model::incoming::IncomingContent::Document as _;
    use wharf_model::incoming::IncomingContent::Edit as _;
    use wharf_model::incoming::IncomingContent::Image as _;
    use wharf_model::incoming::IncomingContent::Interactive as _;
    use wharf_model::incoming::IncomingContent::Location as _;
    use wharf_model::incoming::IncomingContent::MediaPlaceholder as _;
    use wharf_model::incoming::IncomingContent::Order as _;
    use wharf_model::incoming::IncomingContent::Reaction as _;
    use wharf_model::incoming::IncomingContent::RequestWelcome as _;
    use wharf_model::incoming::IncomingContent::Revoke as _;
    use wharf_model::incoming::IncomingContent::Sticker as _;
    use wharf_model::incoming::IncomingContent::System as _;
    use wharf_model::incoming::IncomingContent::Text as _;
    use wharf_model::incoming::IncomingContent::Unsupported as _;
    use wharf_model::incoming::IncomingContent::Video as _;
    use wharf_model::incoming::IncomingMessage as _;
    use wharf_model::incoming::InteractiveReply::Button as _;
    use wharf_model::incoming::InteractiveReply::CallPermission as _;
    use wharf_model::incoming::InteractiveReply::List as _;
    use wharf_model::incoming::InteractiveReply::Nfm as _;
    use wharf_model::incoming::InteractiveReply::PaymentMethod as _;
    use wharf_model::incoming::MessageEcho as _;
    use wharf_model::incoming::Payment as _;
    use wharf_model::incoming::Pricing as _;
    use wharf_model::incoming::Referral as _;
    use wharf_model::incoming::Status::Delivered as _;
    use wharf_model::incoming::Status::Failed as _;
    use wharf_model::incoming::Status::Played as _;
    use wharf_model::incoming::Status::Read as _;
    use wharf_model::incoming::Status::Sent as _;
    use wharf_model::incoming::account::AccountUpdate::AdAccountLinked as _;
    use wharf_model::incoming::account::AccountUpdate::AuthInternationalPrice as _;
    use wharf_model::incoming::account::AccountUpdate::Deleted as _;
    use wharf_model::incoming::account::AccountUpdate::Disabled as _;
    use wharf_model::incoming::account::AccountUpdate::MmLiteTermsSigned as _;
    use wharf_model::incoming::account::AccountUpdate::Offboarded as _;
    use wharf_model::incoming::account::AccountUpdate::PartnerAdded as _;
    use wharf_model::incoming::account::AccountUpdate::PartnerAppInstalled as _;
    use wharf_model::incoming::account::AccountUpdate::PartnerAppUninstalled as _;
    use wharf_model::incoming::account::AccountUpdate::PartnerCertification as _;
    use wharf_model::incoming::account::AccountUpdate::PartnerRemoved as _;
    use wharf_model::incoming::account::AccountUpdate::PrimaryLocation as _;
    use wharf_model::incoming::account::AccountUpdate::Reconnected as _;
    use wharf_model::incoming::account::AccountUpdate::Restriction as _;
    use wharf_model::incoming::account::AccountUpdate::Verified as _;
    use wharf_model::incoming::account::AccountUpdate::Violation as _;
    use wharf_model::incoming::account::AccountUpdate::VolumeTier as _;
    use wharf_model::incoming::call::CallEvent::Connect as _;
    use wharf_model::incoming::call::CallEvent::Terminate as _;
    use wharf_model::incoming::flow::FlowUpdate::ClientErrorRate as _;
    use wharf_model::incoming::flow::FlowUpdate::EndpointAvailability as _;
    use wharf_model::incoming::flow::FlowUpdate::EndpointErrorRate as _;
    use wharf_model::incoming::flow::FlowUpdate::EndpointLatency as _;
    use wharf_model::incoming::flow::FlowUpdate::StatusChange as _;
    use wharf_model::incoming::group::GroupEvent::Created as _;
    use wharf_model::incoming::group::GroupEvent::Deleted as _;
    use wharf_model::incoming::group::GroupEvent::JoinRequestRevoked as _;
    use wharf_model::incoming::group::GroupEvent::JoinRequested as _;
    use wharf_model::incoming::group::GroupEvent::ParticipantsAdded as _;
    use wharf_model::incoming::group::GroupEvent::ParticipantsRemoved as _;
    use wharf_model::incoming::group::GroupEvent::Settings as _;
    use wharf_model::incoming::group::GroupEvent::Suspended as _;
    use wharf_model::incoming::group::GroupEvent::SuspensionCleared as _;
    use wharf_model::outgoing::Action::Address as _;
    use wharf_model::outgoing::Action::Buttons as _;
    use wharf_model::outgoing::Action::CallPermissionRequest as _;
    use wharf_model::outgoing::Action::Carousel as _;
    use wharf_model::outgoing::Action::Catalog as _;
    use wharf_model::outgoing::Action::ContactInfoRequest as _;
    use wharf_model::outgoing::Action::CtaUrl as _;
    use wharf_model::outgoing::Action::Flow as _;
    use wharf_model::outgoing::Action::List as _;
    use wharf_model::outgoing::Action::LocationRequest as _;
    use wharf_model::outgoing::Action::OrderDetails as _;
    use wharf_model::outgoing::Action::OrderStatus as _;
    use wharf_model::outgoing::Action::Product as _;
    use wharf_model::outgoing::Action::ProductList as _;
    use wharf_model::outgoing::Action::VoiceCall as _;
    use wharf_model::outgoing::ButtonValue::Catalog as _;
    use wharf_model::outgoing::ButtonValue::CopyCode as _;
    use wharf_model::outgoing::ButtonValue::Flow as _;
    use wharf_model::outgoing::ButtonValue::Mpm as _;
    use wharf_model::outgoing::ButtonValue::OrderDetails as _;
    use wharf_model::outgoing::ButtonValue::QuickReply as _;
    use wharf_model::outgoing::ButtonValue::Url as _;
    use wharf_model::outgoing::ButtonValue::VoiceCall as _;
    use wharf_model::outgoing::Component::Body as _;
    use wharf_model::outgoing::Component::Button as _;
    use wharf_model::outgoing::Component::Carousel as _;
    use wharf_model::outgoing::Component::Header as _;
    use wharf_model::outgoing::Component::LimitedTimeOffer as _;
    use wharf_model::outgoing::Component::OrderStatus as _;
    use wharf_model::outgoing::Component::TapTarget as _;
    use wharf_model::outgoing::ContactCard as _;
    use wharf_model::outgoing::Content::Audio as _;
    use wharf_model::outgoing::Content::Contacts as _;
    use wharf_model::outgoing::Content::Document as _;
    use wharf_model::outgoing::Content::Image as _;
    use wharf_model::outgoing::Content::Interactive as _;
    use wharf_model::outgoing::Content::Location as _;
    use wharf_model::outgoing::Content::Pin as _;
    use wharf_model::outgoing::Content::Reaction as _;
    use wharf_model::outgoing::Content::Sticker as _;
    use wharf_model::outgoing::Content::Template as _;
    use wharf_model::outgoing::Content::Text as _;
    use wharf_model::outgoing::Content::Video as _;
    use wharf_model::outgoing::Parameter::Currency as _;
    use wharf_model::outgoing::Parameter::DateTime as _;
    use wharf_model::outgoing::Parameter::Document as _;
    use wharf_model::outgoing::Parameter::Gif as _;
    use wharf_model::outgoing::Parameter::Group as _;
    use wharf_model::outgoing::Parameter::Image as _;
    use wharf_model::outgoing::Parameter::Location as _;
    use wharf_model::outgoing::Parameter::Product as _;
    use wharf_model::outgoing::Parameter::Text as _;
    use wharf_model::outgoing::Parameter::Video as _;
    use wharf_model::outgoing::Pin as _;
    use wharf_model::template::AuthenticationUpsert as _;
    use wharf_model::template::ButtonKind::Catalog as _;
    use wharf_model::template::ButtonKind::CopyCode as _;
    use wharf_model::template::ButtonKind::Flow as _;
    use wharf_model::template::ButtonKind::Mpm as _;
    use wharf_model::template::ButtonKind::OrderDetails as _;
    use wharf_model::template::ButtonKind::Otp as _;
    use wharf_model::template::ButtonKind::PhoneNumber as _;
    use wharf_model::template::ButtonKind::QuickReply as _;
    use wharf_model::template::ButtonKind::RequestContactInfo as _;
    use wharf_model::template::ButtonKind::Spm as _;
    use wharf_model::template::ButtonKind::Url as _;
    use wharf_model::template::ButtonKind::VoiceCall as _;
    use wharf_model::template::Component::Body as _;
    use wharf_model::template::Component::Buttons as _;
    use wharf_model::template::Component::CallPermissionRequest as _;
    use wharf_model::template::Component::Carousel as _;
    use wharf_model::template::Component::Footer as _;
    use wharf_model::template::Component::Header as _;
    use wharf_model::template::Component::LimitedTimeOffer as _;
    use wharf_model::template::HeaderFormat::Document as _;
    use wharf_model::template::HeaderFormat::Gif as _;
    use wharf_model::template::HeaderFormat::Image as _;
    use wharf_model::template::HeaderFormat::Location as _;
    use wharf_model::template::HeaderFormat::Product as _;
    use wharf_model::template::HeaderFormat::Text as _;
    use wharf_model::template::HeaderFormat::Video as _;
    use wharf_model::template::LibraryTemplate as _;
    use wharf_model::template::TemplateEdit as _;
    use wharf_webhook::UpdateKind::Error as _;
    use wharf_webhook::flow::EncryptionMetadata as _;
    use wharf_webhook::flow::FlowAnswer as _;
    use wharf_webhook::flow::FlowResponse as _;
    use wharf_webhook::flow::FlowSession as _;
    use wharf_webhook::flow::decrypt as _;
    use wharf_webhook::flow::verify_flow_token as _;
}

#[rustfmt::skip]
const CODES: &[(i64, ErrorClass)] = &[
    (0, ErrorClass::Auth),
    (3, ErrorClass::Auth),
    (10, ErrorClass::Auth),
    (104, ErrorClass::Auth),
    (190, ErrorClass::Auth),
    (200, ErrorClass::Auth),
    (200, ErrorClass::Auth),
    (299, ErrorClass::Auth),
    (368, ErrorClass::Blocked),
    (130_497, ErrorClass::Recipient),
    (131_031, ErrorClass::Blocked),
    (131_005, ErrorClass::Auth),
    (4, ErrorClass::RetryAccount),
    (17, ErrorClass::RetryAccount),
    (32, ErrorClass::RetryAccount),
    (613, ErrorClass::RetryAccount),
    (80_007, ErrorClass::RetryAccount),
    (80_008, ErrorClass::RetryAccount),
    (130_429, ErrorClass::RetryNumber),
    (131_048, ErrorClass::Blocked),
    (131_056, ErrorClass::RetryPair),
    (131_064, ErrorClass::Blocked),
    (133_016, ErrorClass::RetryLater),
    (1, ErrorClass::Retry),
    (2, ErrorClass::Retry),
    (33, ErrorClass::FixRequest),
    (100, ErrorClass::FixRequest),
    (1026, ErrorClass::Recipient),
    (2040, ErrorClass::FixRequest),
    (2046, ErrorClass::FixRequest),
    (2047, ErrorClass::FixRequest),
    (130_403, ErrorClass::FixRequest),
    (130_472, ErrorClass::Recipient),
    (130_501, ErrorClass::Noop),
    (131_000, ErrorClass::Retry),
    (131_008, ErrorClass::FixRequest),
    (131_009, ErrorClass::FixRequest),
    (131_016, ErrorClass::Retry),
    (131_021, ErrorClass::FixRequest),
    (131_026, ErrorClass::Recipient),
    (131_027, ErrorClass::FixRequest),
    (131_030, ErrorClass::FixRequest),
    (131_037, ErrorClass::Blocked),
    (131_042, ErrorClass::Blocked),
    (131_044, ErrorClass::Blocked),
    (131_045, ErrorClass::Blocked),
    (131_047, ErrorClass::Template),
    (131_049, ErrorClass::RetryLater),
    (131_050, ErrorClass::OptOut),
    (131_051, ErrorClass::FixRequest),
    (131_052, ErrorClass::Noop),
    (131_053, ErrorClass::FixRequest),
    (131_055, ErrorClass::FixRequest),
    (131_057, ErrorClass::Retry),
    (131_060, ErrorClass::Noop),
    (131_062, ErrorClass::FixRequest),
    (131_063, ErrorClass::FixRequest),
    (134_011, ErrorClass::Blocked),
    (135_000, ErrorClass::FixRequest),
    (137_000, ErrorClass::Recipient),
    (132_000, ErrorClass::FixTemplate),
    (132_001, ErrorClass::FixTemplate),
    (132_005, ErrorClass::FixTemplate),
    (132_007, ErrorClass::FixTemplate),
    (132_008, ErrorClass::FixTemplate),
    (132_012, ErrorClass::FixTemplate),
    (132_015, ErrorClass::FixTemplate),
    (132_016, ErrorClass::FixTemplate),
    (132_018, ErrorClass::FixTemplate),
    (132_068, ErrorClass::FixTemplate),
    (132_069, ErrorClass::RetryLater),
    (134_100, ErrorClass::FixRequest),
    (134_101, ErrorClass::RetryLater),
    (134_102, ErrorClass::Blocked),
    (134_103, ErrorClass::FixTemplate),
    (1_752_041, ErrorClass::Noop),
    (133_000, ErrorClass::Retry),
    (133_004, ErrorClass::Retry),
    (133_005, ErrorClass::FixRequest),
    (133_006, ErrorClass::Blocked),
    (133_008, ErrorClass::RetryLater),
    (133_009, ErrorClass::RetryLater),
    (133_010, ErrorClass::Blocked),
    (133_015, ErrorClass::RetryLater),
    (147_001, ErrorClass::FixRequest),
    (147_002, ErrorClass::FixRequest),
    (147_003, ErrorClass::FixRequest),
    (147_004, ErrorClass::FixRequest),
    (147_005, ErrorClass::FixRequest),
    (2_388_001, ErrorClass::FixRequest),
    (2_388_012, ErrorClass::FixRequest),
    (2_388_091, ErrorClass::FixRequest),
    (2_388_093, ErrorClass::FixRequest),
    (2_388_103, ErrorClass::FixRequest),
    (2_494_100, ErrorClass::Retry),
    (2_593_107, ErrorClass::FixRequest),
    (2_593_108, ErrorClass::FixRequest),
    (2_593_109, ErrorClass::Noop),
    (2_593_079, ErrorClass::FixRequest),
    (2_593_085, ErrorClass::FixRequest),
    (2_388_019, ErrorClass::FixRequest),
    (2_388_023, ErrorClass::FixRequest),
    (2_388_024, ErrorClass::FixRequest),
    (2_388_039, ErrorClass::FixRequest),
    (2_388_040, ErrorClass::FixRequest),
    (2_388_047, ErrorClass::FixRequest),
    (2_388_072, ErrorClass::FixRequest),
    (2_388_073, ErrorClass::FixRequest),
    (2_388_077, ErrorClass::FixRequest),
    (2_388_293, ErrorClass::FixRequest),
    (2_388_299, ErrorClass::FixRequest),
    (200_005, ErrorClass::FixRequest),
    (200_006, ErrorClass::FixRequest),
    (200_007, ErrorClass::FixRequest),
    (141_002, ErrorClass::FixRequest),
    (131_020, ErrorClass::FixRequest),
    (131_041, ErrorClass::FixRequest),
    (131_059, ErrorClass::FixRequest),
    (131_201, ErrorClass::FixRequest),
    (131_202, ErrorClass::FixRequest),
    (131_203, ErrorClass::FixRequest),
    (131_204, ErrorClass::FixRequest),
    (131_207, ErrorClass::FixRequest),
    (131_208, ErrorClass::Retry),
    (131_209, ErrorClass::FixRequest),
    (131_210, ErrorClass::FixRequest),
    (131_211, ErrorClass::FixRequest),
    (131_212, ErrorClass::FixRequest),
    (131_213, ErrorClass::FixRequest),
    (131_214, ErrorClass::FixRequest),
    (131_215, ErrorClass::FixRequest),
    (138_000, ErrorClass::FixRequest),
    (138_001, ErrorClass::FixRequest),
    (138_002, ErrorClass::FixRequest),
    (138_003, ErrorClass::FixRequest),
    (138_004, ErrorClass::FixRequest),
    (138_005, ErrorClass::FixRequest),
    (138_006, ErrorClass::FixRequest),
    (138_007, ErrorClass::FixRequest),
    (138_009, ErrorClass::RetryLater),
    (138_012, ErrorClass::RetryLater),
    (138_013, ErrorClass::FixRequest),
    (138_014, ErrorClass::FixRequest),
    (138_015, ErrorClass::FixRequest),
    (138_017, ErrorClass::FixRequest),
    (138_018, ErrorClass::FixRequest),
    (138_019, ErrorClass::FixRequest),
    (138_020, ErrorClass::FixRequest),
    (138_021, ErrorClass::FixRequest),
    (138_022, ErrorClass::FixRequest),
    (138_023, ErrorClass::FixRequest),
    (138_024, ErrorClass::FixRequest),
    (139_000, ErrorClass::FixRequest),
    (139_001, ErrorClass::FixRequest),
    (139_002, ErrorClass::FixRequest),
    (139_003, ErrorClass::FixRequest),
    (139_004, ErrorClass::FixRequest),
    (139_006, ErrorClass::FixRequest),
    (139_100, ErrorClass::FixRequest),
    (139_101, ErrorClass::FixRequest),
    (139_102, ErrorClass::FixRequest),
    (139_103, ErrorClass::FixRequest),
    (2_494_164, ErrorClass::FixRequest),
    (2_494_165, ErrorClass::FixRequest),
    (2_494_166, ErrorClass::FixRequest),
    (2_494_167, ErrorClass::FixRequest),
    (2_494_168, ErrorClass::FixRequest),
    (2_494_176, ErrorClass::FixRequest),
    (2_494_177, ErrorClass::FixRequest),
    (2_494_179, ErrorClass::FixRequest),
    (2_494_191, ErrorClass::FixRequest),
];

#[test]
fn each_code_has_its_class() {
    for (code, class) in CODES {
        assert_eq!(ErrorCode(*code).class(), *class, "{code}");
    }
}

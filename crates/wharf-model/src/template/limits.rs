//! Meta's limits of templates, in characters unless the name says otherwise.
//!
//! See [Cloud API/Template components], [Cloud API/Template management] and the page of each
//! template family.

/// Name: small letters, digits and underscores.
pub const NAME: usize = 512;
/// Language code; the longest of Meta's codes has five characters.
pub const LANGUAGE: usize = 16;
/// Text header.
pub const HEADER: usize = 60;
/// Variables of a text header.
pub const HEADER_VARIABLES: usize = 1;
/// Body.
pub const BODY: usize = 1024;
/// Body of a limited-time offer.
pub const OFFER_BODY: usize = 600;
/// Body of a card, and of a template that shows one product.
pub const CARD_BODY: usize = 160;
/// Footer.
pub const FOOTER: usize = 60;
/// Heading of a limited-time offer.
pub const OFFER_TEXT: usize = 16;
/// Buttons.
pub const BUTTONS: usize = 10;
/// Buttons that open a URL.
pub const URL_BUTTONS: usize = 2;
/// Buttons that call a phone number.
pub const PHONE_NUMBER_BUTTONS: usize = 1;
/// Buttons that copy a coupon code.
pub const COPY_CODE_BUTTONS: usize = 1;
/// Label of a button.
pub const BUTTON_TEXT: usize = 25;
/// URL of a button.
pub const URL: usize = 2000;
/// Phone number of a button.
pub const PHONE_NUMBER: usize = 20;
/// Sample of a coupon code.
pub const COUPON_CODE: usize = 20;
/// Fewest cards of a carousel.
pub const MIN_CARDS: usize = 2;
/// Most cards of a carousel.
pub const CARDS: usize = 10;
/// Buttons of a card.
pub const CARD_BUTTONS: usize = 2;
/// Apps that may take a one-time code.
pub const SUPPORTED_APPS: usize = 5;
/// Name of an app's package.
pub const PACKAGE_NAME: usize = 224;
/// Exact length of the hash of an app's signature.
pub const SIGNATURE_HASH: usize = 11;
/// Most minutes after which a code expires.
pub const CODE_EXPIRATION_MINUTES: u32 = 90;
/// Most minutes that a call button works: thirty days.
pub const CALL_TTL_MINUTES: u32 = 43_200;
/// Languages of an authentication template that are made in one call; Meta states none.
pub const LANGUAGES: usize = 100;
/// Sample value of a variable; Meta states none below the length of the text.
pub const EXAMPLE: usize = 1024;
/// Id of a template by which at most this many are deleted, archived or brought back in one call.
pub const IDS: usize = 100;
/// How long Meta tries to deliver an authentication message, in seconds.
pub const AUTHENTICATION_TTL: std::ops::RangeInclusive<i64> = 30..=900;
/// How long Meta tries to deliver a utility message, in seconds.
pub const UTILITY_TTL: std::ops::RangeInclusive<i64> = 30..=43_200;
/// How long Meta tries to deliver a marketing message, in seconds (Marketing Messages API only).
pub const MARKETING_TTL: std::ops::RangeInclusive<i64> = 43_200..=2_592_000;
/// Thirty days, for authentication and utility.
pub const LONGEST_TTL: i64 = -1;

//! Meta's limits, in characters unless the name says otherwise.
//!
//! See [Cloud API/Send messages] and the page of each message type.

/// Body of a text message.
pub const TEXT_BODY: usize = 4096;
/// Caption of an image, video or document.
pub const CAPTION: usize = 1024;
/// File name of a document; Meta states none, this is the longest that file systems take.
pub const FILENAME: usize = 255;
/// URL of media or of a button.
pub const URL: usize = 2000;
/// Name and address of a location; Meta states none.
pub const LOCATION_TEXT: usize = 1000;
/// Contacts in one message.
pub const CONTACTS: usize = 257;
/// Body of an interactive message.
pub const INTERACTIVE_BODY: usize = 1024;
/// Body of an interactive list.
pub const LIST_BODY: usize = 4096;
/// Text header of an interactive message.
pub const HEADER_TEXT: usize = 60;
/// Footer of an interactive message.
pub const FOOTER: usize = 60;
/// Reply buttons in one message.
pub const REPLY_BUTTONS: usize = 3;
/// Id of a reply button.
pub const REPLY_BUTTON_ID: usize = 256;
/// Title of a reply button.
pub const REPLY_BUTTON_TITLE: usize = 20;
/// Label of the button that opens a list.
pub const LIST_BUTTON: usize = 20;
/// Sections of a list.
pub const LIST_SECTIONS: usize = 10;
/// Rows of a list, over all its sections.
pub const LIST_ROWS: usize = 10;
/// Title of a list section.
pub const LIST_SECTION_TITLE: usize = 24;
/// Id of a list row.
pub const LIST_ROW_ID: usize = 200;
/// Title of a list row.
pub const LIST_ROW_TITLE: usize = 24;
/// Description of a list row.
pub const LIST_ROW_DESCRIPTION: usize = 72;
/// Label of a URL button.
pub const CTA_TEXT: usize = 20;
/// Name of a template.
pub const TEMPLATE_NAME: usize = 512;
/// Language code of a template; the longest of Meta's codes has five characters.
pub const TEMPLATE_LANGUAGE: usize = 16;
/// A text value in a template's header.
pub const TEMPLATE_HEADER_TEXT: usize = 60;
/// A text value in a template's body.
pub const TEMPLATE_BODY_TEXT: usize = 1024;
/// Values of one template component; Meta states none below the length of the text.
pub const TEMPLATE_PARAMETERS: usize = 1024;
/// Buttons of a template.
pub const TEMPLATE_BUTTONS: usize = 10;
/// Payload of a template's quick reply button; Meta states none, older pages say less.
pub const TEMPLATE_PAYLOAD: usize = 256;
/// A coupon code.
pub const COUPON_CODE: usize = 20;
/// Spaces in a row in a template's text value.
pub const TEMPLATE_SPACES: usize = 4;
/// What a business may have echoed in every status of a message.
pub const CALLBACK_DATA: usize = 512;
/// Hash of a user's identity; Meta states none.
pub const IDENTITY_KEY_HASH: usize = 256;

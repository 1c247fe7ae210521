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
/// Label of the button that opens a flow; Meta advises it.
pub const FLOW_CTA: usize = 30;
/// What comes back from a flow to tell whose it is; Meta states none.
pub const FLOW_TOKEN: usize = 1024;
/// Name of a flow and of one of its screens; Meta states none.
pub const FLOW_NAME: usize = 200;
/// Sections of a list of products.
pub const PRODUCT_SECTIONS: usize = 10;
/// Products of a list, over all its sections.
pub const PRODUCTS: usize = 30;
/// Title of a section of products.
pub const PRODUCT_SECTION_TITLE: usize = 24;
/// Fewest cards of a carousel.
pub const MIN_CARDS: usize = 2;
/// Most cards of a carousel.
pub const CARDS: usize = 10;
/// Body of a card.
pub const CARD_BODY: usize = 160;
/// Line breaks in the body of a card.
pub const CARD_LINE_BREAKS: usize = 2;
/// Quick replies of a card; Meta states none, so as many as a message has.
pub const CARD_QUICK_REPLIES: usize = 3;
/// Minutes that a call button works: thirty days.
pub const CALL_TTL_MINUTES: u32 = 43_200;
/// What a call through a call button brings back.
pub const CALL_PAYLOAD: usize = 512;
/// A field of an address; Meta states none.
pub const ADDRESS_FIELD: usize = 1000;
/// Postal code of an address in India.
pub const PIN_CODE: usize = 6;
/// Saved addresses to choose from; Meta states none.
pub const SAVED_ADDRESSES: usize = 100;
/// Reference of an order.
pub const REFERENCE_ID: usize = 35;
/// Items of an order; Meta states none.
pub const ORDER_ITEMS: usize = 999;
/// Items of an order of which one brings its own picture.
pub const ORDER_ITEMS_WITH_IMAGES: usize = 10;
/// Name of an order's item, description of a charge, name of a discount programme.
pub const ORDER_TEXT: usize = 60;
/// Description of an order's status or expiration.
pub const ORDER_DESCRIPTION: usize = 120;
/// Name of whom goods are shipped to.
pub const BENEFICIARY_NAME: usize = 200;
/// Line of a postal address.
pub const ADDRESS_LINE: usize = 100;
/// Digits of an Indian postal code.
pub const POSTAL_CODE: usize = 6;
/// Name of a payment configuration.
pub const CONFIGURATION_NAME: usize = 60;
/// Ways to pay in one order; Meta states none.
pub const PAYMENT_SETTINGS: usize = 10;
/// A code, key or link of a way to pay; Meta states none.
pub const PAYMENT_TEXT: usize = 2000;
/// The unit of all amounts: hundredths.
pub const AMOUNT_OFFSET: i64 = 100;
/// Days that a pinned message stays pinned.
pub const PIN_DAYS: u8 = 30;
/// Name of a template.
pub const TEMPLATE_NAME: usize = 512;
/// Language code of a template; the longest of Meta's codes has five characters.
pub const TEMPLATE_LANGUAGE: usize = 16;
/// A text value in a template's header.
pub const TEMPLATE_HEADER_TEXT: usize = 60;
/// A text value in a template's body.
pub const TEMPLATE_BODY_TEXT: usize = 1024;
/// Values of a template's header.
pub const TEMPLATE_HEADER_PARAMETERS: usize = 1;
/// Values of one template component; Meta states none below the length of the text.
pub const TEMPLATE_PARAMETERS: usize = 1024;
/// Buttons of a template.
pub const TEMPLATE_BUTTONS: usize = 10;
/// Payload of a template's quick reply button; Meta states none, older pages say less.
pub const TEMPLATE_PAYLOAD: usize = 256;
/// Buttons of a template's card.
pub const TEMPLATE_CARD_BUTTONS: usize = 2;
/// A one-time code.
pub const OTP: usize = 15;
/// Title of the link that a whole template opens; Meta states none.
pub const TAP_TARGET_TITLE: usize = 1024;
/// A coupon code.
pub const COUPON_CODE: usize = 20;
/// Spaces in a row in a template's text value.
pub const TEMPLATE_SPACES: usize = 4;
/// What a business may have echoed in every status of a message.
pub const CALLBACK_DATA: usize = 512;
/// Hash of a user's identity; Meta states none.
pub const IDENTITY_KEY_HASH: usize = 256;

//! Meta's limits of Flow JSON, in characters unless the name says otherwise.
//!
//! See [Cloud API/Flows components] and [Cloud API/Flow JSON].

/// Bytes of a whole Flow JSON.
pub const DOCUMENT_BYTES: usize = 10 * 1024 * 1024;
/// Components of a screen, nested ones included.
pub const COMPONENTS: usize = 50;
/// Routes that lead from one screen.
pub const ROUTES: usize = 10;
/// `If` components inside each other.
pub const IF_DEPTH: usize = 3;
/// A heading or subheading.
pub const HEADING: usize = 80;
/// A text body; the text of a caption has [`CAPTION`].
pub const BODY: usize = 4096;
/// A text caption. The newest capture of the page prints 409, older ones and the libraries 4096;
/// the larger one is taken, so that nothing is refused which Meta takes.
pub const CAPTION: usize = 4096;
/// Label of a text input, text area or dropdown.
pub const ENTRY_LABEL: usize = 20;
/// Error message of a text input.
pub const ENTRY_ERROR: usize = 30;
/// Helper text below an input.
pub const HELPER_TEXT: usize = 80;
/// Error message of a date or calendar picker.
pub const DATE_ERROR: usize = 80;
/// Label of a date or calendar picker.
pub const DATE_LABEL: usize = 40;
/// Title of a calendar picker.
pub const CALENDAR_TITLE: usize = 80;
/// Label of a checkbox or radio button group, of a photo or document picker.
pub const GROUP_LABEL: usize = 30;
/// Label of a chips selector or a navigation list.
pub const LIST_LABEL: usize = 80;
/// Description of a component or of a choice.
pub const DESCRIPTION: usize = 300;
/// Title of a choice.
pub const CHOICE_TITLE: usize = 30;
/// Metadata of a choice.
pub const CHOICE_METADATA: usize = 20;
/// Choices of a checkbox or radio button group, of a chips selector.
pub const GROUP_CHOICES: usize = 20;
/// The fewest choices of a chips selector.
pub const CHIPS_LEAST: usize = 2;
/// Choices of a dropdown without images.
pub const DROPDOWN_CHOICES: usize = 200;
/// Choices of a dropdown with images.
pub const DROPDOWN_CHOICES_WITH_IMAGES: usize = 100;
/// Label of a footer.
pub const FOOTER_LABEL: usize = 35;
/// A caption of a footer.
pub const FOOTER_CAPTION: usize = 15;
/// Text of an opt-in.
pub const OPT_IN_LABEL: usize = 120;
/// Opt-ins of a screen.
pub const OPT_INS: usize = 5;
/// Text of an embedded link. The page prints 25, but Meta's own sample Flows have 30 and libraries
/// 35; the largest is taken.
pub const LINK_TEXT: usize = 35;
/// Embedded links of a screen.
pub const LINKS: usize = 2;
/// Images of a screen.
pub const IMAGES: usize = 3;
/// Images of a carousel.
pub const CAROUSEL_IMAGES: usize = 3;
/// Carousels of a screen.
pub const CAROUSELS: usize = 2;
/// Carousels of a Flow.
pub const CAROUSELS_IN_FLOW: usize = 3;
/// Photos or documents of a picker.
pub const UPLOADS: usize = 30;
/// Kilobytes of an uploaded file.
pub const UPLOAD_KILOBYTES: usize = 25_600;
/// Navigation lists of a screen.
pub const NAVIGATION_LISTS: usize = 2;
/// Items of a navigation list.
pub const NAVIGATION_ITEMS: usize = 20;
/// Title of a navigation item.
pub const ITEM_TITLE: usize = 30;
/// Description of a navigation item.
pub const ITEM_DESCRIPTION: usize = 20;
/// Metadata of a navigation item.
pub const ITEM_METADATA: usize = 80;
/// Each text at the end of a navigation item.
pub const ITEM_END: usize = 10;
/// Badge or tag of a navigation item.
pub const ITEM_BADGE: usize = 15;
/// Tags of a navigation item.
pub const ITEM_TAGS: usize = 3;

//! Each screen as it is after the demo's conversation, to look at.

use super::desk::Desk;

/// Every screen that needs nothing but what the demo has.
const SCREENS: [&str; 4] = ["overview", "messages", "search", "tail"];

#[test]
fn no_screen_breaks_the_content_policy_or_asks_elsewhere() {
    let desk = Desk::new();
    for screen in SCREENS {
        desk.open(screen);
        desk.until("return !document.querySelector('.loading')");
        desk.is_clean();
    }
    desk.end();
}

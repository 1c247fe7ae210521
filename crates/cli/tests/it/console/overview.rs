//! The overview: figures that lead to the lists behind them.

use super::desk::{Desk, USER};

#[test]
fn every_figure_leads_to_the_list_behind_it() {
    let desk = Desk::new();
    desk.user_writes("Good morning");
    let id = desk.business_writes(&format!("+{USER}"), "Good morning to you");
    desk.message_is(&id, "read");
    desk.open("overview");
    desk.click("[aria-label='Time span'] button:first-child");
    let figure = |name: &str| {
        format!(
            "[...document.querySelectorAll('a.figure')].find((one) => one.querySelector('.figure-name').innerText === '{name}')"
        )
    };
    desk.until(&format!(
        "return Number({}.querySelector('.figure-value').innerText) >= 3",
        figure("In")
    ));
    desk.until(&format!(
        "return Number({}.querySelector('.figure-value').innerText) >= 2",
        figure("Out")
    ));
    desk.until("return document.querySelectorAll('.chart canvas').length >= 3");
    desk.looks_well("overview");
    let figures = desk.until("return document.querySelectorAll('.figure').length");
    let links = desk.until("return document.querySelectorAll('a.figure[href^=\"#/\"]').length");
    assert_eq!(figures, links);
    desk.until(&format!("{}.click(); return true", figure("In")));
    desk.until("return location.hash === '#/messages?direction=inbound&hours=1'");
    desk.says("Good morning");
    desk.says("Only of the last hour");
    desk.looks_well("messages");
    desk.end();
}

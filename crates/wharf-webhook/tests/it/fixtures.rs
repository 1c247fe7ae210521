//! Every sample notification, and what becomes of it.

use std::fmt::Write;

use wharf_model::{Field, IncomingContent};
use wharf_webhook::{Update, UpdateKind, parse, probe};

use crate::notifications;

fn kind(update: &Update) -> String {
    match &update.kind {
        UpdateKind::Message(message) => match &message.content {
            IncomingContent::Malformed { .. } => format!("message {} malformed", message.kind),
            IncomingContent::Unknown { .. } => format!("message {} unknown", message.kind),
            _ => format!("message {}", message.kind),
        },
        UpdateKind::Echo(echo) => match &echo.content {
            IncomingContent::Malformed { .. } => format!("echo {} malformed", echo.kind),
            IncomingContent::Unknown { .. } => format!("echo {} unknown", echo.kind),
            _ => format!("echo {}", echo.kind),
        },
        UpdateKind::Status(status) => {
            let errors = status.errors.iter().map(|error| format!(" {}", error.code));
            format!(
                "status {}{}",
                status.status.as_str(),
                errors.collect::<String>()
            )
        }
        UpdateKind::Error(error) => format!("error {}", error.code),
        UpdateKind::Call(call) => format!("call {}", call.step),
        UpdateKind::Other => "other".to_owned(),
        _ => "new".to_owned(),
    }
}

#[test]
fn every_sample_is_understood() {
    let mut summary = String::new();
    for (name, body) in notifications() {
        probe(&body).unwrap_or_else(|e| panic!("{name}: {e}"));
        let notification = parse(&body).unwrap_or_else(|e| panic!("{name}: {e}"));
        writeln!(summary, "{name}").unwrap();
        for update in &notification.updates {
            assert!(!matches!(update.field, Field::Unknown(_)), "{name}");
            let number = if update.phone_number_id.is_some() {
                " number"
            } else {
                ""
            };
            let time = if update.entry_time.is_some() {
                " time"
            } else {
                ""
            };
            let named = update
                .contacts
                .iter()
                .filter(|contact| contact.matched)
                .count();
            let strays = update.contacts.len() - named;
            writeln!(
                summary,
                "  {}: {}{number}{time} contacts {named}+{strays} {}",
                update.field,
                kind(update),
                update.identity()
            )
            .unwrap();
        }
        for part in &notification.unrecognised {
            writeln!(summary, "  UNRECOGNISED {} {}", part.path, part.reason).unwrap();
        }
    }
    insta::assert_snapshot!(summary);
}

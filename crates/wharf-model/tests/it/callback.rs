//! Callback data comes back whole, or is refused with the reason.

use serde::{Deserialize, Serialize};
use wharf_model::callback::{Callback, CallbackError};
use wharf_model::outgoing::{ListRow, ReplyButton};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Slot {
    day: String,
    hour: u8,
    note: Option<String>,
}

const SLOT: Callback<Slot> = Callback::new("slot", 3);

fn slot(note: &str) -> Slot {
    Slot {
        day: "2026-11-21".to_owned(),
        hour: 9,
        note: Some(note.to_owned()),
    }
}

#[test]
fn what_is_packed_comes_back_in_letters_that_may_stand_in_a_url() {
    for note in ["", "a", "ü€😀\"\\\n", "?&=/ +"] {
        let id = SLOT.button_id(&slot(note)).unwrap();
        assert!(id.starts_with("slot.3."), "{id}");
        assert!(
            id.bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)),
            "{id}"
        );
        ReplyButton::new(id.as_str(), "Take it").unwrap();
        assert_eq!(SLOT.unpack(&id).unwrap(), slot(note));
    }
}

#[test]
fn ids_fill_their_limit_and_no_more() {
    let (mut buttons, mut rows) = (0, 0);
    for length in 0..300 {
        let data = slot(&"x".repeat(length));
        if let Ok(id) = SLOT.button_id(&data) {
            ReplyButton::new(id, "x").unwrap();
            buttons = length;
        }
        if let Ok(id) = SLOT.row_id(&data) {
            ListRow::new(id, "x").unwrap();
            rows = length;
        }
    }
    assert!(buttons > rows && rows > 80, "{buttons} {rows}");
    let error = SLOT.row_id(&slot(&"x".repeat(200))).unwrap_err();
    assert!(matches!(
        error,
        CallbackError::TooLong { limit: 200, length } if length > 200
    ));
}

#[test]
fn foreign_shortened_and_changed_ids_are_refused() {
    let id = SLOT.button_id(&slot("note")).unwrap();
    for foreign in [
        "",
        "yes",
        "slots.3.e30.AAAAAA",
        "other.3.e30.AAAAAA",
        "slot",
    ] {
        assert!(
            matches!(SLOT.unpack(foreign), Err(CallbackError::Foreign)),
            "{foreign}"
        );
    }
    for end in "slot.".len()..id.len() {
        let short = &id[..end];
        assert!(
            matches!(SLOT.unpack(short), Err(CallbackError::Damaged)),
            "{short}"
        );
    }
    for place in "slot.".len()..id.len() {
        for letter in ["A", "b", "7", "-", "."] {
            let mut changed = id.clone();
            changed.replace_range(place..=place, letter);
            if changed != id {
                assert!(
                    matches!(SLOT.unpack(&changed), Err(CallbackError::Damaged)),
                    "{changed}"
                );
            }
        }
    }
    assert!(matches!(
        SLOT.unpack("slot.3.é.AAAAAA"),
        Err(CallbackError::Damaged)
    ));
}

#[test]
fn versions_and_types_are_told_apart() {
    let old: Callback<Slot> = Callback::new("slot", 2);
    let id = old.button_id(&slot("a")).unwrap();
    assert_eq!(SLOT.version_of(&id).unwrap(), 2);
    assert!(matches!(
        SLOT.unpack(&id),
        Err(CallbackError::Version {
            expected: 3,
            found: 2
        })
    ));
    let other: Callback<u8> = Callback::new("slot", 3);
    let id = other.button_id(&7).unwrap();
    assert!(matches!(SLOT.unpack(&id), Err(CallbackError::Data(_))));
    for name in ["", "a.b", "é", "a b"] {
        let named: Callback<u8> = Callback::new(name, 1);
        assert!(matches!(named.button_id(&7), Err(CallbackError::Name)));
    }
}

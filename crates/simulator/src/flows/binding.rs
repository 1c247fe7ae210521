//! Bindings in Flow JSON: `${data.x}`, `${form.x}`, `${screen.NAME.form.x}`.

/// What a binding reads from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Store {
    Data,
    Form,
}

/// One `${…}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reference<'a> {
    /// What stands between the braces.
    pub(crate) text: &'a str,
    /// Another screen than the one it stands on.
    pub(crate) screen: Option<&'a str>,
    pub(crate) store: Store,
    /// The first name; deeper ones follow in `rest`.
    pub(crate) name: &'a str,
    pub(crate) rest: Option<&'a str>,
}

/// Every binding of a text; what only looks like one is left out.
pub(crate) fn references(text: &str) -> Vec<Reference<'_>> {
    let pieces = text.split("${").skip(1);
    pieces
        .filter_map(|piece| read(piece.split_once('}')?.0))
        .collect()
}

/// The binding that the whole text is.
pub(crate) fn whole(text: &str) -> Option<Reference<'_>> {
    let inner = text.trim().strip_prefix("${")?.strip_suffix('}')?;
    (!inner.contains(['{', '}'])).then(|| read(inner)).flatten()
}

pub(crate) fn read(text: &str) -> Option<Reference<'_>> {
    let text = text.trim();
    let (screen, local) = match text.strip_prefix("screen.") {
        Some(rest) => {
            let (screen, local) = rest.split_once('.')?;
            // `${screen.data.x}` is an old way to write `${data.x}`.
            if screen == "data" || screen == "form" {
                (None, rest)
            } else {
                (Some(screen), local)
            }
        }
        None => (None, text),
    };
    let (store, name) = local.split_once('.')?;
    let store = match store {
        "data" => Store::Data,
        "form" => Store::Form,
        _ => return None,
    };
    let (name, rest) = match name.split_once('.') {
        Some((name, rest)) => (name, Some(rest)),
        None => (name, None),
    };
    Some(Reference {
        text,
        screen,
        store,
        name,
        rest,
    })
}

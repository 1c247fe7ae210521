//! What stands above the text.

use serde_json::Value;

use super::example::{self, Keys};
use super::{Fields, text, variables};
use crate::core::Core;
use crate::graph::GraphError;
use crate::graph::templates::refusal::{HEADER, at_most, refused};
use crate::template::Category;

const TEXT: usize = 60;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Text,
    Image,
    Video,
    Document,
    Gif,
    Location,
    Product,
}

/// Checks a header and tells its format.
pub(super) fn check(
    core: &Core,
    header: &Fields,
    named: bool,
    field: &str,
    category: Category,
) -> Result<Format, GraphError> {
    let format = format(header, field)?;
    match format {
        Format::Text => heading(header, named, field)?,
        Format::Location => {
            if category == Category::Authentication {
                return Err(wrong(format!(
                    "{field} LOCATION needs UTILITY or MARKETING."
                )));
            }
        }
        Format::Gif if category != Category::Marketing => {
            return Err(wrong(format!("{field} GIF needs category MARKETING.")));
        }
        Format::Product => {}
        Format::Image | Format::Video | Format::Document | Format::Gif => {
            handle(core, header, format, field)?;
        }
    }
    Ok(format)
}

fn format(header: &Fields, field: &str) -> Result<Format, GraphError> {
    // A documented sample leaves the format out where there is a text.
    let format = text(header, "format");
    let format = format.or_else(|| text(header, "text").map(|_| "TEXT"));
    Ok(
        match format.unwrap_or_default().to_ascii_uppercase().as_str() {
            "TEXT" => Format::Text,
            "IMAGE" => Format::Image,
            "VIDEO" => Format::Video,
            "DOCUMENT" => Format::Document,
            "GIF" => Format::Gif,
            "LOCATION" => Format::Location,
            "PRODUCT" => Format::Product,
            _ => {
                return Err(wrong(format!(
                    "{field} format must be one of TEXT, IMAGE, VIDEO, DOCUMENT, GIF, LOCATION, PRODUCT."
                )));
            }
        },
    )
}

fn heading(header: &Fields, named: bool, field: &str) -> Result<(), GraphError> {
    let text = text(header, "text").unwrap_or_default();
    if text.is_empty() {
        return Err(wrong(format!(
            "{field} of format TEXT needs a text. Add it."
        )));
    }
    at_most(&format!("{field} text"), text, TEXT)?;
    let found = variables::read(field, text, named, HEADER)?;
    if found.len() > 1 {
        return Err(wrong(format!(
            "{field} text has {} variables and may have at most 1. Remove the others.",
            found.len()
        )));
    }
    let keys = Keys {
        positional: &["header_text", "body_text"],
        named: "header_text_named_params",
        subcode: HEADER,
    };
    example::check(header, &found, &keys, named, field)
}

/// A file that shows reviewers what will be sent, named by the handle of a resumable upload.
fn handle(core: &Core, header: &Fields, format: Format, field: &str) -> Result<(), GraphError> {
    let handle = header
        .get("example")
        .and_then(|example| example.get("header_handle"))
        .and_then(|handles| match handles {
            Value::Array(items) => items.first().and_then(Value::as_str),
            Value::String(handle) => Some(handle.as_str()),
            _ => None,
        });
    let handle = handle.ok_or_else(|| {
        wrong(format!(
            "{field} with a file needs example.header_handle. Upload a sample with the Resumable \
             Upload API and give its handle."
        ))
    })?;
    let file = core.uploads.handle(handle).ok_or_else(|| {
        wrong(format!(
            "{field} example.header_handle is not the handle of an upload, or of one that is \
             forgotten. Upload the file with the Resumable Upload API and give its handle."
        ))
    })?;
    let wanted = match format {
        Format::Image => "image/",
        Format::Document => "application/pdf",
        _ => "video/",
    };
    if file.mime_type.starts_with(wanted) {
        return Ok(());
    }
    Err(wrong(format!(
        "{field} example.header_handle is of a file of type {}, which does not suit the format. \
         Upload another sample.",
        file.mime_type
    )))
}

fn wrong(message: String) -> GraphError {
    refused(HEADER, "Invalid message template header", message)
}

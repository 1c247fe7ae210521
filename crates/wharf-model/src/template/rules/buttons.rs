//! What Meta asks of the buttons of a template.

use crate::outgoing::InvalidMessage;
use crate::outgoing::invalid::{bounded, counted, required, required_of};
use crate::template::button::{Button, ButtonKind};
use crate::template::flow::FlowButton;
use crate::template::limits;
use crate::template::otp::{Otp, OtpKind, SupportedApp};
use crate::template::variables::variables;

/// Checks one to `limit` buttons and their order.
pub(super) fn check(buttons: &[Button], limit: usize, at: &str) -> Result<(), InvalidMessage> {
    let list = format!("{at}/buttons");
    counted(buttons.len(), limit, &list)?;
    at_most(buttons, "URL", limits::URL_BUTTONS, &list)?;
    at_most(buttons, "PHONE_NUMBER", limits::PHONE_NUMBER_BUTTONS, &list)?;
    at_most(buttons, "COPY_CODE", limits::COPY_CODE_BUTTONS, &list)?;
    let groups = buttons
        .chunk_by(|one, next| is_quick_reply(one) == is_quick_reply(next))
        .filter(|group| group.first().is_some_and(is_quick_reply));
    if groups.count() > 1 {
        return Err(InvalidMessage::invalid(
            list,
            "quick replies with other buttons between them",
        ));
    }
    for (index, button) in buttons.iter().enumerate() {
        one(button).map_err(|fault| fault.within(&format!("{list}/{index}")))?;
    }
    Ok(())
}

/// Checks one button, with pointers from the button itself.
pub(super) fn one(button: &Button) -> Result<(), InvalidMessage> {
    let labelled_by_meta = matches!(
        button.kind,
        ButtonKind::CopyCode { .. }
            | ButtonKind::Otp(_)
            | ButtonKind::RequestContactInfo
            | ButtonKind::Unknown { .. }
    );
    match &button.text {
        None if labelled_by_meta => {}
        text => drop(required_of(text.as_deref(), limits::BUTTON_TEXT, "/text")?),
    }
    match &button.kind {
        ButtonKind::Url { url, example } => url_button(url, example.as_deref()),
        ButtonKind::PhoneNumber { phone_number } => {
            let number = phone_number.clone();
            required(number, limits::PHONE_NUMBER, "/phone_number").map(drop)
        }
        ButtonKind::CopyCode { example } => {
            required_of(example.as_deref(), limits::COUPON_CODE, "/example").map(drop)
        }
        ButtonKind::Otp(otp) => check_otp(otp),
        ButtonKind::Flow(flow) => check_flow(flow),
        ButtonKind::VoiceCall {
            ttl_minutes: Some(minutes),
        } if !(1..=limits::CALL_TTL_MINUTES).contains(minutes) => Err(InvalidMessage::invalid(
            "/ttl_minutes",
            "not 1 to 43200 minutes",
        )),
        ButtonKind::VoiceCall { .. }
        | ButtonKind::QuickReply
        | ButtonKind::Catalog
        | ButtonKind::Mpm
        | ButtonKind::Spm
        | ButtonKind::OrderDetails
        | ButtonKind::RequestContactInfo
        | ButtonKind::Unknown { .. } => Ok(()),
    }
}

fn is_quick_reply(button: &Button) -> bool {
    button.kind == ButtonKind::QuickReply
}

fn at_most(buttons: &[Button], kind: &str, limit: usize, list: &str) -> Result<(), InvalidMessage> {
    let count = buttons
        .iter()
        .filter(|button| button.kind.as_str() == kind)
        .count();
    if count > limit {
        return Err(InvalidMessage::TooMany {
            field: list.to_owned(),
            limit,
            count,
        });
    }
    Ok(())
}

fn url_button(url: &str, example: Option<&str>) -> Result<(), InvalidMessage> {
    let url = required(url.to_owned(), limits::URL, "/url")?;
    let found = variables(&url);
    match (found.as_slice(), example) {
        ([], None) => Ok(()),
        ([], Some(_)) => Err(InvalidMessage::invalid(
            "/example",
            "a sample for a URL without a variable",
        )),
        ([one], example) if one.end == url.len() => {
            required_of(example, limits::URL, "/example").map(drop)
        }
        _ => Err(InvalidMessage::invalid(
            "/url",
            "a URL takes one variable, at its end",
        )),
    }
}

fn check_flow(flow: &FlowButton) -> Result<(), InvalidMessage> {
    let names = [
        flow.flow_id.is_some(),
        flow.flow_name.is_some(),
        flow.flow_json.is_some(),
    ];
    match names.iter().filter(|given| **given).count() {
        0 => return Err(InvalidMessage::missing("/flow_id")),
        1 => {}
        _ => {
            let reason = "more than one of flow_id, flow_name and flow_json";
            return Err(InvalidMessage::invalid("/flow_id", reason));
        }
    }
    match flow.flow_action.as_deref() {
        None | Some("navigate" | "NAVIGATE") => Ok(()),
        Some("data_exchange" | "DATA_EXCHANGE") if flow.navigate_screen.is_none() => Ok(()),
        Some("data_exchange" | "DATA_EXCHANGE") => Err(InvalidMessage::invalid(
            "/navigate_screen",
            "belongs to the action navigate only",
        )),
        Some(_) => Err(InvalidMessage::invalid(
            "/flow_action",
            "neither navigate nor data_exchange",
        )),
    }
}

fn check_otp(otp: &Otp) -> Result<(), InvalidMessage> {
    if let Some(text) = &otp.autofill_text {
        required(text.clone(), limits::BUTTON_TEXT, "/autofill_text")?;
    }
    let apps = otp.supported_apps.as_deref();
    for (index, app) in apps.unwrap_or_default().iter().enumerate() {
        check_app(app).map_err(|fault| fault.within(&format!("/supported_apps/{index}")))?;
    }
    let single = match (&otp.package_name, &otp.signature_hash) {
        (None, None) => false,
        (name, hash) => {
            check_app(&SupportedApp {
                package_name: name.clone().unwrap_or_default(),
                signature_hash: hash.clone().unwrap_or_default(),
            })?;
            true
        }
    };
    match &otp.kind {
        OtpKind::CopyCode if apps.is_none() && !single => Ok(()),
        OtpKind::CopyCode => Err(InvalidMessage::invalid(
            "/supported_apps",
            "belongs to one-tap and zero-tap only",
        )),
        OtpKind::ZeroTap if otp.zero_tap_terms_accepted != Some(true) => {
            let field = "/zero_tap_terms_accepted";
            Err(InvalidMessage::invalid(field, "not accepted"))
        }
        OtpKind::OneTap | OtpKind::ZeroTap if single && apps.is_none() => Ok(()),
        OtpKind::OneTap | OtpKind::ZeroTap => counted(
            apps.unwrap_or_default().len(),
            limits::SUPPORTED_APPS,
            "/supported_apps",
        ),
        OtpKind::Unknown(_) => Err(InvalidMessage::invalid(
            "/otp_type",
            "none of COPY_CODE, ONE_TAP and ZERO_TAP",
        )),
    }
}

fn check_app(app: &SupportedApp) -> Result<(), InvalidMessage> {
    let name = bounded(
        app.package_name.clone(),
        limits::PACKAGE_NAME,
        "/package_name",
    )?;
    let mut parts = name.split('.');
    let part = |part: &str| {
        part.bytes()
            .next()
            .is_some_and(|byte| byte.is_ascii_alphabetic())
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    if name.split('.').count() < 2 || !parts.all(part) {
        return Err(InvalidMessage::invalid(
            "/package_name",
            "not a package name of two parts or more, such as com.example",
        ));
    }
    let hash = app.signature_hash.as_bytes();
    let allowed = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=".contains(byte);
    if hash.len() != limits::SIGNATURE_HASH || !hash.iter().all(allowed) {
        return Err(InvalidMessage::invalid(
            "/signature_hash",
            "not eleven letters, digits and the signs + / =",
        ));
    }
    Ok(())
}

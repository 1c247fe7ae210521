//! What the samples say about messages and statuses is read in full.

use wharf_model::incoming::{
    InteractiveReply, MessageEcho, PricingCategory, PricingKind, WebhookError,
};
use wharf_model::{Contact, IncomingContent, IncomingMessage, MessageStatus, Status};

use crate::fixture;

fn element(name: &str, list: &str) -> String {
    let pointer = format!("/entry/0/changes/0/value/{list}/0");
    fixture(name)
        .pointer(&pointer)
        .unwrap_or_else(|| panic!("{name} has no {pointer}"))
        .to_string()
}

fn message(variant: &str) -> IncomingMessage {
    let name = format!("messages.{variant}.json");
    IncomingMessage::from_json(&element(&name, "messages")).unwrap()
}

fn status(variant: &str) -> MessageStatus {
    let name = format!("messages.status-{variant}.json");
    MessageStatus::from_json(&element(&name, "statuses")).unwrap()
}

#[test]
fn text_and_what_goes_around_it() {
    let text = message("text-reply-context");
    assert_eq!(text.text(), Some("Does it come in another color?"));
    assert_eq!(text.timestamp.unwrap().as_second(), 1_749_416_383);
    assert!(
        text.context
            .unwrap()
            .id
            .unwrap()
            .as_str()
            .starts_with("wamid.")
    );

    assert!(message("text-forwarded").context.unwrap().forwarded);
    assert!(
        message("text-frequently-forwarded")
            .context
            .unwrap()
            .frequently_forwarded
    );
    let product = message("text-message-business-button")
        .context
        .unwrap()
        .referred_product;
    assert_eq!(product.unwrap().product_retailer_id, "di9ozbzfi4");
    assert!(message("text-group").group_id.is_some());

    let user = message("text-bsuid-only-username");
    assert_eq!(user.from, None);
    assert_eq!(
        user.from_user_id.unwrap().as_str(),
        "US.13491208655302741918"
    );
    assert_eq!(
        user.from_parent_user_id.unwrap().as_str(),
        "US.ENT.11815799212886844830"
    );

    let referral = message("text-ctwa-referral").referral.unwrap();
    assert_eq!(referral.source_type.as_deref(), Some("ad"));
    let welcome = referral.welcome_message.unwrap().text.unwrap();
    assert_eq!(welcome, "Hi there! Let us know how we can help!");
}

#[test]
fn media() {
    let IncomingContent::Image(image) = message("image").content else {
        panic!()
    };
    assert_eq!(image.id.as_str(), "1003383421387256");
    assert_eq!(image.caption.as_deref(), Some("Taj Mahal"));
    let IncomingContent::Audio(voice) = message("audio-voice").content else {
        panic!()
    };
    assert!(voice.voice && voice.sha256.is_some() && voice.url.is_some());
    let IncomingContent::Document(document) = message("document").content else {
        panic!()
    };
    assert_eq!(document.filename.as_deref(), Some("receipt.pdf"));
    let IncomingContent::Sticker(sticker) = message("sticker").content else {
        panic!()
    };
    assert!(sticker.animated);
}

#[test]
fn answers_and_taps() {
    let reply = |variant: &str| match message(&format!("interactive-{variant}")).content {
        IncomingContent::Interactive(reply) => reply,
        other => panic!("{variant}: {other:?}"),
    };
    assert!(
        matches!(reply("button_reply"), InteractiveReply::Button(b) if b.id == "cancel-button")
    );
    assert!(matches!(reply("list_reply"), InteractiveReply::List(l) if l.description.is_some()));
    let InteractiveReply::Nfm(flow) = reply("nfm_reply-flow") else {
        panic!()
    };
    assert!(flow.response_json.contains("flow_token"));
    let InteractiveReply::CallPermission(call) = reply("call_permission_reply-accept") else {
        panic!()
    };
    assert!(call.response == "accept" && call.expiration_timestamp.is_some());
    let InteractiveReply::PaymentMethod(method) = reply("payment_method") else {
        panic!()
    };
    assert_eq!(method.payment_timestamp.unwrap().as_second(), 1_726_170_122);
    let IncomingContent::Button(button) = message("button").content else {
        panic!()
    };
    assert_eq!(button.payload.as_deref(), Some("Unsubscribe"));
}

#[test]
fn the_rest_of_the_types() {
    let IncomingContent::Location(place) = message("location").content else {
        panic!()
    };
    assert!(place.latitude > 37.4 && place.longitude < -122.1);
    let IncomingContent::Contacts(cards) = message("contacts-shared-vcard").content else {
        panic!()
    };
    assert!(cards[0].vcard.is_some() && cards[0].phones[0].wa_id.is_some());
    let IncomingContent::Order(order) = message("order").content else {
        panic!()
    };
    assert_eq!(
        order.product_items[0].quantity.as_ref().unwrap().as_u64(),
        Some(2)
    );
    let IncomingContent::Reaction(gone) = message("reaction-removed").content else {
        panic!()
    };
    assert_eq!(gone.emoji, None);
    let IncomingContent::Edit(edit) = message("edit-text-bsuid").content else {
        panic!()
    };
    assert!(matches!(*edit.content, IncomingContent::Text(text) if text.body == "Updated text"));
    assert!(matches!(
        message("revoke").content,
        IncomingContent::Revoke(_)
    ));
    assert_eq!(
        message("request_welcome").content,
        IncomingContent::RequestWelcome
    );
    let IncomingContent::System(system) = message("system-user_changed_number").content else {
        panic!()
    };
    assert_eq!(system.wa_id.unwrap().as_str(), "12195555358");
    let identity = message("system-customer_identity_changed").content;
    let IncomingContent::System(system) = identity else {
        panic!()
    };
    assert_eq!(
        system.identity.unwrap().hash.as_deref(),
        Some("DF2lS5v2W6x=")
    );
    let unsupported = message("unsupported");
    assert_eq!(unsupported.errors[0].code.0, 131_051);
    assert!(unsupported.errors[0].details.is_some());
    let IncomingContent::Unsupported(kind) = unsupported.content else {
        panic!()
    };
    assert_eq!(kind.kind.as_deref(), Some("edit"));
}

#[test]
fn statuses() {
    let sent = status("sent-v23-conversation");
    assert_eq!(sent.status, Status::Sent);
    let conversation = sent.conversation.unwrap();
    assert!(conversation.expiration_timestamp.is_some());
    assert_eq!(
        conversation.origin.unwrap().kind.as_deref(),
        Some("marketing")
    );
    let pricing = sent.pricing.unwrap();
    assert_eq!(pricing.kind, Some(PricingKind::Regular));
    assert_eq!(pricing.category, Some(PricingCategory::Marketing));
    let abroad = status("sent-authentication-international")
        .pricing
        .unwrap()
        .category
        .unwrap();
    assert_eq!(abroad, PricingCategory::AuthenticationInternational);
    assert_eq!(abroad.as_str(), "authentication-international");

    let ours = status("sent-biz_opaque_callback_data").biz_opaque_callback_data;
    assert_eq!(ours.as_deref(), Some("order:860198-230332"));
    let hash = status("sent-identity-key-hash").recipient_identity_key_hash;
    assert_eq!(hash.as_deref(), Some("DF2lS5v2W6x="));
    assert_eq!(status("failed-131047").errors[0].code.0, 131_047);
    assert_eq!(status("played").status, Status::Played);

    for variant in ["group-delivered-aggregated", "group-delivered-legacy-key"] {
        let group = status(variant);
        assert_eq!(group.recipient_type.as_deref(), Some("group"));
        assert_eq!(
            group.recipient_participant_id.unwrap().as_str(),
            "16505551234",
            "{variant}"
        );
    }
    let user = status("delivered-bsuid-only");
    assert!(user.recipient_id.is_none() && user.recipient_parent_user_id.is_some());

    let paid = status("payment-captured");
    assert!(paid.is_payment());
    assert_eq!(paid.status, Status::Unknown("captured".to_owned()));
    let payment = paid.payment.unwrap();
    assert_eq!(payment.amount.unwrap().value, 21_000);
    assert!(payment.transaction.unwrap().updated_timestamp.is_some());
}

#[test]
fn contacts_echoes_and_errors() {
    let contact = element("messages.text-bsuid-only-username.json", "contacts");
    let contact = Contact::from_json(&contact).unwrap();
    assert_eq!(contact.username.as_deref(), Some("realsheenanelson"));
    assert!(contact.wa_id.is_none() && contact.parent_user_id.is_some());

    let echo = element("smb_message_echoes.edit.json", "message_echoes");
    let echo = MessageEcho::from_json(&echo).unwrap();
    assert!(echo.to_user_id.is_some() && matches!(echo.content, IncomingContent::Edit(_)));
    let nested = element("standby.message_echo.json", "standby/message_echoes");
    let nested = MessageEcho::from_json(&nested).unwrap();
    assert_eq!(nested.to.unwrap().as_str(), "16505551234");
    assert!(matches!(nested.content, IncomingContent::Text(_)));

    let error = WebhookError::from_json(&element("messages.errors.json", "errors")).unwrap();
    assert_eq!(error.code.0, 130_429);
    assert!(error.details.unwrap().contains("too many messages"));
}

//! A key that is limited to some channels: what it sees, what is not there for it, what it may not do.

use std::collections::BTreeSet;

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::house::{House, VAULT, answer};
use crate::app::CHANNEL;

const NOT_FOUND: StatusCode = StatusCode::NOT_FOUND;

/// An operator of the shop, and an administrator of it.
async fn keys(house: &House) -> (String, String) {
    let key = |role| json!({"name": role, "role": role, "channels": [CHANNEL]});
    (
        house.key(key("operator")).await,
        house.key(key("admin")).await,
    )
}

/// All items of a list, by its pages.
async fn all(house: &House, key: &str, list: &str) -> Vec<Value> {
    let mut items = Vec::new();
    let mut cursor = String::new();
    loop {
        let mark = if list.contains('?') { '&' } else { '?' };
        let path = format!("/api/v1/{list}{mark}limit=2{cursor}");
        let (status, page) = house.get(key, &path).await;
        assert_eq!(status, StatusCode::OK, "{path}: {page}");
        items.extend(page["data"].as_array().unwrap().iter().cloned());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return items,
        }
        // Filtered in the query: no page but the last is short.
        assert_eq!(page["data"].as_array().unwrap().len(), 2, "{path}");
    }
}

fn ids(items: &[Value]) -> BTreeSet<String> {
    let ids = items.iter().map(|item| item["id"].as_str().unwrap());
    ids.map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_hold_what_is_of_its_channels_and_nothing_else() {
    let house = House::start().await;
    let (operator, _) = keys(&house).await;
    let app = &house.app;
    let suppressed = app
        .get(&format!("/api/v1/suppressions?channel={VAULT}"))
        .await;
    let suppressed = suppressed["data"][0]["contact_id"].as_str().unwrap();
    for list in [
        "channels",
        "messages",
        "media",
        "conversations",
        "contacts",
        "events",
        "deliveries",
        "dead-letters",
        "suppressions",
        "templates",
    ] {
        let seen = ids(&all(&house, &operator, list).await);
        let everything = ids(&all(&house, &app.key, list).await);
        assert!(
            seen.is_subset(&everything) && seen.len() < everything.len(),
            "{list}"
        );
        let others: BTreeSet<_> = house.vault.ids.iter().cloned().collect();
        assert!(seen.is_disjoint(&others), "{list}");
        let ours: BTreeSet<_> = house.shop.ids.iter().cloned().collect();
        let missing: Vec<_> = everything.intersection(&ours).collect();
        assert!(
            missing.iter().all(|id| seen.contains(*id)),
            "{list}: {missing:?}"
        );
        if list != "channels" && list != "contacts" {
            assert!(!seen.is_empty(), "{list}");
        }
        // To name another channel, or what is of it, shows nothing either.
        let conversation = house.vault.id("cnv_");
        let contact = house.vault.id("cnt_");
        let narrowed = match list {
            "messages" => vec![
                format!("messages?channel={VAULT}"),
                format!("messages?conversation={conversation}"),
                format!("messages?contact={contact}"),
                format!("messages?tag={}", house.vault.names[3]),
            ],
            "conversations" => vec![
                format!("conversations?channel={VAULT}"),
                format!("conversations?contact={contact}"),
            ],
            "media" => vec![format!("media?channel={VAULT}")],
            "events" => vec![format!("events?channel={VAULT}")],
            "deliveries" => vec![format!("deliveries?event={}", house.vault.id("evt_"))],
            "dead-letters" => vec![format!("dead-letters?channel={VAULT}")],
            "suppressions" => vec![
                format!("suppressions?channel={VAULT}"),
                format!("suppressions?contact={suppressed}"),
            ],
            "templates" => vec![format!("templates?waba_id={}", house.vault.waba)],
            _ => Vec::new(),
        };
        for narrowed in narrowed {
            let found = all(&house, &operator, &narrowed).await;
            assert!(found.is_empty(), "{narrowed}: {found:?}");
            assert!(
                !all(&house, &app.key, &narrowed).await.is_empty(),
                "{narrowed}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_of_another_channel_is_not_found_like_one_that_does_not_exist() {
    let house = House::start().await;
    let (operator, admin) = keys(&house).await;
    let vault = &house.vault;
    let text = json!({"text": "x"});
    let replay = json!({"endpoint": house.endpoint});
    let reason = json!({"reason": "no more of it"});
    let nothing = Value::Null;
    let mut checked = 0;
    for (key, method, path, id, body) in [
        (&operator, "GET", "channels/{}", VAULT, &nothing),
        (
            &admin,
            "PATCH",
            "channels/{}",
            VAULT,
            &json!({"name": "mine"}),
        ),
        (&admin, "DELETE", "channels/{}", VAULT, &nothing),
        (&operator, "POST", "channels/{}/pause", VAULT, &nothing),
        (&operator, "POST", "channels/{}/resume", VAULT, &nothing),
        (&operator, "GET", "messages/{}", "msg_", &nothing),
        (&operator, "GET", "messages/{}", "wamid.", &nothing),
        (&operator, "GET", "messages/{}/timeline", "msg_", &nothing),
        (&operator, "POST", "messages/{}/cancel", "msg_", &nothing),
        (&operator, "POST", "messages/{}/resend", "msg_", &nothing),
        (&operator, "POST", "messages/{}/read", "wamid.", &nothing),
        (&operator, "GET", "media/{}", "med_", &nothing),
        (&operator, "GET", "media/{}/content", "med_", &nothing),
        (&operator, "POST", "media/{}/retry", "med_", &nothing),
        (&operator, "DELETE", "media/{}", "med_", &nothing),
        (&operator, "GET", "conversations/{}", "cnv_", &nothing),
        (&operator, "GET", "contacts/{}", "cnt_", &nothing),
        (&operator, "GET", "events/{}", "evt_", &nothing),
        (&operator, "POST", "events/{}/replay", "evt_", &replay),
        (&operator, "GET", "deliveries/{}", "dlv_", &nothing),
        (&operator, "POST", "deliveries/{}/retry", "dlv_", &nothing),
        (&operator, "GET", "dead-letters/{}", "dl_", &nothing),
        (&operator, "POST", "dead-letters/{}/retry", "dl_", &nothing),
        (&operator, "POST", "dead-letters/{}/discard", "dl_", &reason),
        (&operator, "GET", "suppressions/{}", "sup_", &nothing),
        (&operator, "DELETE", "suppressions/{}", "sup_", &nothing),
        (&operator, "GET", "templates/{}", "1", &nothing),
        (&operator, "PATCH", "templates/{}", "1", &text),
        (&operator, "DELETE", "templates/{}", "1", &nothing),
    ] {
        let real = match id {
            VAULT => VAULT,
            "1" => template_of(&house).await,
            kind => vault.id(kind),
        };
        let mut told = Vec::new();
        for id in [real, "nothing-has-this-id"] {
            let path = format!("/api/v1/{}", path.replace("{}", id));
            let request = house.call(key, method, &path);
            let request = if body.is_null() {
                request
            } else {
                request.json(body)
            };
            let (status, mut problem) = answer(request).await;
            assert_eq!(status, NOT_FOUND, "{method} {path}: {problem}");
            problem["request_id"] = Value::Null;
            told.push(problem);
        }
        assert_eq!(told[0], told[1], "{method} {path} tells that it exists");
        checked += 1;
    }
    assert_eq!(checked, 29);
    // The name of a request is an id too.
    let path = format!("/api/v1/messages/{}/timeline", vault.names[2]);
    assert_eq!(house.get(&operator, &path).await.0, NOT_FOUND);
    assert_eq!(house.get(&house.app.key, &path).await.0, StatusCode::OK);
    let path = format!("/api/v1/messages/{}/timeline", house.shop.names[2]);
    assert_eq!(house.get(&operator, &path).await.0, StatusCode::OK);
}

/// Meta's id of the template that was made for the vault.
async fn template_of(house: &House) -> &str {
    let path = format!("/api/v1/templates?channel={VAULT}&name={VAULT}_template_canary");
    let found = house.app.get(&path).await;
    let id = found["data"][0]["id"].as_str().unwrap();
    let mut ids = house.vault.ids.iter();
    ids.find(|known| *known == id).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn it_sends_from_its_channels_with_its_files_and_from_no_other() {
    let house = House::start().await;
    let (operator, admin) = keys(&house).await;
    let to = format!("+{}", house.shop.user);
    let text = |channel: &str| json!({"channel": channel, "to": to, "text": {"body": "hi"}});
    let route = "/api/v1/messages";
    let (status, sent) = house.post(&operator, route, &text(CHANNEL)).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{sent}");
    for channel in [VAULT, "nowhere"] {
        let (status, problem) = house.post(&operator, route, &text(channel)).await;
        assert_eq!(status, 422, "{problem}");
        assert_eq!(problem["code"], "channel_not_found");
    }
    let with_file =
        |id: &str| json!({"channel": CHANNEL, "to": to, "type": "image", "image": {"id": id}});
    let foreign = format!("/api/v1/media?channel={VAULT}&direction=outbound");
    let foreign = house.app.get(&foreign).await["data"][0]["id"].clone();
    let mut told = Vec::new();
    for id in [foreign.as_str().unwrap(), "med_01hf7yat00c5k9m2t8w3x6q4vz"] {
        let (status, problem) = house.post(&operator, route, &with_file(id)).await;
        assert_eq!(status, 422, "{problem}");
        told.push(problem["errors"].clone());
    }
    assert_eq!(told[0], told[1]);
    // A dead letter of its own is no way around.
    let letter = house.shop.id("dl_");
    let edited = json!({"message": {"to": to, "type": "image", "image": {"id": foreign}}});
    let retry = format!("/api/v1/dead-letters/{letter}/retry");
    let (status, problem) = house.post(&operator, &retry, &edited).await;
    assert_eq!(
        (status.as_u16(), &problem["errors"][0]["pointer"]),
        (422, &json!("/message/image/id"))
    );

    // What it uploads is its channel's, and what comes along with a message too.
    let upload = house.call(&operator, "POST", "/api/v1/media");
    let upload = upload
        .header("content-type", "image/png")
        .body(crate::media::png(99));
    let (status, uploaded) = answer(upload).await;
    assert_eq!(
        (status, &uploaded["channel"]),
        (StatusCode::CREATED, &json!(CHANNEL))
    );
    let id = uploaded["id"].as_str().unwrap();
    let (status, sent) = house.post(&operator, route, &with_file(id)).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{sent}");
    let inline = json!({"channel": CHANNEL, "to": to, "type": "image",
        "image": {"data": "iVBORw0KGgo=", "mime_type": "image/png"}});
    let (status, sent) = house.post(&operator, route, &inline).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{sent}");
    let upload = house.call(&operator, "POST", &format!("/api/v1/media?channel={VAULT}"));
    let upload = upload
        .header("content-type", "image/png")
        .body(crate::media::png(99));
    assert_eq!(answer(upload).await.1["code"], "channel_not_found");

    // The Graph-compatible endpoint knows the number as little as the carrier would.
    for number in [house.vault.number.as_str(), "999"] {
        let path = format!("/graph/v26.0/{number}/messages");
        let (status, fault) = house.post(&operator, &path, &text(CHANNEL)).await;
        assert_eq!(
            (status.as_u16(), &fault["error"]["error_subcode"]),
            (400, &json!(33))
        );
    }
    let media = format!("/graph/v26.0/{}", house.vault.file);
    assert_eq!(house.get(&house.app.key, &media).await.0, StatusCode::OK);
    assert_eq!(
        house.get(&operator, &media).await.0,
        StatusCode::BAD_REQUEST
    );
    let own = format!("/graph/v26.0/{}", house.shop.file);
    assert_eq!(house.get(&operator, &own).await.0, StatusCode::OK);

    // It may not make its channel another's.
    let path = format!("/api/v1/channels/{CHANNEL}");
    for change in [
        json!({"waba_id": house.vault.waba}),
        json!({"phone_number_id": house.vault.number}),
        json!({"access_token": "env:HOME"}),
        json!({"app_secret": null}),
    ] {
        let (status, problem) = answer(house.call(&admin, "PATCH", &path).json(&change)).await;
        assert_eq!(
            (status.as_u16(), &problem["code"]),
            (403, &json!("scope_forbidden"))
        );
    }
    let renamed = house
        .call(&admin, "PATCH", &path)
        .json(&json!({"name": "Ours"}));
    assert_eq!(answer(renamed).await.0, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn to_write_to_a_number_does_not_tell_whose_it_is() {
    let house = House::start().await;
    let (operator, _) = keys(&house).await;
    let contact = house.vault.id("cnt_").to_owned();
    let vault = &house.vault;
    // The same person, now in a conversation with the shop that they have not answered.
    let template = json!({"channel": CHANNEL, "to": format!("+{}", vault.user), "type": "template",
        "template": {"name": "hello_world", "language": {"code": "en_US"}}});
    let (status, sent) = house.post(&operator, "/api/v1/messages", &template).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{sent}");
    let path = format!("/api/v1/contacts/{}", sent["contact_id"].as_str().unwrap());
    let (_, seen) = house.get(&operator, &path).await;
    assert_eq!(seen["wa_id"], json!(vault.user), "{seen}");
    for key in ["name", "username", "bsuid", "parent_bsuid"] {
        assert_eq!(seen[key], Value::Null, "{seen}");
    }
    let (_, all) = house.get(&house.app.key, &path).await;
    assert_eq!(all["name"], json!(vault.names[0]));
    assert!(house.vault.ids.contains(&contact));
    let (name, bsuid) = (
        all["name"].as_str().unwrap(),
        all["bsuid"].as_str().unwrap(),
    );
    let conversation = sent["conversation_id"].as_str().unwrap();
    let list = "/api/v1/conversations";
    for path in [
        list.to_owned(),
        format!("{list}?order=created&channel={CHANNEL}"),
        format!("{list}/{conversation}"),
    ] {
        let told = house.get(&operator, &path).await.1.to_string();
        assert!(told.contains(conversation), "{path}: {told}");
        assert!(!told.contains(name) && !told.contains(bsuid), "{told}");
    }
    let search = async |q: &str| {
        let wanted = json!({"q": q});
        let (_, found) = house.post(&operator, "/api/v1/search", &wanted).await;
        found["data"].as_array().unwrap().clone()
    };
    let person = sent["contact_id"].as_str().unwrap();
    for q in [vault.user.as_str(), &vault.user[..9], conversation, person] {
        let hits = search(q).await;
        assert!(!hits.is_empty(), "{q}");
        for hit in hits {
            assert_eq!(hit["title"], json!(vault.user), "{q}: {hit}");
        }
    }
    for q in [name, bsuid] {
        assert_eq!(search(q).await, Vec::<Value>::new(), "{q}");
    }
    // Once they write, the shop is told their name as well.
    let user = house.app.simulator.user(&format!("+{}", vault.user));
    user.with(house.shop.number.as_str())
        .says("who is there?")
        .await
        .unwrap();
    crate::app::until("they are known", async || {
        house.get(&operator, &path).await.1["name"] == json!(vault.names[0])
    })
    .await;
    let (_, seen) = house
        .get(&operator, &format!("{list}/{conversation}"))
        .await;
    assert_eq!(seen["contact"]["name"], json!(name), "{seen}");
    for q in [name, bsuid, &vault.user] {
        let hits = search(q).await;
        let told: Vec<&Value> = hits.iter().map(|hit| &hit["title"]).collect();
        assert_eq!(told, [&json!(name), &json!(name)], "{q}: {hits:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn to_write_to_a_bsuid_does_not_tell_the_number() {
    let house = House::start().await;
    let (operator, _) = keys(&house).await;
    let vault = &house.vault;
    let all = house.app.get("/api/v1/contacts?limit=500").await;
    let mut all = all["data"].as_array().unwrap().iter();
    let person = all.find(|contact| contact["wa_id"] == vault.user.as_str());
    let bsuid = person.unwrap()["bsuid"].as_str().unwrap().to_owned();
    let send = async |to: Value| {
        let mut template = json!({"channel": CHANNEL, "type": "template",
            "template": {"name": "hello_world", "language": {"code": "en_US"}}});
        let parts = template.as_object_mut().unwrap();
        parts.extend(to.as_object().unwrap().clone());
        let (status, sent) = house.post(&operator, "/api/v1/messages", &template).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{sent}");
        sent
    };
    let message = send(json!({"recipient": bsuid})).await;
    let (person, conversation) = (&message["contact_id"], &message["conversation_id"]);
    let (person, conversation) = (person.as_str().unwrap(), conversation.as_str().unwrap());
    let contact = format!("/api/v1/contacts/{person}");
    for path in [
        contact.clone(),
        "/api/v1/contacts".to_owned(),
        "/api/v1/conversations".to_owned(),
        format!("/api/v1/conversations/{conversation}"),
    ] {
        let told = house.get(&operator, &path).await.1.to_string();
        assert!(told.contains(person), "{path}: {told}");
        assert!(!told.contains(&vault.user), "{path}: {told}");
    }
    let search = async |q: &str| {
        let wanted = json!({"q": q});
        let (_, found) = house.post(&operator, "/api/v1/search", &wanted).await;
        found["data"].as_array().unwrap().clone()
    };
    for q in [vault.user.as_str(), &vault.user[..9]] {
        assert_eq!(search(q).await, Vec::<Value>::new(), "{q}");
    }
    for (q, title) in [(conversation, "conversation"), (person, "contact")] {
        assert_eq!(search(q).await[0]["title"], title);
    }
    // Who sends to the number knows it.
    let again = send(json!({"to": format!("+{}", vault.user)})).await;
    assert_eq!(again["contact_id"], person);
    assert_eq!(
        house.get(&operator, &contact).await.1["wa_id"],
        json!(vault.user)
    );
    assert_eq!(search(&vault.user).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn suppressions_and_templates_are_made_for_its_channels_only() {
    let house = House::start().await;
    let (operator, _) = keys(&house).await;
    let path = "/api/v1/suppressions";
    let to = "+4917009900990";
    let everywhere = json!({"to": to, "scope": "all"});
    let (status, problem) = house.post(&operator, path, &everywhere).await;
    assert_eq!(
        (status.as_u16(), &problem["code"]),
        (403, &json!("scope_forbidden"))
    );
    let elsewhere = json!({"to": to, "scope": "all", "channel": VAULT});
    let (status, problem) = house.post(&operator, path, &elsewhere).await;
    assert_eq!(
        (status.as_u16(), &problem["code"]),
        (422, &json!("channel_not_found"))
    );
    let foreign = json!({"contact": house.vault.id("cnt_"), "scope": "all", "channel": CHANNEL});
    let (status, problem) = house.post(&operator, path, &foreign).await;
    assert_eq!(
        (status.as_u16(), &problem["errors"][0]["pointer"]),
        (422, &json!("/contact"))
    );
    let ours = json!({"to": to, "scope": "all", "channel": CHANNEL});
    let (status, made) = house.post(&operator, path, &ours).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    // One that holds everywhere is not its to see or to lift.
    let made = house.app.post(path, &everywhere).await;
    let path = format!("{path}/{}", made["id"].as_str().unwrap());
    assert_eq!(house.get(&operator, &path).await.0, NOT_FOUND);
    assert_eq!(
        answer(house.call(&operator, "DELETE", &path)).await.0,
        NOT_FOUND
    );

    let template = |of: Value| {
        let mut template = json!({"name": "new_one", "language": "en_US", "category": "UTILITY",
            "components": [{"type": "BODY", "text": "Thank you."}]});
        template
            .as_object_mut()
            .unwrap()
            .extend(of.as_object().unwrap().clone());
        template
    };
    let path = "/api/v1/templates";
    let by_channel = template(json!({"channel": VAULT}));
    assert_eq!(
        house.post(&operator, path, &by_channel).await.1["code"],
        "channel_not_found"
    );
    let by_waba = template(json!({"waba_id": house.vault.waba}));
    assert_eq!(
        house.post(&operator, path, &by_waba).await.1["code"],
        "channel_cannot_send"
    );
    let own = template(json!({"channel": CHANNEL}));
    let (status, made) = house.post(&operator, path, &own).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    let (status, done) = house
        .post(&operator, &format!("{path}/refresh"), &json!({}))
        .await;
    assert_eq!(status, StatusCode::OK, "{done}");
    let wabas: Vec<_> = done["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["waba_id"])
        .collect();
    assert_eq!(wabas, [&json!(house.shop.waba)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_live_stream_passes_over_other_channels() {
    let house = House::start().await;
    let (operator, _) = keys(&house).await;
    let events = all(&house, &operator, "events").await;
    let id = |event: Option<&Value>| event.unwrap()["id"].as_str().unwrap().to_owned();
    let (first, last) = (id(events.first()), id(events.last()));
    for since in ["start".to_owned(), first] {
        let path = format!("/api/v1/events/stream?since={since}");
        let mut stream = house.call(&operator, "GET", &path).send().await.unwrap();
        assert_eq!(stream.status(), StatusCode::OK, "{path}");
        let mut text = String::new();
        while !text.contains(&format!("id: {last}\n")) {
            let chunk = stream.chunk().await.unwrap().unwrap();
            text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
        for canary in house.vault.canaries() {
            assert!(!text.contains(&canary), "{canary} is in the stream");
        }
    }
    let foreign = house.vault.id("evt_");
    for path in [
        format!("/api/v1/events/stream?since={foreign}"),
        format!("/api/v1/events?after={foreign}"),
        "/api/v1/events?after=evt_01hf7yat00c5k9m2t8w3x6q4vz".to_owned(),
    ] {
        let (status, problem) = house.get(&operator, &path).await;
        assert_eq!(
            (status.as_u16(), &problem["code"]),
            (410, &json!("event_gone")),
            "{path}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_is_replayed_where_its_channel_goes() {
    let house = House::start().await;
    let (operator, _) = keys(&house).await;
    let replay = format!("/api/v1/events/{}/replay", house.shop.id("evt_"));
    let (status, made) = house
        .post(&operator, &replay, &json!({"endpoint": house.endpoint}))
        .await;
    assert_eq!(status, StatusCode::ACCEPTED, "{made}");
    let other = json!({"url": "https://example.com/hook", "channels": [VAULT]});
    let other = house.app.post("/api/v1/endpoints", &other).await;
    let mut told = Vec::new();
    for endpoint in [other["id"].as_str().unwrap(), "ep_nothing"] {
        let (status, problem) = house
            .post(&operator, &replay, &json!({"endpoint": endpoint}))
            .await;
        assert_eq!(status, 422, "{problem}");
        told.push(problem["errors"].clone());
    }
    assert_eq!(told[0], told[1]);
}

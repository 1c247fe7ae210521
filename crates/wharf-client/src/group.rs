//! Calls for one group.

mod details;
mod join;
mod settings;

use http::Method;
use reqwest::multipart::{Form, Part};
use serde::Serialize;
use serde_json::Value;
use wharf_model::GroupId;

use crate::call::{Body, Call, decode_json};
use crate::client::Client;
use crate::error::{Problem, RequestError};
use crate::fields::Fields;
use crate::graph;
use crate::pages::Pages;
use crate::user::User;

pub use details::{GroupDetails, GroupSummary, InviteLink, Participant};
pub use join::{FailedJoinRequest, JoinDecision, JoinRequest};
pub use settings::{GroupRequest, GroupUpdate, NewGroup};
pub use wharf_model::incoming::group::JoinApprovalMode;

/// Most users who are removed at once.
const REMOVED: usize = 8;

/// Longest picture, in bytes.
const PICTURE: usize = 5 * 1024 * 1024;

const DETAILS: &str = "subject,description,suspended,creation_timestamp,participants,\
    total_participant_count,join_approval_mode";

/// Calls for one group; see [`Client::group`].
#[derive(Debug, Clone)]
pub struct Group {
    client: Client,
    id: GroupId,
}

impl Client {
    /// Calls for one group: its settings, invitation link and participants.
    pub fn group(&self, id: &GroupId) -> Group {
        Group {
            client: self.clone(),
            id: id.clone(),
        }
    }
}

impl Group {
    /// Reads all that Meta tells of the group.
    ///
    /// See [Cloud API/Groups API].
    pub fn get(&self) -> Call<GroupDetails> {
        self.get_fields(DETAILS)
    }

    /// Reads chosen fields, such as `subject,participants`.
    ///
    /// See [Cloud API/Groups API].
    pub fn get_fields(&self, fields: &str) -> Call<GroupDetails> {
        let path = [self.id.as_str()];
        graph::read(&self.client, "groups.get", &path, &[("fields", fields)])
    }

    /// Changes subject or description. The webhook `group_settings_update` tells whether it was
    /// done.
    ///
    /// See [Cloud API/Groups API].
    pub fn update(&self, update: &GroupUpdate) -> Call<GroupRequest> {
        let path = [self.id.as_str()];
        let check = update.check();
        request(&self.client, "groups.update", &path, check, update)
    }

    /// Gives the group a picture: a square JPEG of at most 5 MB, more than 192 pixels wide. The
    /// webhook `group_settings_update` tells whether it was done.
    ///
    /// See [Cloud API/Groups API].
    pub fn set_picture(&self, jpeg: impl Into<Vec<u8>>) -> Call<GroupRequest> {
        let url = self.client.url(&[self.id.as_str()]);
        let body = picture(jpeg.into()).map(Body::Form);
        let (client, operation) = (&self.client, "groups.picture");
        Call::new(client, operation, Method::POST, url, body, decode_request)
            .timeout(self.client.timeouts().upload)
    }

    /// Deletes the group, and removes everyone from it. The webhook `group_lifecycle_update`
    /// tells whether it was done.
    ///
    /// See [Cloud API/Groups API].
    pub fn delete(&self) -> Call<GroupRequest> {
        let url = self.client.url(&[self.id.as_str()]);
        let (client, operation, body) = (&self.client, "groups.delete", Ok(Body::Empty));
        Call::new(client, operation, Method::DELETE, url, body, decode_request)
    }

    /// The link by which users join.
    ///
    /// See [Cloud API/Groups API].
    pub fn invite_link(&self) -> Call<InviteLink> {
        let path = self.edge("invite_link");
        graph::read(&self.client, "groups.invite_link", &path, &[])
    }

    /// Makes another link by which users join; the one before no longer works.
    ///
    /// See [Cloud API/Groups API].
    pub fn reset_invite_link(&self) -> Call<InviteLink> {
        let path = self.edge("invite_link");
        let body = whatsapp();
        graph::post(&self.client, "groups.reset_invite_link", &path, &body)
    }

    /// Removes users, one to eight at once; they cannot join again by the link. The webhook
    /// `group_participants_update` tells whether it was done.
    ///
    /// See [Cloud API/Groups API].
    pub fn remove_participants(&self, users: &[User]) -> Call<GroupRequest> {
        let participants = users.iter().map(|user| match user {
            User::Phone(phone) => Fields::default().with("user", phone.as_str()),
            User::Bsuid(bsuid) => Fields::default().with("user_id", bsuid.as_str()),
        });
        let body = whatsapp().with("participants", participants.collect::<Vec<_>>());
        let body = if (1..=REMOVED).contains(&users.len()) {
            Body::json(&body)
        } else {
            let problem = "one to eight participants can be removed at once";
            Err(RequestError::plain(problem))
        };
        let url = self.client.url(&self.edge("participants"));
        let (client, operation) = (&self.client, "groups.remove_participants");
        Call::new(client, operation, Method::DELETE, url, body, decode_request)
    }

    /// Users who ask to join, a page at a time.
    ///
    /// See [Cloud API/Groups API].
    pub fn join_requests(&self) -> Pages<JoinRequest> {
        let path = self.edge("join_requests");
        Pages::new(&self.client, "groups.join_requests", &path, &[])
    }

    /// Lets users join, by the ids of their requests.
    ///
    /// Requests that fail stand in the answer. See [Cloud API/Groups API].
    pub fn approve_join_requests(&self, ids: &[&str]) -> Call<JoinDecision> {
        self.decide("groups.approve", Method::POST, ids)
    }

    /// Does not let users join, by the ids of their requests.
    ///
    /// Requests that fail stand in the answer. See [Cloud API/Groups API].
    pub fn reject_join_requests(&self, ids: &[&str]) -> Call<JoinDecision> {
        self.decide("groups.reject", Method::DELETE, ids)
    }

    fn decide(&self, operation: &'static str, method: Method, ids: &[&str]) -> Call<JoinDecision> {
        let body = Body::json(&whatsapp().with("join_requests", ids));
        let url = self.client.url(&self.edge("join_requests"));
        Call::new(&self.client, operation, method, url, body, decode_json)
    }

    fn edge<'a>(&'a self, edge: &'a str) -> [&'a str; 2] {
        [self.id.as_str(), edge]
    }
}

/// Asks for something that a webhook will tell the outcome of.
pub(crate) fn request<B: Serialize>(
    client: &Client,
    operation: &'static str,
    path: &[&str],
    check: Result<(), RequestError>,
    body: &B,
) -> Call<GroupRequest> {
    let url = client.url(path);
    let body = check.and_then(|()| Body::json(body));
    Call::new(client, operation, Method::POST, url, body, decode_request)
}

/// Meta's pages print a request id for some of these calls, a success for others, and no answer
/// at all for the rest; only a success that is false is a failure.
fn decode_request(body: &[u8]) -> Result<GroupRequest, Problem> {
    if body.is_empty() {
        return Ok(GroupRequest::default());
    }
    let request: GroupRequest = decode_json(body)?;
    match request.fields().flag("success") {
        Some(false) => Err(Problem::NoSuccess),
        _ => Ok(request),
    }
}

fn picture(jpeg: Vec<u8>) -> Result<Form, RequestError> {
    if jpeg.len() > PICTURE {
        return Err(RequestError::plain("the picture of the group is over 5 MB"));
    }
    let file = Part::bytes(jpeg)
        .file_name("picture.jpg")
        .mime_str("image/jpeg")
        .map_err(|error| RequestError::new("the MIME type is invalid", error))?;
    Ok(Form::new()
        .text("messaging_product", "whatsapp")
        .part("file", file))
}

fn whatsapp() -> Fields {
    Fields::default().with("messaging_product", Value::from("whatsapp"))
}

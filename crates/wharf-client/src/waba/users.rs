//! People who may work with a WABA.

use http::Method;
use serde::{Deserialize, Serialize};
use wharf_model::BusinessId;

use super::Waba;
use crate::call::Call;
use crate::fields::Fields;
use crate::graph;
use crate::pages::Pages;

const EDGE: &str = "assigned_users";

impl Waba {
    /// The people of a portfolio who may work with the WABA, a page at a time.
    ///
    /// See [Cloud API/WhatsApp business accounts].
    pub fn assigned_users(&self, business: &BusinessId) -> Pages<AssignedUser> {
        let query = [
            ("business", business.as_str()),
            ("fields", "id,name,business,user_type,tasks"),
        ];
        self.pages("users.list", EDGE, &query)
    }

    /// Lets a person, by Meta's user id, do tasks in the WABA.
    ///
    /// See [Cloud API/WhatsApp business accounts].
    pub fn assign_user(&self, user: &str, tasks: &[UserTask]) -> Call<()> {
        let tasks = tasks.iter().map(|task| task.as_str().to_owned());
        let body = Fields::default().with("user", user);
        let body = body.with("tasks", tasks.collect::<Vec<_>>());
        graph::set(self.client(), "users.assign", &self.edge(EDGE), &body)
    }

    /// Takes all tasks from a person.
    ///
    /// See [Cloud API/WhatsApp business accounts].
    pub fn remove_user(&self, user: &str) -> Call<()> {
        let (path, query) = (self.edge(EDGE), [("user", user)]);
        graph::act(self.client(), "users.remove", Method::DELETE, &path, &query)
    }
}

/// A person who may work with a WABA.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AssignedUser(Fields);

impl AssignedUser {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// Meta's id of the person.
    pub fn id(&self) -> Option<&str> {
        self.0.text("id")
    }

    /// The person's name.
    pub fn name(&self) -> Option<&str> {
        self.0.text("name")
    }

    /// What kind of user it is.
    pub fn user_type(&self) -> Option<&str> {
        self.0.text("user_type")
    }

    /// What the person may do.
    pub fn tasks(&self) -> Vec<UserTask> {
        self.0
            .texts("tasks")
            .into_iter()
            .map(UserTask::from)
            .collect()
    }

    /// The portfolio that the person belongs to.
    pub fn business(&self) -> Option<Fields> {
        self.0.get("business")
    }
}

/// What a person may do in a WABA.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum UserTask {
    /// `MANAGE`.
    Manage,
    /// `DEVELOP`.
    Develop,
    /// `MANAGE_TEMPLATES`.
    ManageTemplates,
    /// `MANAGE_PHONE`.
    ManagePhone,
    /// `VIEW_COST`.
    ViewCost,
    /// `MANAGE_EXTENSIONS`.
    ManageExtensions,
    /// `VIEW_PHONE_ASSETS`.
    ViewPhoneAssets,
    /// `MANAGE_PHONE_ASSETS`.
    ManagePhoneAssets,
    /// `VIEW_TEMPLATES`.
    ViewTemplates,
    /// `VIEW_INSIGHTS`.
    ViewInsights,
    /// `RECEIVE_INCOMING_MESSAGES`.
    ReceiveIncomingMessages,
    /// `MANAGE_BILLING`.
    ManageBilling,
    /// `MANAGE_USERS`.
    ManageUsers,
    /// `MESSAGING`.
    Messaging,
    /// `FULL_CONTROL`.
    FullControl,
    /// One that this version does not know.
    Unknown(String),
}

impl UserTask {
    /// The value as Meta writes it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Manage => "MANAGE",
            Self::Develop => "DEVELOP",
            Self::ManageTemplates => "MANAGE_TEMPLATES",
            Self::ManagePhone => "MANAGE_PHONE",
            Self::ViewCost => "VIEW_COST",
            Self::ManageExtensions => "MANAGE_EXTENSIONS",
            Self::ViewPhoneAssets => "VIEW_PHONE_ASSETS",
            Self::ManagePhoneAssets => "MANAGE_PHONE_ASSETS",
            Self::ViewTemplates => "VIEW_TEMPLATES",
            Self::ViewInsights => "VIEW_INSIGHTS",
            Self::ReceiveIncomingMessages => "RECEIVE_INCOMING_MESSAGES",
            Self::ManageBilling => "MANAGE_BILLING",
            Self::ManageUsers => "MANAGE_USERS",
            Self::Messaging => "MESSAGING",
            Self::FullControl => "FULL_CONTROL",
            Self::Unknown(value) => value,
        }
    }
}

impl From<&str> for UserTask {
    fn from(value: &str) -> Self {
        match value {
            "MANAGE" => Self::Manage,
            "DEVELOP" => Self::Develop,
            "MANAGE_TEMPLATES" => Self::ManageTemplates,
            "MANAGE_PHONE" => Self::ManagePhone,
            "VIEW_COST" => Self::ViewCost,
            "MANAGE_EXTENSIONS" => Self::ManageExtensions,
            "VIEW_PHONE_ASSETS" => Self::ViewPhoneAssets,
            "MANAGE_PHONE_ASSETS" => Self::ManagePhoneAssets,
            "VIEW_TEMPLATES" => Self::ViewTemplates,
            "VIEW_INSIGHTS" => Self::ViewInsights,
            "RECEIVE_INCOMING_MESSAGES" => Self::ReceiveIncomingMessages,
            "MANAGE_BILLING" => Self::ManageBilling,
            "MANAGE_USERS" => Self::ManageUsers,
            "MESSAGING" => Self::Messaging,
            "FULL_CONTROL" => Self::FullControl,
            other => Self::Unknown(other.to_owned()),
        }
    }
}

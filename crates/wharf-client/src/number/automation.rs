//! Commands and prompts that a chat offers.

use serde::{Deserialize, Serialize};

use super::Number;
use crate::call::Call;
use crate::error::RequestError;
use crate::fields::Fields;
use crate::graph;

impl Number {
    /// Sets commands and prompts; those that are not given are removed.
    ///
    /// See [Cloud API/Conversational components].
    pub fn set_automation(&self, update: &AutomationUpdate) -> Call<()> {
        let path = self.edge("conversational_automation");
        graph::checked(
            self.client(),
            "automation.set",
            &path,
            update.check(),
            update,
        )
    }
}

/// Commands and prompts to set; see [Cloud API/Conversational components].
///
/// What breaks a limit is not sent: awaiting the call says so.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub struct AutomationUpdate(Fields);

impl AutomationUpdate {
    /// Most commands.
    pub const COMMANDS: usize = 30;
    /// Longest name of a command.
    pub const COMMAND_NAME: usize = 32;
    /// Longest description of a command.
    pub const COMMAND_DESCRIPTION: usize = 256;
    /// Most prompts.
    pub const PROMPTS: usize = 4;
    /// Longest prompt.
    pub const PROMPT: usize = 80;

    /// Neither commands nor prompts.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks for a welcome message; Meta has sent none since 26 March 2026.
    #[must_use]
    pub fn welcome_message(self, enabled: bool) -> Self {
        Self(self.0.with("enable_welcome_message", enabled))
    }

    /// Adds a command: a name of at most 32 characters, a description of at most 256.
    #[must_use]
    pub fn command(self, name: impl Into<String>, description: impl Into<String>) -> Self {
        let mut commands: Vec<Fields> = self.0.list("commands");
        let command = Fields::default().with("command_name", name.into());
        commands.push(command.with("command_description", description.into()));
        Self(self.0.with("commands", commands))
    }

    /// Adds a prompt of at most 80 characters; there may be four.
    #[must_use]
    pub fn prompt(self, prompt: impl Into<String>) -> Self {
        let mut prompts: Vec<String> = self.0.list("prompts");
        prompts.push(prompt.into());
        Self(self.0.with("prompts", prompts))
    }

    fn check(&self) -> Result<(), RequestError> {
        let commands: Vec<Fields> = self.0.list("commands");
        let prompts = self.0.texts("prompts");
        let exceeds = |key, limit| commands.iter().any(|command| command.exceeds(key, limit));
        let problem = if commands.len() > Self::COMMANDS {
            "there are more than 30 commands"
        } else if exceeds("command_name", Self::COMMAND_NAME) {
            "the name of a command has more than 32 characters"
        } else if exceeds("command_description", Self::COMMAND_DESCRIPTION) {
            "the description of a command has more than 256 characters"
        } else if prompts.len() > Self::PROMPTS {
            "there are more than four prompts"
        } else if prompts
            .iter()
            .any(|prompt| prompt.chars().count() > Self::PROMPT)
        {
            "a prompt has more than 80 characters"
        } else {
            return Ok(());
        };
        Err(RequestError::plain(problem))
    }
}

/// Commands and prompts of a number; see [Cloud API/Conversational components].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Automation(Fields);

impl Automation {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// Whether a welcome message was asked for.
    pub fn enable_welcome_message(&self) -> Option<bool> {
        self.0.flag("enable_welcome_message")
    }

    /// The commands.
    pub fn commands(&self) -> Vec<AutomationCommand> {
        self.0.list("commands")
    }

    /// The prompts.
    pub fn prompts(&self) -> Vec<&str> {
        self.0.texts("prompts")
    }
}

/// A command that a chat offers after a slash.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AutomationCommand(Fields);

impl AutomationCommand {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// Its name.
    pub fn command_name(&self) -> Option<&str> {
        self.0.text("command_name")
    }

    /// What it does.
    pub fn command_description(&self) -> Option<&str> {
        self.0.text("command_description")
    }
}

//! What the bot answers to what.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use crate::{Bot, Job, key_of, list, text, with};

const LONGEST: usize = 4096;

/// One message of a user, and whom to answer.
pub(crate) struct Talk {
    pub(crate) bot: Arc<Bot>,
    pub(crate) line: String,
    pub(crate) phone: String,
    pub(crate) to: Value,
    pub(crate) user: String,
    pub(crate) name: String,
    pub(crate) id: String,
}

impl Talk {
    pub(crate) fn job(&self, job: Job) {
        self.bot.line(&self.line, job);
    }

    fn send(&self, kind: &str, content: Value) {
        self.job(Job::Send(with(&self.to, kind, content)));
    }

    fn say(&self, words: impl Into<String>) {
        self.send("text", json!({"body": words.into()}));
    }

    fn interactive(&self, kind: &str, question: &str, action: Value) {
        let body = json!({"type": kind, "body": {"text": question}, "action": action});
        self.send("interactive", body);
    }

    fn buttons(&self, question: &str, titles: &[&str]) {
        let buttons: Vec<_> = titles
            .iter()
            .map(|title| json!({"type": "reply", "reply": {"id": title.to_lowercase(), "title": title}}))
            .collect();
        self.interactive("button", question, json!({"buttons": buttons}));
    }

    pub(crate) fn answer(&self, message: &Value) {
        let kind = text(&message["type"]);
        let words = match kind {
            "text" => text(&message["text"]["body"]),
            "button" => text(&message["button"]["payload"]),
            "interactive" => {
                let reply = &message["interactive"];
                match text(&reply["type"]) {
                    "button_reply" => text(&reply["button_reply"]["id"]),
                    "list_reply" => return self.picked(&reply["list_reply"]),
                    "nfm_reply" => return self.booked(text(&reply["nfm_reply"]["response_json"])),
                    _ => "",
                }
            }
            _ => "",
        };
        let lower = words.trim().to_lowercase();
        let stopped = self.bot.memory().stopped.contains(&self.user);
        if stopped && lower != "start" && self.bot.mistake != "forgets_stop" {
            return;
        }
        match kind {
            "text" | "button" | "interactive" => self.words(words, &lower, message),
            "image" | "audio" | "video" | "document" | "sticker" => {
                self.job(Job::Look(message[kind].clone(), self.to.clone()));
            }
            "location" => {
                let place = &message["location"];
                let place = format!("{}, {}", place["latitude"], place["longitude"]);
                self.say(format!("The shop closest to {place} is in Main Street."));
            }
            "contacts" => {
                let name = text(&message["contacts"][0]["name"]["formatted_name"]);
                self.say(format!("Thank you, I will write to {name}."));
            }
            "reaction" => {
                if let Some(emoji) = message["reaction"]["emoji"].as_str() {
                    self.say(format!("Thank you for the {emoji}"));
                }
            }
            "order" => self.ordered(&message["order"]),
            "edit" => {
                let now = text(&message["edit"]["message"]["text"]["body"]);
                self.say(format!("You changed it to: {now}"));
            }
            "revoke" => {
                let id = text(&message["revoke"]["original_message_id"]);
                let known = self.bot.memory().texts.remove(id).is_some();
                self.say(if known {
                    "I forgot it."
                } else {
                    "You deleted a message."
                });
            }
            _ => self.say("I cannot read this kind of message. Please write to me."),
        }
    }

    fn words(&self, words: &str, lower: &str, message: &Value) {
        let words = words.trim();
        self.bot
            .memory()
            .texts
            .insert(self.id.clone(), words.to_owned());
        if let Some(quoted) = message["context"]["id"]
            .as_str()
            .filter(|_| message["type"] == "text")
        {
            let mut body = with(
                &self.to,
                "text",
                json!({"body": format!("About that: {words}")}),
            );
            body["context"] = json!({"message_id": self.id});
            let _ = quoted;
            return self.job(Job::Send(body));
        }
        let (first, rest) = words.split_once(' ').unwrap_or((words, ""));
        match (first.to_lowercase().as_str(), lower) {
            ("echo", _) => self.say(rest),
            ("count", _) => {
                let most: u32 = rest.trim_start_matches("to ").parse().unwrap_or(3);
                (1..=most).for_each(|n| self.say(n.to_string()));
            }
            ("ship", _) => self.ship(rest),
            ("length", _) => self.say(format!("Your message has {} characters.", words.chars().count())),
            (_, "stop") => {
                self.say("You will hear no more from us. Write START to come back.");
                self.bot.memory().stopped.insert(self.user.clone());
            }
            (_, "start") => {
                self.bot.memory().stopped.remove(&self.user);
                self.say(format!("Welcome back, {}!", self.name));
            }
            (_, "menu") => self.buttons("What can I do for you?", &["Order", "Hours", "Agent"]),
            (_, "hours") => self.say("We are open from 9 to 17, Monday to Saturday."),
            (_, "agent") => self.say("Somebody will be with you soon."),
            (_, "order") => self.products(),
            (_, "offers") => self.offers(),
            (_, "picture") => self.job(Job::Picture(self.to.clone())),
            (_, "where") => self.send("location", json!({
                "latitude": 52.52, "longitude": 13.405, "name": "Lucky Shrub", "address": "Main Street 1",
            })),
            (_, "find me") => self.interactive(
                "location_request_message",
                "Where are you?",
                json!({"name": "send_location"}),
            ),
            (_, "website") => self.interactive("cta_url", "Our website", json!({
                "name": "cta_url", "parameters": {"display_text": "Open", "url": "https://www.luckyshrub.com"},
            })),
            (_, "card") => self.send("contacts", json!([{
                "name": {"formatted_name": "Lucky Shrub", "first_name": "Lucky"},
                "phones": [{"phone": "+15550783881", "type": "WORK"}],
            }])),
            (_, "shop") => self.carousel(),
            (_, "book") => self.interactive("flow", "Book a table", json!({
                "name": "flow", "parameters": {
                    "flow_message_version": "3", "flow_id": "1", "flow_cta": "Book", "flow_token": self.id,
                },
            })),
            (_, "like") => self.send("reaction", json!({"message_id": self.id, "emoji": "👍"})),
            (_, "slow") => {
                self.job(Job::Wait(Duration::from_millis(1200)));
                self.say("That took a while.");
            }
            (_, "story") => self.story(),
            _ if self.first_time() => {
                self.say(format!("Welcome, {}! Write MENU to see what I can do.", self.name));
            }
            (_, "hello" | "hi") => self.say(format!("Good to see you again, {}.", self.name)),
            _ => self.say("I did not understand that. Write MENU to see what I can do."),
        }
    }

    fn first_time(&self) -> bool {
        let mut memory = self.bot.memory();
        let known = memory.greeted.contains(&self.phone);
        memory.greeted.insert(self.user.clone()) && !known
    }

    fn products(&self) {
        let row = |id: &str, title: &str, price: &str| json!({"id": id, "title": title, "description": price});
        self.interactive("list", "What would you like?", json!({
            "button": "Plants",
            "sections": [
                {"title": "Succulents", "rows": [row("aloe", "Aloe", "12 EUR"), row("agave", "Agave", "18 EUR")]},
                {"title": "Trees", "rows": [row("olive", "Olive tree", "90 EUR")]},
            ],
        }));
    }

    fn picked(&self, row: &Value) {
        let number = {
            let mut memory = self.bot.memory();
            memory.orders += 1;
            1000 + memory.orders
        };
        let title = text(&row["title"]);
        self.say(format!("Thank you! Your order {number}: one {title}."));
    }

    fn booked(&self, answer: &str) {
        let answer: Value = serde_json::from_str(answer).unwrap_or_default();
        self.say(format!(
            "Booked for {} people on {}.",
            text(&answer["guests"]),
            text(&answer["day"])
        ));
    }

    fn ordered(&self, order: &Value) {
        let items = list(&order["product_items"]);
        let total: f64 = items
            .iter()
            .map(|item| {
                item["quantity"].as_f64().unwrap_or(0.0)
                    * item["item_price"].as_f64().unwrap_or(0.0)
            })
            .sum();
        let currency = text(&items[0]["currency"]);
        self.say(format!(
            "Thank you for your order of {} product: {total} {currency}.",
            items.len()
        ));
    }

    /// Tells another user that their order is on its way: in a template if the window is closed.
    fn ship(&self, phone: &str) {
        let to = json!({"to": phone});
        let mut body = with(&to, "text", json!({"body": "Your order is on its way."}));
        body["instead"] = with(
            &to,
            "template",
            json!({
                "name": "order_shipped",
                "language": {"code": "en_US"},
                "components": [{"type": "body", "parameters": [{"type": "text", "text": "1001"}]}],
            }),
        );
        self.bot.line(&key_of(&to), Job::Send(body));
        self.say("I told them.");
    }

    fn offers(&self) {
        let name = "spring_offer";
        let silent = {
            let memory = self.bot.memory();
            memory.cautious || memory.paused.contains(name) || memory.no_offers.contains(&self.user)
        };
        if silent {
            return self.say("There are no offers at the moment.");
        }
        self.send(
            "template",
            json!({"name": name, "language": {"code": "en_US"}}),
        );
    }

    fn carousel(&self) {
        let card = |index: u32, name: &str| {
            json!({
                "card_index": index,
                "type": "cta_url",
                "header": {"type": "image", "image": {"link": "https://www.luckyshrub.com/plant.png"}},
                "body": {"text": name},
                "action": {"name": "cta_url", "parameters": {"display_text": "Look", "url": "https://www.luckyshrub.com"}},
            })
        };
        self.interactive(
            "carousel",
            "New plants",
            json!({"cards": [card(0, "Aloe"), card(1, "Agave")]}),
        );
    }

    /// A text longer than one message.
    fn story(&self) {
        let story = "Once upon a time there was a plant. ".repeat(200);
        let mut part = String::new();
        for word in story.split_inclusive(' ') {
            if part.len() + word.len() > LONGEST {
                self.say(std::mem::take(&mut part));
            }
            part.push_str(word);
        }
        self.say(part);
    }
}

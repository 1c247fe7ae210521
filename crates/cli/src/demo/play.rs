//! The conversation: each line is printed when what it tells has happened.

use std::io::IsTerminal;
use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::Value;
use tokio::time::Instant;

use crate::api::segment;
use crate::demo::stage::{Stage, USER, text_message};
use crate::demo::subscriber::Arrived;
use crate::event_line::{self, Look};
use crate::output::{self, Paint, Style, plain, visible};

/// The name on the simulated phone.
const NAME: &str = "Ada";
/// How long one thing may take; all of them take milliseconds.
const LIMIT: Duration = Duration::from_secs(15);
/// Time to read a line.
const PAUSE: Duration = Duration::from_millis(450);

/// Plays it: the user asks, the business answers, the user is pleased.
pub(crate) async fn conversation(stage: &mut Stage) -> anyhow::Result<()> {
    let user = stage.simulator.simulator.user(&format!("+{USER}"));
    user.set_name(NAME);
    user.set_auto_read(true);
    let mut play = Play::new(stage);
    let question = play
        .user_writes(&user, "Hello! Do you have succulents?")
        .await?;
    play.business_answers("Yes, in all sizes. We are open until six.", &question)
        .await?;
    play.user_writes(&user, "Lovely, see you later!").await?;
    output::line("\nThat was the whole way, there and back. Nothing of it left this machine.")?;
    Ok(())
}

/// Prints what reaches the subscriber, until the task is dropped.
pub(crate) async fn watch(stage: &mut Stage) -> anyhow::Result<()> {
    let look = Look::here(false);
    while let Some(arrived) = stage.subscriber.arrived.recv().await {
        output::line(match arrived {
            Ok(arrived) if arrived.is_refused => {
                let field = |name: &str| visible(&plain(&arrived.envelope[name]));
                let line = format!("answered 500 to {} {}", field("event"), field("id"));
                look.paint.paint(Style::Bad, line)
            }
            Ok(arrived) => {
                let mark = if arrived.is_again { "  again" } else { "" };
                event_line::render(&arrived.envelope, look) + mark
            }
            Err(reason) => refused(reason),
        })?;
    }
    bail!("the demo's subscriber ended")
}

struct Play<'a> {
    stage: &'a mut Stage,
    /// What arrived while something else was waited for.
    early: Vec<Arrived>,
    paint: Paint,
    pause: Duration,
}

impl<'a> Play<'a> {
    fn new(stage: &'a mut Stage) -> Self {
        // Nobody reads along when the output is a file or a pipe.
        let pause = if std::io::stdout().is_terminal() {
            PAUSE
        } else {
            Duration::ZERO
        };
        Self {
            stage,
            early: Vec::new(),
            paint: Paint::for_stdout(),
            pause,
        }
    }

    /// From the phone to the subscriber. Returns the message's wamid.
    async fn user_writes(&mut self, user: &simulator::User, text: &str) -> anyhow::Result<String> {
        let wrote = Instant::now();
        let wamid = user
            .says(text)
            .await
            .context("the simulated user cannot write")?
            .to_string();
        self.line(Style::Inbound, NAME, &format!("writes “{text}”"))
            .await?;
        let event = self
            .event("message", |data| data["message_id"] == wamid.as_str())
            .await?;
        let took = event.at.saturating_duration_since(wrote);
        let posted = self.posted(&wamid).await?;
        self.line(Style::Faint, "simulator", &posted).await?;
        let data = &event.envelope["data"];
        let stored = format!(
            "had it on disk before that answer; it is message {}",
            plain(&data["id"])
        );
        self.line(Style::Bold, "gateway", &stored).await?;
        let received = format!(
            "got event “message” {}, signature checked, {:.1} ms after {NAME} wrote",
            plain(&event.envelope["id"]),
            took.as_secs_f64() * 1000.0
        );
        self.line(Style::Good, "subscriber", &received).await?;
        Ok(wamid)
    }

    /// From the subscriber to the phone, and the statuses back.
    async fn business_answers(&mut self, text: &str, question: &str) -> anyhow::Result<()> {
        let message = text_message(text, Some(question));
        let asked = Instant::now();
        let accepted = self.stage.api.post("/api/v1/messages", &message).await?;
        let id = plain(&accepted["id"]);
        let answers = format!("answers “{text}” through POST /api/v1/messages");
        self.line(Style::Outbound, "subscriber", &answers).await?;
        let queued = format!("202: {id} is {} on disk", plain(&accepted["state"]));
        self.line(Style::Bold, "gateway", &queued).await?;
        let sent = self
            .event("send_result", |data| data["id"] == id.as_str())
            .await?;
        if sent.envelope["data"]["success"] != true {
            bail!(
                "the answer was not sent: {}",
                plain(&sent.envelope["data"]["error"])
            );
        }
        let took = sent.at.saturating_duration_since(asked).as_secs_f64() * 1000.0;
        let result =
            format!("sent it to the simulated WhatsApp; event “send_result” after {took:.1} ms");
        self.line(Style::Bold, "gateway", &result).await?;
        for (status, what) in [
            ("sent", "it left the platform"),
            ("delivered", "it is on the phone"),
            ("read", "and was read"),
        ] {
            self.event("status", |data| {
                data["id"] == id.as_str() && data["status"] == status
            })
            .await?;
            let line = format!("got event “status”: {status}, {what}");
            self.line(Style::Good, "subscriber", &line).await?;
        }
        let stored = self
            .stage
            .api
            .get(&format!("/api/v1/messages/{}", segment(&id)), &[])
            .await?;
        if stored["state"] != "read" {
            bail!(
                "the message is {} in the store, not read",
                plain(&stored["state"])
            );
        }
        Ok(())
    }

    /// What the simulator did to hand over the message, once it has its answer.
    async fn posted(&self, wamid: &str) -> anyhow::Result<String> {
        let carries = |body: &[u8]| {
            body.windows(wamid.len())
                .any(|part| part == wamid.as_bytes())
        };
        let end = Instant::now() + LIMIT;
        while Instant::now() < end {
            let deliveries = self.stage.simulator.simulator.deliveries();
            let delivery = deliveries
                .into_iter()
                .rev()
                .find(|delivery| carries(&delivery.body));
            let answer = delivery.and_then(|delivery| {
                let attempt = delivery.attempts.last()?;
                Some((delivery.body.len(), attempt.status?))
            });
            if let Some((bytes, status)) = answer {
                return Ok(format!(
                    "POSTed the webhook, {bytes} bytes signed with the app secret; answer {status}"
                ));
            }
            // The event may overtake the answer by a moment.
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        bail!(
            "the gateway did not answer the webhook within {} s",
            LIMIT.as_secs()
        )
    }

    /// Waits for an event of which `wanted` holds; others wait for their turn.
    async fn event(
        &mut self,
        name: &str,
        wanted: impl Fn(&Value) -> bool,
    ) -> anyhow::Result<Arrived> {
        let fits = |arrived: &Arrived| {
            !arrived.is_refused
                && arrived.envelope["event"] == name
                && wanted(&arrived.envelope["data"])
        };
        if let Some(position) = self.early.iter().position(fits) {
            return Ok(self.early.remove(position));
        }
        let end = Instant::now() + LIMIT;
        loop {
            let next = tokio::time::timeout_at(end, self.stage.subscriber.arrived.recv()).await;
            match next {
                Ok(Some(Ok(arrived))) if fits(&arrived) => return Ok(arrived),
                Ok(Some(Ok(arrived))) => self.early.push(arrived),
                Ok(Some(Err(reason))) => bail!(refused(reason)),
                Ok(None) => bail!("the demo's subscriber ended"),
                Err(_) => bail!(
                    "the event {name} did not reach the subscriber within {} s; \
                     WHARF_LOG_LEVEL=info shows more",
                    LIMIT.as_secs()
                ),
            }
        }
    }

    async fn line(&self, style: Style, who: &str, what: &str) -> anyhow::Result<()> {
        let who = self.paint.paint(style, format_args!("{who:>10}"));
        output::line(format_args!("  {who}  {what}"))?;
        if !self.pause.is_zero() {
            tokio::time::sleep(self.pause).await;
        }
        Ok(())
    }
}

fn refused(reason: &str) -> String {
    format!("the subscriber refused a delivery: {reason}")
}

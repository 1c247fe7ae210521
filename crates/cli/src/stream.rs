//! The gateway's live stream, taken up again where it broke.

use std::pin::Pin;
use std::time::Duration;

use eventsource_stream::{Event, Eventsource};
use futures_util::{Stream, StreamExt};
use reqwest::Method;

use crate::api::Api;
use crate::failure::is_passing;
use crate::output;

/// Which events, and from where on.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    /// Event names; none: all.
    pub(crate) types: Vec<String>,
    pub(crate) channel: Option<String>,
    /// An event id, a time, `now` or `start`.
    pub(crate) since: Option<String>,
}

type Events = Pin<Box<dyn Stream<Item = Result<Event, String>> + Send>>;

/// Events in order, each once per connection; after a break from the one after the last seen.
pub(crate) struct LiveStream {
    api: Api,
    filter: Filter,
    last: Option<String>,
    open: Events,
}

/// The longest wait between two tries to connect again.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

impl LiveStream {
    /// Connects; that the gateway is not there now is the caller's news, not a thing to wait out.
    pub(crate) async fn connect(api: Api, filter: Filter) -> anyhow::Result<Self> {
        let open = open(&api, &filter, None).await?;
        Ok(Self {
            api,
            filter,
            last: None,
            open,
        })
    }

    /// The next event. Connects again, for as long as it takes, when the connection breaks.
    pub(crate) async fn next(&mut self) -> anyhow::Result<Event> {
        loop {
            let broken = match self.open.next().await {
                // An event without data, such as a lone id, is not for the reader.
                Some(Ok(event)) if event.data.is_empty() => continue,
                Some(Ok(event)) => {
                    if !event.id.is_empty() {
                        self.last = Some(event.id.clone());
                    }
                    return Ok(event);
                }
                Some(Err(reason)) => reason,
                None => "the gateway ended it".to_owned(),
            };
            output::note(format_args!(
                "wharf: the stream broke ({broken}); connecting again"
            ));
            self.connect_again().await?;
            output::note(match self.last {
                Some(_) => "wharf: connected again, from where it broke",
                None => "wharf: connected again; what happened in between was not shown",
            });
        }
    }

    async fn connect_again(&mut self) -> anyhow::Result<()> {
        let mut wait = Duration::from_millis(250);
        loop {
            match open(&self.api, &self.filter, self.last.as_deref()).await {
                Ok(events) => {
                    self.open = events;
                    return Ok(());
                }
                Err(error) if !is_passing(&error) => return Err(error),
                Err(_) => tokio::time::sleep(wait).await,
            }
            wait = (wait * 2).min(LONGEST_WAIT);
        }
    }
}

async fn open(api: &Api, filter: &Filter, last: Option<&str>) -> anyhow::Result<Events> {
    let mut query = Vec::new();
    if !filter.types.is_empty() {
        query.push(("types", filter.types.join(",")));
    }
    query.extend(
        filter
            .channel
            .iter()
            .map(|channel| ("channel", channel.clone())),
    );
    let mut request = api
        .request(Method::GET, "/api/v1/events/stream")?
        .header("Accept", "text/event-stream");
    match last {
        Some(last) => request = request.header("Last-Event-ID", last),
        None => query.extend(filter.since.iter().map(|since| ("since", since.clone()))),
    }
    let response = api.send(request.query(&query)).await?;
    let events = response.bytes_stream().eventsource();
    Ok(Box::pin(
        events.map(|event| event.map_err(|error| error.to_string())),
    ))
}

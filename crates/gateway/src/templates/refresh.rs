//! Listing templates anew: at the start, now and then, when a webhook tells too little, on command.

use std::sync::Arc;
use std::time::Duration;

use wharf_client::template::TemplateFilter;

use super::{TemplateError, account};
use crate::app::App;
use crate::clock::Millis;
use crate::cluster::Work;
use crate::store::StoreError;
use crate::store::templates::{self, ListState, Template};

/// How often it is looked what is due.
const TICK: Duration = Duration::from_secs(1);

/// A WABA is not listed more often than this, however many webhooks ask for it.
const SOONEST: Millis = 5_000;

/// How soon a list that failed is tried again.
const RETRY: Millis = 5 * 60_000;

/// Templates a page.
const PAGE: u32 = 100;

/// What the cache needs.
const FIELDS: &str = "id,name,language,status,category,previous_category,correct_category,\
    sub_category,components,parameter_format,quality_score,rejected_reason,\
    message_send_ttl_seconds,library_template_name,cta_url_link_tracking_opted_out";

/// What came of listing the templates of a WABA.
#[derive(Debug)]
pub(crate) struct Refreshed {
    pub(crate) waba_id: String,
    pub(crate) outcome: Result<u64, TemplateError>,
}

/// Keeps the cache fresh, on one node at a time.
pub(super) async fn watch(app: Arc<App>) {
    while let Some(lease) = app.acquire(Work::Upkeep).await {
        loop {
            match due(&app).await {
                Ok(wabas) => {
                    for waba in wabas {
                        if app.stopping.is_cancelled() || !lease.is_valid() {
                            break;
                        }
                        refresh_one(&app, waba).await;
                    }
                }
                Err(StoreError::Closed) => {}
                Err(error) => {
                    tracing::error!(%error, "it cannot be seen which templates to fetch");
                }
            }
            if !app.rest(&lease, TICK).await {
                break;
            }
        }
    }
}

/// Lists the templates of these WABAs anew; of all if none are named.
pub(crate) async fn refresh(
    app: &App,
    wabas: Option<Vec<String>>,
) -> Result<Vec<Refreshed>, StoreError> {
    let wabas = if let Some(wabas) = wabas {
        wabas
    } else {
        let all = app.store.read(templates::wabas).await?;
        all.into_iter().map(|(waba, _)| waba).collect()
    };
    let mut done = Vec::with_capacity(wabas.len());
    for waba in wabas {
        done.push(refresh_one(app, waba).await);
    }
    Ok(done)
}

/// The WABAs that are to be listed now.
async fn due(app: &App) -> Result<Vec<String>, StoreError> {
    let (wabas, lists) = app
        .store
        .read(|tx| Ok((templates::wabas(tx)?, templates::lists(tx)?)))
        .await?;
    let every = Millis::from(app.config.templates.refresh_minutes.max(1)) * 60_000;
    let now = app.clock.now();
    let is_due = |waba: &str| lists.get(waba).is_none_or(|list| is_due(list, every, now));
    let wabas = wabas.into_iter().map(|(waba, _)| waba);
    Ok(wabas.filter(|waba| is_due(waba)).collect())
}

fn is_due(list: &ListState, every: Millis, now: Millis) -> bool {
    let since_tried = list
        .tried_at
        .map_or(Millis::MAX, |at| now.saturating_sub(at));
    if list.error.is_some() {
        return since_tried >= RETRY;
    }
    let wanted = list.wanted_at.is_some() && since_tried >= SOONEST;
    let old = list
        .fetched_at
        .is_none_or(|at| now.saturating_sub(at) >= every);
    wanted || old
}

async fn refresh_one(app: &App, waba_id: String) -> Refreshed {
    let outcome = fetch(app, &waba_id).await;
    if let Err(error) = &outcome {
        tracing::warn!(
            waba.id = waba_id, %error, source = ?std::error::Error::source(error),
            "the templates of a WABA could not be fetched; it will be tried again"
        );
        let (waba, text, now) = (waba_id.clone(), error.to_string(), app.clock.now());
        let noted = app
            .store
            .write(move |tx| templates::not_listed(tx, &waba, &text, now));
        if let Err(error) = noted.await {
            tracing::debug!(%error, "it is not noted that templates could not be fetched");
        }
    }
    Refreshed { waba_id, outcome }
}

/// Fetches page after page; each is kept as it comes.
async fn fetch(app: &App, waba_id: &str) -> Result<u64, TemplateError> {
    let account = account(app, waba_id).await?;
    let begun = app.clock.now();
    let filter = TemplateFilter::new().fields(FIELDS);
    let mut pages = account
        .client
        .waba(&account.waba)
        .templates()
        .list(&filter)
        .limit(PAGE);
    let mut count = 0_u64;
    while let Some(page) = pages.next_page().await? {
        let (waba, now) = (waba_id.to_owned(), app.clock.now());
        count = count.saturating_add(page.len() as u64);
        let keep = move |tx: &crate::store::Tx<'_>| {
            let mut rows = Vec::with_capacity(page.len());
            for definition in &page {
                rows.extend(Template::of(&waba, definition, now)?);
            }
            templates::keep(tx, &rows, begun)
        };
        app.store.write(keep).await?;
    }
    let (waba, now) = (waba_id.to_owned(), app.clock.now());
    app.store
        .write(move |tx| templates::listed(tx, &waba, begun, now))
        .await?;
    Ok(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_due_when_it_is_old_or_wanted_and_not_in_vain() {
        let every = 60_000;
        let list = |fetched_at, wanted_at, tried_at, failed: bool| ListState {
            fetched_at,
            wanted_at,
            tried_at,
            error: failed.then(|| "no".to_owned()),
        };
        assert!(is_due(&list(None, Some(5), None, false), every, 10));
        assert!(!is_due(
            &list(Some(0), None, Some(0), false),
            every,
            every - 1
        ));
        assert!(is_due(&list(Some(0), None, Some(0), false), every, every));
        let wanted = list(Some(0), Some(1), Some(0), false);
        assert!(!is_due(&wanted, every, SOONEST - 1));
        assert!(is_due(&wanted, every, SOONEST));
        let failed = list(None, Some(1), Some(0), true);
        assert!(!is_due(&failed, every, RETRY - 1));
        assert!(is_due(&failed, every, RETRY));
    }
}

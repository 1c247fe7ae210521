//! Lists that Graph gives out page by page.

use std::fmt;

use http::Method;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use url::Url;

use crate::call::{Body, Call, decode_json};
use crate::client::Client;
use crate::error::{Error, RequestError};
use crate::fields::Fields;
use crate::graph;

/// A list that Graph gives out page by page, from first to last.
///
/// Each page is one call. The cursor goes on within this value: it may end any day, so do not
/// store it. See [Graph API/Paged results].
///
/// ```
/// # async fn example(waba: wharf_client::Waba) -> Result<(), wharf_client::Error> {
/// let mut flows = waba.flows().limit(50);
/// while let Some(page) = flows.next_page().await? {
///     for flow in page {
///         println!("{:?}", flow.status());
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "a list reads nothing until a page is asked for"]
pub struct Pages<T> {
    client: Client,
    operation: &'static str,
    /// The page to ask for next; none after the last.
    next: Option<Result<Url, RequestError>>,
    after: Option<String>,
    read: fn(&[u8]) -> Result<Page<T>, crate::error::Problem>,
}

/// The elements of a page, and what leads on.
#[derive(Deserialize)]
#[serde(bound(deserialize = "T: DeserializeOwned"))]
pub(crate) struct Page<T> {
    #[serde(default = "Vec::new")]
    data: Vec<T>,
    #[serde(default)]
    paging: Option<Fields>,
}

impl<T> Page<T> {
    /// The same page with other elements.
    pub(crate) fn with<U>(self, data: impl FnOnce(Vec<T>) -> Vec<U>) -> Page<U> {
        Page {
            data: data(self.data),
            paging: self.paging,
        }
    }

    /// Where the next page begins; none if this is the last.
    fn after(&self) -> Option<String> {
        let paging = self.paging.as_ref()?;
        // The link is not followed: it would take the access token wherever it points.
        let next = paging.text("next")?;
        let cursors: Option<Fields> = paging.get("cursors");
        if let Some(after) = cursors.as_ref().and_then(|cursors| cursors.text("after")) {
            return Some(after.to_owned());
        }
        let next = Url::parse(next).ok()?;
        let mut pairs = next.query_pairs();
        let after = pairs.find(|(key, _)| key == "after");
        after.map(|(_, value)| value.into_owned())
    }
}

impl<T: DeserializeOwned + Send + 'static> Pages<T> {
    pub(crate) fn new(
        client: &Client,
        operation: &'static str,
        path: &[&str],
        query: &[(&str, &str)],
    ) -> Self {
        Self::reading(client, operation, path, query, decode_json)
    }
}

impl<T: Send + 'static> Pages<T> {
    /// A list whose pages are not plain lists of elements.
    pub(crate) fn reading(
        client: &Client,
        operation: &'static str,
        path: &[&str],
        query: &[(&str, &str)],
        read: fn(&[u8]) -> Result<Page<T>, crate::error::Problem>,
    ) -> Self {
        Self::at(client, operation, graph::url(client, path, query), read)
    }

    /// A list whose first page is at this address.
    pub(crate) fn at(
        client: &Client,
        operation: &'static str,
        first: Result<Url, RequestError>,
        read: fn(&[u8]) -> Result<Page<T>, crate::error::Problem>,
    ) -> Self {
        Self {
            client: client.clone(),
            operation,
            next: Some(first),
            after: None,
            read,
        }
    }

    /// How many elements a page has at most; Graph has its own idea without it.
    pub fn limit(mut self, limit: u32) -> Self {
        if let Some(Ok(url)) = &mut self.next {
            url.query_pairs_mut()
                .append_pair("limit", &limit.to_string());
        }
        self
    }

    /// The next page, `None` after the last.
    ///
    /// After an error the same page is asked for again.
    pub async fn next_page(&mut self) -> Result<Option<Vec<T>>, Error> {
        let url = match self.next.take() {
            None => return Ok(None),
            Some(Ok(url)) => url,
            Some(Err(error)) => return Err(error.into()),
        };
        let mut asked = url.clone();
        if let Some(after) = &self.after {
            asked.query_pairs_mut().append_pair("after", after);
        }
        // Kept first, so that a dropped future loses no page.
        self.next = Some(Ok(url));
        let (body, read) = (Ok(Body::Empty), self.read);
        let call = Call::new(
            &self.client,
            self.operation,
            Method::GET,
            Ok(asked),
            body,
            read,
        );
        let page = call.await?;
        let after = page.after();
        // A cursor that leads to itself would never end.
        if after.is_none() || after == self.after {
            self.next = None;
        }
        self.after = after;
        Ok(Some(page.data))
    }

    /// All elements of all pages that are left. Set a [`limit`](Self::limit) to ask less often;
    /// what a list holds at most is Graph's to know.
    pub async fn collect(mut self) -> Result<Vec<T>, Error> {
        let mut all = Vec::new();
        while let Some(page) = self.next_page().await? {
            all.extend(page);
        }
        Ok(all)
    }

    /// All elements one by one, with the feature `stream`; the stream ends after the first error.
    #[cfg(feature = "stream")]
    pub fn items(self) -> impl futures_util::Stream<Item = Result<T, Error>> + Send {
        let start = (self, Vec::new().into_iter());
        futures_util::stream::try_unfold(start, |(mut pages, mut page)| async move {
            loop {
                if let Some(item) = page.next() {
                    return Ok(Some((item, (pages, page))));
                }
                match pages.next_page().await? {
                    Some(next) => page = next.into_iter(),
                    None => return Ok(None),
                }
            }
        })
    }
}

impl<T> fmt::Debug for Pages<T> {
    /// Without URL and cursor.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages")
            .field("operation", &self.operation)
            .finish_non_exhaustive()
    }
}

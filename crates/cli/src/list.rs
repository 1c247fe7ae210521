//! Lists of the API: fetched page by page, shown as a table, as lines, or as one JSON document.

use serde_json::{Value, json};

use crate::api::Api;
use crate::failure::Failure;
use crate::output::{self, Format, note};
use crate::table::Table;

/// What the API gives in one page at most.
const PAGE: u32 = 500;

/// Which part of a list is wanted.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Paging")]
pub(crate) struct Paging {
    /// At most this many [default: 50]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    limit: Option<u32>,
    /// Everything, however much it is
    #[arg(long, conflicts_with = "limit")]
    all: bool,
    /// Where the list before this one ended
    #[arg(long)]
    cursor: Option<String>,
}

/// A list to be shown.
#[derive(Debug)]
pub(crate) struct List<'a> {
    api: &'a Api,
    path: &'a str,
    query: Vec<(&'static str, String)>,
    all: bool,
    /// How many are wanted yet; `None`: what the API gives, or everything.
    left: Option<u32>,
    cursor: Option<String>,
    begun: bool,
    /// Nothing has come yet; a page may be empty although there are more.
    is_empty: bool,
}

impl Paging {
    /// The list at `path`, by those of the filters that are given.
    pub(crate) fn of<'a, const N: usize>(
        self,
        api: &'a Api,
        path: &'a str,
        filters: [(&'static str, Option<String>); N],
    ) -> List<'a> {
        let query = filters
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?)));
        List {
            api,
            path,
            query: query.collect(),
            all: self.all,
            left: self.limit,
            cursor: self.cursor,
            begun: false,
            is_empty: true,
        }
    }

    /// Everything.
    pub(crate) fn everything() -> Self {
        Self {
            all: true,
            ..Self::default()
        }
    }
}

impl List<'_> {
    /// Prints a table, a row an item.
    pub(crate) async fn table<const N: usize>(
        self,
        head: [&'static str; N],
        row: impl Fn(&Value) -> [String; N],
        format: Format,
    ) -> anyhow::Result<()> {
        let mut table = Table::new(head);
        self.show(format, |items| {
            let rows: Vec<_> = items.iter().map(&row).collect();
            table.print(&rows)
        })
        .await
    }

    /// Prints a line an item.
    pub(crate) async fn lines(
        self,
        render: impl Fn(&Value) -> String,
        format: Format,
    ) -> anyhow::Result<()> {
        self.show(format, |items| {
            items.iter().try_for_each(|item| output::line(render(item)))
        })
        .await
    }

    async fn show(
        mut self,
        format: Format,
        mut print: impl FnMut(&[Value]) -> Result<(), Failure>,
    ) -> anyhow::Result<()> {
        if format.json && self.all {
            return self.stream_json().await;
        }
        let mut data = Vec::new();
        while let Some(page) = self.next().await? {
            if format.json {
                data.extend(page);
            } else if !page.is_empty() || self.cursor.is_none() {
                print(&page)?;
            }
        }
        if format.json {
            output::json(&json!({"data": data, "next_cursor": self.cursor}))?;
        } else {
            self.tell_of_more();
        }
        Ok(())
    }

    fn tell_of_more(&self) {
        if let Some(cursor) = &self.cursor {
            note(format_args!(
                "there are more: --all, --limit N, or --cursor {cursor}"
            ));
        }
    }

    /// One document however long the list is, and never all of it in memory.
    async fn stream_json(mut self) -> anyhow::Result<()> {
        output::line("{\"data\": [")?;
        let mut held: Option<Value> = None;
        while let Some(page) = self.next().await? {
            for item in page {
                if let Some(before) = held.replace(item) {
                    output::line(format_args!("{before},"))?;
                }
            }
        }
        if let Some(last) = held {
            output::line(last)?;
        }
        Ok(output::line("], \"next_cursor\": null}")?)
    }

    /// The next page; `None` once there is as much as was asked for.
    pub(crate) async fn next(&mut self) -> anyhow::Result<Option<Vec<Value>>> {
        let over = self.begun
            && (self.cursor.is_none()
                || self.left == Some(0)
                || (!self.all && self.left.is_none() && !self.is_empty));
        if over {
            return Ok(None);
        }
        let size = match self.left {
            Some(left) => Some(left.min(PAGE)),
            None => self.all.then_some(PAGE),
        };
        let mut query = self.query.clone();
        query.extend(size.map(|size| ("limit", size.to_string())));
        query.extend(self.cursor.take().map(|cursor| ("cursor", cursor)));
        let mut page = self.api.get(self.path, &query).await?;
        self.begun = true;
        self.cursor = page["next_cursor"].as_str().map(str::to_owned);
        let data = match page["data"].take() {
            Value::Array(data) => data,
            _ => Vec::new(),
        };
        let count = u32::try_from(data.len()).unwrap_or(u32::MAX);
        self.is_empty &= data.is_empty();
        self.left = self.left.map(|left| left.saturating_sub(count));
        Ok(Some(data))
    }
}

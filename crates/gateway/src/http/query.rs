//! What stands in a URL: ids in the path, filters and pages in the query.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Gate;
use super::problem::{Invalid, Problem, Thing};
use crate::store::page;

/// A query that was read as `T`. Unknown parameters are refused: a filter with a typing error must
/// not answer with everything.
#[derive(Debug)]
pub(super) struct Query<T>(pub(super) T);

/// The id in the path.
#[derive(Debug)]
pub(super) struct Id(pub(super) String);

/// How many items of a list are wanted.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Limit(i64);

/// Where a page begins, as the page before told it. Its content is ours to change.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Cursor(String);

/// One page of a list. It may hold fewer items than were asked for, or none: the list is at its end
/// when `next_cursor` is null.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct List<T: ToSchema> {
    /// The items of this page.
    pub(super) data: Vec<T>,
    /// Give it as `cursor` for the next page; null when this is the last.
    pub(super) next_cursor: Option<String>,
}

/// Which list a cursor is of, so that one of another list is refused.
#[derive(Debug, Clone, Copy)]
pub(super) struct Listed(pub(super) &'static str);

impl<T: DeserializeOwned> FromRequestParts<Gate> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Gate) -> Result<Self, Problem> {
        let read = axum::extract::Query::<T>::try_from_uri(&parts.uri);
        read.map(|query| Self(query.0)).map_err(|rejection| {
            let cause = std::error::Error::source(&rejection).map(ToString::to_string);
            Problem::InvalidQuery(vec![explain(&cause.unwrap_or_default())])
        })
    }
}

fn explain(text: &str) -> Invalid {
    let quoted = text.split('`').nth(1).unwrap_or_default();
    if text.contains("unknown field") {
        let known = text
            .rsplit_once(", expected ")
            .map_or("none", |(_, known)| known);
        let known = known.trim_start_matches("one of ");
        return Invalid::parameter(quoted, format!("is not a known parameter; known: {known}"));
    }
    if text.contains("missing field") {
        return Invalid::parameter(quoted, "is required");
    }
    match text.split_once(": ") {
        Some((name, detail)) => match detail.rsplit_once(", expected ") {
            Some((_, expected)) => Invalid::parameter(name, format!("must be {expected}")),
            None => Invalid::parameter(name, detail),
        },
        None => Invalid {
            detail: text.to_owned(),
            ..Invalid::default()
        },
    }
}

impl FromRequestParts<Gate> for Id {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, gate: &Gate) -> Result<Self, Problem> {
        let path = axum::extract::Path::<String>::from_request_parts(parts, gate).await;
        // A path that is not UTF-8 names nothing.
        path.map(|path| Self(path.0)).map_err(|_| Problem::NoRoute)
    }
}

impl Limit {
    const LARGEST: i64 = 500;

    pub(super) fn or_default(limit: Option<Self>) -> i64 {
        limit.map_or(50, |limit| limit.0)
    }
}

impl TryFrom<String> for Limit {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        match text.parse() {
            Ok(limit @ 1..=Self::LARGEST) => Ok(Self(limit)),
            _ => Err(format!("must be a number from 1 to {}", Self::LARGEST)),
        }
    }
}

impl Listed {
    /// The stretch that is asked for, with one row more, which tells whether there is a next page.
    pub(super) fn page(
        self,
        limit: Option<Limit>,
        cursor: Option<Cursor>,
    ) -> Result<page::Page, Problem> {
        let before = cursor.map(|cursor| self.read(&cursor)).transpose()?;
        Ok(page::Page::new(before, Limit::or_default(limit) + 1))
    }

    /// The last key of the page before.
    pub(super) fn read(self, cursor: &Cursor) -> Result<String, Problem> {
        let wrong = Self::wrong_cursor;
        let bytes = BASE64_URL_SAFE_NO_PAD
            .decode(&cursor.0)
            .map_err(|_| wrong())?;
        let text = String::from_utf8(bytes).map_err(|_| wrong())?;
        match text.split_once(' ') {
            Some((list, key)) if list == self.0 => Ok(key.to_owned()),
            _ => Err(wrong()),
        }
    }

    /// What is said to a cursor that is none of this list.
    pub(super) fn wrong_cursor() -> Problem {
        let detail = "must be the next_cursor of a page of this list";
        Problem::InvalidQuery(vec![Invalid::parameter("cursor", detail)])
    }

    /// Makes the page of the rows that [`Listed::page`] asked for; `key` is what the list is
    /// ordered by.
    pub(super) fn list<R, T: ToSchema>(
        self,
        page_limit: i64,
        rows: Vec<R>,
        key: impl Fn(&R) -> String,
        make: impl FnMut(R) -> Result<T, Problem>,
    ) -> Result<List<T>, Problem> {
        self.found(page_limit, rows.into(), key, make)
    }

    /// As [`Listed::list`], of rows that were looked for.
    pub(super) fn found<R, T: ToSchema>(
        self,
        page_limit: i64,
        found: page::Found<R>,
        key: impl Fn(&R) -> String,
        make: impl FnMut(R) -> Result<T, Problem>,
    ) -> Result<List<T>, Problem> {
        let wanted = usize::try_from(page_limit - 1).unwrap_or(usize::MAX);
        let mut rows = found.rows;
        let last = if rows.len() > wanted {
            rows.truncate(wanted);
            rows.last().map(key)
        } else {
            found.looked_to
        };
        let next_cursor =
            last.map(|last| BASE64_URL_SAFE_NO_PAD.encode(format!("{} {last}", self.0)));
        Ok(List {
            data: rows.into_iter().map(make).collect::<Result<_, _>>()?,
            next_cursor,
        })
    }
}

/// The row, or the problem that it is not there.
pub(super) fn found<T>(row: Option<T>, thing: Thing) -> Result<T, Problem> {
    row.ok_or(Problem::NotFound(thing))
}

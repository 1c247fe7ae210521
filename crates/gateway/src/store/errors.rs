//! What the carrier said went wrong with messages, by time: refusals, and statuses `failed`.

use super::page::{Found, Page, Where};
use super::scope::Scope;
use super::{Row, StoreError, Tx};
use crate::clock::Millis;
use crate::ids::{self, Kind, Random};

/// By what the carrier told it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    /// The answer to the call.
    Answer,
    /// A status, after it had taken the message.
    Status,
}

impl Source {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::Status => "status",
        }
    }

    fn parse(text: &str) -> Result<Self, StoreError> {
        match text {
            "answer" => Ok(Self::Answer),
            "status" => Ok(Self::Status),
            _ => Err(StoreError::Corrupt {
                what: "source of an error",
            }),
        }
    }
}

/// One that is to be written down.
#[derive(Debug)]
pub(crate) struct NewError<'a> {
    pub(crate) channel_id: &'a str,
    /// None if the message is none of ours.
    pub(crate) message_id: Option<&'a str>,
    pub(crate) code: Option<i64>,
    pub(crate) class: &'a str,
    pub(crate) source: Source,
}

/// One that was.
#[derive(Debug)]
pub(crate) struct CarrierError {
    pub(crate) id: String,
    pub(crate) channel_id: String,
    pub(crate) message_id: Option<String>,
    pub(crate) code: Option<i64>,
    pub(crate) class: String,
    pub(crate) source: Source,
    pub(crate) created_at: Millis,
}

/// Which of them are meant.
#[derive(Debug, Default)]
pub(crate) struct Filter {
    pub(crate) channel: Option<String>,
    /// With one of these codes, if there are any. 0: those without a code, too.
    pub(crate) codes: Vec<i64>,
    pub(crate) since: Option<Millis>,
    pub(crate) until: Option<Millis>,
    pub(crate) scope: Scope,
}

/// Writes one down.
pub(crate) fn add(
    tx: &Tx<'_>,
    random: &Random,
    error: &NewError<'_>,
    now: Millis,
) -> Result<(), StoreError> {
    tx.later(
        "INSERT INTO errors (id, channel_id, message_id, code, class, source, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        &[
            (&random.id(Kind::Error, now)).into(),
            error.channel_id.into(),
            error.message_id.into(),
            error.code.into(),
            error.class.into(),
            error.source.as_str().into(),
            now.into(),
        ],
    )
}

/// A page of them, newest first.
pub(crate) fn list(
    tx: &Tx<'_>,
    filter: &Filter,
    page: &Page,
) -> Result<Found<CarrierError>, StoreError> {
    const COLUMNS: &str = "id, channel_id, message_id, code, class, source, created_at";
    let floor = |at| ids::floor(Kind::Error, at);
    let (since, until) = (filter.since.map(floor), filter.until.map(floor));
    let reach = |columns: &str| {
        let mut sql = Where::new(format!("SELECT {columns} FROM errors"));
        if let [code] = *filter.codes {
            sql.and("COALESCE(code, 0) =", code);
        }
        sql.and_if("id >=", since.as_deref());
        sql.and_if("id <", until.as_deref());
        sql
    };
    page.read(
        tx,
        ("id", COLUMNS),
        reach,
        |sql| {
            if filter.codes.len() > 1 {
                let codes: Vec<_> = filter.codes.iter().map(i64::to_string).collect();
                // They are numbers, and written out; what has a value goes with them.
                let one_of = format!("COALESCE(code, 0) IN ({}) AND 1 =", codes.join(", "));
                sql.and(&one_of, 1_i64);
            }
            sql.and_if("channel_id =", filter.channel.as_deref());
            sql.and_in("channel_id", &filter.scope);
        },
        carrier_error,
    )
}

fn carrier_error(row: &Row<'_>) -> Result<CarrierError, StoreError> {
    Ok(CarrierError {
        id: row.text(0)?,
        channel_id: row.text(1)?,
        message_id: row.maybe_text(2)?,
        code: row.maybe_int(3)?,
        class: row.text(4)?,
        source: Source::parse(&row.text(5)?)?,
        created_at: row.int(6)?,
    })
}

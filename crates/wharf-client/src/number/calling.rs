//! How a number takes and makes calls.

use serde::Serialize;

use crate::error::RequestError;
use crate::fields::Fields;

/// How a number takes and makes calls; see [Cloud API/Call settings].
///
/// Hours that break a rule are not sent: awaiting the call says so.
///
/// ```
/// use wharf_client::number::{CallHours, CallingUpdate, Day};
///
/// let hours = CallHours::new("America/Manaus").open(Day::Monday, "0400", "1020");
/// let calling = CallingUpdate::new().enabled(true).hours(hours);
/// # let _ = calling;
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub struct CallingUpdate(Fields);

impl CallingUpdate {
    /// No changes yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes and makes calls, or does not.
    #[must_use]
    pub fn enabled(self, enabled: bool) -> Self {
        Self(self.0.with("status", switch(enabled)))
    }

    /// Shows the call button in chats and profile, or hides it.
    #[must_use]
    pub fn icon_shown(self, shown: bool) -> Self {
        let visibility = if shown { "DEFAULT" } else { "DISABLE_ALL" };
        Self(self.0.with("call_icon_visibility", visibility))
    }

    /// Shows the call button to users of these countries only, by ISO 3166 codes.
    #[must_use]
    pub fn icon_countries<T: Into<String>>(self, countries: impl IntoIterator<Item = T>) -> Self {
        let countries: Vec<String> = countries.into_iter().map(Into::into).collect();
        let icons = Fields::default().with("restrict_to_user_countries", countries);
        Self(self.0.with("call_icons", icons))
    }

    /// When calls are taken; holidays that are not given are removed.
    #[must_use]
    pub fn hours(self, hours: CallHours) -> Self {
        Self(self.0.with("call_hours", hours.0))
    }

    /// Asks a user whose call was missed whether one may call back.
    #[must_use]
    pub fn callback_permission(self, enabled: bool) -> Self {
        Self(self.0.with("callback_permission_status", switch(enabled)))
    }

    /// Sends calls to a SIP server; then neither Graph calls nor `calls` webhooks work.
    #[must_use]
    pub fn sip_server(self, hostname: impl Into<String>, port: u16) -> Self {
        let server = Fields::default().with("hostname", hostname.into());
        let servers = vec![server.with("port", port)];
        let sip = Fields::default().with("status", switch(true));
        Self(self.0.with("sip", sip.with("servers", servers)))
    }

    /// Takes calls over the Graph API again.
    #[must_use]
    pub fn without_sip(self) -> Self {
        let sip = Fields::default().with("status", switch(false));
        Self(self.0.with("sip", sip))
    }
}

impl From<CallingUpdate> for Fields {
    fn from(update: CallingUpdate) -> Self {
        update.0
    }
}

/// When calls are taken; see [Cloud API/Call settings].
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct CallHours(Fields);

impl CallHours {
    /// Most holidays.
    pub const HOLIDAYS: usize = 20;
    /// Most times of one day.
    pub const TIMES_A_DAY: usize = 2;

    /// Closed all week, in a time zone such as `Europe/Berlin`.
    pub fn new(time_zone: impl Into<String>) -> Self {
        let hours = Fields::default().with("status", switch(true));
        Self(hours.with("timezone_id", time_zone.into()))
    }

    /// Calls are taken at any time.
    pub fn always() -> Self {
        Self(Fields::default().with("status", switch(false)))
    }

    /// Open on a day of the week, from and to a time such as `0930`; twice a day at most.
    #[must_use]
    pub fn open(self, day: Day, from: impl Into<String>, to: impl Into<String>) -> Self {
        let entry = Fields::default()
            .with("day_of_week", day.as_str())
            .with("open_time", from.into())
            .with("close_time", to.into());
        self.add("weekly_operating_hours", entry)
    }

    /// Other hours on one date, `YYYY-MM-DD`.
    #[must_use]
    pub fn holiday(
        self,
        date: impl Into<String>,
        from: impl Into<String>,
        to: impl Into<String>,
    ) -> Self {
        let entry = Fields::default()
            .with("date", date.into())
            .with("start_time", from.into())
            .with("end_time", to.into());
        self.add("holiday_schedule", entry)
    }

    fn add(self, list: &str, entry: Fields) -> Self {
        let mut entries: Vec<Fields> = self.0.list(list);
        entries.push(entry);
        Self(self.0.with(list, entries))
    }
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Day {
    /// Monday.
    Monday,
    /// Tuesday.
    Tuesday,
    /// Wednesday.
    Wednesday,
    /// Thursday.
    Thursday,
    /// Friday.
    Friday,
    /// Saturday.
    Saturday,
    /// Sunday.
    Sunday,
}

impl Day {
    fn as_str(self) -> &'static str {
        match self {
            Self::Monday => "MONDAY",
            Self::Tuesday => "TUESDAY",
            Self::Wednesday => "WEDNESDAY",
            Self::Thursday => "THURSDAY",
            Self::Friday => "FRIDAY",
            Self::Saturday => "SATURDAY",
            Self::Sunday => "SUNDAY",
        }
    }
}

/// Checks the hours of an object `calling`, if it has any.
pub(super) fn check(calling: &Fields) -> Result<(), RequestError> {
    let Some(hours) = calling.get::<Fields>("call_hours") else {
        return Ok(());
    };
    let holidays: Vec<Fields> = hours.list("holiday_schedule");
    if holidays.len() > CallHours::HOLIDAYS {
        return Err(RequestError::plain("there are more than 20 holidays"));
    }
    let week: Vec<Fields> = hours.list("weekly_operating_hours");
    let mut times = Vec::with_capacity(week.len());
    for entry in &week {
        times.push((
            entry.text("day_of_week"),
            span(entry, "open_time", "close_time")?,
        ));
    }
    for holiday in &holidays {
        span(holiday, "start_time", "end_time")?;
    }
    for (index, (day, (from, to))) in times.iter().enumerate() {
        let same = times
            .iter()
            .skip(index + 1)
            .filter(|(other, _)| other == day);
        let mut others = 0;
        for (_, (open, close)) in same {
            others += 1;
            if from < close && open < to {
                return Err(RequestError::plain("two times of a day overlap"));
            }
        }
        if others >= CallHours::TIMES_A_DAY {
            return Err(RequestError::plain("a day has more than two times"));
        }
    }
    Ok(())
}

/// The two times of an entry, the first before the second.
fn span<'a>(entry: &'a Fields, from: &str, to: &str) -> Result<(&'a str, &'a str), RequestError> {
    let time = |key| entry.text(key).filter(|time| is_time(time));
    match (time(from), time(to)) {
        (Some(from), Some(to)) if from < to => Ok((from, to)),
        (Some(_), Some(_)) => Err(RequestError::plain("a time ends before it begins")),
        _ => Err(RequestError::plain(
            "a time is not four digits such as 0930",
        )),
    }
}

fn is_time(text: &str) -> bool {
    let digits = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    digits && text < "2400" && text.get(2..).is_some_and(|minutes| minutes < "60")
}

fn switch(on: bool) -> &'static str {
    if on { "ENABLED" } else { "DISABLED" }
}

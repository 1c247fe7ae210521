//! Tables: as wide as the terminal at most, and plain columns between tabs where there is none.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::failure::Failure;
use crate::output::{Paint, Style, line};
use crate::terminal;

/// Columns between two columns.
const GAP: usize = 2;
/// No column becomes narrower than this for the sake of others; below it the last ones are left out.
const NARROWEST: usize = 10;

/// A table that is printed piece by piece: the first piece decides the widths.
#[derive(Debug)]
pub(crate) struct Table<const N: usize> {
    head: [&'static str; N],
    terminal: Option<usize>,
    paint: Paint,
    times: Times,
    widths: Option<[usize; N]>,
}

/// How much of a time a terminal gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Times {
    /// The day and the second.
    Seconds,
    /// The day and the minute, without the year.
    Minutes,
    /// The day and the millisecond.
    Exact,
    /// The millisecond, without the day.
    ExactOfDay,
}

/// Prints a whole table.
pub(crate) fn print<const N: usize>(
    head: [&'static str; N],
    rows: &[[String; N]],
) -> Result<(), Failure> {
    Table::new(head).print(rows)
}

impl<const N: usize> Table<N> {
    pub(crate) fn new(head: [&'static str; N]) -> Self {
        Self {
            head,
            terminal: terminal::width(),
            paint: Paint::for_stdout(),
            times: Times::Seconds,
            widths: None,
        }
    }

    /// With milliseconds, where rows follow each other closely.
    pub(crate) fn exact(self) -> Self {
        Self {
            times: Times::Exact,
            ..self
        }
    }

    /// Prints rows, before the first of them the head.
    pub(crate) fn print(&mut self, rows: &[[String; N]]) -> Result<(), Failure> {
        let Some(room) = self.terminal else {
            if self.widths.replace([0; N]).is_none() {
                line(self.head.join("\t"))?;
            }
            for row in rows {
                line(row.each_ref().map(|cell| self.cell(cell)).join("\t"))?;
            }
            return Ok(());
        };
        let widths = if let Some(widths) = self.widths {
            widths
        } else {
            let widths = self.measure(rows, room);
            self.widths = Some(widths);
            line(self.render(self.head, widths, |_| Some(Style::Faint)))?;
            widths
        };
        for row in rows {
            let row = row.each_ref().map(|cell| self.cell(cell));
            let cells = row.each_ref().map(String::as_str);
            line(self.render(cells, widths, style))?;
        }
        Ok(())
    }

    /// The widths for these rows, after the times were made as short as they must be.
    fn measure(&mut self, rows: &[[String; N]], room: usize) -> [usize; N] {
        let mut natural = self.natural(rows);
        if sum(&natural) > room {
            self.times = self.times.shorter();
            natural = self.natural(rows);
        }
        let least = std::array::from_fn(|column| {
            let mut cells = rows.iter().map(|row| &row[column]);
            match natural[column] {
                // What is cut of an id or of a time is of no use.
                width if column == 0 || cells.any(|cell| is_time(cell)) => width,
                width => width.min(NARROWEST),
            }
        });
        fit(natural, least, room)
    }

    fn natural(&self, rows: &[[String; N]]) -> [usize; N] {
        std::array::from_fn(|column| {
            let cells = rows.iter().map(|row| self.cell(&row[column]).width());
            cells.chain([self.head[column].width()]).max().unwrap_or(0)
        })
    }

    fn render(
        &self,
        cells: [&str; N],
        widths: [usize; N],
        style: impl Fn(&str) -> Option<Style>,
    ) -> String {
        let mut text = String::new();
        for (cell, width) in cells.into_iter().zip(widths) {
            if width == 0 {
                break;
            }
            let shown = cut(cell, width);
            let blanks = width - shown.width();
            text.push_str(&match style(cell) {
                Some(style) => self.paint.paint(style, &shown),
                None => shown,
            });
            text.push_str(&" ".repeat(blanks + GAP));
        }
        text.trim_end().to_owned()
    }

    /// A cell on one line; on a terminal a time as short as it may be.
    fn cell(&self, text: &str) -> String {
        let visible = text.chars().map(|c| if c.is_control() { ' ' } else { c });
        let text: String = visible.collect();
        if self.terminal.is_some() && is_time(&text) {
            return self.times.of(&text);
        }
        text
    }
}

/// Whether it is a time as the API writes it.
fn is_time(text: &str) -> bool {
    text.len() == 24 && text.is_ascii() && text.parse::<jiff::Timestamp>().is_ok()
}

impl Times {
    const fn shorter(self) -> Self {
        match self {
            Self::Seconds | Self::Minutes => Self::Minutes,
            Self::Exact | Self::ExactOfDay => Self::ExactOfDay,
        }
    }

    /// The part of a time as the API writes it.
    fn of(self, time: &str) -> String {
        let part = match self {
            Self::Seconds => 0..19,
            Self::Minutes => 5..16,
            Self::Exact => 0..23,
            Self::ExactOfDay => 11..23,
        };
        time[part].replace('T', " ")
    }
}

/// Columns of the terminal that columns of these widths take.
fn sum(widths: &[usize]) -> usize {
    let shown = widths.iter().filter(|width| **width > 0).count();
    widths.iter().sum::<usize>() + GAP * shown.saturating_sub(1)
}

/// The widths in `room` columns: the widest give first, none below what it takes at `least`; then the
/// last ones are left out. The first stays whole, mostly an id that somebody will copy.
fn fit<const N: usize>(mut widths: [usize; N], least: [usize; N], room: usize) -> [usize; N] {
    let mut shown = N;
    while shown > 1 && sum(&least[..shown]) > room {
        shown -= 1;
    }
    widths[shown..].fill(0);
    let mut most = widths.iter().copied().max().unwrap_or(0);
    while sum(&widths) > room && most > 0 {
        most -= 1;
        for (width, least) in widths[..shown].iter_mut().zip(least) {
            *width = (*width).min(most).max(least);
        }
    }
    widths
}

/// The text in `width` columns; what is left out shows as an ellipsis.
pub(crate) fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let (mut shown, mut used) = (String::new(), 1);
    for c in text.chars() {
        used += c.width().unwrap_or(0);
        if used > width {
            break;
        }
        shown.push(c);
    }
    if width > 0 {
        shown.push('…');
    }
    shown
}

/// Words that say how something stands have a colour of their own.
fn style(cell: &str) -> Option<Style> {
    match cell {
        "active" | "enabled" | "delivered" | "read" | "played" | "APPROVED" | "GREEN" | "done"
        | "up" => Some(Style::Good),
        "paused" | "pending" | "queued" | "sending" | "unknown" | "PENDING" | "PAUSED"
        | "YELLOW" | "running" | "requires_template" => Some(Style::Warning),
        "failed" | "failing" | "disabled" | "revoked" | "expired" | "REJECTED" | "DISABLED"
        | "RED" | "gone" => Some(Style::Bad),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_columns_give_first_and_the_id_never() {
        let fit = |room| fit([30, 10, 60], [30, 10, 10], room);
        assert_eq!(fit(200), [30, 10, 60]);
        assert_eq!(fit(80), [30, 10, 36]);
        assert_eq!(fit(54), [30, 10, 10]);
        assert_eq!(fit(53), [30, 10, 0]);
        assert_eq!(fit(41), [30, 0, 0]);
        assert_eq!(fit(20), [30, 0, 0]);
    }

    #[test]
    fn times_are_shortened_before_anything_is_cut() {
        let row = ["x".repeat(30), "2026-11-21T08:15:30.250Z".to_owned()];
        let rows = [row];
        let mut table = Table {
            terminal: Some(60),
            ..Table::new(["ID", "AT"])
        };
        assert_eq!(table.measure(&rows, 60), [30, 19]);
        assert_eq!(table.measure(&rows, 50), [30, 11]);
        assert_eq!(table.cell(&rows[0][1]), "11-21 08:15");
        let mut exact = Table {
            terminal: Some(60),
            ..Table::new(["ID", "AT"]).exact()
        };
        assert_eq!(exact.measure(&rows, 60), [30, 23]);
        assert_eq!(exact.measure(&rows, 50), [30, 12]);
        assert_eq!(exact.cell(&rows[0][1]), "08:15:30.250");
    }

    #[test]
    fn a_cut_text_keeps_to_its_columns() {
        assert_eq!(cut("Hello", 5), "Hello");
        assert_eq!(cut("Hello!", 5), "Hell…");
        // Each of these takes two columns.
        assert_eq!(cut("你好世界", 5), "你好…");
        assert_eq!(cut("你好世界", 4), "你…");
        assert_eq!(cut("ab", 1), "…");
    }

    #[test]
    fn nothing_in_a_cell_reaches_the_terminal_as_a_command() {
        let table = Table {
            head: ["A"],
            terminal: Some(80),
            paint: Paint::off(),
            times: Times::Seconds,
            widths: None,
        };
        assert_eq!(table.cell("a\u{1b}[2J\nb\tc"), "a [2J b c");
        assert_eq!(
            table.cell("2026-11-21T08:15:30.250Z"),
            "2026-11-21 08:15:30"
        );
    }
}

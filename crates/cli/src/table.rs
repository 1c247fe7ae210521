//! Tables: as wide as the terminal at most, and plain columns between tabs where there is none.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::failure::Failure;
use crate::output::{Paint, Style, line};
use crate::terminal;

/// Columns between two columns.
const GAP: usize = 2;
/// No column becomes narrower than this for the sake of others.
const NARROWEST: usize = 6;

/// A table that is printed piece by piece: the first piece decides the widths.
#[derive(Debug)]
pub(crate) struct Table<const N: usize> {
    head: [&'static str; N],
    terminal: Option<usize>,
    paint: Paint,
    widths: Option<[usize; N]>,
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
            widths: None,
        }
    }

    /// Prints rows, before the first of them the head.
    pub(crate) fn print(&mut self, rows: &[[String; N]]) -> Result<(), Failure> {
        let shown = rows
            .iter()
            .map(|row| row.each_ref().map(|cell| self.cell(cell)));
        let shown: Vec<[String; N]> = shown.collect();
        let Some(room) = self.terminal else {
            if self.widths.replace([0; N]).is_none() {
                line(self.head.join("\t"))?;
            }
            for row in &shown {
                line(row.join("\t"))?;
            }
            return Ok(());
        };
        let widths = if let Some(widths) = self.widths {
            widths
        } else {
            let widths = fit(natural(self.head, &shown), room);
            self.widths = Some(widths);
            line(self.render(self.head, widths, room, |_| Some(Style::Faint)))?;
            widths
        };
        for row in &shown {
            let cells = row.each_ref().map(String::as_str);
            line(self.render(cells, widths, room, style))?;
        }
        Ok(())
    }

    fn render(
        &self,
        cells: [&str; N],
        widths: [usize; N],
        room: usize,
        style: impl Fn(&str) -> Option<Style>,
    ) -> String {
        let (mut text, mut used) = (String::new(), 0);
        for (column, (cell, width)) in cells.into_iter().zip(widths).enumerate() {
            let width = width.min(room.saturating_sub(used));
            if width == 0 {
                break;
            }
            let shown = cut(cell, width);
            let blanks = width - shown.width();
            text.push_str(&match style(cell) {
                Some(style) => self.paint.paint(style, &shown),
                None => shown,
            });
            used += width;
            if column + 1 < N {
                let gap = GAP.min(room.saturating_sub(used));
                text.push_str(&" ".repeat(blanks + gap));
                used += gap;
            }
        }
        text.trim_end().to_owned()
    }

    /// A cell on one line; on a terminal a time without its milliseconds.
    fn cell(&self, text: &str) -> String {
        let visible = text.chars().map(|c| if c.is_control() { ' ' } else { c });
        let text: String = visible.collect();
        if self.terminal.is_some() && is_time(&text) {
            return text[..19].replace('T', " ");
        }
        text
    }
}

/// Whether it is a time as the API writes it.
fn is_time(text: &str) -> bool {
    text.len() == 24 && text.is_ascii() && text.parse::<jiff::Timestamp>().is_ok()
}

fn natural<const N: usize>(head: [&str; N], rows: &[[String; N]]) -> [usize; N] {
    std::array::from_fn(|column| {
        let cells = rows.iter().map(|row| row[column].width());
        cells.chain([head[column].width()]).max().unwrap_or(0)
    })
}

/// The widths in `room` columns. The first column, mostly an id that somebody will copy, gives last.
fn fit<const N: usize>(mut widths: [usize; N], room: usize) -> [usize; N] {
    let room = room.saturating_sub(GAP * N.saturating_sub(1));
    let Some((first, rest)) = widths.split_first_mut() else {
        return widths;
    };
    let mut most = rest.iter().copied().max().unwrap_or(0);
    while *first + rest.iter().sum::<usize>() > room && most > NARROWEST {
        most -= 1;
        for width in &mut *rest {
            *width = (*width).min(most);
        }
    }
    let left = room.saturating_sub(rest.iter().sum());
    *first = (*first).min(left.max(NARROWEST));
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
        "failed" | "disabled" | "revoked" | "expired" | "REJECTED" | "DISABLED" | "RED"
        | "gone" => Some(Style::Bad),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_columns_give_first_and_the_id_last() {
        assert_eq!(fit([30, 10, 60], 200), [30, 10, 60]);
        assert_eq!(fit([30, 10, 60], 80), [30, 10, 36]);
        assert_eq!(fit([30, 10, 60], 50), [30, 8, 8]);
        assert_eq!(fit([30, 10, 60], 30), [14, 6, 6]);
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
            widths: None,
        };
        assert_eq!(table.cell("a\u{1b}[2J\nb\tc"), "a [2J b c");
        assert_eq!(
            table.cell("2026-11-21T08:15:30.250Z"),
            "2026-11-21 08:15:30"
        );
    }
}

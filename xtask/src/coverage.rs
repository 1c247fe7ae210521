//! What Meta documents and which item covers it: the page, and the test that the items exist.

mod source;
mod table;

use std::fmt::Write as _;

use anyhow::{Result, bail};

use source::Sources;
use table::{Row, Section};

/// The item that stands for every call without a method of its own.
const RAW: &str = "wharf_client::Client::raw";

/// `docs/coverage.md`, from `docs/coverage.toml`; fails if an item does not exist.
pub(crate) fn page() -> Result<Vec<u8>> {
    let sections = table::read()?;
    check(&sections)?;
    let mut page = String::from(
        "# What is covered\n\n\
         Each operation, message kind, webhook field and error code that Meta documents, and the \
         item that covers it.\n\
         Made by `cargo xtask codegen` from [coverage.toml](coverage.toml); do not edit it.\n\n",
    );
    writeln!(page, "| | Rows | Covered | By the raw call | Not |")?;
    writeln!(page, "|---|---|---|---|---|")?;
    let all = count(sections.iter().flat_map(|section| &section.rows));
    for section in &sections {
        summary(&mut page, &section.title, count(&section.rows))?;
    }
    summary(&mut page, "**All**", all)?;
    for Section {
        title, from, rows, ..
    } in &sections
    {
        writeln!(page, "\n## {title}\n\nFrom: {from}.\n")?;
        writeln!(page, "| What | Item | Remark |\n|---|---|---|")?;
        for Row { what, item, remark } in rows {
            let item = item
                .as_ref()
                .map_or("–".to_owned(), |item| format!("`{item}`"));
            writeln!(page, "| {what} | {item} | {remark} |")?;
        }
    }
    Ok(page.into_bytes())
}

/// The test that each item compiles and each code has its class.
pub(crate) fn test() -> Result<Vec<u8>> {
    let sections = table::read()?;
    let mut test = String::from(
        "//! Made by `cargo xtask codegen` from docs/coverage.toml: each item exists, each code has \
         its class.\n\n\
         use wharf_model::{ErrorClass, ErrorCode};\n\n\
         #[rustfmt::skip]\n\
         #[expect(unused_imports, reason = \"that they can be named is the test\")]\n\
         mod items {\n",
    );
    let mut paths: Vec<_> = sections
        .iter()
        .filter(|section| !section.codes)
        .flat_map(|section| &section.rows)
        .filter_map(|row| row.item.as_deref())
        .map(source::nameable)
        .collect();
    paths.sort_unstable();
    paths.dedup();
    for path in paths {
        writeln!(test, "    use {path} as _;")?;
    }
    test.push_str("}\n\n#[rustfmt::skip]\nconst CODES: &[(i64, ErrorClass)] = &[\n");
    for row in sections
        .iter()
        .filter(|section| section.codes)
        .flat_map(|section| &section.rows)
    {
        let class = row
            .item
            .as_deref()
            .and_then(|item| item.rsplit("::").next());
        for code in row.what.split(" to ") {
            writeln!(
                test,
                "    ({}, ErrorClass::{}),",
                grouped(code),
                class.unwrap_or_default()
            )?;
        }
    }
    test.push_str(
        "];\n\n#[test]\nfn each_code_has_its_class() {\n    for (code, class) in CODES {\n        \
         assert_eq!(ErrorCode(*code).class(), *class, \"{code}\");\n    }\n}\n",
    );
    Ok(test.into_bytes())
}

fn check(sections: &[Section]) -> Result<()> {
    let sources = Sources::read()?;
    let mut missing = Vec::new();
    for row in sections.iter().flat_map(|section| &section.rows) {
        match &row.item {
            Some(item) if !sources.has(item) => missing.push(format!("{}: {item}", row.what)),
            None if row.remark.is_empty() => {
                missing.push(format!("{}: neither item nor reason", row.what));
            }
            _ => {}
        }
    }
    if !missing.is_empty() {
        bail!(
            "docs/coverage.toml names what is not there:\n{}",
            missing.join("\n")
        );
    }
    Ok(())
}

/// Rows, covered ones, those by the raw call, and those that are not.
fn count<'a>(rows: impl IntoIterator<Item = &'a Row>) -> [usize; 4] {
    let mut counts = [0; 4];
    for row in rows {
        let place = match row.item.as_deref() {
            Some(RAW) => 2,
            Some(_) => 1,
            None => 3,
        };
        counts[0] += 1;
        counts[place] += 1;
    }
    counts
}

fn summary(page: &mut String, title: &str, counts: [usize; 4]) -> Result<()> {
    let [all, covered, raw, not] = counts;
    writeln!(page, "| {title} | {all} | {covered} | {raw} | {not} |")?;
    Ok(())
}

/// A number with an underscore between every three digits.
fn grouped(digits: &str) -> String {
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && digits.len() > 4 && (digits.len() - index).is_multiple_of(3) {
            grouped.push('_');
        }
        grouped.push(digit);
    }
    grouped
}

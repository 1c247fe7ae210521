//! Runs a PostgreSQL server for tests until standard input ends, and prints what to set.
#![expect(clippy::print_stdout, reason = "whoever runs it needs the address")]

use std::io::{self, Read as _};

use test_servers::{Durability, Postgres};

fn main() -> io::Result<()> {
    let postgres = Postgres::start(Durability::PageCache)?;
    println!("export WHARF_TEST_POSTGRES={}", postgres.address());
    io::stdin().read_to_end(&mut Vec::new()).map(drop)
}

//! How much `wharf simulate` remembers, and how its webhooks are bundled.

use clap::value_parser;
use simulator::{History, Webhooks};

/// Amounts; what is left out is as the library has it.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(super) struct Amounts {
    /// Updates in one webhook at most; Meta goes up to 1000 [default: 1]
    #[arg(long, value_name = "N", value_parser = value_parser!(u16).range(1..=1000), help_heading = "Webhooks")]
    webhook_batch: Option<u16>,
    /// Webhooks under way at a time; updates of one user keep their order [default: 16]
    #[arg(long, value_name = "N", value_parser = value_parser!(u16).range(1..=1000), help_heading = "Webhooks")]
    webhook_connections: Option<u16>,
    /// Sends that are remembered with their statuses, and as many messages of users [default: 100000]
    #[arg(long, value_name = "N", value_parser = value_parser!(u32).range(1..), help_heading = "History")]
    history_sends: Option<u32>,
    /// Messages in the chat of a user [default: 200]
    #[arg(long, value_name = "N", value_parser = value_parser!(u32).range(1..), help_heading = "History")]
    history_chat: Option<u32>,
    /// Users; a new one beyond that replaces the oldest [default: 200000]
    #[arg(long, value_name = "N", value_parser = value_parser!(u32).range(1..), help_heading = "History")]
    history_users: Option<u32>,
    /// Webhooks that are remembered with their bodies, of 64 MiB in all [default: 10000]
    #[arg(long, value_name = "N", value_parser = value_parser!(u32), help_heading = "History")]
    history_webhooks: Option<u32>,
    /// Megabytes of files; beyond that the oldest is gone [default: 256]
    #[arg(long, value_name = "MIB", value_parser = value_parser!(u32), help_heading = "History")]
    history_media: Option<u32>,
}

impl Amounts {
    pub(super) fn history(&self) -> History {
        let usual = History::default();
        let or = |given: Option<u32>, usual: usize| given.map_or(usual, |given| given as usize);
        History {
            accepted: or(self.history_sends, usual.accepted),
            chat: or(self.history_chat, usual.chat),
            users: or(self.history_users, usual.users),
            deliveries: or(self.history_webhooks, usual.deliveries),
            media_bytes: self
                .history_media
                .map_or(usual.media_bytes, |mebibytes| u64::from(mebibytes) << 20),
            ..usual
        }
    }

    pub(super) fn webhooks(&self) -> Webhooks {
        let usual = Webhooks::default();
        let or = |given: Option<u16>, usual: usize| given.map_or(usual, usize::from);
        Webhooks {
            max_updates_per_post: or(self.webhook_batch, usual.max_updates_per_post),
            concurrency: or(self.webhook_connections, usual.concurrency),
            ..usual
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    #[derive(clap::Parser)]
    struct Line {
        #[command(flatten)]
        amounts: Amounts,
    }

    fn read(line: &str) -> Result<Amounts, clap::Error> {
        let line = Line::try_parse_from(std::iter::once("x").chain(line.split_whitespace()));
        line.map(|line| line.amounts)
    }

    #[test]
    fn what_is_left_out_is_as_the_library_has_it() {
        let (history, webhooks) = (History::default(), Webhooks::default());
        let amounts = read("").unwrap();
        assert_eq!(format!("{:?}", amounts.history()), format!("{history:?}"));
        assert_eq!(format!("{:?}", amounts.webhooks()), format!("{webhooks:?}"));
        // The help texts name these.
        assert_eq!(
            (webhooks.max_updates_per_post, webhooks.concurrency),
            (1, 16)
        );
        assert_eq!((history.accepted, history.chat), (100_000, 200));
        assert_eq!((history.users, history.deliveries), (200_000, 10_000));
        assert_eq!(
            (history.media_bytes, history.delivery_bytes),
            (256 << 20, 64 << 20)
        );
    }

    #[test]
    fn what_is_given_holds() {
        let amounts = read(
            "--webhook-batch 1000 --webhook-connections 4 --history-sends 5 --history-chat 6 \
             --history-users 7 --history-webhooks 8 --history-media 9",
        )
        .unwrap();
        let (history, webhooks) = (amounts.history(), amounts.webhooks());
        assert_eq!(
            (webhooks.max_updates_per_post, webhooks.concurrency),
            (1000, 4)
        );
        assert_eq!((history.accepted, history.chat), (5, 6));
        assert_eq!((history.users, history.deliveries), (7, 8));
        assert_eq!(history.media_bytes, 9 << 20);
        for wrong in [
            "--webhook-batch 0",
            "--webhook-batch 1001",
            "--history-sends 0",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}

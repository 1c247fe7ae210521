//! `[media]`: where files are kept, for how long, and how large they may be.

use serde::{Deserialize, Serialize};

use super::{ConfigError, SecretRef};

const DAY: i64 = 24 * 60 * 60 * 1000;

/// `[media]`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Media {
    /// `file:FOLDER`, `s3://…`, `gs://…` or `az://…`.
    pub store: String,
    /// Of a store that speaks S3 and is not Amazon's.
    pub store_endpoint: String,
    /// Region of a store that speaks S3.
    pub store_region: String,
    /// Access key id, or account.
    pub store_key_id: SecretRef,
    /// Secret of the key, or service account.
    pub store_secret: SecretRef,
    /// Bytes of a file at most.
    pub max_bytes: u64,
    /// `channel=days`, for channels that differ from `retention.media_days`.
    pub channel_retention_days: Vec<String>,
    /// Files on their way at once.
    pub in_flight: usize,
    /// Seconds.
    pub fetch_timeout_seconds: u64,
    /// Private networks that a link may lead to, as `address/prefix`.
    pub allow_networks: Vec<String>,
    /// The program; empty: none.
    pub ffmpeg: String,
    /// Seconds.
    pub ffmpeg_timeout_seconds: u64,
}

impl Media {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        for text in &self.channel_retention_days {
            if parse(text).is_none() {
                return Err(ConfigError::Invalid(format!(
                    "media.channel_retention_days: {text:?} is not channel=days, e.g. \"support=7\""
                )));
            }
        }
        if self.in_flight == 0 || self.max_bytes == 0 {
            return Err(ConfigError::Invalid(
                "media.in_flight and media.max_bytes must be at least 1".to_owned(),
            ));
        }
        Ok(())
    }

    /// How long a file of a channel is kept, in milliseconds, if others are for `days`; none: for ever.
    pub(crate) fn kept(&self, channel: Option<&str>, days: u32) -> Option<i64> {
        let own = self
            .channel_retention_days
            .iter()
            .filter_map(|text| parse(text));
        let own = channel.and_then(|channel| {
            let mut own = own.filter(|(name, _)| *name == channel);
            own.next_back().map(|(_, days)| days)
        });
        let days = own.unwrap_or(days);
        (days > 0).then(|| i64::from(days) * DAY)
    }
}

fn parse(text: &str) -> Option<(&str, u32)> {
    let (channel, days) = text.rsplit_once('=')?;
    let channel = channel.trim();
    Some((channel, days.trim().parse().ok()?)).filter(|_| !channel.is_empty())
}

#[cfg(test)]
mod tests {
    use super::super::Config;
    use super::DAY;

    #[test]
    fn a_channel_may_keep_files_otherwise() {
        let text = "[media]\nchannel_retention_days = [\"a=7\", \"b = 0\"]";
        let media = Config::parse(Some(text), &[]).unwrap().media;
        assert_eq!(media.kept(None, 3), Some(3 * DAY));
        assert_eq!(media.kept(Some("c"), 3), Some(3 * DAY));
        assert_eq!(media.kept(Some("a"), 3), Some(7 * DAY));
        assert_eq!(media.kept(Some("b"), 3), None);
        let wrong = "[media]\nchannel_retention_days = [\"seven\"]";
        let error = Config::parse(Some(wrong), &[]).unwrap_err().to_string();
        assert!(error.contains("channel_retention_days"), "{error}");
    }
}

//! `cargo xtask fuzz`: each fuzz target for a while, from a corpus made of the samples.

use std::fs;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::workspace::{cargo, root};

/// Longest input. Meta sends up to 3 MB, yet what grows faster than its input shows before that.
const LENGTH: &str = "-max_len=65536";
/// Seconds that one input may take.
const PATIENCE: &str = "-timeout=10";
/// Memory that one input may take, in megabytes.
const MEMORY: &str = "-rss_limit_mb=2048";

/// Each fuzz target for a while, from a corpus made of the samples.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Seconds for each target.
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// Only these targets; all of them if none is named.
    #[arg(value_parser = TARGETS.map(|target| target.name))]
    targets: Vec<String>,
}

struct Target {
    name: &'static str,
    seeds: Seeds,
}

/// Which parts of the samples a target begins with.
enum Seeds {
    /// Whole files whose names begin so.
    Files(&'static str),
    /// The values of these fields.
    Values(&'static [&'static str]),
    /// The values that hold this list.
    List(&'static str),
    /// The value of one header, and a body.
    Headers,
}

const TARGETS: [Target; 12] = [
    Target {
        name: "signature",
        seeds: Seeds::Headers,
    },
    Target {
        name: "envelope",
        seeds: Seeds::Files(""),
    },
    Target {
        name: "messages",
        seeds: Seeds::List("messages"),
    },
    Target {
        name: "statuses",
        seeds: Seeds::List("statuses"),
    },
    Target {
        name: "echoes",
        seeds: Seeds::Values(&["message_echoes", "smb_message_echoes", "history"]),
    },
    Target {
        name: "calls",
        seeds: Seeds::Values(&["calls"]),
    },
    Target {
        name: "groups",
        seeds: Seeds::Values(&[
            "group_lifecycle_update",
            "group_participants_update",
            "group_settings_update",
            "group_status_update",
        ]),
    },
    Target {
        name: "templates",
        seeds: Seeds::Values(&[
            "message_template_status_update",
            "message_template_quality_update",
            "message_template_components_update",
            "template_category_update",
            "flows",
        ]),
    },
    Target {
        name: "account",
        seeds: Seeds::Values(&[
            "account_update",
            "account_alerts",
            "account_review_update",
            "account_settings_update",
            "business_capability_update",
            "security",
            "phone_number_name_update",
            "phone_number_quality_update",
            "business_username_updates",
            "partner_solutions",
            "payment_configuration_update",
        ]),
    },
    Target {
        name: "others",
        seeds: Seeds::Values(&[
            "history",
            "smb_app_state_sync",
            "messaging_handovers",
            "user_preferences",
            "user_id_update",
            "automatic_events",
        ]),
    },
    Target {
        name: "flow_request",
        seeds: Seeds::Files("flow-endpoint.request-"),
    },
    Target {
        name: "flow_media",
        seeds: Seeds::Files("media."),
    },
];

impl Args {
    /// Every target for so many seconds.
    pub(crate) fn all(seconds: u64) -> Self {
        Self {
            seconds,
            targets: Vec::new(),
        }
    }
}

pub(crate) fn run(args: &Args) -> Result<()> {
    let chosen = |target: &&Target| {
        args.targets.is_empty() || args.targets.iter().any(|name| name == target.name)
    };
    for target in TARGETS.iter().filter(chosen) {
        println!("── fuzz {} for {} s", target.name, args.seconds);
        target.seed()?;
        // Without a sanitizer, because nothing here is unsafe; it builds with the stable compiler.
        let status = cargo(&[
            "fuzz",
            "run",
            "--sanitizer",
            "none",
            target.name,
            "--",
            PATIENCE,
            MEMORY,
            LENGTH,
            "-verbosity=0",
            "-print_final_stats=1",
        ])
        .arg(format!("-max_total_time={}", args.seconds))
        .status()
        .context("cargo did not start")?;
        if !status.success() {
            bail!(
                "{}: something does not hold; the input is in fuzz/artifacts/{}",
                target.name,
                target.name
            );
        }
    }
    Ok(())
}

impl Target {
    /// Writes the samples that the target begins with into its corpus.
    fn seed(&self) -> Result<()> {
        let corpus = root().join("fuzz/corpus").join(self.name);
        fs::create_dir_all(&corpus).context("cannot make the corpus")?;
        for folder in ["fixtures/cloud-api", "crates/wharf-webhook/tests/flow"] {
            for file in fs::read_dir(root().join(folder)).context("there are no samples")? {
                let path = file?.path();
                let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
                    continue;
                };
                if path.extension().is_none_or(|end| end != "json") {
                    continue;
                }
                let json: Value = serde_json::from_str(&fs::read_to_string(&path)?)?;
                for (number, seed) in self.seeds(name, &json).into_iter().enumerate() {
                    fs::write(corpus.join(format!("{name}.{number}")), seed)?;
                }
            }
        }
        Ok(())
    }

    fn seeds(&self, name: &str, json: &Value) -> Vec<String> {
        match self.seeds {
            Seeds::Files(start) if name.starts_with(start) => vec![json.to_string()],
            Seeds::Headers if name == "messages.text.json" => vec![
                format!("sha256={}\n{json}", "0".repeat(64)),
                "hub.mode=subscribe&hub.challenge=115&hub.verify_token=let%20me+in".to_owned(),
            ],
            Seeds::Files(_) | Seeds::Headers => Vec::new(),
            Seeds::Values(fields) => {
                let wanted = |change: &Value| fields.iter().any(|field| change["field"] == *field);
                values(json, wanted)
            }
            Seeds::List(list) => values(json, |change| {
                let value = &change["value"];
                value[list].is_array() || value["standby"][list].is_array()
            }),
        }
    }
}

/// The values of the changes of a sample that are wanted.
fn values(sample: &Value, wanted: impl Fn(&Value) -> bool) -> Vec<String> {
    let entries = sample["entry"].as_array().into_iter().flatten();
    let changes = entries.filter_map(|entry| entry["changes"].as_array());
    changes
        .flatten()
        .filter(|change| wanted(change))
        .map(|change| change["value"].to_string())
        .collect()
}

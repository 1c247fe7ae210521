//! Who may know whom: the crates' direct dependencies against the plan of the house.

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::Findings;
use crate::workspace::{cargo, output};

/// A crate that is to stay pure: it may name these and nothing else outside its tests.
struct Only {
    package: &'static str,
    may_name: &'static [&'static str],
    why: &'static str,
}

/// Crates that must not name others, not even in tests where `tests_too` is set.
struct Never {
    package: &'static str,
    names: &'static [&'static str],
    tests_too: bool,
    why: &'static str,
}

/// A dependency that one crate alone may name, but for the tests of those built on it.
struct Alone {
    dependency: &'static str,
    package: Option<&'static str>,
    why: &'static str,
}

const ONLY: &[Only] = &[
    Only {
        package: "wharf-model",
        may_name: &["jiff", "serde", "serde_json", "thiserror"],
        why: "the vocabulary has no runtime, no HTTP, no clock and no logging",
    },
    Only {
        package: "wharf-webhook",
        may_name: &[
            // With the feature `flow`.
            "aes",
            "aes-gcm",
            "base64",
            "cbc",
            "pkcs8",
            "rsa",
            // With the feature `axum`.
            "axum",
            "bytes",
            "tracing",
            // Always.
            "hmac",
            "jiff",
            "serde",
            "serde_json",
            "sha2",
            "subtle",
            "thiserror",
            "wharf-model",
        ],
        why: "it is pure functions over bytes, but for what its features add",
    },
];

const NEVER: &[Never] = &[
    Never {
        package: "simulator",
        names: &["gateway", "wharf-client", "wharf-webhook"],
        tests_too: true,
        why: "two independent readings of Meta's documentation must agree",
    },
    Never {
        package: "wharf-client",
        names: &["axum", "gateway", "simulator", "wharf-webhook"],
        tests_too: false,
        why: "it runs in a function without the gateway",
    },
    Never {
        package: "gateway",
        names: &["simulator"],
        tests_too: false,
        why: "the service in production holds no simulated WhatsApp",
    },
];

const ALONE: &[Alone] = &[
    Alone {
        dependency: "rusqlite",
        package: Some("gateway"),
        why: "the gateway owns the store",
    },
    Alone {
        dependency: "tokio-postgres",
        package: Some("gateway"),
        why: "the gateway owns the store",
    },
    Alone {
        dependency: "async-nats",
        package: Some("gateway"),
        why: "the gateway owns the bus",
    },
    Alone {
        dependency: "wharf",
        package: None,
        why: "nothing is built on the command line",
    },
];

/// A direct dependency of a package of this workspace.
struct Edge {
    package: String,
    dependency: String,
    in_tests: bool,
}

pub(crate) fn check(findings: &mut Findings) -> Result<()> {
    let edges = edges()?;
    for edge in &edges {
        let Edge {
            package,
            dependency,
            in_tests,
        } = edge;
        for rule in ONLY.iter().filter(|rule| rule.package == package) {
            if !in_tests && !rule.may_name.contains(&dependency.as_str()) {
                findings.error(format!("{package} names {dependency}: {}", rule.why));
            }
        }
        for rule in NEVER.iter().filter(|rule| rule.package == package) {
            if rule.names.contains(&dependency.as_str()) && (rule.tests_too || !in_tests) {
                findings.error(format!("{package} names {dependency}: {}", rule.why));
            }
        }
        for rule in ALONE.iter().filter(|rule| rule.dependency == dependency) {
            let in_their_tests = *in_tests && rule.package.is_some();
            if rule.package != Some(package) && !in_their_tests {
                findings.error(format!("{package} names {dependency}: {}", rule.why));
            }
        }
    }
    for rule in ONLY {
        if !edges.iter().any(|edge| edge.package == rule.package) {
            findings.error(format!("{} has a rule and no crate", rule.package));
        }
    }
    Ok(())
}

fn edges() -> Result<Vec<Edge>> {
    let metadata = output(cargo(&["metadata", "--format-version", "1", "--no-deps"]))?;
    let metadata: Value = serde_json::from_slice(&metadata)?;
    let packages = metadata["packages"]
        .as_array()
        .context("cargo metadata has no packages")?;
    let mut edges = Vec::new();
    for package in packages {
        let name = package["name"].as_str().context("a package has no name")?;
        let dependencies = package["dependencies"]
            .as_array()
            .context("no dependencies")?;
        for dependency in dependencies {
            edges.push(Edge {
                package: name.to_owned(),
                dependency: dependency["name"].as_str().context("no name")?.to_owned(),
                in_tests: dependency["kind"] == "dev",
            });
        }
    }
    Ok(edges)
}

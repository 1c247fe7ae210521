//! Profiles: made by `login`, used by all, never shown.

use std::fs;
use std::path::Path;

use crate::binary::{Ended, run, run_with, wharf};
use crate::pair::Pair;

/// Runs the binary far from the gateway's own folder.
fn far(folder: &Path, arguments: &[&str]) -> Ended {
    run(&mut wharf(folder, arguments))
}

#[test]
fn a_gateway_is_signed_in_to_used_and_forgotten() {
    let (pair, folder) = (Pair::start(), tempfile::tempdir().unwrap());
    let other = Pair::start();
    other.succeed(&["endpoints", "create", "https://example.com/of-the-other"]);
    let (folder, key) = (folder.path(), pair.key());
    let login = ["login", "--profile", "shop", "--url", &pair.url];
    let signed_in = run_with(&mut wharf(folder, &login), &format!("{key}\n"));
    assert_eq!(signed_in.code, Some(0), "{signed_in:?}");
    assert!(!format!("{signed_in:?}").contains(&key), "{signed_in:?}");
    let file = folder.join("config/wharf/profiles.toml");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{mode:o}");
    }

    // It is in use at once, from any folder.
    let channels = far(folder, &["channels", "list"]);
    assert!(channels.out.contains("main"), "{channels:?}");
    let profiles = far(folder, &["profiles", "list"]);
    assert_eq!(
        profiles.out,
        format!("NAME\tURL\tIN USE\nshop\t{}/\tyes\n", pair.url)
    );
    let second = ["login", "--profile", "other", "--url", &other.url];
    let signed_in = run_with(&mut wharf(folder, &second), &other.key());
    assert_eq!(signed_in.code, Some(0), "{signed_in:?}");
    let json = far(folder, &["profiles", "list", "--json"]).out;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["data"][0]["name"], "other");
    assert_eq!(json["data"][0]["in_use"], true);
    let reaches_other = |arguments: &[&str]| {
        let list = far(folder, &[&["endpoints", "list"], arguments].concat());
        assert_eq!(list.code, Some(0), "{list:?}");
        list.out.contains("of-the-other")
    };
    assert!(reaches_other(&[]) && !reaches_other(&["--profile", "shop"]));
    assert_eq!(far(folder, &["profiles", "use", "shop"]).code, Some(0));
    assert!(!reaches_other(&[]) && reaches_other(&["--profile", "other"]));
    let unknown = far(folder, &["--profile", "shpo", "channels", "list"]);
    assert_eq!(unknown.code, Some(2), "{unknown:?}");
    assert!(unknown.err.contains("other, shop"), "{unknown:?}");

    assert_eq!(far(folder, &["logout"]).code, Some(0));
    let left = fs::read_to_string(&file).unwrap();
    assert!(
        left.contains("other") && !left.contains("shop"),
        "it is not forgotten"
    );
    assert_eq!(far(folder, &["logout", "--profile", "other"]).code, Some(0));
    assert!(
        !fs::read_to_string(&file).unwrap().contains(&key),
        "a key stayed"
    );
}

#[test]
fn a_flag_goes_before_the_environment_and_that_before_a_profile() {
    let (pair, folder) = (Pair::start(), tempfile::tempdir().unwrap());
    let (folder, key) = (folder.path(), pair.key());
    let nobody = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr();
    let nobody = format!("http://{}", nobody.unwrap());
    let login = ["login", "--url", &pair.url];
    assert_eq!(run_with(&mut wharf(folder, &login), &key).code, Some(0));
    let list = ["channels", "list"];
    assert_eq!(run(&mut wharf(folder, &list)).code, Some(0));
    // The environment goes before the profile, also with nobody there.
    assert_eq!(
        run(wharf(folder, &list).env("WHARF_URL", &nobody)).code,
        Some(3)
    );
    // A profile that is named on the command line goes before the environment.
    let named = ["--profile", "default", "channels", "list"];
    assert_eq!(
        run(wharf(folder, &named).env("WHARF_URL", &nobody)).code,
        Some(0)
    );
    let named = ["channels", "list", "--profile", "default", "--url", &nobody];
    assert_eq!(run(&mut wharf(folder, &named)).code, Some(3));
    // A key in the environment goes before the profile's.
    let wrong = format!("wharf_{}", "x".repeat(43));
    assert_eq!(
        run(wharf(folder, &list).env("WHARF_API_KEY", &wrong)).code,
        Some(4)
    );
    fs::write(folder.join("key"), &key).unwrap();
    let flag = ["channels", "list", "--api-key", "file:key"];
    assert_eq!(
        run(wharf(folder, &flag).env("WHARF_API_KEY", &wrong)).code,
        Some(0)
    );
    let unknown = run(wharf(folder, &list).env("WHARF_PROFILE", "none"));
    assert_eq!(unknown.code, Some(2), "{unknown:?}");
}

#[test]
fn a_profiles_key_goes_to_its_own_gateway_only() {
    let (pair, folder) = (Pair::start(), tempfile::tempdir().unwrap());
    let (folder, key) = (folder.path(), pair.key());
    let login = ["login", "--url", &pair.url];
    assert_eq!(run_with(&mut wharf(folder, &login), &key).code, Some(0));
    let stranger = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", stranger.local_addr().unwrap());
    let asking = std::thread::spawn(move || {
        let (mut stream, _) = stranger.accept().unwrap();
        let mut head = vec![0; 4096];
        let read = std::io::Read::read(&mut stream, &mut head).unwrap();
        String::from_utf8_lossy(&head[..read]).into_owned()
    });
    far(folder, &["channels", "list", "--url", &url]);
    let asked = asking.join().unwrap();
    assert!(asked.starts_with("GET /api/v1/channels"), "{asked}");
    assert!(
        !asked.to_lowercase().contains("authorization"),
        "the key went to a stranger"
    );
}

#[test]
fn a_key_is_tried_before_it_is_kept_and_is_never_an_argument() {
    let (pair, folder) = (Pair::start(), tempfile::tempdir().unwrap());
    let folder = folder.path();
    let wrong = format!("wharf_{}", "canary".repeat(7));
    let login = ["login", "--url", &pair.url];
    let refused = run_with(&mut wharf(folder, &login), &wrong);
    assert_eq!(refused.code, Some(4), "{refused:?}");
    assert!(
        !folder.join("config/wharf/profiles.toml").exists(),
        "it was kept"
    );
    let empty = run_with(&mut wharf(folder, &login), "\n");
    assert_eq!(empty.code, Some(2), "{empty:?}");
    let argument = far(folder, &["channels", "list", "--api-key", &wrong]);
    assert_eq!(argument.code, Some(2), "{argument:?}");
    assert!(
        argument.err.contains("env:NAME or file:PATH"),
        "{argument:?}"
    );
    for ended in [refused, argument] {
        assert!(!format!("{ended:?}").contains("canary"), "{ended:?}");
    }

    let file = folder.join("config/wharf/profiles.toml");
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(
        &file,
        "[profiles.a]\nurl = \"http://127.0.0.1\"\napi_key = canary\n",
    )
    .unwrap();
    let broken = far(folder, &["channels", "list"]);
    assert_eq!(broken.code, Some(1), "{broken:?}");
    assert!(
        broken.err.contains("line 3") && broken.err.contains("wharf login"),
        "{broken:?}"
    );
    assert!(broken.err.contains("chmod 600"), "{broken:?}");
    assert!(!broken.err.contains("canary"), "{broken:?}");
}

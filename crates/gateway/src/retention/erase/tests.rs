//! Files of a person who is erased, and others to whom they are sent at that moment.

use std::sync::mpsc;
use std::time::Duration;

use serde_json::json;
use wharf_model::OutgoingMessage;

use super::*;
use crate::config::Config;
use crate::ids::Random;
use crate::media::Reach;
use crate::send::{
    Accept, AcceptError, Accepted, Again, OperateError, Options, accept, accept_within, send_again,
};
use crate::store::channels::{self, Channel};
use crate::store::contacts::Contact;
use crate::store::media::{Media, State};
use crate::store::messages;
use crate::{Environment, Running};

const PATIENCE: Duration = Duration::from_secs(20);

/// Whose erasure it is, and somebody else.
const PERSON: &str = "16505557391";
const OTHER: &str = "16505550042";

/// A gateway that has sent a file to a person; nothing is ever due.
struct House {
    running: Running,
    file: Media,
    person: String,
    folder: test_servers::Folder,
}

impl House {
    async fn start() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = test_servers::Folder::new().unwrap();
        let mut config = Config {
            store: folder.store(),
            data_dir: folder.path().to_owned(),
            ..Config::default()
        };
        config.server.listen = ([127, 0, 0, 1], 0).into();
        // Nobody listens there.
        config.cloud.base_url = "http://127.0.0.1:1".parse().unwrap();
        let environment = Environment {
            random: Random::seeded(1),
            ..Environment::default()
        };
        let running = Running::start(config, environment).await.unwrap();
        let app = running.app();
        let token = folder.path().join("token");
        std::fs::write(&token, "token").unwrap();
        let channel = Channel {
            id: "shop".to_owned(),
            carrier: "cloud".to_owned(),
            name: "Shop".to_owned(),
            phone_number_id: Some("1".to_owned()),
            waba_id: None,
            display_phone_number: None,
            access_token: Some(format!("file:{}", token.display())),
            app_secret: None,
            verify_token: None,
            throughput: 80,
            learned: None,
            paused: None,
            created_at: 1,
            updated_at: 1,
        };
        let add = move |tx: &Tx<'_>| channels::insert(tx, &channel);
        app.store.write(add).await.unwrap();
        let new = crate::media::NewMedia {
            channel_id: None,
            mime_type: Some("text/plain".to_owned()),
            filename: Some("bill.txt".to_owned()),
            kind: None,
        };
        let file = crate::media::keep(app, new, b"bytes".to_vec()).await;
        let file = file.unwrap();
        accept(app, sending(app, &file, PERSON)).await.unwrap();
        let person = contact(app, PERSON).await.unwrap().id;
        Self {
            running,
            file,
            person,
            folder,
        }
    }

    fn app(&self) -> &Arc<App> {
        self.running.app()
    }

    /// The messages that are erased.
    async fn page(&self) -> Vec<Theirs> {
        let contact = self.person.clone();
        let look = move |tx: &Tx<'_>| find::messages(tx, &contact, "", MESSAGES);
        self.app().store.read(look).await.unwrap().unwrap().0
    }

    async fn state_of_file(&self) -> Option<State> {
        let id = self.file.id.clone();
        let found = self.app().store.read(move |tx| media::by_id(tx, &id));
        found.await.unwrap().map(|file| file.state)
    }

    /// Whether its bytes are there.
    fn has_bytes(&self) -> bool {
        let objects = self.folder.path().join("media");
        objects.join(&self.file.object_key).is_file()
    }
}

fn document(file: &Media, to: &str) -> OutgoingMessage {
    let message = json!({"to": format!("+{to}"), "type": "document", "document": {"id": file.id}});
    OutgoingMessage::from_json(&message).unwrap()
}

/// A message with a file that is to be sent in an hour.
fn sending(app: &App, file: &Media, to: &str) -> Accept {
    Accept {
        channel_id: "shop".to_owned(),
        message: document(file, to),
        marketing: None,
        attachment: None,
        request_id: None,
        idempotency: None,
        due_at: Some(app.clock.now() + 3_600_000),
        options: Options::default(),
        files: Reach::default(),
        render: |message| message.id.clone(),
    }
}

async fn contact(app: &App, number: &'static str) -> Option<Contact> {
    let look = move |tx: &Tx<'_>| {
        let sql = "SELECT contact_id FROM contact_identities WHERE kind = 'wa_id' AND value = $1";
        let id = tx.first(sql, &[number.into()], |row| row.text(0))?;
        id.map_or(Ok(None), |id| contacts::by_id(tx, &id))
    };
    app.store.read(look).await.unwrap()
}

/// Runs a change that stays open until it is told to go on, and tells when it has done its part.
fn begin_write<T: Send + 'static>(
    app: &App,
    change: impl FnOnce(&Tx<'_>) -> Result<T, StoreError> + Send + 'static,
) -> (
    tokio::sync::oneshot::Receiver<Result<T, StoreError>>,
    tokio::sync::oneshot::Receiver<()>,
    mpsc::Sender<()>,
) {
    let (go, wait) = mpsc::channel();
    let (tell, done) = tokio::sync::oneshot::channel();
    let open = app.store.submit(move |tx| {
        let result = change(tx)?;
        // What was only put in line is done, too.
        tx.first("SELECT 1", &[], |_| Ok(()))?;
        tell.send(()).unwrap();
        wait.recv().unwrap();
        Ok(result)
    });
    (open.unwrap(), done, go)
}

/// Waits until somebody waits for a row that an open change has: on SQLite all do who write.
async fn until_somebody_waits(app: &App) {
    let waits = async || {
        if !app.store.is_shared() {
            app.store.read(|_| Ok(())).await.unwrap();
            return true;
        }
        let sql = "SELECT COUNT(*) FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid \
             WHERE NOT l.granted AND l.locktype = 'transactionid' \
             AND a.datname = current_database()";
        let look = move |tx: &Tx<'_>| tx.first(sql, &[], |row| row.int(0));
        app.store.read(look).await.unwrap() != Some(0)
    };
    let waited = async {
        while !waits().await {
            tokio::time::sleep(Duration::from_millis(3)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waited).await.unwrap();
}

/// Looks for files to remove while a message with one is accepted that was sent to the person alone.
async fn check_that_the_file_stays_with(house: &House, to: &str) {
    let (app, page) = (house.app(), house.page().await);
    let (shared, offer) = (Arc::clone(app), sending(app, &house.file, to));
    let (accepted, done, go) = begin_write(app, move |tx| {
        Ok(accept_within(tx, &shared, offer).map(drop))
    });
    done.await.unwrap();
    let go_on = async {
        until_somebody_waits(app).await;
        go.send(()).unwrap();
    };
    let (removed, ()) = tokio::join!(remove_files(app, &page), go_on);
    accepted.await.unwrap().unwrap().unwrap();
    assert_eq!(removed.unwrap(), []);
    assert_eq!(house.state_of_file().await, Some(State::Stored));
    assert!(house.has_bytes());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_somebody_else_gets_at_this_moment_stays() {
    let house = House::start().await;
    check_that_the_file_stays_with(&house, OTHER).await;
    house.running.stop().await;
}

/// Nobody is found by the names of who is erased: who writes to them again writes to somebody new.
#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_the_person_gets_anew_at_this_moment_stays() {
    let house = House::start().await;
    let (app, person) = (house.app(), house.person.clone());
    let forget = move |tx: &Tx<'_>| erase::names(tx, &person, 1);
    app.store.write(forget).await.unwrap();
    check_that_the_file_stays_with(&house, PERSON).await;
    house.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_given_up_at_this_moment_is_sent_to_nobody() {
    let house = House::start().await;
    let (app, page) = (house.app(), house.page().await);
    let (given_up, done, go) = begin_write(app, move |tx| erase::files(tx, &page, 1));
    done.await.unwrap();
    let go_on = async {
        until_somebody_waits(app).await;
        go.send(()).unwrap();
    };
    let offer = sending(app, &house.file, OTHER);
    let (refused, ()) = tokio::join!(accept(app, offer), go_on);
    assert_eq!(given_up.await.unwrap().unwrap().len(), 1);
    let Err(AcceptError::File(file)) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(file.to_string(), "/document/id: the file is expired");
    assert_eq!(contact(app, OTHER).await, None, "nothing is left of it");

    // Whoever gave it up died before its bytes were gone; the next one finds it.
    assert!(house.has_bytes());
    let scribe = Scribe::for_test(app);
    let begun = begin(app, house.person.clone(), scribe).await.unwrap();
    let Begun::Erasure(erasure) = begun else {
        panic!("{begun:?}");
    };
    let done = async {
        loop {
            let id = erasure.id.clone();
            let look = app.store.read(move |tx| erasures::by_id(tx, &id));
            let erasure = look.await.unwrap().unwrap();
            if erasure.is_done {
                return erasure;
            }
            tokio::time::sleep(Duration::from_millis(3)).await;
        }
    };
    let done = tokio::time::timeout(PATIENCE, done).await.unwrap();
    assert_eq!(done.counts["files"], 1);
    assert_eq!(house.state_of_file().await, None);
    assert!(!house.has_bytes());
    house.running.stop().await;
}

/// Puts a message with the file in the place of one to somebody else that has failed.
async fn edit(house: &House) -> Result<(), OperateError> {
    let app = house.app();
    let message = json!({"to": format!("+{OTHER}"), "type": "text", "text": {"body": "hello"}});
    let mut text = sending(app, &house.file, OTHER);
    text.message = OutgoingMessage::from_json(&message).unwrap();
    let Ok(Accepted::New { message, .. }) = accept(app, text).await else {
        panic!("not accepted");
    };
    let (shared, edited) = (Arc::clone(app), document(&house.file, OTHER));
    let change = move |tx: &Tx<'_>| {
        messages::set_state(tx, &message.id, messages::State::Failed, None, 1)?;
        let again = Again {
            edited: Some(&edited),
            in_bulk: false,
        };
        Ok(send_again(tx, &shared, &message.id, &again).map(drop))
    };
    app.store.write(change).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_an_edited_message_sends_to_somebody_else_stays() {
    let house = House::start().await;
    edit(&house).await.unwrap();
    let page = house.page().await;
    let removed = remove_files(house.app(), &page).await;
    assert_eq!(removed.unwrap(), []);
    assert_eq!(house.state_of_file().await, Some(State::Stored));
    house.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_message_is_edited_to_send_a_file_that_is_given_up() {
    let house = House::start().await;
    let page = house.page().await;
    let removed = remove_files(house.app(), &page).await;
    assert_eq!(removed.unwrap().len(), 1);
    let refused = edit(&house).await.unwrap_err();
    let OperateError::File(file) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(file.to_string(), "/document/id: the file is expired");
    house.running.stop().await;
}

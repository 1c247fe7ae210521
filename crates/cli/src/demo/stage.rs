//! Sets the stage: simulator, gateway, channel, webhook, subscriber, endpoint.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use gateway::config::{Config, SecretRef};
use gateway::{Environment, Running};
use serde_json::{Value, json};
use simulator::{Clock, Delays, Secret, Settings, Simulator};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use url::Url;

use crate::api::{Api, segment};
use crate::commands::serve;
use crate::demo::folder::{Folder, write_private};
use crate::demo::subscriber::Subscriber;
use crate::environment;
use crate::failure::Failure;
use crate::output;
use crate::signals::Signals;
use crate::signature::SigningSecret;

/// The channel that the demo talks through.
pub(crate) const CHANNEL: &str = "demo";
/// The simulated user, with a number that belongs to nobody.
pub(crate) const USER: &str = "15550100123";
const SUBSCRIBER: &str = "the demo's subscriber";

/// Chosen ports; without one the usual port is taken if it is free.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ports {
    pub(crate) gateway: Option<u16>,
    pub(crate) simulator: Option<u16>,
}

/// Everything that runs.
#[derive(Debug)]
pub(crate) struct Stage {
    pub(crate) gateway: Running,
    pub(crate) simulator: simulator::Running,
    pub(crate) subscriber: Subscriber,
    pub(crate) api: Api,
    pub(crate) key: String,
    tasks: TaskTracker,
    stopping: CancellationToken,
}

impl Stage {
    pub(crate) async fn set(
        folder: &Folder,
        ports: Ports,
        console_dir: Option<PathBuf>,
    ) -> anyhow::Result<Self> {
        let began = Instant::now();
        let (app_secret, app_secret_ref) = folder.secret("app-secret")?;
        let (verify_token, verify_token_ref) = folder.secret("verify-token")?;
        let (access_token, access_token_ref) = folder.secret("access-token")?;
        let simulator = simulator(app_secret, verify_token, access_token, ports.simulator).await?;
        let mut config = config(folder, &simulator.base_url)?;
        config.cloud.app_secrets = vec![app_secret_ref];
        config.cloud.verify_token = verify_token_ref;
        config.console.dir = console_dir;
        let gateway = gateway(config, ports.gateway).await?;
        let key = api_key(&gateway, folder)?;
        let url = format!("http://{}", gateway.address());
        let api = Api::gateway(Url::parse(&url)?, Some(&key))?;
        let (tasks, stopping) = (TaskTracker::new(), CancellationToken::new());
        let (base_url, stop) = (&simulator.base_url, stopping.clone());
        let subscriber = Subscriber::start(&tasks, stop, base_url, &url).await?;
        let stage = Self {
            gateway,
            simulator,
            subscriber,
            api,
            key,
            tasks,
            stopping,
        };
        stage.channel(&access_token_ref).await?;
        let callback = format!("{url}/webhooks/whatsapp");
        stage
            .simulator
            .simulator
            .subscribe(&callback)
            .await
            .context("the gateway did not answer the simulator's challenge")?;
        stage.endpoint().await?;
        output::line(format_args!(
            "\nWharf runs on this machine alone: simulator, gateway, subscriber; ready in {} ms.\n",
            began.elapsed().as_millis()
        ))?;
        Ok(stage)
    }

    /// Where the gateway listens.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.gateway.address())
    }

    async fn channel(&self, access_token: &SecretRef) -> anyhow::Result<()> {
        let number = simulator::Number::default();
        let body = json!({
            "id": CHANNEL,
            "name": number.verified_name,
            "phone_number_id": number.id.to_string(),
            "waba_id": number.waba.to_string(),
            "access_token": access_token.to_string(),
        });
        match self.api.post("/api/v1/channels", &body).await {
            Ok(_) => Ok(()),
            // A named folder has it from the last time.
            Err(error) if is_conflict(&error) => Ok(()),
            Err(error) => Err(error.context("the demo's channel was not created")),
        }
    }

    /// Creates the endpoint, or moves the one of the last time to today's port.
    async fn endpoint(&self) -> anyhow::Result<()> {
        let list = self
            .api
            .get("/api/v1/endpoints", &[("limit", "500".to_owned())])
            .await?;
        let mut former = list["data"].as_array().into_iter().flatten();
        let former = former.find(|endpoint| endpoint["description"] == SUBSCRIBER);
        let url = self.subscriber.url();
        let endpoint = if let Some(id) = former.and_then(|endpoint| endpoint["id"].as_str()) {
            let path = format!("/api/v1/endpoints/{}", segment(id));
            self.api
                .patch(&path, &json!({"url": url, "disabled": false}))
                .await?;
            self.api.get(&format!("{path}/secret"), &[]).await?
        } else {
            let body = json!({"url": url, "description": SUBSCRIBER});
            self.api.post("/api/v1/endpoints", &body).await?
        };
        let secret = endpoint["secret"]
            .as_str()
            .context("the endpoint came without a secret")?;
        self.subscriber.set_secret(SigningSecret::parse(secret)?);
        Ok(())
    }

    /// Ends everything, the senders of work first.
    pub(crate) async fn strike(self, signals: &mut Signals) -> anyhow::Result<()> {
        self.simulator.shutdown().await;
        let stopped = serve::stop(self.gateway, signals).await;
        self.stopping.cancel();
        self.tasks.close();
        // The gateway's pooled connections are gone by now, so this is quick.
        let _ = tokio::time::timeout(Duration::from_secs(1), self.tasks.wait()).await;
        stopped
    }
}

fn is_conflict(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(Failure::Refused(refusal)) if refusal.status == 409)
}

async fn simulator(
    app_secret: String,
    verify_token: String,
    access_token: String,
    port: Option<u16>,
) -> anyhow::Result<simulator::Running> {
    let mut settings = Settings {
        // Another seed each time: with a named folder, ids must not come again.
        seed: rand::random(),
        clock: Clock::running_from(environment::timestamp()),
        access_token: Secret::from(access_token),
        auto_read: true,
        // Long enough to be seen one after the other.
        delays: Delays {
            sent: Duration::from_millis(100),
            delivered: Duration::from_millis(300),
            read: Duration::from_millis(500),
        },
        ..Settings::default()
    };
    settings.app.secret = Secret::from(app_secret);
    settings.app.verify_token = Secret::from(verify_token);
    let listener = listen(port, 8081, "--simulator-port").await?;
    Ok(Simulator::start(settings, listener)?)
}

fn config(folder: &Folder, base_url: &str) -> anyhow::Result<Config> {
    let mut config = Config::load(None, std::iter::empty())?;
    config.store = format!("sqlite:{}", folder.path().join("wharf.db").display());
    folder.path().clone_into(&mut config.data_dir);
    config.cloud.base_url = Url::parse(base_url)?;
    // The subscriber is on this machine, which is otherwise out of bounds for endpoints.
    config.deliver.allow_networks = vec!["127.0.0.0/8".to_owned()];
    config.log.level = environment::variable("WHARF_LOG_LEVEL").unwrap_or_else(|| "warn".into());
    Ok(config)
}

async fn gateway(config: Config, port: Option<u16>) -> anyhow::Result<Running> {
    gateway::telemetry::init_logs(&config.log);
    let listener = listen(port, 8080, "--port").await?;
    let environment = Environment {
        listener: Some(listener),
        ..Environment::default()
    };
    Box::pin(Running::start(config, environment))
        .await
        .context("the gateway does not start")
}

/// The port that was asked for, or the usual one, or any.
async fn listen(asked: Option<u16>, usual: u16, argument: &str) -> anyhow::Result<TcpListener> {
    let bind = |port| TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], port)));
    if let Some(port) = asked {
        return bind(port)
            .await
            .with_context(|| format!("port {port} cannot be used; choose another {argument}"));
    }
    match bind(usual).await {
        Ok(listener) => Ok(listener),
        Err(_) => bind(0).await.context("there is no free port on 127.0.0.1"),
    }
}

/// The key of the first start is shown once; a later start finds it in its file.
fn api_key(gateway: &Running, folder: &Folder) -> anyhow::Result<String> {
    let path = folder.path().join("api-key");
    if let Some(key) = gateway.first_api_key() {
        if !path.exists() {
            write_private(&path, key)?;
        }
        return Ok(key.to_owned());
    }
    match std::fs::read_to_string(&path) {
        Ok(key) => Ok(key.trim().to_owned()),
        Err(_) => bail!(
            "{} is gone, and the folder has a gateway with keys; use another --data",
            path.display()
        ),
    }
}

/// The body of the demo's own messages.
pub(crate) fn text_message(body: &str, reply_to: Option<&str>) -> Value {
    let mut message = json!({
        "channel": CHANNEL,
        "to": format!("+{USER}"),
        "type": "text",
        "text": {"body": body},
    });
    if let Some(wamid) = reply_to {
        message["context"] = json!({ "message_id": wamid });
    }
    message
}

//! Addresses of endpoints, and connections to them.

use std::time::Duration;

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client};
use url::{Host, Url};

use crate::{Error, ErrorKind, ModelSettings};

/// How long a connection may take to come about.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Python servers close idle connections after 5 s; one that is about to be closed must not be used.
const IDLE_TIMEOUT: Duration = Duration::from_secs(4);

/// Where an endpoint listens.
#[derive(Clone, Debug)]
pub(crate) struct Address {
    /// The base, as the user wrote it.
    pub shown: String,
    /// `BASE/chat/completions`.
    pub chat: Url,
    /// `/metrics` of the server, which stands beside the base.
    pub metrics: Url,
}

/// Reads the endpoints of a model.
///
/// # Errors
/// There is none, one is no URL, or one would carry prompts in plain text over a network.
pub(crate) fn addresses(name: &str, settings: &ModelSettings) -> Result<Vec<Address>, Error> {
    if settings.endpoints.is_empty() {
        return Err(Error::new(ErrorKind::Settings, format!("model `{name}` has no endpoint")));
    }
    settings.endpoints.iter().map(|base| address(name, base, settings.allow_plain_http)).collect()
}

fn address(name: &str, base: &str, allow_plain_http: bool) -> Result<Address, Error> {
    let fault = |what: &str| Error::new(ErrorKind::Settings, format!("an endpoint of model `{name}` {what}"));
    let url = Url::parse(base).map_err(|error| fault(&format!("is no URL: {error}")))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(fault("has a user or a password in its URL; keys come from the environment, by `key_env`"));
    }
    match url.scheme() {
        "https" => {}
        "http" if allow_plain_http || is_loopback(&url) => {}
        "http" => {
            return Err(fault(&format!(
                "is reached over plain http: `{base}`; use https, or set `allow_plain_http` if the network is trusted"
            )));
        }
        other => return Err(fault(&format!("has the scheme `{other}`; `http` and `https` are known"))),
    }
    let base = base.trim_end_matches('/');
    let join = |base: &str, path: &str| {
        Url::parse(&format!("{base}{path}")).map_err(|error| fault(&format!("is no base URL: {error}")))
    };
    let root = base.strip_suffix("/v1").unwrap_or(base);
    Ok(Address { shown: base.to_owned(), chat: join(base, "/chat/completions")?, metrics: join(root, "/metrics")? })
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Prepares connections for one model; opens none. The key goes into each request's header and nowhere else.
///
/// # Errors
/// The key cannot be sent, or the certificates cannot be read.
pub(crate) fn connect(name: &str, settings: &ModelSettings) -> Result<Client, Error> {
    let fault = |what: String| Error::new(ErrorKind::Settings, format!("model `{name}`: {what}"));
    // Someone else may have installed a provider already, which is as good.
    rustls::crypto::ring::default_provider().install_default().ok();
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(ACCEPT, HeaderValue::from_static("application/json, text/event-stream"));
    if let Some(key) = &settings.key {
        let mut value = HeaderValue::from_str(&format!("Bearer {}", key.expose().trim()))
            .map_err(|_| fault("its key holds characters that no header can carry".to_owned()))?;
        value.set_sensitive(true);
        headers.insert(AUTHORIZATION, value);
    }
    let mut builder = Client::builder()
        .default_headers(headers)
        .user_agent(concat!("quarry/", env!("CARGO_PKG_VERSION")))
        .http1_only()
        .redirect(Policy::none())
        .referer(false)
        .connect_timeout(CONNECT_TIMEOUT)
        .pool_idle_timeout(IDLE_TIMEOUT)
        .pool_max_idle_per_host(usize::MAX)
        .tcp_nodelay(true)
        .tcp_keepalive(Duration::from_secs(30));
    if settings.endpoints.iter().any(|base| base.starts_with("http:")) {
        // Plain http is for this machine or a trusted network: no proxy out of the environment may see it.
        builder = builder.no_proxy();
    }
    let certificates = match &settings.ca_file {
        None => Vec::new(),
        Some(path) => {
            let shown = path.display();
            let pem = std::fs::read(path).map_err(|error| fault(format!("cannot read `{shown}`: {error}")))?;
            Certificate::from_pem_bundle(&pem).map_err(|_| fault(format!("`{shown}` holds no PEM certificates")))?
        }
    };
    // The system's certificates are looked for only where they are needed: a bare container has none.
    builder = if settings.endpoints.iter().any(|base| base.starts_with("https")) {
        builder.tls_certs_merge(certificates)
    } else {
        builder.tls_certs_only(certificates)
    };
    builder.build().map_err(|error| {
        let cause = super::exchange::innermost(&error);
        fault(format!(
            "cannot set up TLS: {cause}; install the system's certificates (ca-certificates) or set `ca_file`"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::{addresses, connect};
    use crate::{ModelSettings, Secret};

    fn settings(base: &str) -> ModelSettings {
        ModelSettings { endpoints: vec![base.to_owned()], ..ModelSettings::default() }
    }

    #[test]
    fn prompts_leave_the_machine_only_encrypted_unless_allowed() {
        for base in ["https://a.example/v1", "http://localhost:8000/v1/", "http://127.0.0.1:1/v1", "http://[::1]:1/v1"]
        {
            assert!(addresses("m", &settings(base)).is_ok(), "{base}");
        }
        for base in [
            "http://10.0.0.1/v1",
            "http://localhost.example.com/v1",
            "ftp://a/v1",
            "a.example",
            "https://u:p@a.example/v1",
        ] {
            let error = addresses("m", &settings(base)).unwrap_err();
            assert!(!error.message.contains("u:p"), "{error}");
        }
        let trusted = ModelSettings { allow_plain_http: true, ..settings("http://10.0.0.1/v1") };
        assert!(addresses("m", &trusted).is_ok());
        let address = &addresses("m", &settings("http://localhost:8000/v1/")).unwrap()[0];
        assert_eq!(address.chat.as_str(), "http://localhost:8000/v1/chat/completions");
        assert_eq!(address.metrics.as_str(), "http://localhost:8000/metrics");
    }

    #[test]
    fn connections_are_prepared_outside_a_runtime_and_never_show_the_key() {
        let secret =
            ModelSettings { key: Some(Secret::new("sk-canary".to_owned())), ..settings("https://a.example/v1") };
        let client = connect("m", &secret).unwrap();
        assert!(!format!("{client:?} {secret:?}").contains("canary"));
        let broken =
            ModelSettings { key: Some(Secret::new("sk-\ncanary".to_owned())), ..settings("https://a.example/v1") };
        assert!(!connect("m", &broken).unwrap_err().message.contains("canary"));
        let missing = ModelSettings { ca_file: Some("nowhere.pem".into()), ..settings("https://a.example/v1") };
        assert!(connect("m", &missing).unwrap_err().message.contains("nowhere.pem"));
    }
}

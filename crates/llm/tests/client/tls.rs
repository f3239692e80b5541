//! Encrypted endpoints: trusted by a file of certificates, and not without.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::post;
use quarry_llm::{Budget, Concurrency, ErrorKind, ModelSettings};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use serde_json::json;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::stub::{Trial, answer, call};

/// Starts a server with a certificate of its own; gives its base URL and the certificate.
async fn serve() -> (String, String) {
    let own = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(own.signing_key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![own.cert.der().clone()], key)
        .unwrap();
    // What is encrypted is passed on to a plain server.
    let plain = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let target = plain.local_addr().unwrap();
    let router = Router::new().route("/v1/chat/completions", post(async || answer(&json!({}), "7").to_string()));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("https://localhost:{}/v1", listener.local_addr().unwrap().port());
    let runtime = tokio::runtime::Handle::current();
    runtime.spawn(async move { axum::serve(plain, router).await });
    runtime.spawn(async move {
        let acceptor = TlsAcceptor::from(Arc::new(config));
        while let Ok((socket, _)) = listener.accept().await {
            let Ok(mut outer) = acceptor.accept(socket).await else { continue };
            tokio::runtime::Handle::current().spawn(async move {
                let mut inner = tokio::net::TcpStream::connect(target).await.unwrap();
                tokio::io::copy_bidirectional(&mut outer, &mut inner).await.ok();
            });
        }
    });
    (base, own.cert.pem())
}

fn settings(base: &str) -> ModelSettings {
    let concurrency = Concurrency::Fixed(8);
    ModelSettings { id: "m".to_owned(), endpoints: vec![base.to_owned()], concurrency, ..ModelSettings::default() }
}

#[tokio::test]
async fn a_certificate_of_its_own_is_trusted_only_out_of_a_file() {
    let (base, pem) = serve().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ca.pem");
    std::fs::write(&path, pem).unwrap();
    let trial = Trial::new(ModelSettings { ca_file: Some(path), ..settings(&base) }, Budget::default());
    assert_eq!(trial.ask(call(1)).await.unwrap().choices[0].text, "7");
    let impatient = ModelSettings { give_up_after: Duration::ZERO, ..settings(&base) };
    let error = Trial::new(impatient, Budget::default()).ask(call(1)).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Endpoint);
    assert!(error.message.contains("certificate") && error.message.contains("ca_file"), "{error}");
}

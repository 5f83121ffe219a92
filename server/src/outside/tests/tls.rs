//! Encrypted connections: the certificate must be for the name, which is also the one that is asked
//! for.

use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use super::*;

/// A server with a certificate for a name that speaks TLS; the name that it was asked for.
async fn server(name: &str) -> (u16, RootCertStore, Arc<Mutex<Vec<Option<String>>>>) {
    let made = rcgen::generate_simple_self_signed([name.to_owned()]).unwrap();
    let certificate = made.cert.der().clone();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&asked);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else {
                continue;
            };
            let name = stream.get_ref().1.server_name().map(str::to_owned);
            told.lock().unwrap().push(name);
            let mut bytes = [0; 4_096];
            let _ = stream.read(&mut bytes).await;
            let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
            let _ = stream.write_all(answer).await;
        }
    });
    let mut roots = RootCertStore::empty();
    roots.add(certificate).unwrap();
    (port, roots, asked)
}

#[tokio::test]
async fn the_certificate_is_checked_against_the_name_and_not_the_address() {
    let (port, roots, asked) = server("hooks.example.com").await;
    let names = Names::of(&[
        ("hooks.example.com", &[&["127.0.0.1"]]),
        ("hooks.example.com.", &[&["127.0.0.1"]]),
        ("other.example.com", &[&["127.0.0.1"]]),
    ]);
    let allowed = Destinations::parse(&format!("127.0.0.1:{port}")).unwrap();
    let trusting = Fetcher::over(allowed.clone(), Arc::clone(&names) as _, roots).unwrap();
    let url = |name: &str| format!("https://{name}:{port}/");
    for name in [
        "hooks.example.com",
        "HOOKS.example.com",
        "hooks.example.com.",
    ] {
        let answer = ask(&trusting, &url(name)).await;
        assert_eq!(answer.unwrap().status, 200, "{name}");
    }
    let name = Some("hooks.example.com".to_owned());
    assert_eq!(*asked.lock().unwrap(), [name.clone(), name.clone(), name]);
    let nobody = Fetcher::over(allowed, names, RootCertStore::empty()).unwrap();
    for (fetcher, url) in [
        (&trusting, url("other.example.com")),
        (&trusting, url("127.0.0.1")),
        (&nobody, url("hooks.example.com")),
    ] {
        let error = ask(fetcher, &url).await.unwrap_err();
        assert!(
            matches!(error, OutboundError::Unreachable(_)),
            "{url} {error}"
        );
        assert!(error.to_string().contains("encrypted"), "{error}");
    }
}

//! Mails on the wire: what a mail server hears, with and without TLS, and what it never hears.

use luge_engine::outside::{Login, LoginMethod, MailServer, OutboundMail, Post, PostError};
use luge_model::collection::Secret;
use luge_model::timestamp::Timestamp;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, BufReader};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use super::*;
use crate::outside::Smtp;

#[derive(Clone, Copy, PartialEq)]
enum Tls {
    None,
    Offered,
    First,
}

/// What a mail server heard, line by line; what came encrypted begins with a `*`.
type Heard = Arc<Mutex<Vec<String>>>;

/// A mail server on this machine that takes everything but mails to `full@…` and `nobody@…`.
async fn server(tls: Tls) -> (u16, Smtp, Heard) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("0.0.0.0:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let heard = Heard::default();
    let told = Arc::clone(&heard);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            if tls == Tls::First {
                if let Ok(stream) = acceptor.accept(stream).await {
                    talk(stream, (true, true), &told).await;
                }
                continue;
            }
            let left = talk(stream, (true, tls == Tls::None), &told).await;
            if let Some(stream) = left
                && let Ok(stream) = acceptor.accept(stream).await
            {
                talk(stream, (false, true), &told).await;
            }
        }
    });
    let certificate =
        lettre::transport::smtp::client::Certificate::from_der(made.cert.der().to_vec());
    (port, Smtp::trusting(vec![certificate.unwrap()]), heard)
}

/// Speaks until the client leaves or begins TLS; gives the stream then.
async fn talk<S: AsyncRead + AsyncWrite + Unpin>(
    stream: S,
    (greets, is_last): (bool, bool),
    heard: &Heard,
) -> Option<S> {
    let mut stream = BufReader::new(stream);
    let mut data = false;
    if greets {
        stream.write_all(b"220 mail.test\r\n").await.ok()?;
    }
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        let line = line.trim_end_matches("\r\n").to_owned();
        heard.lock().unwrap().push(line.clone());
        let answer: &[u8] = match line.as_str() {
            "." if data => {
                data = false;
                b"250 taken\r\n"
            }
            _ if data => continue,
            "STARTTLS" => {
                stream.write_all(b"220 go\r\n").await.ok()?;
                return Some(stream.into_inner());
            }
            "DATA" => {
                data = true;
                b"354 go\r\n"
            }
            line if line.starts_with("EHLO") && is_last => {
                b"250-mail.test\r\n250-SMTPUTF8\r\n250-8BITMIME\r\n250 AUTH PLAIN LOGIN\r\n"
            }
            line if line.starts_with("EHLO") => b"250-mail.test\r\n250 STARTTLS\r\n",
            line if line.starts_with("AUTH") => b"235 welcome\r\n",
            line if line.contains("<full@") => b"452 later\r\n",
            line if line.contains("<nobody@") => b"550 no such mailbox\r\n",
            _ => b"250 fine\r\n",
        };
        stream.write_all(answer).await.ok()?;
    }
}

fn at(host: &str, port: u16, tls: Tls, login: bool) -> MailServer {
    MailServer {
        host: host.to_owned(),
        port,
        tls: tls == Tls::First,
        login: login.then(|| Login {
            username: "me".to_owned(),
            password: Secret::new("word"),
            method: LoginMethod::Plain,
        }),
        local_name: String::new(),
    }
}

fn mail(to: &str) -> OutboundMail {
    OutboundMail {
        id: "msg_1".to_owned(),
        date: Timestamp(1_795_559_955_000),
        sender_name: "Zoë, \"the\" <sender>".to_owned(),
        sender_address: "sender@example.com".to_owned(),
        to: to.to_owned(),
        subject: "Hello".to_owned(),
        html: "<p>Hello</p>".to_owned(),
        text: "Hello\n.\nMAIL FROM:<x@evil.test>".to_owned(),
    }
}

#[tokio::test]
async fn a_password_is_told_within_tls_only() {
    let plain = "AUTH PLAIN AG1lAHdvcmQ=";
    for tls in [Tls::Offered, Tls::First] {
        let (port, smtp, heard) = server(tls).await;
        smtp.send(at("localhost", port, tls, true), mail("ann@example.com"))
            .await
            .unwrap();
        let heard = heard.lock().unwrap().clone();
        let begin = usize::from(tls == Tls::Offered) * 2;
        assert_eq!(heard[begin..][..2], ["EHLO localhost", plain]);
        assert_eq!(heard.contains(&"STARTTLS".to_owned()), tls == Tls::Offered);
    }
    // Another machine that offers no TLS, or has its offer taken out on the way.
    let (port, smtp, heard) = server(Tls::None).await;
    let sent = smtp.send(
        at("127.0.0.2", port, Tls::None, true),
        mail("ann@example.com"),
    );
    let error = sent.await.unwrap_err();
    assert!(error.to_string().contains("TLS"), "{error}");
    assert_eq!(*heard.lock().unwrap(), ["EHLO localhost"]);
    // This machine itself.
    let (port, smtp, heard) = server(Tls::None).await;
    let sent = smtp.send(
        at("localhost", port, Tls::None, true),
        mail("ann@example.com"),
    );
    sent.await.unwrap();
    assert_eq!(heard.lock().unwrap()[1], plain);
}

#[tokio::test]
async fn a_certificate_must_hold_for_the_name_by_known_roots() {
    for tls in [Tls::Offered, Tls::First] {
        let (port, trusting, heard) = server(tls).await;
        for (smtp, host) in [(&Smtp::default(), "localhost"), (&trusting, "127.0.0.1")] {
            let sent = smtp.send(at(host, port, tls, true), mail("ann@example.com"));
            let error = sent.await.unwrap_err();
            assert!(matches!(error, PostError::Failed { .. }), "{error:?}");
            assert!(error.to_string().contains("certificate"), "{error}");
        }
        let heard = heard.lock().unwrap();
        let told = heard
            .iter()
            .any(|line| line.contains("AUTH") || line.contains("MAIL"));
        assert!(!told, "{heard:?}");
    }
}

#[tokio::test]
async fn a_mail_has_one_receiver_and_no_header_but_its_own() {
    let (port, smtp, heard) = server(Tls::None).await;
    for (name, subject) in [
        ("Bob\r\nBcc: x@evil.test", "Hi"),
        ("Bob", "Hi\nBcc: x@evil.test"),
    ] {
        let hostile = OutboundMail {
            sender_name: name.to_owned(),
            subject: subject.to_owned(),
            ..mail("ann@example.com")
        };
        let sent = smtp.send(at("127.0.0.1", port, Tls::None, false), hostile);
        let error = sent.await.unwrap_err();
        assert!(matches!(error, PostError::Malformed(_)), "{error:?}");
    }
    assert_eq!(heard.lock().unwrap().len(), 0);
    let hostile = OutboundMail {
        sender_name: "\u{202e}\"a\"\\ <b@evil.test>, c@evil.test; =?utf-8?q?d?=".to_owned(),
        subject: "=?utf-8?q?=0D=0ABcc:_x@evil.test?=".to_owned(),
        html: "<p>\r\n.\r\nRCPT TO:<x@evil.test>\r\n</p>".to_owned(),
        ..mail("ann@example.com")
    };
    for mail in [mail("ann@example.com"), hostile] {
        heard.lock().unwrap().clear();
        smtp.send(at("127.0.0.1", port, Tls::None, false), mail)
            .await
            .unwrap();
        let heard = heard.lock().unwrap().clone();
        assert_eq!(
            heard[1..4],
            [
                "MAIL FROM:<sender@example.com>",
                "RCPT TO:<ann@example.com>",
                "DATA",
            ]
        );
        let head: Vec<&String> = heard[4..]
            .iter()
            .take_while(|line| !line.is_empty())
            .collect();
        let names: Vec<&str> = head
            .iter()
            .filter(|line| !line.starts_with([' ', '\t']))
            .map(|line| line.split_once(':').unwrap().0)
            .collect();
        assert_eq!(
            names,
            [
                "From",
                "To",
                "Subject",
                "Date",
                "Message-ID",
                "Auto-Submitted",
                "MIME-Version",
                "Content-Type",
            ]
        );
        let ends = heard.iter().filter(|line| *line == ".").count();
        assert_eq!(ends, 1, "{heard:#?}");
        assert_eq!(heard[heard.len() - 2..], [".", "QUIT"]);
    }
}

#[tokio::test]
async fn only_addresses_are_mailed_to_and_names_of_servers_are_ascii() {
    let (port, smtp, heard) = server(Tls::None).await;
    let send = |to: &str| smtp.send(at("127.0.0.1", port, Tls::None, false), mail(to));
    for to in [
        "",
        "@",
        "a",
        "a@",
        "@b.cc",
        "a b@c.dd",
        "<a@b.cc>",
        "A <a@b.cc>",
        "a@b.cc, d@e.ff",
        "a@b.cc\r\nRCPT TO:<x@evil.test>",
        "a@b.cc>\r\nDATA",
        "a\n@b.cc",
        "a@b c.dd",
        "a@b.cc\0",
        "a@b@c.dd",
    ] {
        let error = send(to).await.unwrap_err();
        assert!(matches!(error, PostError::Malformed(_)), "{to:?} {error:?}");
    }
    assert_eq!(heard.lock().unwrap().len(), 0);
    for (to, expected) in [
        ("ann@bücher.example", "RCPT TO:<ann@xn--bcher-kva.example>"),
        ("ann@EXAMPLE.com.", "RCPT TO:<ann@example.com>"),
        ("zoë@example.com", "RCPT TO:<zoë@example.com>"),
        ("ann+tag@example.com", "RCPT TO:<ann+tag@example.com>"),
    ] {
        heard.lock().unwrap().clear();
        send(to).await.unwrap();
        assert_eq!(heard.lock().unwrap()[2], expected);
    }
}

#[tokio::test]
async fn what_a_server_says_is_told_and_tells_refusals_from_delays() {
    let (port, smtp, _) = server(Tls::None).await;
    let send = |to: &str| smtp.send(at("127.0.0.1", port, Tls::None, false), mail(to));
    let refused = send("nobody@example.com").await.unwrap_err();
    assert!(
        matches!(&refused, PostError::Refused { status: 550, .. }),
        "{refused:?}"
    );
    assert!(refused.to_string().contains("no such mailbox"), "{refused}");
    let later = send("full@example.com").await.unwrap_err();
    assert!(
        matches!(
            &later,
            PostError::Failed {
                status: Some(452),
                ..
            }
        ),
        "{later:?}"
    );
    let nobody = smtp.send(
        at("127.0.0.1", 1, Tls::None, false),
        mail("ann@example.com"),
    );
    let unreached = nobody.await.unwrap_err();
    assert!(
        matches!(unreached, PostError::Failed { status: None, .. }),
        "{unreached:?}"
    );
}

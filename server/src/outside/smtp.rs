//! Hands mails to a mail server by SMTP.
//!
//! - Every mail has a connection of its own, made as the settings are at that moment.
//! - TLS from the first byte, or as soon as the server offers it; its certificate must hold for
//!   the configured name by the roots of Mozilla's programme, also with STARTTLS.
//! - A password is never sent unencrypted, unless to this machine itself.
//! - A mail has one receiver, and no text of it can add another header or receiver.
//! - The server may be anywhere: the settings are the superusers' affair.

use std::error::Error as _;
use std::net::IpAddr;
use std::time::{Duration, SystemTime};

use lettre::Address;
use lettre::address::Envelope;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, MultiPart};
use lettre::transport::smtp;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use luge_engine::outside::{
    Login, LoginMethod, MailServer, OutboundMail, Post, PostError, Posting,
};
use luge_model::limits;
use url::Host;

/// Hosts that are this machine.
const OWN_HOSTS: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

/// The way to mail servers.
#[derive(Debug, Default)]
pub(crate) struct Smtp {
    /// Certificates that are believed beside those of Mozilla's programme.
    trusted: Vec<Certificate>,
}

impl Smtp {
    /// The same, also believing some certificates.
    #[cfg(test)]
    pub(super) fn trusting(trusted: Vec<Certificate>) -> Self {
        Self { trusted }
    }
}

impl Post for Smtp {
    fn send(&self, server: MailServer, mail: OutboundMail) -> Posting {
        let trusted = self.trusted.clone();
        Box::pin(async move {
            let (envelope, bytes) = message(&mail)?;
            let time = Duration::from_secs(limits::MAIL_SECONDS_MAX);
            let handing = hand_over(&server, &trusted, (&envelope, &bytes));
            let Ok(handed) = tokio::time::timeout(time, handing).await else {
                let seconds = time.as_secs();
                let reason = format!("The mail server did not take it within {seconds} s.");
                return Err(failed(reason));
            };
            let mut connection = handed?;
            // It was taken: how the connection ends is of no interest.
            let time = Duration::from_secs(limits::MAIL_QUIT_SECONDS_MAX);
            let _ = tokio::time::timeout(time, connection.abort()).await;
            Ok(())
        })
    }
}

async fn hand_over(
    server: &MailServer,
    trusted: &[Certificate],
    (envelope, bytes): (&Envelope, &[u8]),
) -> Result<AsyncSmtpConnection, PostError> {
    let host = server.host.trim_matches(['[', ']']);
    let name = local_name(&server.local_name);
    let time = Duration::from_secs(limits::MAIL_CONNECT_SECONDS_MAX);
    let tls = || tls_parameters(host, trusted).map_err(|error| unreached(&error));
    let implicit = if server.tls { Some(tls()?) } else { None };
    let place = (host, server.port);
    let mut connection =
        AsyncSmtpConnection::connect_tokio1(place, Some(time), &name, implicit, None)
            .await
            .map_err(|error| unreached(&error))?;
    if connection.can_starttls() {
        let upgraded = connection.starttls(tls()?, &name).await;
        upgraded.map_err(|error| unreached(&error))?;
    }
    if let Some(login) = &server.login {
        sign_in(&mut connection, host, login).await?;
    }
    match connection.send(envelope, bytes).await {
        Ok(_) => Ok(connection),
        Err(error) if error.is_permanent() => Err(PostError::Refused {
            status: error.status().map_or(0, u16::from),
            reason: reason(&error),
        }),
        Err(error) => Err(unreached(&error)),
    }
}

async fn sign_in(
    connection: &mut AsyncSmtpConnection,
    host: &str,
    login: &Login,
) -> Result<(), PostError> {
    if !connection.is_encrypted() && !OWN_HOSTS.contains(&host) {
        let reason = "The mail server offers no TLS, and the password is not sent without it.";
        return Err(failed(reason.to_owned()));
    }
    let mechanism = match login.method {
        LoginMethod::Plain => Mechanism::Plain,
        LoginMethod::Login => Mechanism::Login,
    };
    let password = login.password.reveal().to_owned();
    let credentials = Credentials::new(login.username.clone(), password);
    let signed_in = connection.auth(&[mechanism], &credentials).await;
    signed_in.map(drop).map_err(|error| unreached(&error))
}

fn tls_parameters(host: &str, trusted: &[Certificate]) -> Result<TlsParameters, smtp::Error> {
    let mut builder = TlsParameters::builder(host.to_owned());
    for certificate in trusted {
        builder = builder.add_root_certificate(certificate.clone());
    }
    builder.build_rustls()
}

fn local_name(name: &str) -> ClientId {
    match name.trim_matches(['[', ']']).parse() {
        Ok(IpAddr::V4(address)) => ClientId::Ipv4(address),
        Ok(IpAddr::V6(address)) => ClientId::Ipv6(address),
        Err(_) if name.is_empty() => ClientId::Domain("localhost".to_owned()),
        Err(_) => ClientId::Domain(name.to_owned()),
    }
}

/// The mail as it is sent, and from where to where.
fn message(mail: &OutboundMail) -> Result<(Envelope, Vec<u8>), PostError> {
    if [&mail.sender_name, &mail.subject]
        .iter()
        .any(|line| line.contains(char::is_control))
    {
        let reason = "Names and subjects of mails are single lines.";
        return Err(PostError::Malformed(reason.to_owned()));
    }
    let sender = address(&mail.sender_address)?;
    let receiver = address(&mail.to)?;
    let since = Duration::from_millis(u64::try_from(mail.date.0).unwrap_or_default());
    let id = format!("<{}@{}>", mail.id, sender.domain());
    // Nobody's automatic answer is wanted.
    let automatic = HeaderName::new_from_ascii_str("Auto-Submitted");
    let message = Message::builder()
        .from(Mailbox::new(Some(mail.sender_name.clone()), sender.clone()))
        .to(Mailbox::new(None, receiver.clone()))
        .subject(mail.subject.clone())
        .date(SystemTime::UNIX_EPOCH + since)
        .message_id(Some(id))
        .raw_header(HeaderValue::new(automatic, "auto-generated".to_owned()))
        .multipart(MultiPart::alternative_plain_html(
            mail.text.clone(),
            mail.html.clone(),
        ))
        .map_err(|error| PostError::Malformed(format!("It is no mail: {error}.")))?;
    let envelope = Envelope::new(Some(sender), vec![receiver])
        .map_err(|error| PostError::Malformed(format!("It is no mail: {error}.")))?;
    Ok((envelope, message.formatted()))
}

/// One address; the name of its server in ASCII, so that every mail server understands it.
fn address(text: &str) -> Result<Address, PostError> {
    let malformed = || PostError::Malformed(format!("{text:?} is no address of a mailbox."));
    let (user, domain) = text.rsplit_once('@').ok_or_else(malformed)?;
    let domain = Host::parse(domain.trim_end_matches('.')).map_err(|_| malformed())?;
    Address::new(user, domain.to_string()).map_err(|_| malformed())
}

fn unreached(error: &smtp::Error) -> PostError {
    PostError::Failed {
        status: error.status().map(u16::from),
        reason: reason(error),
    }
}

fn failed(reason: String) -> PostError {
    PostError::Failed {
        status: None,
        reason,
    }
}

fn reason(error: &smtp::Error) -> String {
    let source = error.source().map(ToString::to_string);
    match (error.status(), source) {
        (Some(status), Some(said)) => {
            format!("The mail server answered {}: {said}", u16::from(status))
        }
        (Some(status), None) => format!("The mail server answered {}.", u16::from(status)),
        (None, Some(source)) => format!("The mail server cannot be used: {source}."),
        (None, None) => format!("The mail server cannot be used: {error}."),
    }
}

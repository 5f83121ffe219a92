//! Where outbound requests go and where they do not, with real sockets.

mod addresses;
mod exchanges;
mod mails;
mod tls;

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use luge_engine::outside::{
    Outbound, OutboundAnswer, OutboundError, OutboundMethod, OutboundRequest,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::rustls::RootCertStore;

use super::fetch::{Resolve, Resolving};
use super::{Destinations, Fetcher};

/// Answers each look-up of a name with the next of its lists, the last one again and again.
#[derive(Debug, Default)]
struct Names {
    answers: HashMap<String, Vec<Vec<IpAddr>>>,
    asked: AtomicUsize,
}

impl Names {
    fn of(names: &[(&str, &[&[&str]])]) -> Arc<Self> {
        let lists = |lists: &[&[&str]]| {
            let lists = lists.iter();
            let lists = lists.map(|list| list.iter().map(|one| one.parse().unwrap()).collect());
            lists.collect()
        };
        let answers = names.iter();
        let answers = answers.map(|(name, answers)| ((*name).to_owned(), lists(answers)));
        Arc::new(Self {
            answers: answers.collect(),
            asked: AtomicUsize::new(0),
        })
    }
}

impl Resolve for Names {
    fn resolve(&self, name: &str) -> Resolving {
        let turn = self.asked.fetch_add(1, Ordering::SeqCst);
        let found = self.answers.get(name).map(|answers| {
            let answer = answers.get(turn).or(answers.last());
            answer.cloned().unwrap_or_default()
        });
        Box::pin(std::future::ready(found.ok_or_else(|| {
            std::io::Error::new(std::io::ErrorKind::NotFound, "no such name")
        })))
    }
}

fn fetcher(allowed: &str, names: &Arc<Names>) -> Fetcher {
    let destinations = Destinations::parse(allowed).unwrap();
    let names = Arc::clone(names) as Arc<dyn Resolve>;
    Fetcher::over(destinations, names, RootCertStore::empty()).unwrap()
}

fn get(url: &str) -> OutboundRequest {
    OutboundRequest {
        method: OutboundMethod::Get,
        url: url.to_owned(),
        headers: Vec::new(),
        body: Vec::new(),
        answer_bytes_max: 1_000,
    }
}

async fn ask(fetcher: &Fetcher, url: &str) -> Result<OutboundAnswer, OutboundError> {
    fetcher.send(get(url)).await
}

/// A server on the loopback interface that gives every connection the same bytes, and notes what it
/// was sent.
struct Receiver {
    port: u16,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Receiver {
    async fn answering(answer: &'static [u8]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let told = Arc::clone(&heard);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let told = Arc::clone(&told);
                tokio::spawn(async move {
                    let mut bytes = vec![0; 65_536];
                    let length = stream.read(&mut bytes).await.unwrap_or(0);
                    let text = String::from_utf8_lossy(&bytes[..length]).into_owned();
                    told.lock().unwrap().push(text);
                    // The client may have left.
                    let _ = stream.write_all(answer).await;
                });
            }
        });
        Self { port, heard }
    }

    fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }
}

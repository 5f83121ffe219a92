//! Exchanges with a server on the loopback interface: one look-up, no redirects, limits.

use std::time::{Duration, Instant};

use super::*;

const OK: &[u8] = b"HTTP/1.1 200 OK\r\nX-One: 1\r\ncontent-length: 5\r\n\r\nhello";

fn allowed(receiver: &Receiver) -> String {
    format!("127.0.0.1:{}", receiver.port)
}

#[tokio::test]
async fn an_answer_is_status_headers_and_body() {
    let receiver = Receiver::answering(OK).await;
    let names = Names::of(&[("hooks.example.com", &[&["127.0.0.1"]])]);
    let fetcher = fetcher(&allowed(&receiver), &names);
    let request = OutboundRequest {
        method: OutboundMethod::Post,
        headers: vec![("X-Api-Key".to_owned(), "k".to_owned())],
        body: b"{}".to_vec(),
        ..get(&format!(
            "http://hooks.example.com:{}/in?a=1",
            receiver.port
        ))
    };
    let answer = fetcher.send(request).await.unwrap();
    assert_eq!(
        (answer.status, answer.body.as_slice()),
        (200, &b"hello"[..])
    );
    assert_eq!(answer.header("x-one"), Some("1"));
    let heard = receiver.heard().join("").to_ascii_lowercase();
    let host = format!("host: hooks.example.com:{}\r\n", receiver.port);
    for part in [
        "post /in?a=1 http/1.1\r\n",
        &host,
        "x-api-key: k\r\n",
        "content-length: 2\r\n",
    ] {
        assert!(heard.contains(part), "{part} in {heard}");
    }
    assert!(!heard.contains("accept-encoding"), "{heard}");
}

#[tokio::test]
async fn a_name_is_looked_up_once_and_connected_to_where_it_was_found() {
    let receiver = Receiver::answering(OK).await;
    let names = Names::of(&[(
        "rebinding.example.com",
        &[&["127.0.0.1"], &["127.0.0.9"], &["10.0.0.1", "127.0.0.1"]],
    )]);
    let fetcher = fetcher(&allowed(&receiver), &names);
    let url = format!("http://rebinding.example.com:{}/", receiver.port);
    assert_eq!(ask(&fetcher, &url).await.unwrap().status, 200);
    assert_eq!(names.asked.load(Ordering::SeqCst), 1);
    let second = ask(&fetcher, &url).await.unwrap_err();
    assert!(matches!(second, OutboundError::Forbidden(_)), "{second}");
    // Of mixed answers only what is allowed is connected to.
    assert_eq!(ask(&fetcher, &url).await.unwrap().status, 200);
    assert_eq!(names.asked.load(Ordering::SeqCst), 3);
    assert_eq!(receiver.heard().len(), 2);
}

#[tokio::test]
async fn redirects_are_answers() {
    let canary = Receiver::answering(OK).await;
    for status in [301, 302, 303, 307, 308] {
        let head = format!(
            "HTTP/1.1 {status} Moved\r\nlocation: http://127.0.0.1:{}/\r\nrefresh: 0; \
             url=http://127.0.0.1:{}/\r\ncontent-length: 0\r\n\r\n",
            canary.port, canary.port
        );
        let receiver = Receiver::answering(head.leak().as_bytes()).await;
        let fetcher = fetcher(&allowed(&receiver), &Names::of(&[]));
        let url = format!("http://127.0.0.1:{}/", receiver.port);
        assert_eq!(ask(&fetcher, &url).await.unwrap().status, status);
    }
    assert_eq!(canary.heard(), [""; 0]);
}

#[tokio::test]
async fn answers_that_are_too_large_or_none_are_errors() {
    let mut large = b"HTTP/1.1 200 OK\r\ncontent-length: 1001\r\n\r\n".to_vec();
    large.extend(vec![b'x'; 1_001]);
    let mut chunked = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
    (0..200).for_each(|_| chunked.extend_from_slice(b"a\r\n0123456789\r\n"));
    let mut headers = b"HTTP/1.1 200 OK\r\n".to_vec();
    (0..200).for_each(|number| headers.extend(format!("x-{number}: 1\r\n").bytes()));
    headers.extend_from_slice(b"content-length: 0\r\n\r\n");
    let mut head = b"HTTP/1.1 200 OK\r\nx: ".to_vec();
    head.extend(vec![b'x'; 1_000_000]);
    let rows: [Vec<u8>; 6] = [
        large,
        chunked,
        headers,
        head,
        b"SSH-2.0-OpenSSH_9.6\r\n".to_vec(),
        b"HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\ncut".to_vec(),
    ];
    for bytes in rows {
        let shown = String::from_utf8_lossy(&bytes[..20]).into_owned();
        let receiver = Receiver::answering(bytes.leak()).await;
        let fetcher = fetcher(&allowed(&receiver), &Names::of(&[]));
        let url = format!("http://127.0.0.1:{}/", receiver.port);
        let error = ask(&fetcher, &url).await.unwrap_err();
        assert!(
            matches!(error, OutboundError::BadAnswer(_)),
            "{shown}: {error}"
        );
    }
}

#[tokio::test]
async fn a_body_that_nobody_wants_is_not_waited_for() {
    let receiver = Receiver::answering(b"HTTP/1.1 204 Gone\r\ncontent-length: 9\r\n\r\n").await;
    let fetcher = fetcher(&allowed(&receiver), &Names::of(&[]));
    let request = OutboundRequest {
        answer_bytes_max: 0,
        ..get(&format!("http://127.0.0.1:{}/", receiver.port))
    };
    let answer = fetcher.send(request).await.unwrap();
    assert_eq!((answer.status, answer.body.len()), (204, 0));
}

#[tokio::test]
async fn headers_with_line_breaks_are_refused() {
    let receiver = Receiver::answering(OK).await;
    let fetcher = fetcher(&allowed(&receiver), &Names::of(&[]));
    for (name, value) in [("a b", "c"), ("a", "b\r\nc: d"), ("a\r\nb", "c"), ("", "c")] {
        let request = OutboundRequest {
            headers: vec![(name.to_owned(), value.to_owned())],
            ..get(&format!("http://127.0.0.1:{}/", receiver.port))
        };
        let error = fetcher.send(request).await.unwrap_err();
        assert!(
            matches!(error, OutboundError::Malformed(_)),
            "{name:?} {error}"
        );
    }
    assert_eq!(receiver.heard(), [""; 0]);
}

#[tokio::test]
async fn nobody_is_waited_for_without_end() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let dripping = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = |listener: &TcpListener| listener.local_addr().unwrap().port();
    let ports = [port(&silent), port(&dripping)];
    tokio::spawn(async move {
        let (mut stream, _) = dripping.accept().await.unwrap();
        let head = b"HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n";
        stream.write_all(head).await.unwrap();
        while stream.write_all(b"x").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    });
    let fetcher = fetcher("127.0.0.1", &Names::of(&[]));
    let begun = Instant::now();
    let [silent_url, dripping_url] = ports.map(|port| format!("http://127.0.0.1:{port}/"));
    let both = tokio::join!(ask(&fetcher, &silent_url), ask(&fetcher, &dripping_url));
    for outcome in [both.0, both.1] {
        let error = outcome.unwrap_err();
        assert!(matches!(error, OutboundError::TimedOut(_)), "{error}");
    }
    assert!(begun.elapsed() < Duration::from_secs(13));
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let closed = port(&free);
    drop(free);
    let error = ask(&fetcher, &format!("http://127.0.0.1:{closed}/")).await;
    assert!(matches!(error, Err(OutboundError::Unreachable(_))));
}

//! A lean HTTP/1.1 client on one connection: cheap enough to share two cores with the server.
//!
//! It sends prepared bytes and gives status and body; it reads bodies of a known length and
//! chunked ones, and nothing else of HTTP.

use std::io::{Error, ErrorKind, Result};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// One keep-alive connection.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// The bytes of one request.
pub fn request(method: &str, path: &str, token: &str, body: &str) -> Vec<u8> {
    let authorization = if token.is_empty() {
        String::new()
    } else {
        format!("Authorization: {token}\r\n")
    };
    let content = if body.is_empty() {
        ""
    } else {
        "Content-Type: application/json\r\n"
    };
    format!(
        "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{authorization}{content}\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

impl Connection {
    /// Connects to `127.0.0.1:PORT`.
    pub async fn open(address: &str) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self::over(stream))
    }

    /// Speaks on a stream that is open already.
    pub fn over(stream: TcpStream) -> Self {
        Self {
            stream,
            buffer: Vec::with_capacity(64 * 1024),
        }
    }

    /// Sends a request and waits for the whole answer: its status, and its raw bytes after the
    /// head (chunked as they came).
    pub async fn exchange(&mut self, request: &[u8]) -> Result<(u16, &[u8])> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        let head = loop {
            self.fill().await?;
            if let Some(end) = find(&self.buffer, b"\r\n\r\n", 0) {
                break end + 4;
            }
        };
        let status = std::str::from_utf8(self.buffer.get(9..12).unwrap_or_default())
            .ok()
            .and_then(|text| text.parse().ok())
            .ok_or_else(|| Error::new(ErrorKind::InvalidData, "no status line"))?;
        let end = match body_length(&self.buffer[..head]) {
            Length::Known(length) => head + length,
            Length::Chunked => self.read_chunks(head).await?,
        };
        while self.buffer.len() < end {
            self.fill().await?;
        }
        Ok((status, &self.buffer[head..end]))
    }

    async fn read_chunks(&mut self, head: usize) -> Result<usize> {
        let mut position = head;
        loop {
            let line = loop {
                if let Some(end) = find(&self.buffer, b"\r\n", position) {
                    break end;
                }
                self.fill().await?;
            };
            let size = std::str::from_utf8(&self.buffer[position..line])
                .ok()
                .and_then(|text| usize::from_str_radix(text.trim(), 16).ok())
                .ok_or_else(|| Error::new(ErrorKind::InvalidData, "no chunk size"))?;
            position = line + 2 + size + 2;
            if size == 0 {
                return Ok(position);
            }
        }
    }

    async fn fill(&mut self) -> Result<()> {
        if self.stream.read_buf(&mut self.buffer).await? == 0 {
            return Err(Error::new(
                ErrorKind::UnexpectedEof,
                "the connection was closed",
            ));
        }
        Ok(())
    }
}

enum Length {
    Known(usize),
    Chunked,
}

fn body_length(head: &[u8]) -> Length {
    for line in head.split(|byte| *byte == b'\n') {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else {
            continue;
        };
        let (name, value) = line.split_at(colon);
        let value = String::from_utf8_lossy(value.get(1..).unwrap_or_default());
        if name.eq_ignore_ascii_case(b"content-length") {
            return Length::Known(value.trim().parse().unwrap_or(0));
        }
        if name.eq_ignore_ascii_case(b"transfer-encoding") && value.contains("chunked") {
            return Length::Chunked;
        }
    }
    Length::Known(0)
}

fn find(haystack: &[u8], needle: &[u8], from: usize) -> Option<usize> {
    let rest = haystack.get(from..)?;
    rest.windows(needle.len())
        .position(|window| window == needle)
        .map(|at| at + from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Write};

    fn answered_with(bytes: &'static [u8]) -> Result<(u16, Vec<u8>)> {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            // Closing with an unread request would reset the connection.
            assert!(stream.read(&mut [0; 1024]).unwrap() > 0);
            for byte in bytes {
                // A reader that has all it needs may close before the rest is written.
                if stream.write_all(&[*byte]).is_err() {
                    break;
                }
            }
        });
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_io()
            .build()
            .unwrap();
        let answer = runtime.block_on(async {
            let mut connection = Connection::open(&address).await?;
            let (status, body) = connection.exchange(&request("GET", "/", "", "")).await?;
            Ok((status, body.to_vec()))
        });
        server.join().unwrap();
        answer
    }

    #[test]
    fn bodies_of_known_length_and_chunked_ones_are_read_to_their_end() {
        let known = answered_with(b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabcREST");
        assert_eq!(known.unwrap(), (200, b"abc".to_vec()));
        let chunked = b"HTTP/1.1 404 No\r\nTransfer-Encoding: chunked\r\n\r\n\
                        3\r\nabc\r\na\r\n0123456789\r\n0\r\n\r\n";
        let (status, body) = answered_with(chunked).unwrap();
        assert_eq!(status, 404);
        assert!(body.ends_with(b"0123456789\r\n0\r\n\r\n"), "{body:?}");
        let empty = answered_with(b"HTTP/1.1 204 No Content\r\n\r\n").unwrap();
        assert_eq!(empty, (204, Vec::new()));
    }

    #[test]
    fn a_cut_answer_is_an_error() {
        let cut = answered_with(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc");
        assert!(cut.is_err());
        assert!(answered_with(b"HTTP/1.1 200").is_err());
    }
}

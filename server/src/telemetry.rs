//! Where log events go: lines for people on a terminal, else JSON in the names of the Elastic
//! Common Schema.
//!
//! JSON lines are collected and written by a thread of their own, so that a request never waits
//! for whoever reads the log.

use std::fmt;
use std::io::{IsTerminal, Write};
use std::sync::Arc;
use std::time::Duration;

use parking_lot::{Condvar, Mutex};
use serde_json::Value as Json;
use time::OffsetDateTime;
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, MakeWriter};
use tracing_subscriber::registry::LookupSpan;

use crate::config::LogFormat;

/// How long a collected line waits at most, in milliseconds.
const FLUSH_MILLISECONDS: u64 = 100;
/// How many collected bytes are written at once at the latest.
const FLUSH_BYTES: usize = 64 * 1024;
/// Lines above this many bytes that nobody reads are dropped and counted.
const WAITING_BYTES_MAX: usize = 8 * 1024 * 1024;

/// Writes what is still collected when it is dropped.
pub(crate) struct Telemetry {
    lines: Option<Arc<Lines>>,
}

impl Drop for Telemetry {
    fn drop(&mut self) {
        if let Some(lines) = &self.lines {
            lines.write_out();
        }
    }
}

/// Starts logging. On a terminal requests are not shown unless they failed.
pub(crate) fn start(format: LogFormat, filter: &str) -> Telemetry {
    let human = match format {
        LogFormat::Automatic => std::io::stderr().is_terminal(),
        LogFormat::Human => true,
        LogFormat::Json => false,
    };
    if human {
        let filter = EnvFilter::new(format!("luge::access=warn,{filter}"));
        let subscriber = tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_writer(std::io::stderr)
            .with_target(false)
            .finish();
        // A second start in one process keeps the first; only tests do that.
        let _ = tracing::subscriber::set_global_default(subscriber);
        return Telemetry { lines: None };
    }
    let lines = Arc::new(Lines::default());
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(filter))
        .event_format(ElasticCommonSchema)
        .with_writer(Collector(Arc::clone(&lines)))
        .finish();
    let _ = tracing::subscriber::set_global_default(subscriber);
    let writer = Arc::clone(&lines);
    let thread = std::thread::Builder::new().name("luge-log".to_owned());
    if thread.spawn(move || writer.write_forever()).is_err() {
        lines.waiting.lock().direct = true;
    }
    Telemetry { lines: Some(lines) }
}

#[derive(Default)]
struct Lines {
    waiting: Mutex<Waiting>,
    enough: Condvar,
}

#[derive(Default)]
struct Waiting {
    bytes: Vec<u8>,
    dropped: u64,
    direct: bool,
}

impl Lines {
    fn add(&self, line: &[u8]) {
        let mut waiting = self.waiting.lock();
        if waiting.bytes.len() + line.len() > WAITING_BYTES_MAX {
            waiting.dropped += 1;
            return;
        }
        waiting.bytes.extend_from_slice(line);
        let (enough, direct) = (waiting.bytes.len() >= FLUSH_BYTES, waiting.direct);
        drop(waiting);
        if direct {
            self.write_out();
        } else if enough {
            self.enough.notify_one();
        }
    }

    fn write_forever(&self) {
        loop {
            let mut waiting = self.waiting.lock();
            self.enough
                .wait_for(&mut waiting, Duration::from_millis(FLUSH_MILLISECONDS));
            drop(waiting);
            self.write_out();
        }
    }

    fn write_out(&self) {
        let (bytes, dropped) = {
            let mut waiting = self.waiting.lock();
            (
                std::mem::take(&mut waiting.bytes),
                std::mem::take(&mut waiting.dropped),
            )
        };
        let mut output = std::io::stdout().lock();
        // Nothing can be reported when the log itself cannot be written.
        let _ = output.write_all(&bytes);
        if dropped > 0 {
            let _ = writeln!(
                output,
                "{{\"log.level\":\"warn\",\"message\":\"{dropped} lines lost\"}}"
            );
        }
        let _ = output.flush();
    }
}

struct Collector(Arc<Lines>);

impl<'a> MakeWriter<'a> for Collector {
    type Writer = Line<'a>;

    fn make_writer(&'a self) -> Self::Writer {
        Line(&self.0)
    }
}

struct Line<'a>(&'a Lines);

impl Write for Line<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.add(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

struct ElasticCommonSchema;

impl<S, N> FormatEvent<S, N> for ElasticCommonSchema
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        _context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let metadata = event.metadata();
        write!(
            writer,
            "{{\"@timestamp\":\"{}\",\"log.level\":\"{}\",\"log.logger\":\"{}\",\
             \"ecs.version\":\"8.11.0\"",
            Now(OffsetDateTime::now_utc()),
            level(*metadata.level()),
            metadata.target(),
        )?;
        let mut fields = Fields {
            writer: &mut writer,
            result: Ok(()),
        };
        event.record(&mut fields);
        fields.result?;
        writer.write_str("}\n")
    }
}

fn level(level: tracing::Level) -> &'static str {
    match level {
        tracing::Level::ERROR => "error",
        tracing::Level::WARN => "warn",
        tracing::Level::INFO => "info",
        tracing::Level::DEBUG => "debug",
        tracing::Level::TRACE => "trace",
    }
}

/// A moment in RFC 3339 with microseconds.
struct Now(OffsetDateTime);

impl fmt::Display for Now {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(now) = self;
        let (hour, minute, second, microsecond) = now.to_hms_micro();
        let (year, month, day) = now.to_calendar_date();
        write!(
            formatter,
            "{year:04}-{:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{microsecond:06}Z",
            u8::from(month)
        )
    }
}

/// Writes the fields of an event as members of an object that is already open.
struct Fields<'a, 'w> {
    writer: &'a mut Writer<'w>,
    result: fmt::Result,
}

impl Fields<'_, '_> {
    fn member(&mut self, field: &Field, value: &dyn fmt::Display) {
        let name = if field.name() == "error" {
            "error.message"
        } else {
            field.name()
        };
        if self.result.is_ok() {
            self.result = write!(self.writer, ",\"{name}\":{value}");
        }
    }
}

impl Visit for Fields<'_, '_> {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.member(field, &Json::from(value));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.member(field, &value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.member(field, &value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.member(field, &value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.member(field, &Quoted(value));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.member(field, &Quoted(&format!("{value:?}")));
    }
}

/// A text as JSON.
struct Quoted<'a>(&'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = |character: char| !character.is_control() && !matches!(character, '"' | '\\');
        if self.0.chars().all(plain) {
            return write!(formatter, "\"{}\"", self.0);
        }
        write!(formatter, "{}", Json::from(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_quoted_so_that_no_line_can_be_forged() {
        for text in [
            "plain",
            "a\"b",
            "line\nbreak",
            "\u{1b}[31m",
            "back\\slash",
            "é",
        ] {
            let quoted = Quoted(text).to_string();
            assert_eq!(serde_json::from_str::<String>(&quoted).unwrap(), text);
            assert!(!quoted.contains(char::is_control), "{quoted:?}");
        }
    }

    #[test]
    fn the_time_is_in_the_form_of_rfc_3339() {
        let moment = OffsetDateTime::from_unix_timestamp_nanos(1_700_000_000_012_345_678).unwrap();
        assert_eq!(Now(moment).to_string(), "2023-11-14T22:13:20.012345Z");
    }
}

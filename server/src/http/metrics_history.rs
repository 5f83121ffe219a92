//! Takes a sample of the server every minute for the history of metrics, and shows the history.

use std::sync::Arc;
use std::time::Duration;

use luge_engine::metric_history::{Course, Sample};
use luge_model::limits::HISTORY_FINE_MILLISECONDS;
use serde_json::{Value as Json, json};

use crate::http::app::App;
use crate::http::{listener, metrics};

/// How many of the units in which Linux counts processor time make a second.
const TICKS_PER_SECOND: u64 = 100;

/// What was counted when the last sample was taken; the next one holds the difference.
#[derive(Clone, Copy, Default)]
struct Before {
    processor_milliseconds: u64,
    logs_lost: u64,
    at: i64,
}

/// Takes samples for as long as the process runs.
pub(crate) async fn sample(app: Arc<App>) {
    let mut before = Before {
        processor_milliseconds: processor_milliseconds().unwrap_or_default(),
        logs_lost: app.engine.request_log.lost(),
        at: app.clock.now().0,
    };
    loop {
        // Shortly before the minute ends, so that the sample belongs to it.
        let into = app.clock.now().0.rem_euclid(HISTORY_FINE_MILLISECONDS);
        let wait = (HISTORY_FINE_MILLISECONDS - into - 100).max(100);
        tokio::time::sleep(Duration::from_millis(u64::try_from(wait).unwrap_or(100))).await;
        let taker = Arc::clone(&app);
        let taken = tokio::task::spawn_blocking(move || take(&taker, before)).await;
        if let Ok(now) = taken {
            before = now;
        }
        // A sample at the very end of a minute is not taken twice.
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

fn take(app: &App, before: Before) -> Before {
    let engine = &app.engine;
    let now = app.clock.now();
    let after = Before {
        processor_milliseconds: processor_milliseconds().unwrap_or_default(),
        logs_lost: engine.request_log.lost(),
        at: now.0,
    };
    let mut sample = Sample {
        at: now,
        processor_milliseconds: after
            .processor_milliseconds
            .saturating_sub(before.processor_milliseconds),
        measured_milliseconds: u64::try_from(after.at - before.at).unwrap_or_default(),
        memory_bytes: metrics::resident_memory_bytes().unwrap_or_default(),
        store_bytes: engine.committer.store().size_on_disk().unwrap_or_default(),
        connections: listener::open_connections(),
        realtime_clients: engine.realtime.clients() as u64,
        logs_lost: after.logs_lost - before.logs_lost,
        ..Sample::default()
    };
    engine.metric_history.traffic().take(&mut sample);
    if let Err(error) = engine.metric_history.record(&sample) {
        tracing::warn!(%error, "a sample of the metrics was lost");
    }
    after
}

/// From Linux; `None` elsewhere.
fn processor_milliseconds() -> Option<u64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The name of the process, in parentheses, may hold anything.
    let (_, numbers) = stat.rsplit_once(')')?;
    let mut numbers = numbers.split_ascii_whitespace().skip(11);
    let user: u64 = numbers.next()?.parse().ok()?;
    let system: u64 = numbers.next()?.parse().ok()?;
    Some((user + system) * 1_000 / TICKS_PER_SECOND)
}

/// The history as it is answered.
pub(crate) fn shown(course: &Course) -> Json {
    let samples = course.samples.iter().map(shown_sample);
    json!({
        "from": course.from.to_string(),
        "to": course.to.to_string(),
        "step": course.step / 1_000,
        "samples": samples.collect::<Vec<_>>(),
    })
}

fn shown_sample(sample: &Sample) -> Json {
    json!({
        "time": sample.at.to_string(),
        "requests": sample.requests,
        "clientErrors": sample.client_errors,
        "serverErrors": sample.server_errors,
        "signIns": sample.sign_ins,
        "failedSignIns": sample.failed_sign_ins,
        "p50": sample.latency.percentile(50),
        "p95": sample.latency.percentile(95),
        "processorShare": sample.processor_share(),
        "memoryBytes": sample.memory_bytes,
        "storeBytes": sample.store_bytes,
        "connections": sample.connections,
        "realtimeClients": sample.realtime_clients,
        "logsLost": sample.logs_lost,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn linux_tells_the_processor_time() {
        if cfg!(target_os = "linux") {
            assert!(processor_milliseconds().is_some());
        }
    }
}

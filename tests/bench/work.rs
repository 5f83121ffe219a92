//! The requests that are measured, and how they are sent: 32 connections, each with one request
//! in flight, on one thread.

use crate::data::{CATEGORIES, Plan, body, ids, word};
use crate::process::cpu_time;
use crate::relations::{expanded_lists, far_filters, ruled_lists};
use crate::sign_in::sign_ins;
use luge_tests::http::{Connection, request};
use luge_tests::persona::records;
use luge_tests::random::Random;
use luge_tests::{Requests, Server};
use serde_json::json;
use std::cell::Cell;
use std::fmt;
use std::time::{Duration, Instant};
use tokio::task::{JoinSet, LocalSet};

const CONNECTIONS: usize = 32;
const VARIANTS: usize = 2000;
const BATCHED: usize = 100;

/// One row of the table.
#[derive(Debug)]
pub(crate) struct Workload {
    /// Its name.
    pub(crate) name: &'static str,
    /// How many times PocketBase's rate it should reach.
    pub(crate) goal: f64,
    /// Its requests, sent in order, again and again.
    pub(crate) requests: fn(&Server, &Plan) -> Vec<Vec<u8>>,
}

/// Every row of the table, reads first: they see the data as it was loaded.
pub(crate) const WORKLOADS: [Workload; 11] = [
    Workload {
        name: "view",
        goal: 3.0,
        requests: views,
    },
    Workload {
        name: "filtered, sorted list of 30",
        goal: 5.0,
        requests: filtered_lists,
    },
    Workload {
        name: "contains in 10,000",
        goal: 3.0,
        requests: contains,
    },
    Workload {
        name: "list of 30 with expand",
        goal: 5.0,
        requests: expanded_lists,
    },
    Workload {
        name: "filter over three relations",
        goal: 3.0,
        requests: far_filters,
    },
    Workload {
        name: "list rule over memberships",
        goal: 4.0,
        requests: ruled_lists,
    },
    Workload {
        name: "page 1 of 100,000",
        goal: 20.0,
        requests: first_pages,
    },
    Workload {
        name: "create",
        goal: 1.5,
        requests: creates,
    },
    Workload {
        name: "batch of 100 creates",
        goal: 1.5,
        requests: batches,
    },
    Workload {
        name: "update",
        goal: 1.0,
        requests: updates,
    },
    Workload {
        name: "sign-in with a password",
        goal: 1.5,
        requests: sign_ins,
    },
];

/// What one run gave.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Run {
    /// Requests per second.
    pub(crate) rate: f64,
    /// Half of the requests were answered within this.
    pub(crate) p50: Duration,
    /// 99 of 100 requests were answered within this.
    pub(crate) p99: Duration,
    /// Processor time of the server per request.
    pub(crate) cpu: Duration,
}

impl fmt::Display for Run {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            rate,
            p50,
            p99,
            cpu,
        } = self;
        write!(
            formatter,
            "{rate:.0} req/s, p50 {p50:.2?}, p99 {p99:.2?}, CPU {cpu:.1?} each"
        )
    }
}

/// Sends the requests again and again for a while.
pub(crate) fn run(server: &Server, requests: &[Vec<u8>], length: Duration) -> Run {
    run_at_once(server, requests, (length, CONNECTIONS))
}

/// The same with so many requests in flight.
pub(crate) fn run_at_once(
    server: &Server,
    requests: &[Vec<u8>],
    (length, connections): (Duration, usize),
) -> Run {
    let cpu_before = cpu_time(server.process());
    let started = Instant::now();
    let deadline = Some(started + length);
    let latencies = send(&server.address, requests, (deadline, connections));
    let elapsed = started.elapsed();
    let cpu = cpu_time(server.process()).saturating_sub(cpu_before);
    Run::of(latencies, elapsed, cpu)
}

impl Run {
    /// From how long each answer took, all of them together, and the processor time they took.
    pub(crate) fn of(mut latencies: Vec<Duration>, elapsed: Duration, cpu: Duration) -> Self {
        latencies.sort_unstable();
        let count = latencies.len();
        let at = |part: usize| {
            latencies
                .get(count * part / 100)
                .copied()
                .unwrap_or_default()
        };
        Self {
            rate: count as f64 / elapsed.as_secs_f64(),
            p50: at(50),
            p99: at(99),
            cpu: cpu / u32::try_from(count.max(1)).unwrap_or(1),
        }
    }
}

/// Sends each request once.
pub(crate) fn in_flight(address: &str, requests: &[Vec<u8>]) {
    send(address, requests, (None, CONNECTIONS));
}

/// Sends in turn until the deadline, or each once; gives how long each answer took.
fn send(
    address: &str,
    requests: &[Vec<u8>],
    (deadline, connections): (Option<Instant>, usize),
) -> Vec<Duration> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build();
    let runtime = runtime.expect("a runtime can be made");
    let requests: std::rc::Rc<[Vec<u8>]> = requests.into();
    let next = std::rc::Rc::new(Cell::new(0));
    let work = LocalSet::new();
    work.block_on(&runtime, async {
        let mut clients = JoinSet::new();
        for _ in 0..connections {
            let (requests, next) = (requests.clone(), next.clone());
            let address = address.to_owned();
            clients.spawn_local(async move {
                let mut connection = Connection::open(&address)
                    .await
                    .expect("the server accepts connections");
                let mut latencies = Vec::new();
                loop {
                    let number = next.replace(next.get() + 1);
                    let done = match deadline {
                        Some(deadline) => Instant::now() >= deadline,
                        None => number >= requests.len(),
                    };
                    if done {
                        return latencies;
                    }
                    latencies.push(one(&mut connection, &requests[number % requests.len()]).await);
                }
            });
        }
        clients.join_all().await.concat()
    })
}

async fn one(connection: &mut Connection, bytes: &[u8]) -> Duration {
    let sent = Instant::now();
    let answer = connection.exchange(bytes).await;
    let elapsed = sent.elapsed();
    let request = || {
        String::from_utf8_lossy(bytes)
            .chars()
            .take(300)
            .collect::<String>()
    };
    match answer {
        Ok((200, _)) => elapsed,
        Ok((status, body)) => {
            panic!(
                "{} -> {status} {}",
                request(),
                String::from_utf8_lossy(body)
            )
        }
        Err(error) => panic!("{} -> {error}", request()),
    }
}

fn get(path: &str) -> Vec<u8> {
    request("GET", path, "", "")
}

fn views(_: &Server, plan: &Plan) -> Vec<Vec<u8>> {
    let ids = ids(plan);
    let mut random = Random::seeded(3);
    let mut id = || ids[random.below(plan.records) as usize].clone();
    (0..VARIANTS)
        .map(|_| get(&format!("{}/{}", records("posts"), id())))
        .collect()
}

fn list_path(filter: &str) -> String {
    let filter: String = filter.bytes().map(|byte| format!("%{byte:02X}")).collect();
    format!(
        "{}?perPage=30&sort=-amount&filter={filter}",
        records("posts")
    )
}

fn filtered_lists(_: &Server, _: &Plan) -> Vec<Vec<u8>> {
    let mut random = Random::seeded(4);
    let mut path = || {
        let (category, amount) = (random.below(CATEGORIES), random.below(90_000));
        list_path(&format!(
            "category = 'category{category}' && amount > {amount}"
        ))
    };
    (0..VARIANTS).map(|_| get(&path())).collect()
}

fn contains(_: &Server, _: &Plan) -> Vec<Vec<u8>> {
    let mut random = Random::seeded(5);
    (0..VARIANTS)
        .map(|_| get(&list_path(&format!("body ~ '{}'", word(&mut random)))))
        .collect()
}

fn first_pages(_: &Server, _: &Plan) -> Vec<Vec<u8>> {
    vec![get(&format!("{}?page=1&perPage=30", records("rows")))]
}

fn creates(_: &Server, _: &Plan) -> Vec<Vec<u8>> {
    let mut random = Random::seeded(6);
    let mut bytes = || {
        request(
            "POST",
            &records("fresh"),
            "",
            &body(&mut random).to_string(),
        )
    };
    (0..VARIANTS).map(|_| bytes()).collect()
}

fn batches(server: &Server, _: &Plan) -> Vec<Vec<u8>> {
    // 32 batches wait for each other on a slow server.
    let batch = json!({"enabled": true, "maxRequests": BATCHED, "timeout": 60});
    server
        .superuser()
        .patch("/api/settings", &json!({ "batch": batch }))
        .expect(200);
    let mut random = Random::seeded(8);
    let mut bytes = || {
        let create = |_| {
            let body = body(&mut random);
            json!({"method": "POST", "url": records("fresh"), "body": body})
        };
        let requests: Vec<_> = (0..BATCHED).map(create).collect();
        let body = json!({ "requests": requests });
        request("POST", "/api/batch", "", &body.to_string())
    };
    (0..VARIANTS / BATCHED).map(|_| bytes()).collect()
}

fn updates(_: &Server, plan: &Plan) -> Vec<Vec<u8>> {
    let ids = ids(plan);
    let mut random = Random::seeded(7);
    let mut bytes = || {
        let path = format!(
            "{}/{}",
            records("posts"),
            ids[random.below(plan.records) as usize]
        );
        request(
            "PATCH",
            &path,
            "",
            &format!("{{\"title\":\"{}\"}}", word(&mut random)),
        )
    };
    (0..VARIANTS).map(|_| bytes()).collect()
}

/// Lists whose totals must be the same on both servers.
pub(crate) fn compared_lists(_: &Plan) -> Vec<String> {
    let mut random = Random::seeded(5);
    let mut paths = vec![records("rows"), records("posts")];
    paths.extend((0..5).map(|number| list_path(&format!("amount > {}", number * 20_000))));
    paths.extend((0..5).map(|_| list_path(&format!("body ~ '{}'", word(&mut random)))));
    paths
}

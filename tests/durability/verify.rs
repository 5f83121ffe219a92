//! What a restarted server says, compared with the oracle and with itself.

use crate::findings::Findings;
use crate::oracle::{Oracle, Row};
use luge_tests::persona::records;
use luge_tests::{Persona, Requests};
use serde_json::{Value, json};
use std::collections::HashMap;

/// At most so many records of a cycle are looked at one by one, unanswered ones first.
const LOOKED_AT: usize = 150;

/// Judges the state after a restart, then takes it as the truth of the next cycle.
pub(crate) fn verify(anyone: &Persona, oracle: &mut Oracle) -> Findings {
    let (found, mut half) = listed(anyone);
    let (lost, compared) = oracle.compare(&found);
    half.extend(compared);
    let mut suspects: Vec<&String> = oracle.records.keys().collect();
    suspects.sort_by_key(|id| oracle.records[*id].sent.is_none());
    for id in suspects.into_iter().take(LOOKED_AT) {
        half.extend(looked_at(anyone, id, &found));
    }
    let after = anyone.get(&records("entries")).at("totalItems");
    if after != found.len() {
        half.push(format!(
            "refused creates changed the total from {} to {after}",
            found.len()
        ));
    }
    oracle.settle(found);
    Findings {
        lost,
        half,
        ..Findings::default()
    }
}

/// Every record in order of insertion; the total and each unique value must agree.
fn listed(anyone: &Persona) -> (HashMap<String, Row>, Vec<String>) {
    let (mut found, mut half) = (HashMap::new(), Vec::new());
    let mut slots: HashMap<String, String> = HashMap::new();
    for page in 1.. {
        let path = format!(
            "{}?perPage=1000&page={page}&sort=@rowid",
            records("entries")
        );
        let list = anyone.get(&path).expect(200);
        let items = list["items"].as_array().cloned().unwrap_or_default();
        for item in &items {
            let (id, row) = read(item);
            if let Some(other) = slots.insert(row.slot.clone(), id.clone()) {
                half.push(format!(
                    "{id} and {other} both have the unique slot {}",
                    row.slot
                ));
            }
            if found.insert(id.clone(), row).is_some() {
                half.push(format!("{id} is listed twice"));
            }
        }
        if items.len() < 1000 {
            if list["totalItems"] != found.len() {
                let total = &list["totalItems"];
                half.push(format!(
                    "the total is {total}, the list has {}",
                    found.len()
                ));
            }
            return (found, half);
        }
    }
    (found, half)
}

/// One record by its id, by its unique value, and by trying to take that value.
fn looked_at(anyone: &Persona, id: &str, found: &HashMap<String, Row>) -> Vec<String> {
    let view = anyone.get(&format!("{}/{id}", records("entries")));
    let Some(row) = found.get(id) else {
        let problem = format!("{id}: viewed with {}, but not in the list", view.status);
        return Vec::from_iter((view.status != 404).then_some(problem));
    };
    let mut half = Vec::new();
    if view.status != 200 || read(&view.json()).1 != *row {
        half.push(format!("{view}, but in the list {row:?}"));
    }
    let by_slot = anyone.get(&format!(
        "{}?filter=slot='{}'",
        records("entries"),
        row.slot
    ));
    if by_slot.at("totalItems") != 1 || by_slot.at("items.0.id") != id {
        half.push(format!("{id} {row:?} is not found by its slot: {by_slot}"));
    }
    let taken = anyone.post(&records("entries"), &json!({"slot": row.slot, "amount": 0}));
    if taken.status != 400 {
        half.push(format!("{id} {row:?}: its slot could be taken: {taken}"));
    }
    half
}

fn read(item: &Value) -> (String, Row) {
    let text = |key: &str| item[key].as_str().unwrap_or_default().to_owned();
    let amount = item["amount"].as_f64().unwrap_or_default() as u64;
    (
        text("id"),
        Row {
            slot: text("slot"),
            amount,
        },
    )
}

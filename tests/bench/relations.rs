//! Records that relate to each other, and the requests that follow their relations: tickets of
//! teams in regions of countries, and members who see the cases of their teams.

use crate::data::Plan;
use luge_tests::http::request;
use luge_tests::persona::records;
use luge_tests::random::Random;
use luge_tests::{Persona, Requests, Server};
use serde_json::{Value, json};

const COUNTRIES: usize = 5;
const REGIONS: usize = 20;
const TEAMS: usize = 200;
const MEMBERS: usize = 40;
const TEAMS_OF_A_MEMBER: usize = 3;
const VARIANTS: usize = 500;
const PASSWORD: &str = "correct horse";

/// Makes the collections and the few records that the many name; gives the many.
pub(crate) fn prepare(superuser: &Persona, plan: &Plan) -> Vec<(&'static str, Value)> {
    define(superuser);
    let mut random = Random::seeded(20);
    let countries = few(superuser, "countries", COUNTRIES, &mut |_| json!({}));
    let regions = few(
        superuser,
        "regions",
        REGIONS,
        &mut |at| json!({"country": countries[at % COUNTRIES]}),
    );
    let teams = few(
        superuser,
        "teams",
        TEAMS,
        &mut |at| json!({"region": regions[at % REGIONS]}),
    );
    let members = few(
        superuser,
        "members",
        MEMBERS,
        &mut |at| json!({"email": email(at), "password": PASSWORD, "passwordConfirm": PASSWORD}),
    );
    let mut pick = |from: &[Value]| from[random.below(from.len() as u64) as usize].clone();
    few(
        superuser,
        "memberships",
        MEMBERS * TEAMS_OF_A_MEMBER,
        &mut |at| json!({"member": members[at / TEAMS_OF_A_MEMBER], "team": pick(&teams)}),
    );
    let mut many = Vec::new();
    for name in ["tickets", "cases"] {
        for number in 0..plan.records {
            let body = json!({"name": format!("{name} {number}"), "number": number,
                "team": pick(&teams), "member": pick(&members)});
            many.push((name, body));
        }
    }
    many
}

fn define(superuser: &Persona) {
    let text = || json!({"name": "name", "type": "text"});
    let related = |name: &str, target: &Value| {
        let id = &target["id"];
        json!({"name": name, "type": "relation", "collectionId": id, "maxSelect": 1})
    };
    let open = |name: &str, fields: &[Value]| {
        superuser.collection(&json!({
            "name": name, "type": "base", "listRule": "", "viewRule": "", "createRule": "",
            "fields": fields,
        }))
    };
    let countries = open("countries", &[text()]);
    let regions = open("regions", &[text(), related("country", &countries)]);
    let teams = open("teams", &[text(), related("region", &regions)]);
    let members = superuser.collection(&json!({"name": "members", "type": "auth", "viewRule": ""}));
    let both = [related("team", &teams), related("member", &members)];
    open("memberships", &both);
    let number = json!({"name": "number", "type": "number"});
    let fields = [
        text(),
        number,
        related("team", &teams),
        related("member", &members),
    ];
    open("tickets", &fields);
    open("cases", &fields);
    superuser
        .patch(
            "/api/collections/cases",
            &json!({
                "listRule": "@request.auth.id != '' \
                    && team.memberships_via_team.member ?= @request.auth.id",
            }),
        )
        .expect(200);
}

fn few(
    superuser: &Persona,
    collection: &str,
    count: usize,
    more: &mut dyn FnMut(usize) -> Value,
) -> Vec<Value> {
    let make = |at| {
        let mut body = more(at);
        body["name"] = json!(format!("{collection}{at}"));
        superuser.record(collection, &body)["id"].clone()
    };
    (0..count).map(make).collect()
}

fn email(at: usize) -> String {
    format!("member{at}@example.com")
}

/// The newest tickets with their teams, the teams' regions and their members.
pub(crate) fn expanded_lists(_: &Server, _: &Plan) -> Vec<Vec<u8>> {
    let path = records("tickets");
    let page = |page: usize| {
        let path = format!("{path}?page={page}&perPage=30&skipTotal=1&expand=team.region,member");
        request("GET", &path, "", "")
    };
    (1..=50).map(page).collect()
}

/// The tickets of a country, three relations away.
pub(crate) fn far_filters(_: &Server, _: &Plan) -> Vec<Vec<u8>> {
    let path = |at: usize| far_path(at % COUNTRIES);
    (0..VARIANTS)
        .map(|at| request("GET", &path(at), "", ""))
        .collect()
}

fn far_path(country: usize) -> String {
    let path = records("tickets");
    let filter = format!("team.region.country.name%3D'countries{country}'");
    format!("{path}?perPage=30&sort=-number&filter={filter}")
}

/// The cases that members may list, by a rule that looks their membership up.
pub(crate) fn ruled_lists(server: &Server, _: &Plan) -> Vec<Vec<u8>> {
    let anyone = server.anyone();
    let path = format!("{}?perPage=30&sort=-number", records("cases"));
    let list = |at: usize| {
        let member = anyone.sign_in("members", &email(at), PASSWORD);
        request("GET", &path, member.token(), "")
    };
    (0..MEMBERS / 4).map(list).collect()
}

/// Totals that must be the same on both servers.
pub(crate) fn totals(server: &Server) -> Vec<Value> {
    let anyone = server.anyone();
    let member = anyone.sign_in("members", &email(1), PASSWORD);
    let far = (0..COUNTRIES).map(|at| anyone.get(&far_path(at)).expect(200));
    let mut answers: Vec<Value> = far.collect();
    answers.push(member.get(&records("cases")).expect(200));
    answers
        .iter()
        .map(|answer| answer["totalItems"].clone())
        .collect()
}

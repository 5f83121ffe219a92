//! The wire: frames, limits of requests, topics and options, order.

use luge_tests::{Case, Events, Requests, check};
use serde_json::{Value, json};

use super::{MARK, with_options, world};

const PATH: &str = "/api/realtime";

#[test]
fn frames_are_exactly_those_of_the_contract() {
    let world = world(&json!({}));
    let mut stream = world.events(&world.anyone, &["posts/*"]);
    let head = stream.head.to_lowercase();
    for line in [
        "http/1.1 200 ok\r\n",
        "\r\ncontent-type: text/event-stream\r\n",
        "\r\ncache-control: no-store\r\n",
        "\r\nx-accel-buffering: no\r\n",
        "\r\ntransfer-encoding: chunked\r\n",
    ] {
        assert!(head.contains(line), "{line:?} is not in {head}");
    }
    assert!(!head.contains("content-encoding") && !head.contains("allow-credentials"));
    let id = stream.id.clone();
    assert!(id.len() == 40 && id.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    let greeting = format!("id:{id}\nevent:PB_CONNECT\ndata:{{\"clientId\":\"{id}\"}}");
    assert_eq!(stream.greeting.text, greeting);

    let path = world.post(&json!({"title": "line\nbreak", "secret": "s"}));
    let view = world.anyone.get(&path);
    world
        .anyone
        .patch(&path, &json!({"title": "b"}))
        .expect(200);
    let after = world.anyone.get(&path);
    world.anyone.delete(&path).expect(204);
    let frame = |record: &str, action: &str| {
        format!("id:{id}\nevent:posts/*\ndata:{{\"record\":{record},\"action\":\"{action}\"}}")
    };
    let told = world.told(std::slice::from_mut(&mut stream)).remove(0);
    let told: Vec<_> = told.into_iter().map(|event| event.text).collect();
    let expected = [
        frame(&view.text, "create"),
        frame(&after.text, "update"),
        frame(&after.text, "delete"),
    ];
    assert_eq!(told, expected);
}

#[test]
fn a_request_to_subscribe_is_checked() {
    let world = world(&json!({}));
    let stream = Events::open(&world.server.address);
    let id = stream.id.as_str();
    let luge = !world.server.is_reference();
    let case = |name, body: &Value| Case::new(name, &world.anyone, "POST", PATH).json(body);
    let ids = |topics: Value| json!({"clientId": id, "subscriptions": topics});
    let too_long = "validation_length_too_long";
    check(vec![
        case("nothing", &json!({})).refused(400, "data.clientId.code", "validation_required"),
        case("an empty id", &json!({"clientId": ""})).refused(
            400,
            "data.clientId.code",
            "validation_required",
        ),
        case("an id of 256", &json!({"clientId": "a".repeat(256)})).refused(
            400,
            "data.clientId.code",
            "validation_length_out_of_range",
        ),
        case("an id of 255", &json!({"clientId": "a".repeat(255)}))
            .status(404)
            .is("message", "Missing or invalid client id."),
        case(
            "an unknown id",
            &json!({"clientId": "nope", "subscriptions": ["a"]}),
        )
        .status(404)
        .is("message", "Missing or invalid client id."),
        case(
            "an id in another case",
            &json!({"clientId": format!("{id}x")}),
        )
        .status(404),
        case("an id that is no text", &json!({"clientId": 5})).status(400),
        case("topics that are no texts", &ids(json!([1]))).status(400),
        case("topics that are no list", &ids(json!({"a": 1}))).status(400),
        case("too many topics", &ids(json!(vec!["a"; 1001])))
            .refused(400, "data.subscriptions.code", too_long)
            .is("data.subscriptions.params.max", 1000),
        case("too long a topic", &ids(json!(["ok", "b".repeat(2501)]))).refused(
            400,
            "data.subscriptions.1.code",
            too_long,
        ),
        case("too many bytes", &ids(json!(["é".repeat(1251)]))).refused(
            400,
            "data.subscriptions.0.code",
            too_long,
        ),
        case(
            "options that are no JSON",
            &ids(json!(["posts/*?options=nope"])),
        )
        .status(400)
        .has("options")
        .unless(!luge),
        case("a line break", &ids(json!(["a\nevent:b"])))
            .status(400)
            .unless(!luge),
        Case::new("malformed JSON", &world.anyone, "POST", PATH)
            .raw("application/json", b"{")
            .status(400),
    ]);
}

#[test]
fn what_the_contract_allows_is_accepted() {
    let world = world(&json!({}));
    let stream = Events::open(&world.server.address);
    let id = stream.id.as_str();
    let case = |name, body: &Value| Case::new(name, &world.anyone, "POST", PATH).json(body);
    let ids = |topics: Value| json!({"clientId": id, "subscriptions": topics});
    let form = format!("clientId={id}&subscriptions=a&subscriptions=b");
    check(vec![
        case("no topics", &json!({"clientId": id})).status(204),
        case("null", &ids(Value::Null)).status(204),
        case("an empty topic", &ids(json!([""]))).status(204),
        case("the longest topic", &ids(json!(["a".repeat(2500)]))).status(204),
        case("as many as there may be", &ids(json!(vec!["a"; 1000]))).status(204),
        Case::new("a form", &world.anyone, "POST", PATH)
            .raw("application/x-www-form-urlencoded", form.as_bytes())
            .status(204),
    ]);
}

#[test]
fn who_holds_a_client_is_not_replaced() {
    let world = world(&json!({}));
    let stream = Events::open(&world.server.address);
    let forbidden = |answer: luge_tests::Answer| {
        answer.expect(403);
        let message = "The current and the previous request authorization don't match.";
        assert_eq!(answer.text_at("message"), message);
    };
    stream.subscribe(&world.anyone, &["a"]).expect(204);
    stream.subscribe(&world.ann, &["a"]).expect(204);
    stream.subscribe(&world.ann, &["b"]).expect(204);
    forbidden(stream.subscribe(&world.bob, &["a"]));
    forbidden(stream.subscribe(&world.anyone, &["a"]));
    forbidden(stream.subscribe(&world.superuser, &["a"]));
    forbidden(stream.subscribe(&world.anyone.with_token("not.a.token"), &["a"]));
    stream.subscribe(&world.ann, &["c"]).expect(204);
}

#[test]
fn a_client_is_spoken_for_only_from_its_own_address() {
    let world = world(&json!({}));
    let stream = Events::open(&world.server.address);
    let body = json!({"clientId": stream.id, "subscriptions": ["a"]}).to_string();
    let request = luge_tests::http::request("POST", PATH, "", &body);
    let from = |source: &str| {
        let source = format!("{source}:0").parse().expect("an address");
        let target = world.server.address.parse().expect("an address");
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_io()
            .build();
        runtime.expect("a runtime starts").block_on(async {
            let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
            socket
                .bind(source)
                .expect("the loopback network has many addresses");
            let stream = socket.connect(target).await.expect("the server listens");
            let mut connection = luge_tests::http::Connection::over(stream);
            let (status, body) = connection.exchange(&request).await.expect("an answer");
            (status, String::from_utf8_lossy(body).into_owned())
        })
    };
    let (status, body) = from("127.0.0.2");
    assert!(
        status == 400 && body.contains("Invalid realtime client."),
        "{status} {body}"
    );
    assert_eq!(from("127.0.0.1").0, 204);
}

#[test]
fn every_way_to_name_a_topic_is_told_under_that_name() {
    let world = world(&json!({}));
    let posts = world.superuser.get("/api/collections/posts").expect(200);
    let collection = posts["id"].as_str().expect("an id");
    let path = world.post(&json!({"title": "a"}));
    let record = path.rsplit('/').next().expect("an id");
    let heard = [
        "posts".to_owned(),
        "posts/*".to_owned(),
        format!("posts/{record}"),
        collection.to_owned(),
        format!("{collection}/*"),
        format!("{collection}/{record}"),
        "posts/*?x=1".to_owned(),
        with_options("posts", &json!({"query": {"fields": "title"}})),
    ];
    let other = world.post(&json!({"title": "other"}));
    let other = other.rsplit('/').next().expect("an id");
    let unheard = [
        format!("posts/{other}"),
        "POSTS/*".to_owned(),
        "posts/".to_owned(),
        "posts/**".to_owned(),
        "nope/*".to_owned(),
        "*".to_owned(),
        "@custom".to_owned(),
        with_options("posts/*", &json!({"query": {"filter": "title = 'x'"}})),
        with_options("posts/*", &json!({"query": {"filter": "nope = 1"}})),
        with_options("posts/*", &json!({"query": {"filter": "secret = 's'"}})),
        with_options(
            "posts/*",
            &json!({"query": {"filter": "@request.auth.id = ''"}}),
        ),
    ];
    let topics: Vec<&str> = heard.iter().chain(&unheard).map(String::as_str).collect();
    let mut streams = [world.events(&world.anyone, &topics)];
    world
        .anyone
        .patch(&path, &json!({"title": "b"}))
        .expect(200);
    let told = world.told(&mut streams).remove(0);
    let mut names: Vec<_> = told.iter().map(|event| event.name.clone()).collect();
    let mut expected = heard.to_vec();
    names.sort();
    expected.sort();
    assert_eq!(names, expected);
}

#[test]
fn options_filter_expand_and_pick() {
    let world = world(&json!({}));
    let options = json!({"query": {
        "filter": "title ~ 'yes' && owner != ''", "expand": "owner",
        "fields": "title,expand.owner.id",
    }});
    let topic = with_options("posts/*", &options);
    let mut streams = [
        world.events(&world.anyone, &[&topic]),
        world.events(&world.ann, &[&topic]),
    ];
    world.post(&json!({"title": "no", "owner": world.ann.id}));
    world.post(&json!({"title": "yes, nobody's"}));
    let path = world.post(&json!({"title": "yes", "owner": world.ann.id}));
    world
        .anyone
        .patch(&path, &json!({"title": "no longer"}))
        .expect(200);
    for told in world.told(&mut streams) {
        let told: Vec<_> = told.iter().map(|event| event.json()).collect();
        let record = json!({"title": "yes", "expand": {"owner": {"id": world.ann.id}}});
        assert_eq!(told, [json!({"record": record, "action": "create"})]);
    }
}

#[test]
fn subscribing_again_replaces_all_topics() {
    let world = world(&json!({}));
    let mut stream = world.events(&world.anyone, &["posts/*"]);
    stream
        .subscribe(&world.anyone, &["members/*", MARK])
        .expect(204);
    world.post(&json!({"title": "unheard"}));
    assert_eq!(world.told(std::slice::from_mut(&mut stream)), [vec![]]);
    stream
        .subscribe(&world.anyone, &["posts", "posts", MARK])
        .expect(204);
    world.post(&json!({"title": "once"}));
    let told = world.titles(std::slice::from_mut(&mut stream));
    assert_eq!(told, [["create once"]]);
}

#[test]
fn messages_come_in_the_order_of_commits() {
    let world = world(&json!({}));
    let mut streams: Vec<_> = (0..5)
        .map(|_| world.events(&world.anyone, &["posts/*"]))
        .collect();
    let paths: Vec<_> = (0..4).map(|_| world.post(&json!({"title": "0"}))).collect();
    std::thread::scope(|scope| {
        for path in &paths {
            let anyone = &world.anyone;
            scope.spawn(move || {
                for step in 1..=25 {
                    let body = json!({"title": step.to_string()});
                    anyone.patch(path, &body).expect(200);
                }
            });
        }
    });
    let told = world.told(&mut streams);
    for path in &paths {
        let id = path.rsplit('/').next().expect("an id");
        let of_one = told[0].iter().map(luge_tests::Event::json);
        let of_one = of_one.filter(|event| event["record"]["id"] == id);
        let titles: Vec<_> = of_one
            .map(|event| event["record"]["title"].clone())
            .collect();
        let expected: Vec<_> = (0..=25).map(|step| json!(step.to_string())).collect();
        // PocketBase now and then tells one commit before an earlier one.
        assert!(
            world.server.is_reference() || titles == expected,
            "{titles:?}"
        );
    }
    let data = |events: &[luge_tests::Event]| -> Vec<String> {
        events.iter().map(|event| event.data.clone()).collect()
    };
    for other in told.iter().filter(|_| !world.server.is_reference()) {
        assert_eq!(data(other), data(&told[0]));
    }
}

#[test]
fn what_is_refused_is_not_told() {
    let world = world(&json!({"createRule": null, "deleteRule": "title = 'deletable'"}));
    let mut streams = [world.events(&world.superuser, &["posts/*", "posts"])];
    let path = "/api/collections/posts/records";
    world.anyone.post(path, &json!({"title": "a"})).expect(403);
    let one = world.post(&json!({"title": "kept"}));
    world.anyone.delete(&one).expect(404);
    world
        .anyone
        .patch(&one, &json!({"title": "x".repeat(5001)}))
        .expect(400);
    let told = world.titles(&mut streams);
    assert_eq!(told, [["create kept"; 2]]);
}

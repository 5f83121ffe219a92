//! Dart (3.0 and newer): a class with `fromJson` and `toJson` for each record and body, an enum for
//! each select field. Nothing is imported.
//!
//! A value that a definition no longer names is an error when a record is read.

use luge_model::collection::Member;
use luge_model::field::shape::Form;

use super::comment;
use super::literal::{comments, literal};
use super::names::{Names, camel, said};
use super::subject::{Choice, Listed, Subject, Use};

/// Names that mean something else in the file.
pub(super) const RESERVED: &[&str] = &["ArgumentError", "List", "Map", "Object", "Point", "String"];

/// Words that cannot name a member, and members that every object or enum has.
const NO_NAMES: &[&str] = &[
    "assert",
    "await",
    "break",
    "case",
    "catch",
    "class",
    "const",
    "continue",
    "default",
    "do",
    "else",
    "enum",
    "extends",
    "false",
    "final",
    "finally",
    "for",
    "fromJson",
    "hashCode",
    "if",
    "in",
    "index",
    "is",
    "json",
    "name",
    "new",
    "noSuchMethod",
    "null",
    "of",
    "rethrow",
    "return",
    "runtimeType",
    "super",
    "switch",
    "this",
    "throw",
    "toJson",
    "toString",
    "true",
    "try",
    "value",
    "values",
    "var",
    "void",
    "while",
    "with",
    "yield",
    "bool",
    "num",
    "dynamic",
];

/// Members of classes that only enums have.
const ONLY_IN_ENUMS: &[&str] = &["index", "name", "of", "value", "values"];

/// The whole file.
pub(super) fn write(subject: &Subject<'_>) -> String {
    let mut out = format!("// {}\n\n", comment::HEADER);
    out.push_str(POINT);
    for listed in &subject.listed {
        for choice in &listed.choices {
            out.push_str(&enumeration(listed, choice));
        }
        for (name, members, what) in listed.types() {
            out.push('\n');
            out.push_str(&comments(&comment::of_type(listed.collection, what), "///"));
            out.push_str(&class(name, &attributes(subject, listed, (members, what))));
        }
    }
    out
}

const POINT: &str = "\
/// A place on the earth, in degrees.
class Point {
  const Point({required this.lon, required this.lat});

  factory Point.fromJson(Map<String, dynamic> json) =>
      Point(lon: json['lon'] as num, lat: json['lat'] as num);

  final num lon;
  final num lat;

  Map<String, dynamic> toJson() => {'lon': lon, 'lat': lat};
}
";

/// A member of a class.
struct Attribute {
    comment: Vec<String>,
    name: String,
    key: String,
    kind: Kind,
    is_list: bool,
    /// Whether it may be left out of the JSON.
    optional: bool,
}

/// What a value is made of.
enum Kind {
    /// Read by a cast to this type.
    Cast(&'static str),
    /// Any JSON.
    Json,
    Point,
    Choice(String),
}

fn attributes(
    subject: &Subject<'_>,
    listed: &Listed<'_>,
    (members, what): (&[Member<'_>], Use),
) -> Vec<Attribute> {
    let no_names = NO_NAMES.iter().filter(|name| !ONLY_IN_ENUMS.contains(name));
    let no_names: Vec<&str> = no_names.copied().collect();
    let mut names = Names::without(&no_names);
    let mut attributes = Vec::new();
    if what == Use::Record {
        attributes.extend(["collectionId", "collectionName"].map(|key| Attribute {
            comment: Vec::new(),
            name: names.claim(key.to_owned()),
            key: key.to_owned(),
            kind: Kind::Cast("String"),
            is_list: false,
            optional: false,
        }));
    }
    attributes.extend(members.iter().map(|member| {
        let kind = match member.form.one() {
            Form::Number(_) => Kind::Cast("num"),
            Form::Bool => Kind::Cast("bool"),
            Form::Json { .. } => Kind::Json,
            Form::Point => Kind::Point,
            Form::Choice(_) => match listed.choice(member) {
                Some(choice) => Kind::Choice(choice.name.clone()),
                None => Kind::Cast("String"),
            },
            _ => Kind::Cast("String"),
        };
        let is_list = matches!(member.form, Form::List { .. });
        Attribute {
            comment: comment::of_member(subject, member),
            name: names.claim(camel(&said(member), "field")),
            key: member.key.clone(),
            is_list,
            optional: !member.needed || what == Use::Update,
            kind,
        }
    }));
    attributes
}

impl Attribute {
    /// Its type, with `?` where it may be null.
    fn types(&self) -> String {
        let one = match &self.kind {
            Kind::Cast(name) => name,
            Kind::Json => return "Object?".to_owned(),
            Kind::Point => "Point",
            Kind::Choice(name) => name.as_str(),
        };
        let mark = if self.optional { "?" } else { "" };
        match self.is_list {
            true => format!("List<{one}>{mark}"),
            false => format!("{one}{mark}"),
        }
    }

    /// How it is read from `json`.
    fn read(&self) -> String {
        let source = format!("json[{}]", quoted(&self.key));
        if let (Kind::Json, false) = (&self.kind, self.is_list) {
            return source;
        }
        if let (Kind::Cast(name), false) = (&self.kind, self.is_list) {
            let mark = if self.optional { "?" } else { "" };
            return format!("{source} as {name}{mark}");
        }
        let whole = match self.is_list {
            true => format!(
                "[for (final one in {source} as List<dynamic>) {}]",
                self.one("one")
            ),
            false => self.one(&source),
        };
        match self.optional {
            true => format!("{source} == null ? null : {whole}"),
            false => whole,
        }
    }

    fn one(&self, source: &str) -> String {
        match &self.kind {
            Kind::Cast(name) => format!("{source} as {name}"),
            Kind::Json => source.to_owned(),
            Kind::Point => format!("Point.fromJson({source} as Map<String, dynamic>)"),
            Kind::Choice(name) => format!("{name}.of({source} as String)"),
        }
    }

    /// How it is written into a map.
    fn written(&self) -> String {
        let Self { name, .. } = self;
        let mark = if self.optional { "!" } else { "" };
        let value = match (&self.kind, self.is_list) {
            (Kind::Choice(_), true) => format!("[for (final one in {name}{mark}) one.value]"),
            (Kind::Choice(_), false) => format!("{name}{mark}.value"),
            (Kind::Point, false) => format!("{name}{mark}.toJson()"),
            _ => name.clone(),
        };
        let condition = match self.optional {
            true => format!("if ({name} != null) "),
            false => String::new(),
        };
        format!("{condition}{}: {value}", quoted(&self.key))
    }
}

fn class(name: &str, attributes: &[Attribute]) -> String {
    let mut out = format!("class {name} {{\n");
    let is_nullable = |one: &Attribute| one.optional || one.types() == "Object?";
    let list = |each: &dyn Fn(&Attribute) -> String| -> String {
        let lines = attributes.iter().map(|one| format!("    {},\n", each(one)));
        lines.collect()
    };
    let parameters = list(&|one| match is_nullable(one) {
        true => format!("this.{}", one.name),
        false => format!("required this.{}", one.name),
    });
    let braces = |text: &str| match text.is_empty() {
        true => String::new(),
        false => format!("{{\n{text}  }}"),
    };
    out.push_str(&format!("  const {name}({});\n\n", braces(&parameters)));
    let reads = list(&|one| format!("{}: {}", one.name, one.read()));
    let reads = match reads.is_empty() {
        true => String::new(),
        false => format!("\n{reads}  "),
    };
    out.push_str(&format!(
        "  factory {name}.fromJson(Map<String, dynamic> json) => {name}({reads});\n"
    ));
    for one in attributes {
        out.push('\n');
        out.push_str(&comments(&one.comment, "  ///"));
        out.push_str(&format!("  final {} {};\n", one.types(), one.name));
    }
    let writes = list(&Attribute::written);
    let writes = match writes.is_empty() {
        true => "<String, dynamic>{}".to_owned(),
        false => braces(&writes),
    };
    out.push_str(&format!(
        "\n  Map<String, dynamic> toJson() => {writes};\n}}\n"
    ));
    out
}

fn enumeration(listed: &Listed<'_>, choice: &Choice<'_>) -> String {
    let mut names = Names::without(NO_NAMES);
    let name = &choice.name;
    let mut values = Vec::new();
    // An enum has at least one.
    if choice.empty || choice.values.is_empty() {
        values.push(format!(
            "  /// None of them.\n  {}('')",
            names.claim("empty".to_owned())
        ));
    }
    values.extend(choice.values.iter().map(|value| {
        let constant = names.claim(camel(value, "value"));
        format!("  {constant}({})", quoted(value))
    }));
    let said = format!("`{}` of `{}`.", choice.field.name, listed.collection.name);
    format!(
        "\n/// {said}\nenum {name} {{\n{};\n\n  const {name}(this.value);\n\n  \
         final String value;\n\n  \
         static {name} of(String value) => {name}.values.firstWhere(\n        \
         (one) => one.value == value,\n        \
         orElse: () => throw ArgumentError.value(value),\n      );\n}}\n",
        values.join(",\n")
    )
}

fn quoted(text: &str) -> String {
    literal(text, ('\'', "$"), |number| format!("\\u{{{number:x}}}"))
}
